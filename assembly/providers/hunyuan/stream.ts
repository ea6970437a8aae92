import { AnswerSink } from "../../canonical/answer";
import { isDoneMarker } from "../../canonical/done-marker";
import { JsonDocument, JsonError, JsonKey } from "../../json/document";
import { hashBytes } from "../../json/keys";
import { StreamReader } from "../provider";
import { failNotJson, failTruncated } from "../shared/errors";
import { ToolNumbers } from "../shared/tool-numbers";
import { readErrorObject } from "./errors";
import { callsFormatTool, finishOf, startAnswer, tellArguments, tellCall, tellTexts } from "./response";
import { readUsage } from "./usage";

const CHOICES = new JsonKey("Choices");
const DELTA = new JsonKey("Delta");
const FINISH_REASON = new JsonKey("FinishReason");
const CALLS = new JsonKey("ToolCalls");
const INDEX = new JsonKey("Index");
const ID = new JsonKey("Id");
const USAGE = new JsonKey("Usage");

/** Containers that have to be looked into: event, choices, choice, delta, calls, call, function. */
const EVENT_DEPTH: i32 = 8;

/**
 * Reads the events of a streamed answer; the one with a `FinishReason` is the last. Source:
 * https://cloud.tencent.com/document/api/1729/105701 (streaming)
 */
export class HunyuanStreamReader extends StreamReader {
  private document: JsonDocument = new JsonDocument();
  private tools: ToolNumbers = new ToolNumbers();
  private hasStarted: bool = false;
  private lastKey: i64 = 0;

  constructor(private unwrapsFormat: bool) {
    super();
  }

  event(name: usize, nameLength: i32, data: usize, dataLength: i32, sink: AnswerSink): void {
    if (sink.isDone || sink.hasFailed || isDoneMarker(data, dataLength)) return;
    const document = this.document;
    if (document.parse(data, dataLength, EVENT_DEPTH) != JsonError.None || !document.isObject(document.root())) {
      failNotJson(sink);
      return;
    }
    if (readErrorObject(document, sink.failure)) {
      sink.fail();
      return;
    }
    const root = document.root();
    readUsage(document, document.find(root, USAGE), sink.usage);
    const choice = document.first(document.find(root, CHOICES));
    if (!document.isObject(choice)) return;
    if (!this.hasStarted) {
      this.hasStarted = true;
      startAnswer(document, root, sink);
    }
    const delta = document.find(choice, DELTA);
    tellTexts(document, delta, sink);
    const calls = document.find(delta, CALLS);
    for (
      let call = document.isArray(calls) ? document.first(calls) : -1;
      call >= 0;
      call = document.nextElement(call)
    ) {
      this.tellCall(call, sink);
    }
    const reason = document.find(choice, FINISH_REASON);
    if (document.textLength(reason) == 0) return;
    sink.finish(0, finishOf(document, reason, this.tools));
    sink.done();
  }

  /** What tells a call from others: its index, else its id; a piece with neither belongs to the call before. */
  private keyOf(call: i32): i64 {
    const document = this.document;
    const index = document.find(call, INDEX);
    if (document.isNumber(index)) return document.integer(index);
    const id = document.find(call, ID);
    if (document.textLength(id) == 0) return this.lastKey;
    return hashBytes(document.textPointer(id), document.textLength(id)) as i64;
  }

  private tellCall(call: i32, sink: AnswerSink): void {
    const index = this.keyOf(call);
    this.lastKey = index;
    let tool = this.tools.find(index);
    if (tool == -1) {
      const isFormat = this.unwrapsFormat && callsFormatTool(this.document, call);
      tool = isFormat ? this.tools.beginFormat(index) : this.tools.begin(index);
      if (tool == -1) return;
      if (!isFormat) tellCall(this.document, call, tool, sink);
    }
    tellArguments(this.document, call, tool, sink);
  }

  end(sink: AnswerSink): void {
    failTruncated(sink);
  }

  free(): void {
    this.document.free();
  }
}
