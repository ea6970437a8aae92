import { AnswerSink, FinishReason } from "../../canonical/answer";
import { FailureReason } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { JSON_TOOL_NAME } from "../shared/format-tool";
import { unwrapFinish } from "../shared/tool-input";
import { FORMAT_CALL, ToolNumbers } from "../shared/tool-numbers";
import { readErrorObject } from "./errors";
import { mapFinishReason } from "./stop-reason";
import { readUsage } from "./usage";

const RESPONSE = new JsonKey("Response");
const CHOICES = new JsonKey("Choices");
const MESSAGE = new JsonKey("Message");
const CONTENT = new JsonKey("Content");
const REASONING = new JsonKey("ReasoningContent");
const FINISH_REASON = new JsonKey("FinishReason");
const CALLS = new JsonKey("ToolCalls");
const FUNCTION = new JsonKey("Function");
const NAME = new JsonKey("Name");
const ARGUMENTS = new JsonKey("Arguments");
const ID = new JsonKey("Id");
const CREATED = new JsonKey("Created");
const USAGE = new JsonKey("Usage");

/** Says that an answer begins: its id and time. */
export function startAnswer(document: JsonDocument, object: i32, sink: AnswerSink): void {
  const id = document.find(object, ID);
  const created = document.integer(document.find(object, CREATED));
  sink.start(document.textPointer(id), document.textLength(id), 0, 0, created);
}

/** Tells reasoning and text of a message or a delta. */
export function tellTexts(document: JsonDocument, message: i32, sink: AnswerSink): void {
  const reasoning = document.find(message, REASONING);
  const length = document.textLength(reasoning);
  if (length > 0) sink.reasoning(0, document.textPointer(reasoning), length);
  const content = document.find(message, CONTENT);
  if (document.textLength(content) > 0) sink.text(0, document.textPointer(content), document.textLength(content));
}

/** Tells the beginning of a tool call. */
export function tellCall(document: JsonDocument, call: i32, tool: i32, sink: AnswerSink): void {
  const id = document.find(call, ID);
  const name = document.find(document.find(call, FUNCTION), NAME);
  sink.toolCall(
    0,
    tool,
    document.textPointer(id),
    document.textLength(id),
    document.textPointer(name),
    document.textLength(name),
  );
}

/** Whether a tool call is one of the tool that stands for a response format. */
export function callsFormatTool(document: JsonDocument, call: i32): bool {
  return document.equals(document.find(document.find(call, FUNCTION), NAME), JSON_TOOL_NAME);
}

/** Tells (more of) the arguments of a tool call; those of the tool that stands for a response format are the answer. */
export function tellArguments(document: JsonDocument, call: i32, tool: i32, sink: AnswerSink): void {
  const text = document.find(document.find(call, FUNCTION), ARGUMENTS);
  const length = document.textLength(text);
  if (tool != FORMAT_CALL) sink.toolArguments(0, tool, document.textPointer(text), length);
  else if (length > 0) sink.text(0, document.textPointer(text), length);
}

/** The finish reason of an answer; a call of the tool that stands for a response format alone is none. */
export function finishOf(document: JsonDocument, reason: i32, tools: ToolNumbers): FinishReason {
  const finish = mapFinishReason(document, reason, tools.count() > 0);
  return unwrapFinish(finish, tools.usedFormatTool, tools.count());
}

/** Tells a unary answer, which stands in `Response`. Source: https://cloud.tencent.com/document/api/1729/105701 */
export function readAnswer(document: JsonDocument, unwrapsFormat: bool, sink: AnswerSink): void {
  const response = document.find(document.root(), RESPONSE);
  const choice = document.first(document.find(response, CHOICES));
  const message = document.find(choice, MESSAGE);
  if (!document.isObject(message)) {
    if (readErrorObject(document, sink.failure)) sink.fail();
    else sink.failWith(FailureReason.StreamError, 502, "The provider's answer is not a message.");
    return;
  }
  startAnswer(document, response, sink);
  tellTexts(document, message, sink);
  const tools = new ToolNumbers();
  const calls = document.find(message, CALLS);
  for (let call = document.isArray(calls) ? document.first(calls) : -1; call >= 0; call = document.nextElement(call)) {
    const isFormat = unwrapsFormat && callsFormatTool(document, call);
    const tool = isFormat ? tools.beginFormat(-1) : tools.begin(tools.count());
    if (tool == -1) break;
    if (!isFormat) tellCall(document, call, tool, sink);
    tellArguments(document, call, tool, sink);
  }
  readUsage(document, document.find(response, USAGE), sink.usage);
  sink.finish(0, finishOf(document, document.find(choice, FINISH_REASON), tools));
  sink.done();
}
