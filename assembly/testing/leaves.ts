/*
 * Test entry: thin functions over `bytes`, `json` and `sse`, so that tests drive the compiled code. Text goes in through
 * `inputBuffer`, results come out through `out` (see tests/support/leaves.ts).
 */
import { ByteBuffer } from "../bytes/buffer";
import { allocate, liveBlockCount, release } from "../bytes/memory";
import { JsonDocument, JsonError, JsonKey } from "../json/document";
import { SseDecoder } from "../sse/decoder";

export { allocate, release, liveBlockCount };

const out: ByteBuffer = new ByteBuffer();
const document: JsonDocument = new JsonDocument();
let decoder: SseDecoder = new SseDecoder();

export function outPointer(): usize {
  return out.pointer;
}
export function outLength(): i32 {
  return out.length;
}
export function outFree(): void {
  out.free();
}

export function jsonParse(base: usize, length: i32, indexedDepth: i32): JsonError {
  return document.parse(base, length, indexedDepth);
}
export function jsonErrorOffset(): i32 {
  return document.errorOffset;
}
export function jsonSeal(): void {
  document.seal();
}
export function jsonRebase(base: usize): void {
  document.rebase(base);
}
export function jsonFree(): void {
  document.free();
}
export function jsonRoot(): i32 {
  return document.root();
}
export function jsonKind(node: i32): i32 {
  return document.kind(node);
}
export function jsonStart(node: i32): i32 {
  return document.start(node);
}
export function jsonEnd(node: i32): i32 {
  return document.end(node);
}
export function jsonHasEscapes(node: i32): bool {
  return document.hasEscapes(node);
}
export function jsonFirst(node: i32): i32 {
  return document.first(node);
}
export function jsonNextElement(node: i32): i32 {
  return document.nextElement(node);
}
export function jsonNextKey(node: i32): i32 {
  return document.nextKey(node);
}
export function jsonValueOf(node: i32): i32 {
  return document.valueOf(node);
}
export function jsonCount(node: i32): i32 {
  return document.count(node);
}
export function jsonInteger(node: i32, fallback: i64): i64 {
  return document.integer(node, fallback);
}
export function jsonFloat(node: i32, fallback: f64): f64 {
  return document.float(node, fallback);
}
export function jsonBoolean(node: i32, fallback: bool): bool {
  return document.boolean(node, fallback);
}
/** Finds the key whose UTF-8 name is given. */
export function jsonFindKey(object: i32, name: usize, length: i32): i32 {
  return document.findKey(object, new JsonKey(String.UTF8.decodeUnsafe(name, length)));
}
export function jsonFind(object: i32, name: usize, length: i32): i32 {
  return document.find(object, new JsonKey(String.UTF8.decodeUnsafe(name, length)));
}

export function sseReset(maxEventBytes: i32): void {
  decoder.free();
  decoder = new SseDecoder(maxEventBytes);
}
export function sseFeed(pointer: usize, length: i32): void {
  decoder.feed(pointer, length);
}
export function sseFinish(): void {
  decoder.finish();
}
export function sseNext(): bool {
  return decoder.next();
}
export function sseDataPointer(): usize {
  return decoder.dataPointer;
}
export function sseDataLength(): i32 {
  return decoder.dataLength;
}
export function sseNamePointer(): usize {
  return decoder.namePointer;
}
export function sseNameLength(): i32 {
  return decoder.nameLength;
}
export function sseOverflowed(): bool {
  return decoder.overflowed;
}
export function sseIsCanonical(): bool {
  return decoder.isCanonical;
}
export function sseEventStart(): i32 {
  return decoder.eventStart;
}
export function sseEventEnd(): i32 {
  return decoder.eventEnd;
}
export function ssePendingBytes(): i32 {
  return decoder.pendingBytes();
}
export function sseFree(): void {
  decoder.free();
}
