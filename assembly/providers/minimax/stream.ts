import { AnswerSink } from "../../canonical/answer";
import { JsonDocument, JsonError, JsonKey } from "../../json/document";
import { StreamReader } from "../provider";
import { failNotJson, failTruncated } from "../shared/errors";
import { readBaseResp } from "./errors";
import { firstChoice, startAnswer, tellCalls, tellFormat, tellText, tellUsage } from "./response";
import { mapFinishReason } from "./stop-reason";

const FINISH_REASON = new JsonKey("finish_reason");

/** Containers that have to be looked into: event, choices, choice, messages, message, function call. */
const EVENT_DEPTH: i32 = 6;

/**
 * Reads the events of a streamed answer. The last one has a `finish_reason`, the usage, and the whole text once more, which is told only
 * when nothing came before it. Source: https://platform.minimaxi.com/document/guides/chat-model/pro/api (streaming)
 */
export class MiniMaxStreamReader extends StreamReader {
  private document: JsonDocument = new JsonDocument();
  private hasStarted: bool = false;
  private hasText: bool = false;
  private hasForm: bool = false;
  private calls: i32 = 0;

  constructor(private unwrapsFormat: bool) {
    super();
  }

  event(name: usize, nameLength: i32, data: usize, dataLength: i32, sink: AnswerSink): void {
    if (sink.isDone || sink.hasFailed) return;
    const document = this.document;
    if (document.parse(data, dataLength, EVENT_DEPTH) != JsonError.None || !document.isObject(document.root())) {
      failNotJson(sink);
      return;
    }
    if (readBaseResp(document, sink.failure)) {
      sink.fail();
      return;
    }
    tellUsage(document, sink);
    const choice = firstChoice(document);
    if (!document.isObject(choice)) return;
    if (!this.hasStarted) {
      this.hasStarted = true;
      startAnswer(document, sink);
    }
    const isLast = document.textLength(document.find(choice, FINISH_REASON)) > 0;
    if ((!isLast || !this.hasText) && tellText(document, choice, sink)) this.hasText = true;
    if (this.unwrapsFormat && !this.hasForm) this.hasForm = tellFormat(document, choice, sink);
    if (this.calls == 0 && !this.hasForm) this.calls = tellCalls(document, choice, sink);
    if (!isLast) return;
    sink.finish(0, mapFinishReason(document, choice, this.calls > 0));
    sink.done();
  }

  end(sink: AnswerSink): void {
    failTruncated(sink);
  }

  free(): void {
    this.document.free();
  }
}
