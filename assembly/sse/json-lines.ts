import { trimEnd, trimStart } from "../bytes/ascii";
import { ByteBuffer } from "../bytes/buffer";
import { findByte } from "../bytes/find";
import { FrameDecoder } from "./frame-decoder";

/** A carry-over buffer that grew beyond this is given back once it is empty. */
const KEPT_BYTES: i32 = 64 * 1024;

/**
 * One JSON value per line (https://github.com/ndjson/ndjson-spec): LF or CRLF, lines without text ignored, chunks cut anywhere, and a
 * last line without its LF. Linear in the bytes fed; a line that lies whole in the fed bytes is not copied.
 */
export class JsonLinesDecoder extends FrameDecoder {
  private cursor: usize = 0;
  private limit: usize = 0;
  private finished: bool = false;
  /** Begin of a line whose end has not been fed yet. */
  private line: ByteBuffer = new ByteBuffer();
  /** Set while the caller may look at a line that was put together in `line`. */
  private given: bool = false;

  /** maxLineBytes: most bytes that one line may take. */
  constructor(private maxLineBytes: i32 = 16 * 1024 * 1024) {
    super();
  }

  feed(pointer: usize, length: i32): void {
    this.cursor = pointer;
    this.limit = pointer + max(length, 0);
  }

  finish(): void {
    this.finished = true;
  }

  next(): bool {
    this.forgetGiven();
    if (this.isBroken) return false;
    while (this.cursor < this.limit) {
      const start = this.cursor;
      const end = findByte(start, this.limit, 0x0a);
      if (this.line.length > this.maxLineBytes - ((end - start) as i32)) return this.overflow();
      if (end == this.limit) {
        this.line.bytes(start, (end - start) as i32);
        this.cursor = end;
        break;
      }
      this.cursor = end + 1;
      if (this.takeLine(start, end)) return true;
    }
    return this.finished && this.line.length > 0 && this.giveCarried();
  }

  free(): void {
    this.forgetGiven();
    this.line.free();
    this.feed(0, 0);
    this.finished = false;
    this.isBroken = false;
  }

  /** A line ends at `end`; true when it is given out. */
  private takeLine(start: usize, end: usize): bool {
    if (this.line.length == 0) return this.give(start, end);
    this.line.bytes(start, (end - start) as i32);
    return this.giveCarried();
  }

  private giveCarried(): bool {
    this.given = true;
    if (this.give(this.line.pointer, this.line.pointer + this.line.length)) return true;
    this.forgetGiven();
    return false;
  }

  private give(start: usize, end: usize): bool {
    const first = trimStart(start, end);
    this.dataPointer = first;
    this.dataLength = (trimEnd(first, end) - first) as i32;
    return this.dataLength > 0;
  }

  /** The caller is done with the line given last. */
  private forgetGiven(): void {
    this.dataPointer = 0;
    this.dataLength = 0;
    if (!this.given) return;
    this.given = false;
    this.line.clear(KEPT_BYTES);
  }

  private overflow(): bool {
    this.free();
    this.isBroken = true;
    return false;
  }
}
