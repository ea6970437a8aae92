import { ByteBuffer } from "../bytes/buffer";
import { AnswerSink } from "../canonical/answer";
import { FailureReason } from "../canonical/failure";
import { CanonicalRequest } from "../canonical/request";
import { Usage } from "../canonical/usage";
import { JsonDocument, JsonError } from "../json/document";
import { OpenAiPassthroughAnswer } from "../providers/openai/passthrough-answer";
import { AttemptTarget } from "../providers/provider";
import { protocolFor } from "../providers/registry";
import { AnswerReader } from "./answer-reader";

const document = new JsonDocument();

/** Reads one JSON answer that is already in the client's own protocol. */
export class SameJsonReader extends AnswerReader {
  private answer: OpenAiPassthroughAnswer = new OpenAiPassthroughAnswer();

  constructor(
    private request: CanonicalRequest,
    private target: AttemptTarget,
    private id: StaticArray<u8>,
    private created: i64,
  ) {
    super();
  }

  read(pointer: usize, length: i32, isEnd: bool, output: ByteBuffer): bool {
    const answer = this.answer;
    const isUnchanged = answer.read(pointer, length, this.request, this.target, this.id, this.created, output);
    this.hasFailed = answer.failure.reason != FailureReason.None;
    this.isDone = !this.hasFailed;
    if (this.hasFailed) this.failure = answer.failure;
    return isUnchanged && this.isDone;
  }

  isServable(): bool {
    return this.isDone;
  }

  usage(): Usage {
    return this.answer.usage;
  }

  free(): void {}
}

/** Reads one JSON answer of another protocol, or one that has to become a stream (checklist item 11). */
export class TranslatedJsonReader extends AnswerReader {
  /** sink: appends to the buffer that `read` is given. */
  constructor(
    private request: CanonicalRequest,
    private target: AttemptTarget,
    private sink: AnswerSink,
  ) {
    super();
  }

  read(pointer: usize, length: i32, isEnd: bool, output: ByteBuffer): bool {
    const sink = this.sink;
    if (document.parse(pointer, length) == JsonError.None) {
      protocolFor(this.target.provider.type).readAnswer(document, this.request, this.target, sink);
    }
    document.free();
    if (!sink.isDone && !sink.hasFailed) {
      sink.failWith(FailureReason.StreamError, 502, "The provider sent an answer that cannot be read.");
    }
    this.isDone = sink.isDone;
    this.hasFailed = sink.hasFailed;
    if (this.hasFailed) this.failure = sink.failure;
    return false;
  }

  isServable(): bool {
    return this.isDone;
  }

  usage(): Usage {
    return this.sink.usage;
  }

  free(): void {
    this.sink.free();
  }
}
