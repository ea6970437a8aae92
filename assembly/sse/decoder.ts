/**
 * Server-sent events from bytes (WHATWG HTML, "9.2.6 Interpreting an event stream"): LF, CRLF and CR, any mix; a leading BOM;
 * `data:` with or without one space; several data lines joined with LF; comments and unknown fields ignored; chunks cut anywhere.
 *
 *     decoder.feed(pointer, length);
 *     while (decoder.next()) use(decoder.dataPointer, decoder.dataLength, decoder.namePointer, decoder.nameLength);
 *     ... at the end of the stream: decoder.finish(); while (decoder.next()) ...
 *
 * Linear in the bytes fed, whatever the chunk sizes. Slices of an event are valid until the next call of `next`, `feed`, `finish` or `free`.
 */
export class SseDecoder {
  dataPointer: usize = 0;
  dataLength: i32 = 0;
  /** The `event:` field's value; length 0 when there was none. */
  namePointer: usize = 0;
  nameLength: i32 = 0;
  /** Set when an event grew beyond `maxEventBytes`: the stream is unusable, `next` gives false from then on. */
  overflowed: bool = false;

  /** maxEventBytes: most bytes that one unfinished event may take. */
  constructor(public maxEventBytes: i32 = 16 * 1024 * 1024) {}

  /** Takes the next bytes; they must stay alive until `next` has given false. Call only after `next` has given false. */
  feed(pointer: usize, length: i32): void {}

  /** Says that no more bytes will come: an event that lacks its blank line is given out too. */
  finish(): void {}

  /** Moves to the next event that has data; false when the fed bytes are used up. */
  next(): bool {
    return false;
  }

  /** Bytes carried over to the next `feed`. */
  pendingBytes(): i32 {
    return 0;
  }

  /** Gives the carry-over back. */
  free(): void {}
}
