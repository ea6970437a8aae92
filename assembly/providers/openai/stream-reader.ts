import * as keys from "../../canonical/openai-keys";
import { AnswerSink } from "../../canonical/answer";
import { isDoneMarker } from "../../canonical/done-marker";
import { FailureReason } from "../../canonical/failure";
import { JsonDocument, JsonError } from "../../json/document";
import { StreamReader } from "../provider";
import { ProviderType } from "../provider-type";
import { AnswerTeller } from "./answer-teller";
import { readErrorDocument } from "./errors";
import { findUsage, readUsage } from "./usage";

/** Reads `chat.completion.chunk` events into the hub. Source: https://platform.openai.com/docs/api-reference/chat-streaming */
export class OpenAiStreamReader extends StreamReader {
  constructor(private type: ProviderType) {
    super();
  }

  private document: JsonDocument = new JsonDocument();
  private teller: AnswerTeller | null = null;
  private hasStarted: bool = false;

  event(name: usize, nameLength: i32, data: usize, dataLength: i32, sink: AnswerSink): void {
    if (sink.isDone || sink.hasFailed) return;
    if (isDoneMarker(data, dataLength)) {
      this.tellRest(sink);
      sink.done();
      return;
    }
    const document = this.document;
    if (document.parse(data, dataLength) != JsonError.None || !document.isObject(document.root())) {
      sink.failWith(FailureReason.StreamError, 502, "The provider sent an event that is no chunk of an answer.");
      return;
    }
    if (readErrorDocument(document, 0, sink.failure, this.type)) {
      sink.fail();
      return;
    }
    const root = document.root();
    const choices = document.find(root, keys.CHOICES);
    readUsage(document, findUsage(document, root, choices, this.type), sink.usage);
    if (document.first(choices) < 0) return;
    const teller = this.tellerFor(sink);
    if (!this.hasStarted) teller.start(root);
    this.hasStarted = true;
    teller.tell(choices, keys.DELTA);
  }

  end(sink: AnswerSink): void {
    if (sink.isDone || sink.hasFailed) return;
    const teller = this.teller;
    if (teller !== null && teller.hasFinished()) {
      sink.done();
      return;
    }
    const message = "The provider ended its stream before the answer was complete.";
    sink.failWith(FailureReason.StreamError, 502, message, "stream_truncated");
  }

  free(): void {
    this.document.free();
    const teller = this.teller;
    if (teller !== null) teller.free();
  }

  private tellRest(sink: AnswerSink): void {
    const teller = this.teller;
    if (teller === null) return;
    teller.useSink(sink);
    teller.end();
  }

  private tellerFor(sink: AnswerSink): AnswerTeller {
    const known = this.teller;
    if (known !== null) {
      known.useSink(sink);
      return known;
    }
    const teller = new AnswerTeller(this.document, sink, this.type.hasReasoningTags);
    this.teller = teller;
    return teller;
  }
}

/** Tells a unary answer to the hub. Source: https://platform.openai.com/docs/api-reference/chat/object */
export function readOpenAiAnswer(document: JsonDocument, type: ProviderType, sink: AnswerSink): void {
  if (sink.isDone || sink.hasFailed) return;
  if (readErrorDocument(document, 0, sink.failure, type)) {
    sink.fail();
    return;
  }
  const root = document.root();
  readUsage(document, document.find(root, keys.USAGE), sink.usage);
  const teller = new AnswerTeller(document, sink, type.hasReasoningTags);
  const choices = document.find(root, keys.CHOICES);
  if (document.first(choices) >= 0) {
    teller.start(root);
    teller.tell(choices, keys.MESSAGE);
    teller.end();
  }
  teller.free();
  sink.done();
}
