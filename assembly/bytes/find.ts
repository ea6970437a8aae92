import { sameBytes } from "./memory";

/** Every byte of a word set to `byte`. */
function repeat(byte: u8): u64 {
  return (byte as u64) * 0x0101010101010101;
}

/** A word whose lowest set bit is bit 7 of the lowest byte of `word` that is 0; 0 when there is none. */
export function markZeroBytes(word: u64): u64 {
  return (word - 0x0101010101010101) & ~word & 0x8080808080808080;
}

/** Address of the first `byte` in `[pointer, limit)`, or `limit`. */
export function findByte(pointer: usize, limit: usize, byte: u8): usize {
  if (ASC_FEATURE_SIMD) {
    const wanted = i8x16.splat(byte as i8);
    for (; pointer < limit && limit - pointer >= 16; pointer += 16) {
      const mask = i8x16.bitmask(i8x16.eq(v128.load(pointer), wanted));
      if (mask != 0) return pointer + (ctz(mask) as usize);
    }
  }
  const wantedWord = repeat(byte);
  for (; pointer < limit && limit - pointer >= 8; pointer += 8) {
    const marks = markZeroBytes(load<u64>(pointer) ^ wantedWord);
    if (marks != 0) return pointer + ((ctz(marks) >> 3) as usize);
  }
  while (pointer < limit && load<u8>(pointer) != byte) pointer += 1;
  return pointer;
}

/** Address of the first CR or LF in `[pointer, limit)`, or `limit`. */
export function findLineEnd(pointer: usize, limit: usize): usize {
  if (ASC_FEATURE_SIMD) {
    const carriageReturn = i8x16.splat(0x0d);
    const lineFeed = i8x16.splat(0x0a);
    for (; pointer < limit && limit - pointer >= 16; pointer += 16) {
      const block = v128.load(pointer);
      const mask = i8x16.bitmask(v128.or(i8x16.eq(block, carriageReturn), i8x16.eq(block, lineFeed)));
      if (mask != 0) return pointer + (ctz(mask) as usize);
    }
  }
  for (; pointer < limit && limit - pointer >= 8; pointer += 8) {
    const word = load<u64>(pointer);
    const marks = markZeroBytes(word ^ 0x0d0d0d0d0d0d0d0d) | markZeroBytes(word ^ 0x0a0a0a0a0a0a0a0a);
    if (marks != 0) return pointer + ((ctz(marks) >> 3) as usize);
  }
  for (; pointer < limit; pointer += 1) {
    const byte = load<u8>(pointer);
    if (byte == 0x0a || byte == 0x0d) break;
  }
  return pointer;
}

/** Offset at which a text first occurs in the bytes, or -1. */
export function findText(pointer: usize, length: i32, text: StaticArray<u8>): i32 {
  return findBytes(pointer, length, changetype<usize>(text), text.length);
}

/** Offset at which `wantedLength` bytes at `wanted` first occur in the bytes, or -1. */
export function findBytes(pointer: usize, length: i32, wanted: usize, wantedLength: i32): i32 {
  if (wantedLength <= 0) return 0;
  if (length < wantedLength) return -1;
  const limit = pointer + length - wantedLength + 1;
  let start = findByte(pointer, limit, load<u8>(wanted));
  while (start < limit) {
    if (sameBytes(start, wanted, wantedLength)) return (start - pointer) as i32;
    start = findByte(start + 1, limit, load<u8>(wanted));
  }
  return -1;
}
