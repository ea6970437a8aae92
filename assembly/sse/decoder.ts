import { ByteBuffer } from "../bytes/buffer";
import { findLineEnd } from "../bytes/find";
import { FrameDecoder } from "./frame-decoder";

/** Carry-over buffers that grew beyond this are given back once they are empty. */
const KEPT_BYTES: i32 = 64 * 1024;
/** The byte order mark's bytes, first byte lowest. */
const BYTE_ORDER_MARK: u32 = 0xbfbbef;
/** "data" and "even" as little-endian words. */
const WORD_DATA: u32 = 0x61746164;
const WORD_EVEN: u32 = 0x6e657665;

/**
 * Server-sent events from bytes (WHATWG HTML, "9.2.6 Interpreting an event stream"): LF, CRLF and CR, any mix; a leading BOM;
 * `data:` with or without one space; several data lines joined with LF; comments and unknown fields ignored; chunks cut anywhere.
 *
 *     decoder.feed(pointer, length);
 *     while (decoder.next()) use(decoder.dataPointer, decoder.dataLength, decoder.namePointer, decoder.nameLength);
 *     ... at the end of the stream: decoder.finish(); while (decoder.next()) ...
 *
 * Linear in the bytes fed, whatever the chunk sizes; an event of one data line that lies whole in the fed bytes is not copied.
 * Slices of an event are valid until the next call of `next`, `feed`, `finish` or `free`. Beyond the standard: an event that
 * the end of the stream cuts off before its blank line is given out (checklist item 7), as providers do end their streams so.
 */
export class SseDecoder extends FrameDecoder {
  private cursor: usize = 0;
  private limit: usize = 0;
  private finished: bool = false;
  /** Bytes of the byte order mark seen so far; -1 once the stream's first line has begun. */
  private markBytes: i32 = 0;
  /** Set when the last line ended with CR: an LF right behind it belongs to the same line end. */
  private skipLineFeed: bool = false;
  /** Begin of a line whose end has not been fed yet. */
  private line: ByteBuffer = new ByteBuffer();
  /** Data of the unfinished event, unless `slice` is set. */
  private data: ByteBuffer = new ByteBuffer();
  private dataLines: i32 = 0;
  /** The event's only data line so far, inside the chunk; 0 when there is none or it is in `data`. */
  private slice: usize = 0;
  private sliceLength: i32 = 0;
  /** Name of the unfinished event, unless `nameSlice` is set. */
  private name: ByteBuffer = new ByteBuffer();
  private nameSlice: usize = 0;
  private nameSliceLength: i32 = 0;
  /** Lines of the unfinished event, comments included. */
  private lines: i32 = 0;
  /** Its first line inside the chunk; 0 when it was carried over. */
  private firstLine: usize = 0;
  /** Set while the caller may look at an event that was copied into `data` and `name`. */
  private given: bool = false;

  /** maxEventBytes: most bytes that one unfinished event may take. */
  constructor(public maxEventBytes: i32 = 16 * 1024 * 1024) {
    super();
  }

  /** Takes the next bytes; they must stay alive until `next` has given false. Call only after `next` has given false. */
  feed(pointer: usize, length: i32): void {
    this.cursor = pointer;
    this.limit = pointer + max(length, 0);
  }

  /** Says that no more bytes will come: an event that lacks its blank line is given out too. */
  finish(): void {
    this.finished = true;
  }

  /** Moves to the next event that has data; false when the fed bytes are used up. */
  next(): bool {
    this.forgetGiven();
    if (this.isBroken) return false;
    if (this.markBytes >= 0) this.skipMark();
    while (this.cursor < this.limit) {
      const start = this.cursor;
      if (this.skipLineFeed) {
        this.skipLineFeed = false;
        if (load<u8>(start) == 0x0a) {
          this.cursor = start + 1;
          continue;
        }
      }
      const end = findLineEnd(start, this.limit);
      if (this.pendingBytes() > this.maxEventBytes - ((end - start) as i32)) return this.overflow();
      if (end == this.limit) {
        this.line.bytes(start, (end - start) as i32);
        this.cursor = end;
        break;
      }
      this.cursor = end + 1;
      if (this.takeLine(start, end)) return true;
    }
    if (this.finished) return this.flush();
    this.carryOver();
    return false;
  }

