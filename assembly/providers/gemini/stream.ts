import { AnswerSink } from "../../canonical/answer";
import { Notices } from "../../canonical/notices";
import { JsonDocument, JsonError } from "../../json/document";
import { StreamReader } from "../provider";
import { failNotJson, failTruncated } from "../shared/errors";
import { RequestPlan } from "./plan";
import { ResponseReader } from "./response";

/** Containers that have to be looked into: event, candidates, one, its log probabilities, their alternatives, one, its list, one. */
const EVENT_DEPTH: i32 = 8;

/**
 * Reads the events of `streamGenerateContent?alt=sse`, each of which has the form of a whole answer.
 * Source: https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
 */
export class GeminiStreamReader extends StreamReader {
  private document: JsonDocument = new JsonDocument();
  private reader: ResponseReader;

  constructor(plan: RequestPlan, notices: Notices) {
    super();
    this.reader = new ResponseReader(plan, notices);
  }

  event(name: usize, nameLength: i32, data: usize, dataLength: i32, sink: AnswerSink): void {
    if (sink.isDone || sink.hasFailed) return;
    const document = this.document;
    if (document.parse(data, dataLength, EVENT_DEPTH) != JsonError.None) {
      failNotJson(sink);
      return;
    }
    this.reader.read(document, document.root(), sink);
  }

  /** The vendor has no terminal event: the answer is complete when every candidate has said why it ended. */
  end(sink: AnswerSink): void {
    if (!this.reader.finish(sink)) failTruncated(sink);
  }

  free(): void {
    this.document.free();
    this.reader.free();
  }
}
