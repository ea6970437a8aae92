import { decodeBase64 } from "../../bytes/base64";
import { ByteBuffer } from "../../bytes/buffer";
import { Part } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { unescapeInto } from "../../json/read";
import { plainIdLength, thoughtMarkLength } from "../../canonical/thought-ids";
import { hash64 } from "../../bytes/hash";

/**
 * The tool calls of a conversation by their ids, because Gemini wants the function's name with every result and OpenAI's tool messages
 * have none. Holds scratch memory: `free` it.
 */
export class CallTable {
  private latest: Map<u64, i32> = new Map<u64, i32>();
  private scratch: ByteBuffer = new ByteBuffer();

  constructor(private document: JsonDocument) {}

  /** The same number for the same id, however it is escaped. */
  key(part: Part): u64 {
    const document = this.document;
    this.scratch.length = 0;
    unescapeInto(document.textPointer(part.id), document.textLength(part.id), this.scratch);
    return hash64(this.scratch.pointer, this.scratch.length);
  }

  /** Notes a call; a later call of the same id takes its place. */
  add(key: u64, index: i32): void {
    this.latest.set(key, index);
  }

  /** The position of the latest call with this id, or -1. */
  find(key: u64): i32 {
    return this.latest.has(key) ? this.latest.get(key) : -1;
  }

  free(): void {
    this.scratch.free();
  }
}

/** What is sent where a model demands a signature and the history has none: it came from another vendor, or from a gateway that drops it. */
const NO_SIGNATURE = "skip_thought_signature_validator";

/** Whether what an id carries behind the mark can be a signature: whole base64. Ids come from clients, and the vendor refuses anything else. */
function isSignature(pointer: usize, length: i32): bool {
  const plain = new ByteBuffer();
  const decoded = new ByteBuffer();
  unescapeInto(pointer, length, plain);
  const isWhole = (plain.length & 3) == 0 && decodeBase64(plain.pointer, plain.length, decoded);
  plain.free();
  decoded.free();
  return isWhole;
}

/**
 * Writes `,"thoughtSignature":"..."` behind a function call: the one that the call's id carries, else the one that Google's own
 * OpenAI-compatible API gave the client (`extra_content`), else the documented stand-in where the model demands one.
 * Source: https://ai.google.dev/gemini-api/docs/thought-signatures
 */
export function writeSignature(document: JsonDocument, call: Part, isDemanded: bool, out: ByteBuffer): void {
  const pointer = document.textPointer(call.id);
  const length = call.idFromName ? 0 : document.textLength(call.id);
  const start = plainIdLength(pointer, length) + thoughtMarkLength();
  const isSigned =
    (start < length && writeSigned(pointer + start, length - start, out)) ||
    writeSigned(document.textPointer(call.extra), document.textLength(call.extra), out);
  if (isSigned || !isDemanded) return;
  out.ascii(',"thoughtSignature":"');
  out.ascii(NO_SIGNATURE);
  out.byte(0x22);
}

/** Writes a signature when it is one. */
function writeSigned(pointer: usize, length: i32, out: ByteBuffer): bool {
  if (length == 0 || !isSignature(pointer, length)) return false;
  out.ascii(',"thoughtSignature":"');
  out.bytes(pointer, length);
  out.byte(0x22);
  return true;
}
