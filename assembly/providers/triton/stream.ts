import { AnswerSink, FinishReason } from "../../canonical/answer";
import { JsonDocument, JsonError } from "../../json/document";
import { StreamReader } from "../provider";
import { failNotJson, failTruncated } from "../shared/errors";
import { readErrorObject } from "./errors";
import { readFinishReason, startAnswer, tellOutput } from "./response";

/**
 * Reads the events of `generate_stream`. The extension has no event that says that an answer is complete: the end of the stream is the end
 * of the answer, unless nothing or half an event came. Source:
 * https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_generate.html
 */
export class TritonStreamReader extends StreamReader {
  private document: JsonDocument = new JsonDocument();
  private hasStarted: bool = false;
  private reason: FinishReason = FinishReason.Stop;

  event(name: usize, nameLength: i32, data: usize, dataLength: i32, sink: AnswerSink): void {
    if (sink.isDone || sink.hasFailed) return;
    const document = this.document;
    if (document.parse(data, dataLength, 2) != JsonError.None || !document.isObject(document.root())) {
      failNotJson(sink);
      return;
    }
    if (readErrorObject(document, 500, sink.failure)) {
      sink.fail();
      return;
    }
    if (!this.hasStarted) startAnswer(document, sink);
    this.hasStarted = true;
    tellOutput(document, sink);
    if (readFinishReason(document) == FinishReason.Length) this.reason = FinishReason.Length;
  }

  end(sink: AnswerSink): void {
    if (sink.isDone || sink.hasFailed) return;
    if (!this.hasStarted) {
      failTruncated(sink);
      return;
    }
    sink.finish(0, this.reason);
    sink.done();
  }

  free(): void {
    this.document.free();
  }
}
