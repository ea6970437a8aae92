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
