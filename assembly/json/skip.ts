import { Repeated, repeated } from "../bytes/blocks";
import { markZeroBytes } from "../bytes/find";
import { readCodeUnit, shortEscape } from "./read";
import { specialOf } from "./string-blocks";

/** Address of the first byte in `[pointer, limit)` that is not JSON white space (RFC 8259, section 2), or `limit`. */
export function skipSpace(pointer: usize, limit: usize): usize {
  while (pointer < limit) {
    const byte = load<u8>(pointer);
    if (byte > 0x20) return pointer;
    if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) return pointer;
    pointer += 1;
    // Indentation is runs of spaces.
    while (limit - pointer >= 8 && load<u64>(pointer) == 0x2020202020202020) pointer += 8;
  }
  return limit;
}

/**
 * Address of the first byte in `[pointer, limit)` that a JSON string's scan must look at: a quote, a backslash, a control
 * character, or a byte that is not ASCII; or `limit`.
 */
export function skipPlain(pointer: usize, limit: usize): usize {
  if (ASC_FEATURE_SIMD) {
    const quote = repeated(Repeated.Quote);
    const backslash = repeated(Repeated.Backslash);
    const space = repeated(Repeated.Space);
    for (; limit - pointer >= 16; pointer += 16) {
      const mask = i8x16.bitmask(specialOf(v128.load(pointer), quote, backslash, space));
      if (mask != 0) return pointer + (ctz(mask) as usize);
    }
  }
  for (; limit - pointer >= 8; pointer += 8) {
    const word = load<u64>(pointer);
    const controls = (word - 0x2020202020202020) | word;
    const marks = markZeroBytes(word ^ 0x2222222222222222) | markZeroBytes(word ^ 0x5c5c5c5c5c5c5c5c);
    const found = marks | (controls & 0x8080808080808080);
    // A borrow can mark a byte above a true one only, so the lowest mark is exact.
    if (found != 0) return pointer + ((ctz(found) >> 3) as usize);
  }
  for (; pointer < limit; pointer += 1) {
    const byte = load<u8>(pointer);
    if (byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5c) return pointer;
  }
  return limit;
}

/** Address behind the escape at `pointer` (the backslash), or 0 when it is malformed or cut off. */
export function skipEscape(pointer: usize, limit: usize): usize {
  if (limit - pointer < 2) return 0;
  if (shortEscape(load<u8>(pointer, 1)) != 0) return pointer + 2;
  return readCodeUnit(pointer, limit) >= 0 ? pointer + 6 : 0;
}

function isDigit(pointer: usize, limit: usize): bool {
  return pointer < limit && ((load<u8>(pointer) - 0x30) as u8) < 10;
}

function skipDigits(pointer: usize, limit: usize): usize {
  while (isDigit(pointer, limit)) pointer += 1;
  return pointer;
}

/**
 * Address behind the number at `pointer` (RFC 8259, section 6). When the number is malformed: 0, and `brokenNumberAt` gives
 * the address at which a digit is missing.
 */
export function skipNumber(pointer: usize, limit: usize): usize {
  if (load<u8>(pointer) == 0x2d) pointer += 1;
  if (!isDigit(pointer, limit)) return breakAt(pointer);
  pointer = load<u8>(pointer) == 0x30 ? pointer + 1 : skipDigits(pointer, limit);
  if (pointer < limit && load<u8>(pointer) == 0x2e) {
    if (!isDigit(pointer + 1, limit)) return breakAt(pointer + 1);
    pointer = skipDigits(pointer + 1, limit);
  }
  if (pointer < limit && (load<u8>(pointer) | 0x20) == 0x65) {
    pointer += 1;
    if (pointer < limit && (load<u8>(pointer) == 0x2b || load<u8>(pointer) == 0x2d)) pointer += 1;
    if (!isDigit(pointer, limit)) return breakAt(pointer);
    pointer = skipDigits(pointer, limit);
  }
  return pointer;
}

/** Where the last number that `skipNumber` refused lacks a digit. */
export let brokenNumberAt: usize = 0;

function breakAt(pointer: usize): usize {
  brokenNumberAt = pointer;
  return 0;
}
