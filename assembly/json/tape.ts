import { allocate, reallocate, release } from "../bytes/memory";
import { JsonKind } from "./types";

/** Bytes of a node: start u32, end u32, next i32, meta u32 (kind, flags, hash of a key). */
const NODE_BYTES: usize = 16;
const START: usize = 0;
const END: usize = 4;
const NEXT: usize = 8;
const META: usize = 12;

const KIND_MASK: u32 = 7;
/** Set on a string or key whose inside contains a backslash. */
export const FLAG_ESCAPED: u32 = 8;
/** Set on a key. */
export const FLAG_KEY: u32 = 16;
/** Set on a container whose children are on the tape; the first one is the next node. */
export const FLAG_CHILDREN: u32 = 32;
/** The hash of a key takes the bits from here up. */
export const HASH_SHIFT: u32 = 8;

/** The nodes of a document, in the order of the text: a container, then its children; a key, then its value. */
export class Tape {
  pointer: usize = 0;
  count: i32 = 0;
  capacity: i32 = 0;

  /** Makes room for at least `nodes` nodes. */
  reserve(nodes: i32): void {
    if (nodes <= this.capacity) return;
    this.pointer = reallocate(this.pointer, (nodes as usize) * NODE_BYTES);
    this.capacity = nodes;
  }

  /** Appends a node and gives its number. */
  add(start: i32, end: i32, meta: u32): i32 {
    const node = this.count;
    if (node == this.capacity) this.reserve(max(node * 2, 64));
    const address = this.address(node);
    store<i32>(address, start, START);
    store<i32>(address, end, END);
    store<i32>(address, -1, NEXT);
    store<u32>(address, meta, META);
    this.count = node + 1;
    return node;
  }

  /** Gives back what is reserved beyond the nodes. */
  shrink(): void {
    if (this.count == this.capacity) return;
    if (this.count == 0) {
      this.free();
      return;
    }
    // The allocator's own resizing keeps the block's size when it shrinks, so the nodes move into a new block.
    const size = (this.count as usize) * NODE_BYTES;
    const exact = allocate(size);
    memory.copy(exact, this.pointer, size);
    release(this.pointer);
    this.pointer = exact;
    this.capacity = this.count;
  }

  /** Gives the memory back. */
  free(): void {
    release(this.pointer);
    this.pointer = 0;
    this.count = 0;
    this.capacity = 0;
  }

  /** Whether a node number exists. */
  has(node: i32): bool {
    return (node as u32) < (this.count as u32);
  }

  start(node: i32): i32 {
    return load<i32>(this.address(node), START);
  }

  end(node: i32): i32 {
    return load<i32>(this.address(node), END);
  }

  setEnd(node: i32, end: i32): void {
    store<i32>(this.address(node), end, END);
  }

  next(node: i32): i32 {
    return load<i32>(this.address(node), NEXT);
  }

  setNext(node: i32, next: i32): void {
    store<i32>(this.address(node), next, NEXT);
  }

  meta(node: i32): u32 {
    return load<u32>(this.address(node), META);
  }

  addFlag(node: i32, flag: u32): void {
    const address = this.address(node);
    store<u32>(address, load<u32>(address, META) | flag, META);
  }

  kind(node: i32): JsonKind {
    return (this.meta(node) & KIND_MASK) as JsonKind;
  }

  private address(node: i32): usize {
    return this.pointer + (node as usize) * NODE_BYTES;
  }
}
