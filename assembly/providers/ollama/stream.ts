import { AnswerSink } from "../../canonical/answer";
import { JsonDocument, JsonError, JsonKey } from "../../json/document";
import { StreamReader } from "../provider";
import { failNotJson, failTruncated } from "../shared/errors";
import { failFromAnswer } from "./errors";
import { MessageTeller } from "./message-teller";

const DONE = new JsonKey("done");

/** Containers of a line that have to be looked into: lists of log probabilities lie deepest. */
const LINE_DEPTH: i32 = 6;

/** Reads Ollama's stream: one object per line, the last one with `"done":true`. Source: https://docs.ollama.com/api/streaming */
export class OllamaStreamReader extends StreamReader {
  private document: JsonDocument;
  private teller: MessageTeller;

  constructor() {
    super();
    const document = new JsonDocument();
    this.document = document;
    this.teller = new MessageTeller(document);
  }

  event(name: usize, nameLength: i32, data: usize, dataLength: i32, sink: AnswerSink): void {
    if (sink.isDone || sink.hasFailed) return;
    const document = this.document;
    if (document.parse(data, dataLength, LINE_DEPTH) != JsonError.None || !document.isObject(document.root())) {
      failNotJson(sink);
      return;
    }
    const root = document.root();
    if (failFromAnswer(document, sink)) return;
    this.teller.tell(root, sink);
    if (document.boolean(document.find(root, DONE))) this.teller.finish(root, sink);
  }

  end(sink: AnswerSink): void {
    failTruncated(sink);
  }

  free(): void {
    this.document.free();
    this.teller.free();
  }
}
