/**
 * Unmanaged memory, counted. Everything that is not a small garbage-collected object lives here: host bytes, bodies,
 * carry-over of streams, output. Whoever holds the pointer owns the block and gives it back with `release`.
 * The count lets every test assert that a finished stream leaves nothing behind.
 */

let liveBlocks: i32 = 0;

/** Gives `size` bytes (not zeroed), owned by the caller until `release`. A size of 0 gives 0. */
export function allocate(size: usize): usize {
  if (size == 0) return 0;
  liveBlocks += 1;
  return heap.alloc(size);
}

/** Gives a block back. 0 is ignored, so an empty owner needs no test. */
export function release(pointer: usize): void {
  if (pointer == 0) return;
  liveBlocks -= 1;
  heap.free(pointer);
}

/** Resizes a block and gives its new address; the old address is dead. */
export function reallocate(pointer: usize, size: usize): usize {
  if (pointer == 0) return allocate(size);
  return heap.realloc(pointer, size);
}

/** Blocks that are allocated and not yet released. */
export function liveBlockCount(): i32 {
  return liveBlocks;
}

/** Most bytes that are copied without calling out of Wasm. */
const SHORT_COPY: i32 = 256;

/**
 * Copies bytes that do not overlap. Most copies are short pieces of JSON: for those two overlapping moves are far cheaper than
 * `memory.copy`, for which the engine leaves the module.
 */
export function copyBytes(target: usize, source: usize, length: i32): void {
  if (length >= 16) {
    if (!ASC_FEATURE_SIMD || length > SHORT_COPY) {
      memory.copy(target, source, length);
      return;
    }
    const last = length - 16;
    for (let index = 0; index < last; index += 16) v128.store(target + index, v128.load(source + index));
    v128.store(target + last, v128.load(source + last));
  } else if (length >= 8) {
    const last = load<u64>(source + length - 8);
    store<u64>(target, load<u64>(source));
    store<u64>(target + length - 8, last);
  } else if (length >= 4) {
    const last = load<u32>(source + length - 4);
    store<u32>(target, load<u32>(source));
    store<u32>(target + length - 4, last);
  } else {
    for (let index = 0; index < length; index++) store<u8>(target + index, load<u8>(source + index));
  }
}

/** Whether `length` bytes at both addresses are the same. */
export function sameBytes(left: usize, right: usize, length: i32): bool {
  if (length >= 8) {
    const last = length - 8;
    for (let index = 0; index < last; index += 8) {
      if (load<u64>(left + index) != load<u64>(right + index)) return false;
    }
    return load<u64>(left + last) == load<u64>(right + last);
  }
  if (length >= 4) {
    const last = length - 4;
    return load<u32>(left) == load<u32>(right) && load<u32>(left + last) == load<u32>(right + last);
  }
  for (let index = 0; index < length; index++) {
    if (load<u8>(left + index) != load<u8>(right + index)) return false;
  }
  return true;
}
