import { allocate, copyBytes, reallocate, release, sameBytes } from "./memory";

/**
 * A growable byte buffer in unmanaged memory. The owner calls `free` when done; `clear` keeps the memory for the next use.
 * Pointers into the buffer are valid until the next call that may grow it.
 */
export class ByteBuffer {
  /** Address of the first byte, 0 while nothing was reserved. */
  pointer: usize = 0;
  /** Bytes written. */
  length: i32 = 0;
  /** Bytes reserved. */
  capacity: i32 = 0;

  /** Makes room for `extra` more bytes; grows by doubling, so that appends are linear in total. */
  reserve(extra: i32): void {
    const needed = this.length + extra;
    if (needed <= this.capacity) return;
    let capacity = max(this.capacity * 2, 256);
    if (capacity < needed) capacity = needed;
    this.pointer = reallocate(this.pointer, capacity);
    this.capacity = capacity;
  }

  /** Appends one byte. */
  byte(value: u8): void {
    if (this.length == this.capacity) this.reserve(1);
    store<u8>(this.pointer + this.length, value);
    this.length += 1;
  }

  /** Appends a copy of `length` bytes at `pointer`, which must not lie inside this buffer. */
  bytes(pointer: usize, length: i32): void {
    if (length <= 0) return;
    this.reserve(length);
    copyBytes(this.pointer + this.length, pointer, length);
    this.length += length;
  }

  /** Appends a copy of a managed text. */
  text(value: StaticArray<u8>): void {
    this.bytes(changetype<usize>(value), value.length);
  }

  /** Appends a string that holds only ASCII characters, such as a literal in our source. */
  ascii(value: string): void {
    const length = value.length;
    this.reserve(length);
    const target = this.pointer + this.length;
    const source = changetype<usize>(value);
    let index = 0;
    if (ASC_FEATURE_SIMD) {
      for (; index + 16 <= length; index += 16) {
        const low = v128.load(source + (index << 1));
        const high = v128.load(source + (index << 1) + 16);
        v128.store(target + index, i8x16.narrow_i16x8_u(low, high));
      }
      // The last characters again with some before them, so that no loop over single ones follows.
      if (length >= 8 && index < length) {
        if (length - index > 8) narrowEight(source, target, index);
        index = length - 8;
        narrowEight(source, target, index);
        index = length;
      }
    }
    for (; index < length; index++) store<u8>(target + index, load<u16>(source + (index << 1)) as u8);
    this.length += length;
  }

  /** Appends a decimal number. */
  decimal(value: i64): void {
    if (value < 0) {
      this.byte(0x2d);
      if (value == i64.MIN_VALUE) {
        this.ascii("9223372036854775808");
        return;
      }
      value = -value;
    }
    this.reserve(20);
    let digits = 1;
    for (let rest = value; rest >= 10; rest /= 10) digits += 1;
    let position = this.pointer + this.length + digits;
    do {
      position -= 1;
      store<u8>(position, (0x30 + (value % 10)) as u8);
      value /= 10;
    } while (value > 0);
    this.length += digits;
  }

  /** Drops the first `count` bytes. */
  dropFront(count: i32): void {
    if (count <= 0) return;
    if (count >= this.length) {
      this.length = 0;
      return;
    }
    memory.copy(this.pointer, this.pointer + count, this.length - count);
    this.length -= count;
  }

  /** Forgets the bytes and keeps the memory, unless more than `keep` bytes are reserved: then the memory is given back. */
  clear(keep: i32 = i32.MAX_VALUE): void {
    this.length = 0;
    if (this.capacity > keep) this.free();
  }

  /** Gives the memory back. The buffer can be used again. */
  free(): void {
    release(this.pointer);
    this.pointer = 0;
    this.length = 0;
    this.capacity = 0;
  }

  /** A managed copy of the bytes. */
  toText(): StaticArray<u8> {
    return copyToText(this.pointer, this.length);
  }
}

/** Makes eight UTF-16 code units from `index` on, all below 256, into bytes. */
function narrowEight(source: usize, target: usize, index: i32): void {
  const units = v128.load(source + (index << 1));
  v128.store64_lane(target + index, i8x16.narrow_i16x8_u(units, units), 0);
}

/** A managed (garbage-collected) copy of `length` bytes at `pointer`. */
export function copyToText(pointer: usize, length: i32): StaticArray<u8> {
  const copy = new StaticArray<u8>(max(length, 0));
  if (length > 0) copyBytes(changetype<usize>(copy), pointer, length);
  return copy;
}

/** The UTF-8 bytes of a string, as a managed text. Meant for start-up and configuration, not for the request path. */
export function encodeText(value: string): StaticArray<u8> {
  const encoded = String.UTF8.encode(value);
  return copyToText(changetype<usize>(encoded), encoded.byteLength);
}

/** A string from UTF-8 bytes. Meant for start-up and configuration, not for the request path. */
export function decodeText(value: StaticArray<u8>): string {
  return String.UTF8.decodeUnsafe(changetype<usize>(value), value.length);
}

/** Whether `length` bytes at `pointer` are the same as the text. */
export function equalsText(pointer: usize, length: i32, value: StaticArray<u8>): bool {
  return length == value.length && sameBytes(pointer, changetype<usize>(value), length);
}
