import { ByteBuffer } from "../bytes/buffer";
import { FailureReason } from "../canonical/failure";
import { repeatable, Telling } from "../canonical/repeatable";
import { Usage } from "../canonical/usage";
import { writeEvent } from "../sse/encoder";
import { FrameDecoder } from "../sse/frame-decoder";
import { AnswerPipe } from "./answer-pipe";
import { AnswerReader } from "./answer-reader";
import { EventPattern } from "./event-pattern";

const edited = new ByteBuffer();

/** Reads a stream of events; for a client that did not ask for a stream (checklist item 13) its pipe gathers them into one answer. */
export class EventReader extends AnswerReader {
  /** Addresses of events in the current chunk that go out as they came and were not copied yet. */
  private runStart: usize = 0;
  private runEnd: usize = 0;
  /** What the last event looked like, if the next ones may be like it. */
  private pattern: EventPattern = new EventPattern();

  /** servesWhole: nothing is servable before the answer is complete. */
  constructor(
    private decoder: FrameDecoder,
    private pipe: AnswerPipe,
    private servesWhole: bool,
  ) {
    super();
    this.isIncremental = true;
  }

  read(pointer: usize, length: i32, isEnd: bool, output: ByteBuffer): bool {
    this.runStart = pointer;
    this.runEnd = pointer;
    this.decoder.feed(pointer, length);
    this.relayEvents(output);
    if (isEnd && !this.isOver()) {
      this.flushRun(output);
      this.decoder.finish();
      this.relayEvents(output);
    }
    if (isEnd && !this.isOver()) this.endPipe(output);
    const isWholeChunk =
      this.runStart == pointer && this.runEnd == pointer + length && length > 0 && output.length == 0;
    if (!isWholeChunk) this.flushRun(output);
    return isWholeChunk;
  }

  private relayEvents(output: ByteBuffer): void {
    const decoder = this.decoder;
    while (!this.isOver()) {
      if (this.pattern.telling != Telling.None) this.relayRepeated(output);
      if (this.isOver() || !decoder.next()) break;
      this.relayEvent(output);
    }
    // What follows cannot be read (an event too large, a broken frame): for the client the stream is over, and is told so.
    if (decoder.isBroken && !this.isOver()) this.endPipe(output);
  }

  /** Tells the events that follow as long as they are like the last one. */
  private relayRepeated(output: ByteBuffer): void {
    const decoder = this.decoder;
    const pattern = this.pattern;
    let position = decoder.position();
    if (position == 0) return;
    const limit = decoder.end();
    let end = pattern.match(position, limit);
    if (end == 0) return;
    for (; end != 0; end = pattern.match(position, limit)) {
      if (pattern.telling == Telling.Unchanged) this.extendRun(position, end, output);
      else this.pipe.repeat(pattern);
      position = end;
    }
    decoder.moveTo(position);
    this.noteState();
  }

  private relayEvent(output: ByteBuffer): void {
    const decoder = this.decoder;
    const pattern = this.pattern;
    const start = decoder.eventStart;
    const end = decoder.eventEnd;
    if (decoder.isCounted && pattern.telling != Telling.None && pattern.match(start, end) == end) {
      this.pipe.repeat(pattern);
      this.noteState();
      return;
    }
    edited.clear(1 << 20);
    repeatable.telling = Telling.None;
    const passes = this.pipe.event(
      decoder.namePointer,
      decoder.nameLength,
      decoder.dataPointer,
      decoder.dataLength,
      edited,
    );
    if (passes && decoder.isCanonical) {
      this.extendRun(start, end, output);
    } else {
      if (repeatable.telling == Telling.Unchanged) repeatable.telling = Telling.None;
      this.flushRun(output);
      if (passes) writeEvent(decoder.dataPointer, decoder.dataLength, output);
      else output.bytes(edited.pointer, edited.length);
    }
    if (repeatable.telling == Telling.None) pattern.forget();
    else pattern.learn(start, end, repeatable);
    this.noteState();
  }

  /** Ends the answer: the provider has closed the stream, or nothing more of it can be read. */
  private endPipe(output: ByteBuffer): void {
    this.flushRun(output);
    edited.clear(1 << 20);
    this.pipe.end(edited);
    output.bytes(edited.pointer, edited.length);
    this.noteState();
    this.isTruncated = this.hasFailed;
  }

  /** An event goes out as it came. */
  private extendRun(start: usize, end: usize, output: ByteBuffer): void {
    if (start != this.runEnd) {
      this.flushRun(output);
      this.runStart = start;
    }
    this.runEnd = end;
  }

  private flushRun(output: ByteBuffer): void {
    output.bytes(this.runStart, (this.runEnd - this.runStart) as i32);
    this.runStart = this.runEnd;
  }

  private noteState(): void {
    this.isDone = this.pipe.isDone();
    this.hasFailed = this.pipe.hasFailed();
    if (this.hasFailed) this.failure = this.pipe.failure();
    else if (this.isDone && !this.pipe.hasContent()) {
      this.isDone = false;
      this.hasFailed = true;
      this.failure.set(FailureReason.StreamError, 502, "The provider sent an empty answer.");
    }
  }

  private isOver(): bool {
    return this.isDone || this.hasFailed;
  }

  isServable(): bool {
    return this.servesWhole ? this.isDone : this.pipe.hasContent();
  }

  usage(): Usage {
    return this.pipe.usage();
  }

  free(): void {
    this.decoder.free();
    this.pattern.free();
    this.pipe.free();
  }
}
