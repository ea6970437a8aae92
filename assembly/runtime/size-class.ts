/*
 * Small blocks come in sizes with steps of 16 bytes up to 256, and eight steps for each doubling above: at most an eighth is wasted, and
 * few sizes mean that a block which was given back soon fits again.
 */

/** The class of a block of `bytes` (1 and up); classes count from 0. */
export function classOf(bytes: usize): u32 {
  const shift = shiftOf(bytes);
  return ((shift - 4) << 3) + ((<u32>(bytes - 1)) >> shift);
}

/** The bytes of a block of this size's class: `bytes` rounded up. */
export function classBytes(bytes: usize): usize {
  const shift = shiftOf(bytes);
  return (((bytes - 1) >> shift) + 1) << shift;
}

function shiftOf(bytes: usize): u32 {
  return <u32>max<i32>(4, 28 - <i32>clz(<u32>(bytes - 1)));
}
