import { ByteBuffer, encodeText, equalsText } from "../bytes/buffer";
import { crc32 } from "../bytes/crc32";
import { FrameDecoder } from "./frame-decoder";

/** Carry-over buffers that grew beyond this are given back once they are empty. */
const KEPT_BYTES: i32 = 64 * 1024;
/** Total length, length of the headers, and the checksum of these two. */
const PRELUDE_BYTES: i32 = 12;
/** The prelude, and the checksum of everything before it at the frame's end. */
const FRAME_BYTES: i32 = PRELUDE_BYTES + 4;
/** Longest frame, and longest headers of one, as the vendor's own decoders accept them. */
const MAX_FRAME_BYTES: i32 = 16 * 1024 * 1024;
const MAX_HEADER_BYTES: i32 = 128 * 1024;
/** The type number of a string header. */
const STRING: u8 = 7;

const MESSAGE_TYPE = encodeText(":message-type");
const EVENT_TYPE = encodeText(":event-type");
const EXCEPTION_TYPE = encodeText(":exception-type");
const ERROR_CODE = encodeText(":error-code");
const ERROR_MESSAGE = encodeText(":error-message");
const EXCEPTION = encodeText("exception");
const ERROR = encodeText("error");

/** What the name of an event begins with when it is an exception or an error; no event type of a vendor does. */
export const EXCEPTION_MARK: u8 = 0x21;

/** Bytes of a header's value by its type; strings and byte texts say theirs themselves. -1: no such type. */
function fixedLength(type: u8): i32 {
  switch (type) {
    case 0:
    case 1:
      return 0;
    case 2:
      return 1;
    case 3:
      return 2;
    case 4:
      return 4;
    case 5:
    case 8:
      return 8;
    case 9:
      return 16;
    default:
      return -1;
  }
}

/** A part of the frame; length -1 when it is not there. */
class Slice {
  pointer: usize = 0;
  length: i32 = -1;

  set(pointer: usize, length: i32): void {
    this.pointer = pointer;
    this.length = length;
  }

  is(text: StaticArray<u8>): bool {
    return equalsText(this.pointer, this.length, text);
  }
}

