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
   * Where the event just given lies, when all of it is in one place: every byte that makes it what it is, its end (such as the blank line)
   * included, but for checksums and lengths, which `next` has verified. Else 0.
   */
  eventStart: usize = 0;
  eventEnd: usize = 0;
  /** Whether the event just given was framed exactly as `data: <bytes>\n\n` inside the fed chunk: its bytes may go on untouched. */
  isCanonical: bool = false;

  /** Takes the next bytes; they must stay alive until `next` has given false. Call only after `next` has given false. */
  abstract feed(pointer: usize, length: i32): void;
  /** Says that no more bytes will come: an event that lacks its end is given out too, where the framing allows that. */
  abstract finish(): void;
  /** Moves to the next event; false when the fed bytes are used up. */
  abstract next(): bool;

  /** Whether events say how long they are, so that they can be looked at only behind `next`. */
  isCounted: bool = false;

  /**
   * Address in the fed bytes at which the next event begins, when its bytes alone will say where it ends; 0 when there is no such place, or a
   * part of the event has come before. Whoever finds whole events there without `next` says where they end with `moveTo`.
   */
  position(): usize {
    return 0;
  }
  /** Address behind the fed bytes. */
  end(): usize {
    return 0;
  }
  /** Goes on behind events that were found at `position`. */
  moveTo(position: usize): void {}
  /** Gives the carry-over back. The decoder is then as new. */
  abstract free(): void;
}
