import { Result } from "./abi";

/** Bytes of a body, with Envoy's rules for changing them. */
export class BodyBuffer {
  private bytes: Buffer;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.bytes = Buffer.from(bytes);
  }
  get length(): number {
    return this.bytes.length;
  }
  append(data: Uint8Array): void {
    this.bytes = Buffer.concat([this.bytes, data]);
  }
  slice(start: number, length: number): Uint8Array {
    return this.bytes.subarray(start, start + length);
  }
  /** Gives all bytes away and is empty then. */
  take(): Uint8Array {
    const all = this.bytes;
    this.bytes = Buffer.alloc(0);
    return all;
  }
  /**
   * `proxy_set_buffer_bytes`: start 0 takes a prefix of `length` bytes away (0: none) and puts the data there; a start at or behind the end appends;
   * anything in the middle is a bad argument.
   */
  set(start: number, length: number, data: Uint8Array): number {
    if (start === 0) this.bytes = Buffer.concat([data, this.bytes.subarray(Math.min(length, this.length))]);
    else if (start >= this.length) this.append(data);
    else return Result.BadArgument;
    return Result.Ok;
  }
}
