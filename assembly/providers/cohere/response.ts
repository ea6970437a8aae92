import { AnswerSink, FinishReason } from "../../canonical/answer";
import { FailureReason } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { JSON_TOOL_NAME } from "../shared/format-tool";
import { unwrapFinish } from "../shared/tool-input";
import { FORMAT_CALL, ToolNumbers } from "../shared/tool-numbers";
import { tellCitation } from "./citations";
import { readEnvelope, readErrorFinish } from "./errors";
import { tellLogprobs } from "./logprobs";
import { isErrorFinish, mapFinishReason } from "./stop-reason";
import { readUsage } from "./usage";

const ID = new JsonKey("id");
const MESSAGE = new JsonKey("message");
const CONTENT = new JsonKey("content");
const TEXT = new JsonKey("text");
const THINKING = new JsonKey("thinking");
const TOOL_PLAN = new JsonKey("tool_plan");
const TOOL_CALLS = new JsonKey("tool_calls");
const FUNCTION = new JsonKey("function");
const NAME = new JsonKey("name");
const ARGUMENTS = new JsonKey("arguments");
const CITATIONS = new JsonKey("citations");
const LOGPROBS = new JsonKey("logprobs");
const FINISH_REASON = new JsonKey("finish_reason");
const USAGE = new JsonKey("usage");

/** Says that an answer begins, by the `id` of an object. The vendor does not name the model. */
export function startMessage(document: JsonDocument, holder: i32, sink: AnswerSink): void {
  const id = document.find(holder, ID);
  sink.start(document.textPointer(id), document.textLength(id), 0, 0, 0);
}

/** Tells the text or the thinking of a content block, or a piece of them. */
export function tellContent(document: JsonDocument, block: i32, sink: AnswerSink): void {
  const thinking = document.find(block, THINKING);
  const text = document.find(block, TEXT);
  if (document.textLength(thinking) > 0) {
    sink.reasoning(0, document.textPointer(thinking), document.textLength(thinking));
  }
  if (document.textLength(text) > 0) sink.text(0, document.textPointer(text), document.textLength(text));
}

/** Tells the plan that leads to tool calls, which is the model's reasoning. */
export function tellToolPlan(document: JsonDocument, message: i32, sink: AnswerSink): void {
  const plan = document.find(message, TOOL_PLAN);
  if (document.textLength(plan) > 0) sink.reasoning(0, document.textPointer(plan), document.textLength(plan));
}

/** Whether a tool call is one of the tool that stands for a response format. */
export function callsFormatTool(document: JsonDocument, call: i32): bool {
  return document.equals(document.find(document.find(call, FUNCTION), NAME), JSON_TOOL_NAME);
}

/** Tells that a tool call begins, and what there is of its arguments. */
export function tellToolCall(document: JsonDocument, call: i32, tool: i32, sink: AnswerSink): void {
  const id = document.find(call, ID);
  const called = document.find(call, FUNCTION);
  const name = document.find(called, NAME);
  sink.toolCall(
    0,
    tool,
    document.textPointer(id),
    document.textLength(id),
    document.textPointer(name),
    document.textLength(name),
  );
  tellArguments(document, call, tool, sink);
}

/** Tells more of the arguments of a tool call; those of the tool that stands for a response format are the answer. */
export function tellArguments(document: JsonDocument, call: i32, tool: i32, sink: AnswerSink): void {
  const pieces = document.find(document.find(call, FUNCTION), ARGUMENTS);
  const length = document.textLength(pieces);
  if (length == 0) return;
  if (tool == FORMAT_CALL) sink.text(0, document.textPointer(pieces), length);
  else sink.toolArguments(0, tool, document.textPointer(pieces), length);
}

function tellMessage(
  document: JsonDocument,
  message: i32,
  unwrapsFormat: bool,
  tools: ToolNumbers,
  sink: AnswerSink,
): void {
  tellToolPlan(document, message, sink);
  const content = document.find(message, CONTENT);
  for (let block = document.first(content); block >= 0; block = document.nextElement(block)) {
    tellContent(document, block, sink);
  }
  const calls = document.find(message, TOOL_CALLS);
  for (let call = document.first(calls); call >= 0; call = document.nextElement(call)) {
    if (unwrapsFormat && callsFormatTool(document, call)) tellArguments(document, call, tools.beginFormat(-1), sink);
    else {
      const tool = tools.begin(tools.count());
      if (tool >= 0) tellToolCall(document, call, tool, sink);
    }
  }
  const citations = document.find(message, CITATIONS);
  for (let citation = document.first(citations); citation >= 0; citation = document.nextElement(citation)) {
    tellCitation(document, citation, sink);
  }
}

/** The finish reason of an answer; a call of the tool that stands for a response format alone is none. */
export function finishOf(document: JsonDocument, reason: i32, tools: ToolNumbers): FinishReason {
  const finish = mapFinishReason(document, reason, tools.count());
  return unwrapFinish(finish, tools.usedFormatTool, tools.count());
}

/** Tells a unary answer to the sink. Source: https://docs.cohere.com/reference/chat (response) */
export function readMessage(document: JsonDocument, unwrapsFormat: bool, sink: AnswerSink): void {
  const root = document.root();
  const message = document.find(root, MESSAGE);
  if (!document.isObject(message)) {
    if (readEnvelope(document, 502, sink.failure)) {
      sink.failure.reason = FailureReason.StreamError;
      sink.fail();
    } else sink.failWith(FailureReason.StreamError, 502, "The provider's answer is not a message.");
    return;
  }
  const reason = document.find(root, FINISH_REASON);
  if (isErrorFinish(document, reason)) {
    readErrorFinish(document, root, reason, sink.failure);
    sink.fail();
    return;
  }
  startMessage(document, root, sink);
  const tools = new ToolNumbers();
  tellMessage(document, message, unwrapsFormat, tools, sink);
  const logprobs = document.find(root, LOGPROBS);
  for (let item = document.first(logprobs); item >= 0; item = document.nextElement(item)) {
    tellLogprobs(document, item, sink);
  }
  sink.finish(0, finishOf(document, reason, tools));
  readUsage(document, document.find(root, USAGE), sink.usage);
  sink.done();
}