  position(): usize {
    if (this.isBroken || this.lines > 0 || this.line.length > 0 || this.markBytes >= 0) return 0;
    if (this.skipLineFeed && this.cursor < this.limit) {
      this.skipLineFeed = false;
      if (load<u8>(this.cursor) == 0x0a) this.cursor += 1;
    }
    return this.cursor;
  }

  end(): usize {
    return this.limit;
  }

  moveTo(position: usize): void {
    this.cursor = position;
  }

  /** Bytes of an unfinished event; those carried over to the next `feed` once `next` has given false. */
  pendingBytes(): i32 {
    if (this.given) return 0;
    const slices = this.sliceLength + this.nameSliceLength;
    return this.line.length + this.data.length + this.name.length + slices + max(this.markBytes, 0);
  }

  /** Gives the carry-over back. The decoder is then as new. */
  free(): void {
    this.resetEvent();
    this.forgetGiven();
    this.line.free();
    this.data.free();
    this.name.free();
    this.feed(0, 0);
    this.finished = false;
    this.isBroken = false;
    this.markBytes = 0;
    this.skipLineFeed = false;
  }

  /** A line ends at `end`; true when it ends an event that is given out. */
  private takeLine(start: usize, end: usize): bool {
    const endsWithReturn = load<u8>(end) == 0x0d;
    this.skipLineFeed = endsWithReturn;
    const carried = this.line.length > 0;
    if (!carried && end == start) return this.giveEvent(end + 1, endsWithReturn);
    if (this.lines == 0) this.firstLine = carried ? 0 : start;
    this.lines += 1;
    if (!carried) {
      this.takeField(start, end, false);
      return false;
    }
    const line = this.line;
    line.bytes(start, (end - start) as i32);
    this.takeField(line.pointer, line.pointer + line.length, true);
    line.clear(KEPT_BYTES);
    return false;
  }

  /** Reads one `field: value` line; `copy` when the line's bytes go away before the event ends. */
  private takeField(line: usize, limit: usize, copy: bool): void {
    if (limit - line < 4) return;
    const word = load<u32>(line);
    if (word == WORD_DATA) {
      const value = valueBehind(line + 4, limit);
      if (value != 0) this.addData(value, (limit - value) as i32, copy);
    } else if (word == WORD_EVEN && limit - line > 4 && load<u8>(line, 4) == 0x74) {
      const value = valueBehind(line + 5, limit);
      if (value != 0) this.setName(value, (limit - value) as i32, copy);
    }
  }

  private addData(value: usize, length: i32, copy: bool): void {
    this.dataLines += 1;
    if (this.dataLines == 1 && !copy) {
      this.slice = value;
      this.sliceLength = length;
      return;
    }
    this.copySlice();
    if (this.dataLines > 1) this.data.byte(0x0a);
    this.data.bytes(value, length);
  }

  private setName(value: usize, length: i32, copy: bool): void {
    this.name.clear(KEPT_BYTES);
    this.nameSlice = copy ? 0 : value;
    this.nameSliceLength = copy ? 0 : length;
    if (copy) this.name.bytes(value, length);
  }

  /** Moves the first data line from the chunk into `data`. */
  private copySlice(): void {
    if (this.slice == 0) return;
    this.data.bytes(this.slice, this.sliceLength);
    this.slice = 0;
    this.sliceLength = 0;
  }

