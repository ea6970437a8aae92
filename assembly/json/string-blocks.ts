import { BLOCK, maskOf, maskOfSame, Repeated, repeated } from "../bytes/blocks";
import { endsUnfinished, isMalformed } from "../bytes/utf8-blocks";

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

/** What is no hexadecimal digit behind the letters `u` of these escapes, as far as that is among the 64 bytes. */
// @ts-ignore: decorator
@inline
function wrongDigits(a: v128, b: v128, c: v128, d: v128, units: u64): u64 {
  const digits = (units << 1) | (units << 2) | (units << 3) | (units << 4);
  return digits & maskOfOthers(a, b, c, d, DIGITS_BY_LOW, DIGITS_BY_HIGH);
}

/** Not 0 where any of four vectors has a wanted byte. */
// @ts-ignore: decorator
@inline
function anyOfSame(a: v128, b: v128, c: v128, d: v128, wanted: v128): v128 {
  return v128.or(v128.or(i8x16.eq(a, wanted), i8x16.eq(b, wanted)), v128.or(i8x16.eq(c, wanted), i8x16.eq(d, wanted)));
}

/** The control characters among 64 bytes. */
// @ts-ignore: decorator
@inline
function controlsOf(a: v128, b: v128, c: v128, d: v128): u64 {
  const last = repeated(Repeated.LastControl);
  const lowest = i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d));
  if (!v128.any_true(i8x16.le_u(lowest, last))) return 0;
  return maskOf(i8x16.le_u(a, last), i8x16.le_u(b, last), i8x16.le_u(c, last), i8x16.le_u(d, last));
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

/** Where the character begins that the bytes before `pointer` have left unfinished. */
function startOfCharacter(pointer: usize): usize {
  if (load<u8>(pointer - 1) >= 0xc0) return pointer - 1;
  return load<u8>(pointer - 2) >= 0xe0 ? pointer - 2 : pointer - 3;
}

/**
 * Moves over the inside of a JSON string, from where an escape or a character begins. Gives an address for which the same is true and
 * up to which all is right: the closing quote, or where the next 64 bytes hold something wrong, or where less than 64 bytes are left.
 *
 * Bytes behind the string count as well where UTF-8 is concerned. First it is asked whether there is a quote, a backslash and so on among
 * the 64 bytes, and only then where: getting bits out of vectors is most of the work.
 */
export function skipBlocks(pointer: usize, limit: usize): usize {
  const quote = repeated(Repeated.Quote);
  const backslash = repeated(Repeated.Backslash);
  const space = repeated(Repeated.Space);
  let isUnfinished = false;
  blocksHaveEscapes = false;
  while (limit - pointer >= BLOCK) {
    const a = v128.load(pointer);
    const b = v128.load(pointer, 16);
    const c = v128.load(pointer, 32);
    const d = v128.load(pointer, 48);
    const isQuote = anyOfSame(a, b, c, d, quote);
    const isBackslash = anyOfSame(a, b, c, d, backslash);
    // Signed: bytes from 0x80 up are negative, so one comparison finds them and the control characters.
    const isUnusual = i8x16.lt_s(i8x16.min_s(i8x16.min_s(a, b), i8x16.min_s(c, d)), space);
    if (!v128.any_true(v128.or(v128.or(isQuote, isBackslash), isUnusual))) {
      if (isUnfinished) break;
      pointer += BLOCK;
      continue;
    }
    let quotes: u64 = v128.any_true(isQuote) ? maskOfSame(a, b, c, d, quote) : 0;
    let backslashes: u64 = 0,
      wrong: u64 = 0,
      cut: u64 = 0;
    if (v128.any_true(isBackslash)) {
      backslashes = maskOfSame(a, b, c, d, backslash);
      const starts = escapeStarts(backslashes);
      const escaped = starts << 1;
      cut = starts & LAST;
      // Most escapes are these.
      const others = escaped & ~(quotes | backslashes | maskOfSame(a, b, c, d, repeated(Repeated.LetterN)));
      if (others != 0) {
        const units = others & maskOfSame(a, b, c, d, repeated(Repeated.LetterU));
        if (others != units) wrong = others & maskOfOthers(a, b, c, d, ESCAPES_BY_LOW, ESCAPES_BY_HIGH);
        if (units != 0) {
          wrong |= wrongDigits(a, b, c, d, units);
          cut |= (units & LAST_FOUR) >> 1;
        }
      }
      quotes &= ~escaped;
    }
    const hasUnusual = v128.any_true(isUnusual);
    if (hasUnusual) wrong |= controlsOf(a, b, c, d);
    // Up to the first quote and with it: a character or an escape that it cuts off shows at the quote itself.
    const inside = quotes ^ (quotes - 1);
    if ((wrong & inside) != 0) break;
    if (hasUnusual || isUnfinished) {
      if (isMalformed(v128.load(pointer - 16), a, b, c, d)) break;
      isUnfinished = endsUnfinished(d);
    }
    if ((backslashes & inside) != 0) blocksHaveEscapes = true;
    if (quotes != 0) return pointer + (ctz(quotes) as usize);
    pointer += BLOCK;
    if (cut != 0) {
      pointer -= BLOCK - (ctz(cut) as usize);
      isUnfinished = false;
    }
  }
  return isUnfinished ? startOfCharacter(pointer) : pointer;
}
