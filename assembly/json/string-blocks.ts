import { BLOCK, maskOf, maskOfByte } from "../bytes/blocks";
import { malformedBytes, unfinishedCharacter } from "../bytes/utf8-blocks";

/*
 * The insides of JSON strings in blocks of 64 bytes, without a branch for every escape or character: a text with many of them costs
 * about as much as one with few. Only for builds with SIMD. Blocks begin where an escape or a character begins, so that nothing is carried from
 * one to the next: what a block cuts off is read again with the next one.
 */

/** Every second bit, from the lowest on, and the others. */
const EVEN: u64 = 0x5555555555555555;
const ODD: u64 = 0xaaaaaaaaaaaaaaaa;

/** Classes of bytes, by both halves of a byte: what may follow a backslash, and hexadecimal digits. */
const QUOTE_OR_SLASH: u8 = 1;
const BACKSLASH: u8 = 2;
/** b, f, n. */
const LETTER_6: u8 = 4;
/** r, t, u. */
const LETTER_7: u8 = 8;
const DIGIT: u8 = 16;
const HEX_LETTER: u8 = 32;
const ESCAPABLE: u8 = QUOTE_OR_SLASH | BACKSLASH | LETTER_6 | LETTER_7;
const HEX: u8 = DIGIT | HEX_LETTER;

// prettier-ignore
const BY_LOW: usize = memory.data<u8>([
  DIGIT, DIGIT | HEX_LETTER, DIGIT | HEX_LETTER | QUOTE_OR_SLASH | LETTER_6 | LETTER_7, DIGIT | HEX_LETTER,
  DIGIT | HEX_LETTER | LETTER_7, DIGIT | HEX_LETTER | LETTER_7, DIGIT | HEX_LETTER | LETTER_6, DIGIT,
  DIGIT, DIGIT, 0, 0, BACKSLASH, 0, LETTER_6, QUOTE_OR_SLASH,
], 16);
// prettier-ignore
const BY_HIGH: usize = memory.data<u8>([
  0, 0, QUOTE_OR_SLASH, DIGIT, HEX_LETTER, BACKSLASH, LETTER_6 | HEX_LETTER, LETTER_7, 0, 0, 0, 0, 0, 0, 0, 0,
], 16);

/** Whether what `skipBlocks` moved over last holds a backslash. */
export let blocksHaveEscapes: bool = false;

/** Of the block looked at last: where an escape begins that the block cuts off. */
let cutEscape: u64 = 0;

// @ts-ignore: decorator
@inline
function specialOf(block: v128): v128 {
  // Signed: bytes from 0x80 up are negative, so one comparison finds them and the control characters.
  const low = i8x16.lt_s(block, i8x16.splat(0x20));
  return v128.or(v128.or(i8x16.eq(block, i8x16.splat(0x22)), i8x16.eq(block, i8x16.splat(0x5c))), low);
}

// @ts-ignore: decorator
@inline
function classesOf(block: v128): v128 {
  const low = i8x16.splat(0x0f);
  const high = v128.and(i16x8.shr_u(block, 4), low);
  return v128.and(i8x16.swizzle(v128.load(BY_LOW), v128.and(block, low)), i8x16.swizzle(v128.load(BY_HIGH), high));
}

/** The backslashes that begin an escape: every second one of each run. */
// @ts-ignore: decorator
@inline
function escapeStarts(backslashes: u64): u64 {
  const first = backslashes & ~(backslashes << 1);
  // Adding a run's first bit clears the run.
  const evenRuns = backslashes & ~(backslashes + (first & EVEN));
  return (evenRuns & EVEN) | (backslashes & ~evenRuns & ODD);
}

// @ts-ignore: decorator
@inline
function without(classes: v128, wanted: u8): v128 {
  return i8x16.eq(v128.and(classes, i8x16.splat(wanted as i8)), i8x16.splat(0));
}

/** Bytes that make an escape wrong; sets `cutEscape`. */
// @ts-ignore: decorator
@inline
function wrongEscapes(a: v128, b: v128, c: v128, d: v128, starts: u64): u64 {
  const escaped = starts << 1;
  const classA = classesOf(a);
  const classB = classesOf(b);
  const classC = classesOf(c);
  const classD = classesOf(d);
  let wrong =
    escaped &
    maskOf(
      without(classA, ESCAPABLE),
      without(classB, ESCAPABLE),
      without(classC, ESCAPABLE),
      without(classD, ESCAPABLE),
    );
  const units = escaped & maskOfByte(a, b, c, d, 0x75);
  cutEscape = starts & ((1 as u64) << 63);
  if (units != 0) {
    const digits = (units << 1) | (units << 2) | (units << 3) | (units << 4);
    wrong |= digits & maskOf(without(classA, HEX), without(classB, HEX), without(classC, HEX), without(classD, HEX));
    cutEscape |= (units & ((0xf as u64) << 60)) >> 1;
  }
  return wrong;
}

/**
 * Moves over the inside of a JSON string, from where an escape or a character begins. Gives an address for which the same is true and up to which
 * all is right: the closing quote, or where the next 64 bytes hold something wrong, or where less than 64 bytes are left.
 */
export function skipBlocks(pointer: usize, limit: usize): usize {
  blocksHaveEscapes = false;
  while (limit - pointer >= BLOCK) {
    const a = v128.load(pointer);
    const b = v128.load(pointer, 16);
    const c = v128.load(pointer, 32);
    const d = v128.load(pointer, 48);
    const special = v128.or(v128.or(specialOf(a), specialOf(b)), v128.or(specialOf(c), specialOf(d)));
    if (!v128.any_true(special)) {
      pointer += BLOCK;
      continue;
    }
    let quotes = maskOfByte(a, b, c, d, 0x22);
    const backslashes = maskOfByte(a, b, c, d, 0x5c);
    const high = maskOf(a, b, c, d);
    const space = i8x16.splat(0x20);
    let wrong = ~high & maskOf(i8x16.lt_s(a, space), i8x16.lt_s(b, space), i8x16.lt_s(c, space), i8x16.lt_s(d, space));
    cutEscape = 0;
    if (backslashes != 0) {
      const starts = escapeStarts(backslashes);
      quotes &= ~(starts << 1);
      wrong |= wrongEscapes(a, b, c, d, starts);
    }
    // Up to the first quote and with it: a character or an escape that it cuts off shows at the quote itself.
    const inside = quotes ^ (quotes - 1);
    let cut = cutEscape;
    if ((high & inside) != 0) {
      wrong |= malformedBytes(a, b, c, d);
      cut |= unfinishedCharacter(pointer);
    }
    if ((wrong & inside) != 0) return pointer;
    if ((backslashes & inside) != 0) blocksHaveEscapes = true;
    if (quotes != 0) return pointer + (ctz(quotes) as usize);
    pointer += ctz(cut) as usize;
  }
  return pointer;
}
