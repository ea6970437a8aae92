/** Bytes that block functions look at together: as many as an u64 has bits. */
export const BLOCK: usize = 64;

/** The sign bits of 64 bytes, the first one's lowest. */
// @ts-ignore: decorator
@inline
export function maskOf(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = (i8x16.bitmask(a) | (i8x16.bitmask(b) << 16)) as u32 as u64;
  const high = (i8x16.bitmask(c) | (i8x16.bitmask(d) << 16)) as u32 as u64;
  return low | (high << 32);
}

/** Which of 64 bytes are `byte`. */
// @ts-ignore: decorator
@inline
export function maskOfByte(a: v128, b: v128, c: v128, d: v128, byte: i8): u64 {
  const wanted = i8x16.splat(byte);
  return maskOf(i8x16.eq(a, wanted), i8x16.eq(b, wanted), i8x16.eq(c, wanted), i8x16.eq(d, wanted));
}
