import { sameBytes } from "../bytes/memory";

/** Start value of the FNV-1a hash, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/). */
export const HASH_START: u32 = 0x811c9dc5;

/** The hash of a text that is one byte longer. */
export function extendHash(hash: u32, byte: u8): u32 {
  return (hash ^ byte) * 0x01000193;
}

/** The hash of a text. */
export function hashText(pointer: usize, length: i32): u32 {
  let hash = HASH_START;
  for (let index = 0; index < length; index++) hash = extendHash(hash, load<u8>(pointer + index));
  return hash;
}

/**
 * A map from byte texts to numbers, filled at configuration time and read on the request path without allocating: open
 * addressing with linear probing, at most half full. Keys come from the configuration only, so no client can make it slow.
 */
export class ByteMap {
  private keys: StaticArray<u8>[] = [];
  private values: i32[] = [];
  /** Entry number + 1; 0 is free. The length is a power of two. */
  private slots: StaticArray<i32> = new StaticArray<i32>(8);

  /** Number of keys. */
  get size(): i32 {
    return this.keys.length;
  }

  /** The value of a text whose hash is known, or -1. */
  findHashed(pointer: usize, length: i32, hash: u32): i32 {
    const slot = this.findSlot(pointer, length, hash);
    const entry = unchecked(this.slots[slot]);
    return entry == 0 ? -1 : unchecked(this.values[entry - 1]);
  }

  /** The value of a text, or -1. */
  find(pointer: usize, length: i32): i32 {
    return this.findHashed(pointer, length, hashText(pointer, length));
  }

  /** Adds a text with a value that is not negative. Gives the value that the text already had (which stays), or -1. */
  add(key: StaticArray<u8>, value: i32): i32 {
    const pointer = changetype<usize>(key);
    const hash = hashText(pointer, key.length);
    const slot = this.findSlot(pointer, key.length, hash);
    const entry = unchecked(this.slots[slot]);
    if (entry != 0) return unchecked(this.values[entry - 1]);
    this.keys.push(key);
    this.values.push(value);
    unchecked((this.slots[slot] = this.keys.length));
    if (this.keys.length * 2 > this.slots.length) this.grow();
    return -1;
  }

  /** The slot that holds the text, or the free one where it would go. At least half of the slots are free, so the search ends. */
  private findSlot(pointer: usize, length: i32, hash: u32): i32 {
    const mask: u32 = this.slots.length - 1;
    // The low bits of FNV-1a are its weak ones.
    let slot = (hash ^ (hash >> 15)) & mask;
    while (true) {
      const entry = unchecked(this.slots[slot]);
      if (entry == 0) return slot;
      const key = unchecked(this.keys[entry - 1]);
      if (key.length == length && sameBytes(changetype<usize>(key), pointer, length)) return slot;
      slot = (slot + 1) & mask;
    }
    return 0;
  }

  private grow(): void {
    this.slots = new StaticArray<i32>(this.slots.length * 2);
    for (let index = 0; index < this.keys.length; index++) {
      const key = unchecked(this.keys[index]);
      const pointer = changetype<usize>(key);
      const slot = this.findSlot(pointer, key.length, hashText(pointer, key.length));
      unchecked((this.slots[slot] = index + 1));
    }
  }
}
