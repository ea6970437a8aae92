/*
 * Test entry: thin functions over `bytes`, `json` and `sse`, so that tests drive the compiled code. Text goes in through
 * `allocate`, results come out in `out` (see tests/support/leaves.ts).
 */
import { endsWithIgnoringCase, equalsIgnoringCase, startsWithIgnoringCase, trimEnd, trimStart } from "../bytes/ascii";
import { ByteBuffer, copyToText } from "../bytes/buffer";
import { crc32 } from "../bytes/crc32";
import { findByte, findLineEnd, findText } from "../bytes/find";
import { hmacSha256 } from "../bytes/hmac";
import { allocate, liveBlockCount, release } from "../bytes/memory";
import { decodePercent } from "../bytes/percent";
import { addToDigest, beginDigest, endDigest, sha256, writeHexDigest } from "../bytes/sha256";
import { appendCodePoint, findMalformed } from "../bytes/utf8";
import { JsonDocument, JsonError, JsonKey } from "../json/document";
import { hashBytes } from "../json/keys";
import { equalsUnescaped, unescapeInto } from "../json/read";
import { escapeInto, writeQuoted } from "../json/write";
import { SseDecoder } from "../sse/decoder";
import { writeEvent } from "../sse/encoder";
import { FrameDecoder, Framing } from "../sse/frame-decoder";
import { openDecoder } from "../sse/open-decoder";

export { allocate, release, liveBlockCount };

const out: ByteBuffer = new ByteBuffer();
const document: JsonDocument = new JsonDocument();
let sse: SseDecoder = new SseDecoder();
let decoder: FrameDecoder = sse;

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
  const key = new JsonKey(String.UTF8.decodeUnsafe(name, length));
  const found = document.findKey(object, key);
  key.release();
  return found;
}
export function jsonFind(object: i32, name: usize, length: i32): i32 {
  const key = new JsonKey(String.UTF8.decodeUnsafe(name, length));
  const found = document.find(object, key);
  key.release();
  return found;
}

export function sseReset(maxEventBytes: i32): void {
  decoder.free();
  sse = new SseDecoder(maxEventBytes);
  decoder = sse;
}
/** Takes the decoder of another framing from here on. */
export function openFraming(framing: Framing): void {
  decoder.free();
  decoder = openDecoder(framing);
}
export function crc(pointer: usize, length: i32, previous: u32): u32 {
  return crc32(pointer, length, previous);
}
let fed: usize = 0;
export function sseFeed(pointer: usize, length: i32): void {
  fed = pointer;
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
  return decoder.isBroken;
}
export function sseIsCanonical(): bool {
  return decoder.isCanonical;
}
export function sseEventStart(): i32 {
  return (decoder.eventStart - fed) as i32;
}
export function sseEventEnd(): i32 {
  return (decoder.eventEnd - fed) as i32;
}
export function ssePendingBytes(): i32 {
  return sse.pendingBytes();
}
export function sseFree(): void {
  decoder.free();
}

export function bufferByte(value: u8): void {
  out.byte(value);
}
export function bufferBytes(pointer: usize, length: i32): void {
  out.bytes(pointer, length);
}
export function bufferDecimal(value: i64): void {
  out.decimal(value);
}
/** Appends an ASCII string made from the bytes. */
export function bufferAscii(pointer: usize, length: i32): void {
  out.ascii(String.UTF8.decodeUnsafe(pointer, length));
}
export function bufferDropFront(count: i32): void {
  out.dropFront(count);
}
export function bufferClear(keep: i32): void {
  out.clear(keep);
}
export function bufferCapacity(): i32 {
  return out.capacity;
}

export function findByteOffset(pointer: usize, length: i32, byte: u8): i32 {
  return (findByte(pointer, pointer + length, byte) - pointer) as i32;
}
export function findLineEndOffset(pointer: usize, length: i32): i32 {
  return (findLineEnd(pointer, pointer + length) - pointer) as i32;
}
export function findTextOffset(pointer: usize, length: i32, text: usize, textLength: i32): i32 {
  return findText(pointer, length, copyToText(text, textLength));
}
export function findMalformedOffset(pointer: usize, length: i32): i32 {
  return (findMalformed(pointer, pointer + length) - pointer) as i32;
}
export function codePoint(code: u32): void {
  appendCodePoint(code, out);
}
export function asciiEquals(pointer: usize, length: i32, text: usize, textLength: i32): bool {
  return equalsIgnoringCase(pointer, length, copyToText(text, textLength));
}
export function asciiStartsWith(pointer: usize, length: i32, text: usize, textLength: i32): bool {
  return startsWithIgnoringCase(pointer, length, copyToText(text, textLength));
}
export function asciiEndsWith(pointer: usize, length: i32, text: usize, textLength: i32): bool {
  return endsWithIgnoringCase(pointer, length, copyToText(text, textLength));
}
export function asciiTrim(pointer: usize, length: i32): void {
  const start = trimStart(pointer, pointer + length);
  const end = trimEnd(start, pointer + length);
  out.bytes(start, (end - start) as i32);
}

const digest: usize = memory.data(32, 8);

function writeDigest(): void {
  out.reserve(64);
  writeHexDigest(digest, out.pointer + out.length);
  out.length += 64;
}

export function digestBytes(pointer: usize, length: i32): void {
  sha256(pointer, length, digest);
  writeDigest();
}
/** The same message in two pieces. */
export function digestPieces(pointer: usize, length: i32, first: i32): void {
  beginDigest();
  addToDigest(pointer, first);
  addToDigest(pointer + first, length - first);
  endDigest(digest);
  writeDigest();
}
export function hmac(key: usize, keyLength: i32, message: usize, length: i32): void {
  hmacSha256(key, keyLength, message, length, digest);
  writeDigest();
}

export function percentDecode(pointer: usize, length: i32): void {
  decodePercent(pointer, length, out);
}

export function jsonUnescape(pointer: usize, length: i32): void {
  unescapeInto(pointer, length, out);
}
export function jsonEqualsUnescaped(pointer: usize, length: i32, text: usize, textLength: i32): bool {
  return equalsUnescaped(pointer, length, text, textLength);
}
export function jsonEscape(pointer: usize, length: i32): void {
  escapeInto(pointer, length, out);
}
export function jsonQuote(pointer: usize, length: i32): void {
  writeQuoted(pointer, length, out);
}

export function sseEncode(pointer: usize, length: i32): void {
  writeEvent(pointer, length, out);
}

/** A second document, so that tests see that documents do not share their tapes. */
const other: JsonDocument = new JsonDocument();

export function otherParse(base: usize, length: i32): JsonError {
  return other.parse(base, length);
}
export function otherCount(): i32 {
  return other.count(other.root());
}
export function otherFree(): void {
  other.free();
}

/** The hash of a key, so that tests can make keys collide. */
export function keyHash(pointer: usize, length: i32): u32 {
  return hashBytes(pointer, length);
}

export function jsonEqualsKey(name: usize, length: i32, node: i32): bool {
  const key = new JsonKey(String.UTF8.decodeUnsafe(name, length));
  const isEqual = document.equals(node, key);
  key.release();
  return isEqual;
}
export function jsonIsPresent(node: i32): bool {
  return document.isPresent(node);
}
export function jsonRawPointer(node: i32): usize {
  return document.rawPointer(node);
}
export function jsonRawLength(node: i32): i32 {
  return document.rawLength(node);
}
export function jsonTextPointer(node: i32): usize {
  return document.textPointer(node);
}
export function jsonTextLength(node: i32): i32 {
  return document.textLength(node);
}
