import { BLOCK, maskOf, maskOfSame, Repeated, repeated } from "../bytes/blocks";
import { malformedBytes, unfinishedCharacter } from "../bytes/utf8-blocks";

/*
 * The insides of JSON strings in blocks of 64 bytes, without a branch for every escape or character: a text with many of them costs
 * about as much as one with few. Only for builds with SIMD. Blocks begin where an escape or a character begins, so that nothing is
 * carried from one to the next: what a block cuts off is read again with the next one.
 */

/** Every second bit, from the lowest on, and the others. */
const EVEN: u64 = 0x5555555555555555;
const ODD: u64 = 0xaaaaaaaaaaaaaaaa;
const LAST: u64 = 0x8000000000000000;
const LAST_FOUR: u64 = 0xf000000000000000;

/*
 * Classes of bytes by both of their halves, a bit for each: what the two tables agree on is true. First what may follow a backslash (a quote or
 * slash, a backslash, b f n, r t u), then hexadecimal digits (digits, letters).
 */
// prettier-ignore
const ESCAPES_BY_LOW: usize = memory.data<u8>([0, 0, 1 | 4 | 8, 0, 8, 8, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1], 16);
const ESCAPES_BY_HIGH: usize = memory.data<u8>([0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0], 16);
const DIGITS_BY_LOW: usize = memory.data<u8>([1, 3, 3, 3, 3, 3, 3, 1, 1, 1, 0, 0, 0, 0, 0, 0], 16);
const DIGITS_BY_HIGH: usize = memory.data<u8>([0, 0, 0, 1, 2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0], 16);

/** Whether what `skipBlocks` moved over last holds a backslash. */
export let blocksHaveEscapes: bool = false;

/** What the scan of a string must look at: a quote, a backslash, a control character, or a byte that is not ASCII. */
// @ts-ignore: decorator
@inline
export function specialOf(block: v128, quote: v128, backslash: v128, space: v128): v128 {
  // Signed: bytes from 0x80 up are negative, so one comparison finds them and the control characters.
  return v128.or(v128.or(i8x16.eq(block, quote), i8x16.eq(block, backslash)), i8x16.lt_s(block, space));
}

// @ts-ignore: decorator
@inline
function classesOf(block: v128, low: v128, byLow: v128, byHigh: v128): v128 {
  const high = v128.and(i16x8.shr_u(block, 4), low);
  return v128.and(i8x16.swizzle(byLow, v128.and(block, low)), i8x16.swizzle(byHigh, high));
}

/** Which of 64 bytes are in no class of two tables. */
// @ts-ignore: decorator
@inline
function maskOfOthers(a: v128, b: v128, c: v128, d: v128, tableByLow: usize, tableByHigh: usize): u64 {
  const byLow = v128.load(tableByLow);
  const byHigh = v128.load(tableByHigh);
  const low = repeated(Repeated.LowHalf);
  return maskOfSame(
    classesOf(a, low, byLow, byHigh),
    classesOf(b, low, byLow, byHigh),
    classesOf(c, low, byLow, byHigh),
    classesOf(d, low, byLow, byHigh),
    i8x16.splat(0),
  );
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

/** Where the character begins that the bytes before `pointer` have left unfinished, else `pointer`. */
function backToCharacter(pointer: usize, unfinished: u64): usize {
  return unfinished == 0 ? pointer : pointer - BLOCK + (ctz(unfinished) as usize);
}

/**
 * Moves over the inside of a JSON string, from where an escape or a character begins. Gives an address for which the same is true and
 * up to which all is right: the closing quote, or where the next 64 bytes hold something wrong, or where less than 64 bytes are left.
 */
export function skipBlocks(pointer: usize, limit: usize): usize {
  const quote = repeated(Repeated.Quote);
  const backslash = repeated(Repeated.Backslash);
  const space = repeated(Repeated.Space);
  let unfinished: u64 = 0;
  blocksHaveEscapes = false;
  while (limit - pointer >= BLOCK) {
    const a = v128.load(pointer);
    const b = v128.load(pointer, 16);
    const c = v128.load(pointer, 32);
    const d = v128.load(pointer, 48);
    const specialA = specialOf(a, quote, backslash, space);
    const specialB = specialOf(b, quote, backslash, space);
    const specialC = specialOf(c, quote, backslash, space);
    const specialD = specialOf(d, quote, backslash, space);
    if (!v128.any_true(v128.or(v128.or(specialA, specialB), v128.or(specialC, specialD)))) {
      if (unfinished != 0) break;
      pointer += BLOCK;
      continue;
    }
    let quotes = maskOfSame(a, b, c, d, quote);
    const backslashes = maskOfSame(a, b, c, d, backslash);
    const high = maskOf(a, b, c, d);
    let wrong = maskOf(specialA, specialB, specialC, specialD) & ~(quotes | backslashes | high);
    let cut: u64 = 0;
    if (backslashes != 0) {
      const starts = escapeStarts(backslashes);
      const escaped = starts << 1;
      const units = escaped & maskOfSame(a, b, c, d, repeated(Repeated.LetterU));
      // Nearly all escapes are these.
      const common = quotes | backslashes | units | maskOfSame(a, b, c, d, repeated(Repeated.LetterN));
      if ((escaped & ~common) != 0) wrong |= escaped & maskOfOthers(a, b, c, d, ESCAPES_BY_LOW, ESCAPES_BY_HIGH);
      if (units != 0) {
        const digits = (units << 1) | (units << 2) | (units << 3) | (units << 4);
        wrong |= digits & maskOfOthers(a, b, c, d, DIGITS_BY_LOW, DIGITS_BY_HIGH);
      }
      quotes &= ~escaped;
      cut = (starts & LAST) | ((units & LAST_FOUR) >> 1);
    }
    // Up to the first quote and with it: a character or an escape that it cuts off shows at the quote itself.
    const inside = quotes ^ (quotes - 1);
    if (((high & inside) | unfinished) != 0) {
      wrong |= malformedBytes(v128.load(pointer - 16), a, b, c, d);
      if ((wrong & inside) != 0) break;
      unfinished = unfinishedCharacter(pointer);
    } else if ((wrong & inside) != 0) break;
    if ((backslashes & inside) != 0) blocksHaveEscapes = true;
    if (quotes != 0) return pointer + (ctz(quotes) as usize);
    pointer += BLOCK;
    if (cut != 0) {
      pointer -= BLOCK - (ctz(cut) as usize);
      unfinished = 0;
    }
  }
  return backToCharacter(pointer, unfinished);
}
