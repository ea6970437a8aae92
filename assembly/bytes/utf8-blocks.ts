/*
 * UTF-8 (RFC 3629) in blocks of 64 bytes, by the look-up method of Keiser and Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte"
 * (https://arxiv.org/abs/2010.03090). Only for builds with SIMD.
 *
 * Everything that can be wrong with two bytes in a row is a bit. Three tables say by the first byte's high half, by its low half and by
 * the second byte's high half which of these are possible: what all three allow is there.
 */
import { Repeated, repeated } from "./blocks";

/** A lead without a continuation behind it. */
const TOO_SHORT: u8 = 1;
/** A continuation behind ASCII. */
const TOO_LONG: u8 = 2;
const OVERLONG_3: u8 = 4;
/** Above U+10FFFF, with a second byte from 0x90 up. */
const TOO_LARGE: u8 = 8;
const SURROGATE: u8 = 16;
const OVERLONG_2: u8 = 32;
/** An overlong form of four bytes, or above U+10FFFF with a second byte below 0x90. */
const OVERLONG_4: u8 = 64;
/** Two continuations, which is right as the end of three or four bytes only. */
const CONTINUED: u8 = 128;

const ANY: u8 = TOO_SHORT | TOO_LONG | CONTINUED;
const LARGE: u8 = ANY | TOO_LARGE | OVERLONG_4;
const BEHIND: u8 = TOO_LONG | OVERLONG_2 | CONTINUED;
const BEHIND_HIGH: u8 = BEHIND | SURROGATE | TOO_LARGE;

// prettier-ignore
const BY_FIRST_HIGH: usize = memory.data<u8>([
  TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, CONTINUED, CONTINUED, CONTINUED, CONTINUED,
  TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | OVERLONG_4,
], 16);
// prettier-ignore
const BY_FIRST_LOW: usize = memory.data<u8>([
  ANY | OVERLONG_2 | OVERLONG_3 | OVERLONG_4, ANY | OVERLONG_2, ANY, ANY, ANY | TOO_LARGE,
  LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE | SURROGATE, LARGE, LARGE,
], 16);
// prettier-ignore
const BY_SECOND_HIGH: usize = memory.data<u8>([
  TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
  BEHIND | OVERLONG_3 | OVERLONG_4, BEHIND | OVERLONG_3 | TOO_LARGE, BEHIND_HIGH, BEHIND_HIGH,
  TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
], 16);

/** The largest bytes with which a character may begin, or go on, at the end of 16. */
// prettier-ignore
const LARGEST_AT_END: usize = memory.data<u8>([
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xef, 0xdf, 0xbf,
], 16);

/** Errors of the 16 bytes in `block`, which follow those in `before`: every byte that is not 0 is one. */
// @ts-ignore: decorator
@inline
function errorsOf(before: v128, block: v128, low: v128, byFirstHigh: v128, byFirstLow: v128, bySecondHigh: v128): v128 {
  const first = v128.shuffle<u8>(before, block, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
  const second = v128.shuffle<u8>(before, block, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
  const third = v128.shuffle<u8>(before, block, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
  const errors = v128.and(
    v128.and(
      i8x16.swizzle(byFirstHigh, v128.and(i16x8.shr_u(first, 4), low)),
      i8x16.swizzle(byFirstLow, v128.and(first, low)),
    ),
    i8x16.swizzle(bySecondHigh, v128.and(i16x8.shr_u(block, 4), low)),
  );
  // The third byte of three or four and the fourth of four must continue.
  const isThird = i8x16.sub_sat_u(second, repeated(Repeated.Hex60));
  const isFourth = i8x16.sub_sat_u(third, repeated(Repeated.Hex70));
  return v128.xor(v128.and(v128.or(isThird, isFourth), repeated(Repeated.Sign)), errors);
}

/** Whether the 64 bytes, which follow those in `before`, are not UTF-8. What is cut off by the end of the block is no error. */
// @ts-ignore: decorator
@inline
export function isMalformed(before: v128, a: v128, b: v128, c: v128, d: v128): bool {
  const low = repeated(Repeated.LowHalf);
  const firstHigh = v128.load(BY_FIRST_HIGH);
  const firstLow = v128.load(BY_FIRST_LOW);
  const secondHigh = v128.load(BY_SECOND_HIGH);
  const errorsA = errorsOf(before, a, low, firstHigh, firstLow, secondHigh);
  const errorsB = errorsOf(a, b, low, firstHigh, firstLow, secondHigh);
  const errorsC = errorsOf(b, c, low, firstHigh, firstLow, secondHigh);
  const errorsD = errorsOf(c, d, low, firstHigh, firstLow, secondHigh);
  return v128.any_true(v128.or(v128.or(errorsA, errorsB), v128.or(errorsC, errorsD)));
}

/** Whether a character that begins in these 16 bytes is cut off by their end. */
// @ts-ignore: decorator
@inline
export function endsUnfinished(block: v128): bool {
  return v128.any_true(i8x16.sub_sat_u(block, v128.load(LARGEST_AT_END)));
}
