import { ByteBuffer } from "../bytes/buffer";
import { AnswerSink } from "../canonical/answer";
import { Telling } from "../canonical/repeatable";
import { Failure } from "../canonical/failure";
import { Usage } from "../canonical/usage";
import { PassthroughState } from "../clients/client";
import { OpenAiPassthroughStream } from "../providers/openai/passthrough-stream";
import { StreamReader } from "../providers/provider";
import { EventPattern } from "./event-pattern";

/** Turns the events of one provider's stream into bytes for the client, and knows where the answer stands. */
export abstract class AnswerPipe {
  /**
   * One event. True: its bytes may go out exactly as they came (framed as `data: ...` and a blank line), nothing was written.
   * False: what should go out was appended to `out`.
   */
  abstract event(name: usize, nameLength: i32, data: usize, dataLength: i32, out: ByteBuffer): bool;
  /** An event that matched the pattern of the last one. */
  abstract repeat(pattern: EventPattern): void;
  /** The provider closed the stream cleanly. */
  abstract end(out: ByteBuffer): void;
  abstract hasContent(): bool;
  abstract isDone(): bool;
  abstract hasFailed(): bool;
  abstract failure(): Failure;
  abstract usage(): Usage;
  /** Gives unmanaged memory back. */
  abstract free(): void;
}

/** Both sides speak the same protocol: the hub is skipped. */
export class PassthroughPipe extends AnswerPipe {
  constructor(private stream: OpenAiPassthroughStream) {
    super();
  }

  event(name: usize, nameLength: i32, data: usize, dataLength: i32, out: ByteBuffer): bool {
    return this.stream.event(data, dataLength, out, name, nameLength);
  }
  repeat(pattern: EventPattern): void {}
  end(out: ByteBuffer): void {
    this.stream.end(out);
  }
  hasContent(): bool {
    return this.stream.state == PassthroughState.Content || this.stream.state == PassthroughState.Done;
  }
  isDone(): bool {
    return this.stream.state == PassthroughState.Done;
  }
  hasFailed(): bool {
    return this.stream.state == PassthroughState.Failed;
  }
  failure(): Failure {
    return this.stream.failure;
  }
  usage(): Usage {
    return this.stream.usage;
  }
  free(): void {
    this.stream.free();
  }
}

/** Through the hub: a provider protocol's reader into a client protocol's writer, which appends to the buffer it was opened with. */
export class TranslatedPipe extends AnswerPipe {
  constructor(
    private reader: StreamReader,
    private sink: AnswerSink,
  ) {
    super();
  }

  event(name: usize, nameLength: i32, data: usize, dataLength: i32, out: ByteBuffer): bool {
    this.reader.event(name, nameLength, data, dataLength, this.sink);
    return false;
  }
  repeat(pattern: EventPattern): void {
    const sink = this.sink;
    const choice = pattern.choice;
    if (pattern.telling == Telling.Text) sink.text(choice, pattern.text, pattern.textLength);
    else if (pattern.telling == Telling.Reasoning) sink.reasoning(choice, pattern.text, pattern.textLength);
    else sink.toolArguments(choice, pattern.tool, pattern.text, pattern.textLength);
  }
  end(out: ByteBuffer): void {
    this.reader.end(this.sink);
  }
  hasContent(): bool {
    return this.sink.hasContent;
  }
  isDone(): bool {
    return this.sink.isDone;
  }
  hasFailed(): bool {
    return this.sink.hasFailed;
  }
  failure(): Failure {
    return this.sink.failure;
  }
  usage(): Usage {
    return this.sink.usage;
  }
  free(): void {
    this.reader.free();
    this.sink.free();
  }
}
