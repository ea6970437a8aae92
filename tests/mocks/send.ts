import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Chunking, Rule } from "./script";
import type { Answer } from "./types";

/** A reset discards what the other side has not read yet, so bytes that must arrive get this long to do so. */
const SETTLE_MS = 25;

/** Sends an answer, with the failures that a rule asks for. Resolves when nothing more will be sent. */
export async function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  rule: Rule,
  errorEvent: string | Uint8Array,
  wantsGzip: boolean,
): Promise<void> {
  const parts = cutParts(answer, rule, errorEvent);
  const headers: Record<string, string> = { ...answer.headers, ...rule.headers };
  if (rule.retryAfter !== undefined) headers["retry-after"] = rule.retryAfter;
  // Vendors compress a complete answer for whoever accepts it.
  const compresses = rule.gzip === true || (wantsGzip && answer.kind === "unary" && answer.body !== "");
  const buffers = parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part)));
  if (compresses) headers["content-encoding"] = "gzip";
  const pieces = compresses ? [gzipSync(Buffer.concat(buffers))] : buffers;
  const isFault =
    rule.resetAfterBytes !== undefined || rule.silentAfterEvents !== undefined || rule.resetAfterEvents !== undefined;
  if (answer.kind === "unary" && !isFault)
    headers["content-length"] = String(pieces.reduce((sum, piece) => sum + piece.length, 0));
  if (rule.headersDelayMs) await delay(rule.headersDelayMs);
  if (response.destroyed) return;
  response.writeHead(answer.status, headers);
  response.flushHeaders();
  if (await sendPieces(response, pieces, rule)) response.end();
}

/** What goes out before the rule's failure, the error event included. The body of a unary answer counts as one event. */
function cutParts(answer: Answer, rule: Rule, errorEvent: string | Uint8Array): (string | Uint8Array)[] {
  const isStream = answer.kind === "events";
  const parts = isStream ? answer.events : [answer.body];
  if (rule.errorAtEvent !== undefined && isStream) return [...parts.slice(0, rule.errorAtEvent), errorEvent];
  const count = rule.silentAfterEvents ?? rule.resetAfterEvents ?? rule.endAfterEvents;
  return count === undefined ? parts : parts.slice(0, count);
}

/** Writes the body; false when the response must not be ended (silence, reset, or the other side has gone). */
async function sendPieces(response: ServerResponse, pieces: Buffer[], rule: Rule): Promise<boolean> {
  let left = rule.resetAfterBytes ?? Infinity;
  for (const piece of regroup(pieces, rule.chunking)) {
    if (left <= 0) break;
    if (rule.eventDelayMs) await delay(rule.eventDelayMs);
    for (const chunk of cutPiece(piece, rule.chunking)) {
      if (response.destroyed) return false;
      const part = chunk.length > left ? chunk.subarray(0, left) : chunk;
      left -= part.length;
      await write(response, part);
      if (left <= 0) break;
      if (rule.chunkDelayMs) await delay(rule.chunkDelayMs);
    }
  }
  if (rule.resetAfterBytes !== undefined || rule.resetAfterEvents !== undefined) {
    await delay(SETTLE_MS);
    response.socket?.resetAndDestroy();
    return false;
  }
  return rule.silentAfterEvents === undefined && !response.destroyed;
}

function write(response: ServerResponse, chunk: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (response.write(chunk)) return resolve();
    response.once("drain", resolve);
    response.once("close", resolve);
  });
}

function regroup(pieces: Buffer[], chunking: Chunking | undefined): Buffer[] {
  return chunking === undefined || chunking === "events" ? pieces : [Buffer.concat(pieces)];
}

function* cutPiece(piece: Buffer, chunking: Chunking | undefined): Generator<Buffer> {
  if (chunking === undefined || chunking === "events" || chunking === "whole") {
    yield piece;
    return;
  }
  const nextSize = sizes(chunking);
  for (let start = 0; start < piece.length;) {
    const size = nextSize();
    yield piece.subarray(start, start + size);
    start += size;
  }
}

/** Sizes of successive writes. Random ones come from a seed (mulberry32), so that a failure can be seen again. */
function sizes(chunking: "byte" | number | { seed: number; max?: number }): () => number {
  if (chunking === "byte") return () => 1;
  if (typeof chunking === "number") return () => chunking;
  let state = chunking.seed >>> 0;
  const most = chunking.max ?? 64;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return 1 + (((mixed ^ (mixed >>> 14)) >>> 0) % most);
  };
}
