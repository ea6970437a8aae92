/** How a streamed answer is cut into events. */
export const enum Framing {
  /** Not a stream of events. */
  None = 0,
  /** Server-sent events, `text/event-stream`. */
  ServerSentEvents = 1,
  /** One JSON value per line, `application/x-ndjson`. */
  JsonLines = 2,
  /** AWS binary frames, `application/vnd.amazon.eventstream`. */
  AmazonEventStream = 3,
}

/**
 * Cuts a stream of bytes, fed in any pieces, into events.
 *
 *     decoder.feed(pointer, length);
 *     while (decoder.next()) use(decoder.dataPointer, decoder.dataLength, decoder.namePointer, decoder.nameLength);
 *     ... at the end of the stream: decoder.finish(); while (decoder.next()) ...
 *
 * Slices of an event are valid until the next call of `next`, `feed`, `finish` or `free`.
 */
export abstract class FrameDecoder {
  dataPointer: usize = 0;
  dataLength: i32 = 0;
  /** The event's name; length 0 when it has none. */
  namePointer: usize = 0;
  nameLength: i32 = 0;
  /** Set when nothing more of the stream can be read (an event that is too large, a wrong checksum): `next` gives false from then on. */
  isBroken: bool = false;
  /**
   * Whether the event just given was framed exactly as `data: <bytes>\n\n` inside the fed chunk, nothing carried over:
   * `eventStart` and `eventEnd` (behind the blank line) are then its offsets in the chunk, and its bytes may go on untouched.
   */
  isCanonical: bool = false;
  eventStart: i32 = 0;
  eventEnd: i32 = 0;

  /** Takes the next bytes; they must stay alive until `next` has given false. Call only after `next` has given false. */
  abstract feed(pointer: usize, length: i32): void;
  /** Says that no more bytes will come: an event that lacks its end is given out too, where the framing allows that. */
  abstract finish(): void;
  /** Moves to the next event; false when the fed bytes are used up. */
  abstract next(): bool;
  /** Gives the carry-over back. The decoder is then as new. */
  abstract free(): void;
}
