import { expect } from "vitest";
import { streamInEveryChunking } from "../../support/every-chunking";
import { type Answer, parseStream, type StreamEvent, type Target, TranslateModule } from "../../support/translate";
import type { Member } from "../../support/messages";
import { studio } from "./request";

const module = await TranslateModule.load();

export interface Streamed extends Answer {
  events: StreamEvent[];
  /** Deltas of all choices, in order. */
  deltas: Member[];
  /** All visible text of choice 0. */
  content: string;
  /** Index and reason of each finish. */
  finishes: [number, string][];
}

/** Writes events as Google does. */
export function toBytes(events: readonly (object | string)[]): Uint8Array {
  const lines = events.map((event) => (typeof event === "string" ? event : `data: ${JSON.stringify(event)}\r\n\r\n`));
  return new TextEncoder().encode(lines.join(""));
}

/** Streams events (or raw text) through the reader in every chunking; all must give the same. */
export function stream(
  events: readonly (object | string)[],
  request: Member = {},
  target: Target = studio(),
): Streamed {
  const body = {
    model: "m",
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: "user", content: "a" }],
    ...request,
  };
  const first = streamInEveryChunking(module, target, body, toBytes(events));
  type Choice = { index: number; delta: Member; finish_reason: string | null };
  const written = parseStream(first.text);
  const choices = written.flatMap((event) => (event === "[DONE]" ? [] : ((event["choices"] ?? []) as Choice[])));
  return {
    ...first,
    events: written,
    deltas: choices.map(({ delta }) => delta),
    content: choices.map(({ index, delta }) => (index === 0 ? ((delta["content"] ?? "") as string) : "")).join(""),
    finishes: choices.flatMap(({ index, finish_reason: reason }) =>
      reason === null ? [] : [[index, reason] as [number, string]],
    ),
  };
}

export interface Completed extends Answer {
  body: Member;
  message: Member;
  finish: string;
  choices: { index: number; message: Member; finish_reason: string; logprobs: unknown }[];
}

/** Reads a unary answer: a value, or raw text. */
export function complete(answer: unknown, request: Member = {}, target: Target = studio()): Completed {
  const body = { model: "m", messages: [{ role: "user", content: "a" }], ...request };
  expect(module.translate(target, body).error).toBeNull();
  const text = typeof answer === "string" ? answer : JSON.stringify(answer);
  const read = module.answer(false, [new TextEncoder().encode(text)]);
  expect(module.close()).toBe(0);
  const parsed = (read.text === "" ? { choices: [] } : JSON.parse(read.text)) as Member;
  const choices = parsed["choices"] as Completed["choices"];
  return {
    ...read,
    body: parsed,
    choices,
    message: choices[0]?.message ?? {},
    finish: choices[0]?.finish_reason ?? "",
  };
}

/** Reads an error answer, and when to come back. */
export function readError(status: number, body: unknown, target: Target = studio()) {
  expect(module.translate(target, { model: "m", messages: [{ role: "user", content: "a" }] }).error).toBeNull();
  const failure = module.readError(status, typeof body === "string" ? body : JSON.stringify(body));
  const retryAfter = module.retryAfter();
  expect(module.close()).toBe(0);
  return { ...failure, retryAfter };
}

/** An answer, or an event, with one candidate. */
export const candidate = (parts: object[] | undefined, more: object = {}, root: object = {}): Member => ({
  candidates: [{ ...(parts === undefined ? {} : { content: { parts, role: "model" } }), ...more }],
  modelVersion: "gemini-2.5-flash",
  responseId: "resp1",
  ...root,
});
export const stop = { finishReason: "STOP", index: 0 };
export const call = (name: string, args?: object, more: object = {}): object => ({
  functionCall: { name, ...(args === undefined ? {} : { args }) },
  ...more,
});
