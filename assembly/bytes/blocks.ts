/** Bytes that block functions look at together: as many as an u64 has bits. */
export const BLOCK: usize = 64;

/*
 * V8 builds a constant vector anew wherever it is used, three instructions each time, but keeps one that was loaded from memory in a register
 * or loads it with one. So vectors of one byte come from here.
 */
// prettier-ignore
const REPEATED: usize = memory.data<u64>([
  0x0f0f0f0f0f0f0f0f, 0x2020202020202020, 0x2222222222222222, 0x5c5c5c5c5c5c5c5c, 0x6060606060606060, 0x6e6e6e6e6e6e6e6e,
  0x7070707070707070, 0x7575757575757575, 0x8080808080808080, 0x1f1f1f1f1f1f1f1f,
], 16);

/** Bytes of which vectors can be loaded, by their place in `REPEATED`. */
export const enum Repeated {
  LowHalf = 0,
  Space = 8,
  Quote = 16,
  Backslash = 24,
  Hex60 = 32,
  LetterN = 40,
  Hex70 = 48,
  LetterU = 56,
  Sign = 64,
  LastControl = 72,
}

/** Sixteen times the same byte. */
// @ts-ignore: decorator
@inline
export function repeated(byte: Repeated): v128 {
  return v128.load64_splat(REPEATED + (byte as usize));
}

/** The sign bits of 64 bytes, the first one's lowest. */
// @ts-ignore: decorator
@inline
export function maskOf(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = (i8x16.bitmask(a) | (i8x16.bitmask(b) << 16)) as u32 as u64;
  const high = (i8x16.bitmask(c) | (i8x16.bitmask(d) << 16)) as u32 as u64;
  return low | (high << 32);
}

/** Which of 64 bytes are the same as those in `wanted`. */
// @ts-ignore: decorator
@inline
export function maskOfSame(a: v128, b: v128, c: v128, d: v128, wanted: v128): u64 {
  return maskOf(i8x16.eq(a, wanted), i8x16.eq(b, wanted), i8x16.eq(c, wanted), i8x16.eq(d, wanted));
}
