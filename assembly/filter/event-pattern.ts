import { ByteBuffer } from "../bytes/buffer";
import { sameBytes } from "../bytes/memory";
import { RepeatableEvent, Telling } from "../canonical/repeatable";
import { stringEnd } from "../json/string-end";

/** Events with more bytes than this are read as all others are. */
const MOST_BYTES: usize = 65536;

/**
 * The bytes around the text of an event, its framing included. An event that has the same ones says the same with another text: comparing
 * them takes the place of cutting the event out, parsing it and looking at its members.
 */
export class EventPattern {
  telling: Telling = Telling.None;
  choice: i32 = 0;
  tool: i32 = 0;
  /** The text of the event that matched last. */
  text: usize = 0;
  textLength: i32 = 0;
  /** What comes before the text, behind it (up to the padding), and behind the padding. */
  private bytes: ByteBuffer = new ByteBuffer();
  private head: i32 = 0;
  private middle: i32 = 0;
  /** -1 when there is no padding. */
  private tail: i32 = -1;

  /**
   * Takes the event that lies in `[start, end)`, of which a reader has noted what it says, in the place of the one before; that stays when
   * this one does not lie in one place.
   */
  learn(start: usize, end: usize, event: RepeatableEvent): void {
    const text = event.text;
    const textEnd = text + event.textLength;
    if (start == 0 || text <= start || textEnd >= end || end - start > MOST_BYTES) return;
    const hasPadding = event.padding > textEnd && event.padding + event.paddingLength < end;
    const middleEnd = hasPadding ? event.padding : end;
    const bytes = this.bytes;
    bytes.length = 0;
    bytes.bytes(start, (text - start) as i32);
    bytes.bytes(textEnd, (middleEnd - textEnd) as i32);
    this.head = (text - start) as i32;
    this.middle = (middleEnd - textEnd) as i32;
    this.tail = -1;
    if (hasPadding) {
      const paddingEnd = middleEnd + event.paddingLength;
      bytes.bytes(paddingEnd, (end - paddingEnd) as i32);
      this.tail = (end - paddingEnd) as i32;
    }
    this.telling = event.telling;
    this.choice = event.choice;
    this.tool = event.tool;
  }

  /** Address behind the event at `start` when it is one of this pattern and ends at or before `limit`; else 0. */
  match(start: usize, limit: usize): usize {
    if (limit - start > MOST_BYTES) limit = start + MOST_BYTES;
    const head = this.head;
    const middle = this.middle;
    let bytes = this.bytes.pointer;
    if (limit - start < ((head + middle) as usize) || !sameBytes(start, bytes, head)) return 0;
    const text = start + head;
    let end = stringEnd(text, limit);
    if (end <= text || limit - end < (middle as usize)) return 0;
    this.text = text;
    this.textLength = (end - text) as i32;
    bytes += head;
    if (!sameBytes(end, bytes, middle)) return 0;
    end += middle;
    const tail = this.tail;
    if (tail < 0) return end;
    end = stringEnd(end, limit);
    return end != 0 && limit - end >= (tail as usize) && sameBytes(end, bytes + middle, tail) ? end + tail : 0;
  }

  forget(): void {
    this.telling = Telling.None;
  }

  /** Gives unmanaged memory back. */
  free(): void {
    this.forget();
    this.bytes.free();
  }
}
