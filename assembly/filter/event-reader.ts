import { ByteBuffer } from "../bytes/buffer";
import { FailureReason } from "../canonical/failure";
import { Usage } from "../canonical/usage";
import { writeEvent } from "../sse/encoder";
import { FrameDecoder } from "../sse/frame-decoder";
import { AnswerPipe } from "./answer-pipe";
import { AnswerReader } from "./answer-reader";

const edited = new ByteBuffer();

/** Reads a stream of events; for a client that did not ask for a stream (checklist item 13) its pipe gathers them into one answer. */
export class EventReader extends AnswerReader {
  /** Start and end, in the current chunk, of events that go out as they came and were not copied yet. */
  private runStart: i32 = 0;
  private runEnd: i32 = 0;

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
    this.runStart = 0;
    this.runEnd = 0;
    this.decoder.feed(pointer, length);
    this.relayEvents(pointer, output);
    if (isEnd && !this.isOver()) {
      this.flushRun(pointer, output);
      this.decoder.finish();
      this.relayEvents(pointer, output);
    }
    if (isEnd && !this.isOver()) this.endPipe(pointer, output);
    const isWholeChunk = this.runStart == 0 && this.runEnd == length && length > 0 && output.length == 0;
    if (!isWholeChunk) this.flushRun(pointer, output);
    return isWholeChunk;
  }

  private relayEvents(pointer: usize, output: ByteBuffer): void {
    const decoder = this.decoder;
    while (!this.isOver() && decoder.next()) {
      edited.clear(1 << 20);
      const passes = this.pipe.event(
        decoder.namePointer,
        decoder.nameLength,
        decoder.dataPointer,
        decoder.dataLength,
        edited,
      );
      if (passes && decoder.isCanonical) {
        if (decoder.eventStart != this.runEnd) {
          this.flushRun(pointer, output);
          this.runStart = decoder.eventStart;
        }
        this.runEnd = decoder.eventEnd;
      } else {
        this.flushRun(pointer, output);
        if (passes) writeEvent(decoder.dataPointer, decoder.dataLength, output);
        else output.bytes(edited.pointer, edited.length);
      }
      this.noteState();
    }
    // What follows cannot be read (an event too large, a broken frame): for the client the stream is over, and is told so.
    if (decoder.isBroken && !this.isOver()) this.endPipe(pointer, output);
  }

  /** Ends the answer: the provider has closed the stream, or nothing more of it can be read. */
  private endPipe(pointer: usize, output: ByteBuffer): void {
    this.flushRun(pointer, output);
    edited.clear(1 << 20);
    this.pipe.end(edited);
    output.bytes(edited.pointer, edited.length);
    this.noteState();
    this.isTruncated = this.hasFailed;
  }

  private flushRun(pointer: usize, output: ByteBuffer): void {
    output.bytes(pointer + this.runStart, this.runEnd - this.runStart);
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
    this.pipe.free();
  }
}
