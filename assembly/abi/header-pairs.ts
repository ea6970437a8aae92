import { ByteBuffer } from "../bytes/buffer";
import { HeaderMap, Status } from "./enums";
import { HostBytes, RETURN_SLOTS } from "./host";
import { proxyGetHeaderMapPairs } from "./imports";

/**
 * All headers of a map, read with one host call and walked without a copy:
 *
 *     if (pairs.read(HeaderMap.RequestHeaders)) while (pairs.next()) ... pairs.namePointer ...
 *     pairs.release();
 *
 * Layout: u32 count, then per header u32 name length and u32 value length, then per header the name, NUL, the value, NUL.
 */
export class HeaderPairs {
  namePointer: usize = 0;
  nameLength: i32 = 0;
  valuePointer: usize = 0;
  valueLength: i32 = 0;
  private bytes: HostBytes = new HostBytes();
  private count: i32 = 0;
  private index: i32 = 0;
  private cursor: usize = 0;

  /** Reads a map; false when it is empty or missing. */
  read(map: HeaderMap): bool {
    store<u64>(RETURN_SLOTS, 0);
    const status = proxyGetHeaderMapPairs(map, RETURN_SLOTS, RETURN_SLOTS + 4);
    this.bytes.take();
    this.count = 0;
    this.index = 0;
    if (status != Status.Ok || this.bytes.length < 4) return false;
    this.count = load<i32>(this.bytes.pointer);
    this.cursor = this.bytes.pointer + 4 + ((<usize>this.count) << 3);
    return this.count > 0;
  }

  /** Moves to the next header; false after the last. Names are lower case, as Envoy keeps them. */
  next(): bool {
    if (this.index >= this.count) return false;
    const lengths = this.bytes.pointer + 4 + ((<usize>this.index) << 3);
    this.nameLength = load<i32>(lengths);
    this.valueLength = load<i32>(lengths, 4);
    this.namePointer = this.cursor;
    this.valuePointer = this.cursor + this.nameLength + 1;
    this.cursor = this.valuePointer + this.valueLength + 1;
    this.index += 1;
    return true;
  }

  /** Gives the bytes back; the slices are dead. */
  release(): void {
    this.bytes.release();
    this.count = 0;
  }
}

/** Serialises header pairs for `sendLocalResponse`: names and values alternate in `texts`. */
export function writePairs(texts: StaticArray<u8>[], out: ByteBuffer): void {
  const count = texts.length >> 1;
  out.reserve(4 + (count << 3));
  store<i32>(out.pointer + out.length, count);
  out.length += 4;
  for (let index = 0; index < count << 1; index++) {
    store<i32>(out.pointer + out.length, unchecked(texts[index]).length);
    out.length += 4;
  }
  for (let index = 0; index < count << 1; index++) {
    out.text(unchecked(texts[index]));
    out.byte(0);
  }
}