  /** A blank line ends the event; `end` is the address behind its CR or LF. */
  private giveEvent(end: usize, endsWithReturn: bool): bool {
    if (this.dataLines == 0) {
      this.resetEvent();
      this.name.clear(KEPT_BYTES);
      return false;
    }
    const first = this.firstLine;
    if (first != 0) this.placeEvent(first, end, endsWithReturn);
    const isSlice = this.slice != 0;
    this.dataPointer = isSlice ? this.slice : this.data.pointer;
    this.dataLength = isSlice ? this.sliceLength : this.data.length;
    const isNameSlice = this.nameSlice != 0;
    this.namePointer = isNameSlice ? this.nameSlice : this.name.pointer;
    this.nameLength = isNameSlice ? this.nameSliceLength : this.name.length;
    this.resetEvent();
    this.given = true;
    return true;
  }

  private placeEvent(first: usize, end: usize, endsWithReturn: bool): void {
    if (endsWithReturn) {
      // Without the LF that belongs to it, if there is one, the event is not whole.
      if (end >= this.limit || load<u8>(end) != 0x0a) return;
      end += 1;
    }
    this.eventStart = first;
    this.eventEnd = end;
    if (endsWithReturn || this.lines != 1) return;
    // "data: " is 6 bytes; a value that begins there had exactly that in front of it.
    this.isCanonical = this.slice == first + 6 && load<u8>(this.slice + this.sliceLength) == 0x0a;
  }

  /** The stream has ended: what is left becomes the last event. */
  private flush(): bool {
    const line = this.line;
    if (line.length > 0) {
      this.takeField(line.pointer, line.pointer + line.length, true);
      line.clear(KEPT_BYTES);
    }
    this.markBytes = -1;
    this.firstLine = 0;
    return this.giveEvent(0, false);
  }

  /** The chunk is about to go away: what the unfinished event needs of it is copied. */
  private carryOver(): void {
    this.copySlice();
    if (this.nameSlice != 0) {
      this.name.bytes(this.nameSlice, this.nameSliceLength);
      this.nameSlice = 0;
      this.nameSliceLength = 0;
    }
    this.firstLine = 0;
  }

  private resetEvent(): void {
    this.dataLines = 0;
    this.slice = 0;
    this.sliceLength = 0;
    this.nameSlice = 0;
    this.nameSliceLength = 0;
    this.lines = 0;
    this.firstLine = 0;
  }

  /** The caller is done with the event given last. */
  private forgetGiven(): void {
    this.dataPointer = 0;
    this.dataLength = 0;
    this.namePointer = 0;
    this.nameLength = 0;
    this.isCanonical = false;
    this.eventStart = 0;
    this.eventEnd = 0;
    if (!this.given) return;
    this.given = false;
    this.data.clear(KEPT_BYTES);
    this.name.clear(KEPT_BYTES);
  }

  private overflow(): bool {
    this.free();
    this.isBroken = true;
    return false;
  }

  /** Drops a byte order mark at the very begin of the stream, which may come in several chunks. */
  private skipMark(): void {
    while (this.cursor < this.limit && this.markBytes >= 0) {
      const expected = (BYTE_ORDER_MARK >> ((this.markBytes as u32) << 3)) & 0xff;
      if ((load<u8>(this.cursor) as u32) == expected) {
        this.cursor += 1;
        this.markBytes = this.markBytes == 2 ? -1 : this.markBytes + 1;
      } else {
        // No mark after all: the bytes taken for one begin the first line.
        for (let index = 0; index < this.markBytes; index++) {
          this.line.byte((BYTE_ORDER_MARK >> ((index as u32) << 3)) as u8);
        }
        this.markBytes = -1;
      }
    }
  }
}

/** Begin of a field's value, given the end of its name: behind the colon and at most one space; 0 when the name is longer. */
function valueBehind(nameEnd: usize, limit: usize): usize {
  if (nameEnd == limit) return limit;
  if (load<u8>(nameEnd) != 0x3a) return 0;
  const value = nameEnd + 1;
  return value < limit && load<u8>(value) == 0x20 ? value + 1 : value;
}