/**
 * Frames of `application/vnd.amazon.eventstream` from bytes: both checksums are verified, headers of every type are skipped, chunks
 * may be cut anywhere. The name of an event is its `:event-type`; an exception's is `!` and its `:exception-type`; an error's is `!`
 * and its `:error-code`, and its data is the error's message. A wrong checksum, an impossible length or broken headers end the
 * stream (`isBroken`). Never holds more than one frame; a frame that lies whole in the fed bytes is not copied.
 * Source: https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export class EventStreamDecoder extends FrameDecoder {
  isCounted: bool = true;
  private cursor: usize = 0;
  private limit: usize = 0;
  /** Begin of a frame whose end has not been fed yet. */
  private carried: ByteBuffer = new ByteBuffer();
  /** Set while the caller may look at a frame in `carried`. */
  private given: bool = false;
  /** A marked name. */
  private markedName: ByteBuffer = new ByteBuffer();
  private messageType: Slice = new Slice();
  private eventType: Slice = new Slice();
  private exceptionType: Slice = new Slice();
  private errorCode: Slice = new Slice();
  private errorMessage: Slice = new Slice();

  feed(pointer: usize, length: i32): void {
    this.cursor = pointer;
    this.limit = pointer + max(length, 0);
  }

  /** A frame that lacks its end says nothing. */
  finish(): void {}

  next(): bool {
    this.forgetGiven();
    if (this.isBroken) return false;
    if (this.carried.length == 0) {
      const left = (this.limit - this.cursor) as i32;
      const total = left < PRELUDE_BYTES ? 0 : this.readTotal(this.cursor);
      if (total < 0) return this.breakOff();
      if (total > 0 && total <= left) {
        const frame = this.cursor;
        this.cursor += total;
        return this.giveFrame(frame, total);
      }
    }
    return this.fillCarried();
  }

  free(): void {
    this.forgetGiven();
    this.carried.free();
    this.markedName.free();
    this.feed(0, 0);
    this.isBroken = false;
  }

  /** Takes as much of the fed bytes as the unfinished frame needs. */
  private fillCarried(): bool {
    const carried = this.carried;
    this.take(PRELUDE_BYTES);
    if (carried.length < PRELUDE_BYTES) return false;
    const total = this.readTotal(carried.pointer);
    if (total < 0) return this.breakOff();
    this.take(total);
    if (carried.length < total) return false;
    this.given = true;
    return this.giveFrame(carried.pointer, total);
  }

  private take(wanted: i32): void {
    const count = min(wanted - this.carried.length, (this.limit - this.cursor) as i32);
    if (count <= 0) return;
    this.carried.bytes(this.cursor, count);
    this.cursor += count;
  }

  /** The frame's length, once its prelude has been verified; -1 when it is none. */
  private readTotal(prelude: usize): i32 {
    const total = bswap(load<u32>(prelude));
    const headers = bswap(load<u32>(prelude, 4));
    if (total < <u32>FRAME_BYTES || total > <u32>MAX_FRAME_BYTES) return -1;
    if (headers > <u32>MAX_HEADER_BYTES || headers > total - FRAME_BYTES) return -1;
    return crc32(prelude, 8) == bswap(load<u32>(prelude, 8)) ? <i32>total : -1;
  }

  /** Gives a whole frame out, unless it is broken. */
  private giveFrame(frame: usize, total: i32): bool {
    const end = frame + total - 4;
    if (crc32(frame, total - 4) != bswap(load<u32>(end))) return this.breakOff();
    const headers = frame + PRELUDE_BYTES;
    const payload = headers + bswap(load<u32>(frame, 4));
    if (!this.readHeaders(headers, payload)) return this.breakOff();
    this.dataPointer = payload;
    this.dataLength = (end - payload) as i32;
    this.eventStart = headers;
    this.eventEnd = end;
    this.setName();
    return true;
  }

  private setName(): void {
    const type = this.messageType;
    if (type.is(EXCEPTION)) {
      this.mark(this.exceptionType);
    } else if (type.is(ERROR)) {
      this.mark(this.errorCode);
      const message = this.errorMessage;
      if (message.length > 0) {
        this.dataPointer = message.pointer;
        this.dataLength = message.length;
      }
    } else {
      this.namePointer = this.eventType.pointer;
      this.nameLength = max(this.eventType.length, 0);
    }
  }

  private mark(name: Slice): void {
    const marked = this.markedName;
    marked.clear(KEPT_BYTES);
    marked.byte(EXCEPTION_MARK);
    marked.bytes(name.pointer, name.length);
    this.namePointer = marked.pointer;
    this.nameLength = marked.length;
  }

  /** Finds the headers that matter; false when the headers do not end where they should. */
  private readHeaders(pointer: usize, limit: usize): bool {
    this.messageType.set(0, -1);
    this.eventType.set(0, -1);
    this.exceptionType.set(0, -1);
    this.errorCode.set(0, -1);
    this.errorMessage.set(0, -1);
    while (pointer < limit) {
      const name = pointer + 1;
      const nameLength = <i32>load<u8>(pointer);
      pointer = name + nameLength;
      if (pointer >= limit) return false;
      const type = load<u8>(pointer);
      pointer += 1;
      let length = fixedLength(type);
      if (length < 0) {
        if ((type != STRING && type != 6) || limit - pointer < 2) return false;
        length = <i32>bswap(load<u16>(pointer));
        pointer += 2;
      }
      if (((limit - pointer) as i32) < length) return false;
      if (type == STRING) this.takeHeader(name, nameLength, pointer, length);
      pointer += length;
    }
    return true;
  }

  private takeHeader(name: usize, nameLength: i32, value: usize, length: i32): void {
    if (equalsText(name, nameLength, MESSAGE_TYPE)) this.messageType.set(value, length);
    else if (equalsText(name, nameLength, EVENT_TYPE)) this.eventType.set(value, length);
    else if (equalsText(name, nameLength, EXCEPTION_TYPE)) this.exceptionType.set(value, length);
    else if (equalsText(name, nameLength, ERROR_CODE)) this.errorCode.set(value, length);
    else if (equalsText(name, nameLength, ERROR_MESSAGE)) this.errorMessage.set(value, length);
  }

  /** The caller is done with the frame given last. */
  private forgetGiven(): void {
    this.dataPointer = 0;
    this.dataLength = 0;
    this.namePointer = 0;
    this.nameLength = 0;
    this.eventStart = 0;
    this.eventEnd = 0;
    if (!this.given) return;
    this.given = false;
    this.carried.clear(KEPT_BYTES);
  }

  private breakOff(): bool {
    this.free();
    this.isBroken = true;
    return false;
  }
}
