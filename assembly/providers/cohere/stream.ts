import { AnswerSink } from "../../canonical/answer";
import { isDoneMarker } from "../../canonical/done-marker";
import { FailureReason } from "../../canonical/failure";
import { Notice, Notices } from "../../canonical/notices";
import { JsonDocument, JsonError, JsonKey } from "../../json/document";
import { StreamReader } from "../provider";
import { failNotJson, failTruncated } from "../shared/errors";
import { ToolNumbers } from "../shared/tool-numbers";
import { tellCitation } from "./citations";
import { readEnvelope, readErrorFinish } from "./errors";
import { tellLogprobs } from "./logprobs";
import {
  callsFormatTool,
  finishOf,
  startMessage,
  tellArguments,
  tellContent,
  tellToolCall,
  tellToolPlan,
} from "./response";
import { isErrorFinish } from "./stop-reason";
import { readUsage } from "./usage";

const TYPE = new JsonKey("type");
const MESSAGE_START = new JsonKey("message-start");
const CONTENT_START = new JsonKey("content-start");
const CONTENT_DELTA = new JsonKey("content-delta");
const CONTENT_END = new JsonKey("content-end");
const TOOL_PLAN_DELTA = new JsonKey("tool-plan-delta");
const TOOL_CALL_START = new JsonKey("tool-call-start");
const TOOL_CALL_DELTA = new JsonKey("tool-call-delta");
const TOOL_CALL_END = new JsonKey("tool-call-end");
const CITATION_START = new JsonKey("citation-start");
const CITATION_END = new JsonKey("citation-end");
const MESSAGE_END = new JsonKey("message-end");
const DEBUG = new JsonKey("debug");
const INDEX = new JsonKey("index");
const DELTA = new JsonKey("delta");
const MESSAGE = new JsonKey("message");
const CONTENT = new JsonKey("content");
const TOOL_CALLS = new JsonKey("tool_calls");
const CITATIONS = new JsonKey("citations");
const LOGPROBS = new JsonKey("logprobs");
const FINISH_REASON = new JsonKey("finish_reason");
const USAGE = new JsonKey("usage");

/** Containers of an event that have to be looked into: sources of citations lie deepest. */
const EVENT_DEPTH: i32 = 9;

/**
 * Reads Cohere's stream. `index` counts content blocks or tool calls, never choices: there is one choice.
 * Sources: https://docs.cohere.com/v2/docs/streaming and https://docs.cohere.com/docs/tool-use-streaming
 */
export class CohereStreamReader extends StreamReader {
  private document: JsonDocument = new JsonDocument();
  private tools: ToolNumbers = new ToolNumbers();
  private hasStarted: bool = false;

  constructor(
    private unwrapsFormat: bool,
    private notices: Notices,
  ) {
    super();
  }

  event(name: usize, nameLength: i32, data: usize, dataLength: i32, sink: AnswerSink): void {
    if (sink.isDone || sink.hasFailed || isDoneMarker(data, dataLength)) return;
    const document = this.document;
    if (document.parse(data, dataLength, EVENT_DEPTH) != JsonError.None || !document.isObject(document.root())) {
      failNotJson(sink);
      return;
    }
    const root = document.root();
    const type = document.find(root, TYPE);
    const delta = document.find(root, DELTA);
    const message = document.find(delta, MESSAGE);
    if (document.equals(type, CONTENT_DELTA) || document.equals(type, CONTENT_START)) {
      tellContent(document, document.find(message, CONTENT), sink);
      tellLogprobs(document, document.find(root, LOGPROBS), sink);
    } else if (document.equals(type, TOOL_CALL_DELTA)) this.readToolDelta(root, message, sink);
    else if (document.equals(type, TOOL_CALL_START)) this.startTool(root, message, sink);
    else if (document.equals(type, TOOL_PLAN_DELTA)) tellToolPlan(document, message, sink);
    else if (document.equals(type, CITATION_START)) tellCitation(document, document.find(message, CITATIONS), sink);
    else if (document.equals(type, MESSAGE_START)) this.startMessage(root, sink);
    else if (document.equals(type, MESSAGE_END)) this.endMessage(delta, sink);
    else if (!this.isSilent(type)) this.readUnknown(sink);
  }

  end(sink: AnswerSink): void {
    failTruncated(sink);
  }

  free(): void {
    this.document.free();
  }

  private isSilent(type: i32): bool {
    const document = this.document;
    return (
      document.equals(type, CONTENT_END) ||
      document.equals(type, TOOL_CALL_END) ||
      document.equals(type, CITATION_END) ||
      document.equals(type, DEBUG)
    );
  }

  /** An error inside a stream has the form of an error answer: `{"message"}`. */
  private readUnknown(sink: AnswerSink): void {
    if (!this.document.isString(this.document.find(this.document.root(), TYPE))) {
      if (readEnvelope(this.document, 502, sink.failure)) {
        sink.failure.reason = FailureReason.StreamError;
        sink.fail();
        return;
      }
    }
    this.notices.note(Notice.UnknownEvent);
  }

  private startMessage(root: i32, sink: AnswerSink): void {
    if (this.hasStarted) return;
    this.hasStarted = true;
    startMessage(this.document, root, sink);
  }

  private startTool(root: i32, message: i32, sink: AnswerSink): void {
    const document = this.document;
    const index = document.integer(document.find(root, INDEX), -1);
    const call = document.find(message, TOOL_CALLS);
    if (this.unwrapsFormat && callsFormatTool(document, call)) {
      tellArguments(document, call, this.tools.beginFormat(index), sink);
      return;
    }
    const tool = this.tools.begin(index);
    if (tool >= 0) tellToolCall(document, call, tool, sink);
  }

  private readToolDelta(root: i32, message: i32, sink: AnswerSink): void {
    const document = this.document;
    const tool = this.tools.find(document.integer(document.find(root, INDEX), -1));
    if (tool != -1) tellArguments(document, document.find(message, TOOL_CALLS), tool, sink);
  }

  private endMessage(delta: i32, sink: AnswerSink): void {
    const document = this.document;
    const reason = document.find(delta, FINISH_REASON);
    readUsage(document, document.find(delta, USAGE), sink.usage);
    if (isErrorFinish(document, reason)) {
      readErrorFinish(document, delta, reason, sink.failure);
      sink.fail();
      return;
    }
    sink.finish(0, finishOf(document, reason, this.tools));
    sink.done();
  }
}
