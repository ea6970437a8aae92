import { __alloc, __free, __realloc } from "rt/tlsf";
import { classBytes, classOf } from "./size-class";

/*
 * Unmanaged memory (`heap.alloc` and its like, see asconfig.json): AssemblyScript's own allocator with lists of free blocks in front of it.
 * A request needs the same few sizes again and again; taking one from a list and putting it back is a handful of instructions, while the
 * allocator splits and merges neighbours each time. To the allocator a listed block is in use.
 */

/** The allocator's word before each block: its bytes in the upper bits, and two flags. */
const OVERHEAD: usize = 4;
/** Largest block that is listed, with its overhead. */
const MOST_LISTED: usize = 16384;
/** Bytes of all listed blocks, at most; what is given back beyond that goes to the allocator, which merges it with its neighbours. */
const LISTED_LIMIT: usize = 262144;
/** First free block of each class; a free block begins with the address of the next one. */
const lists: usize = memory.data(256, 4);

let listedBytes: usize = 0;

/** `heap.alloc`: `size` bytes, not zeroed. Traps when the host gives no more memory. */
export function allocateBlock(size: usize): usize {
  if (size > MOST_LISTED - OVERHEAD) return __alloc(size);
  const bytes = size + OVERHEAD;
  const list = lists + (classOf(bytes) << 2);
  const block = load<usize>(list);
  // Every block up to the largest listed size has exactly the size of its class: `freeBlock` counts on it.
  if (block == 0) return __alloc(classBytes(bytes) - OVERHEAD);
  store<usize>(list, load<usize>(block));
  listedBytes -= bytesOf(block);
  return block;
}

/** `heap.free`. */
export function freeBlock(block: usize): void {
  const bytes = bytesOf(block);
  if (bytes > MOST_LISTED || listedBytes >= LISTED_LIMIT) {
    __free(block);
    return;
  }
  const list = lists + (classOf(bytes) << 2);
  store<usize>(block, load<usize>(list));
  store<usize>(list, block);
  listedBytes += bytes;
}

/** `heap.realloc`: never makes a block smaller. */
export function reallocateBlock(block: usize, size: usize): usize {
  const bytes = bytesOf(block);
  if (size + OVERHEAD <= bytes) return block;
  // The allocator can often let a large block grow where it is.
  if (bytes > MOST_LISTED) return __realloc(block, size);
  const grown = allocateBlock(size);
  memory.copy(grown, block, bytes - OVERHEAD);
  freeBlock(block);
  return grown;
}

/** The bytes of a block with its overhead. */
function bytesOf(block: usize): usize {
  return (load<usize>(block - OVERHEAD) + OVERHEAD) & ~15;
}
