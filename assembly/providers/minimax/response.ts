import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { FailureReason } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { JSON_TOOL_NAME } from "../shared/format-tool";
import { readBaseResp } from "./errors";
import { mapFinishReason } from "./stop-reason";
import { readUsage } from "./usage";

const CHOICES = new JsonKey("choices");
const MESSAGES = new JsonKey("messages");
const TEXT = new JsonKey("text");
const FUNCTION_CALL = new JsonKey("function_call");
const NAME = new JsonKey("name");
const ARGUMENTS = new JsonKey("arguments");
const ID = new JsonKey("id");
const CREATED = new JsonKey("created");
const USAGE = new JsonKey("usage");

/** Latest time that is taken for seconds: the vendor also tells nanoseconds. */
const MOST_SECONDS: i64 = 100_000_000_000;

/** Says that an answer begins: its id, which events before the last do not have, and its time. */
export function startAnswer(document: JsonDocument, sink: AnswerSink): void {
  const root = document.root();
  const id = document.find(root, ID);
  let created = document.integer(document.find(root, CREATED));
  while (created > MOST_SECONDS) created /= 1000;
  sink.start(document.textPointer(id), document.textLength(id), 0, 0, created);
}

/** The first choice, or -1. */
export function firstChoice(document: JsonDocument): i32 {
  return document.first(document.find(document.root(), CHOICES));
}

/** Tells the text of a choice's messages; false when there is none. */
export function tellText(document: JsonDocument, choice: i32, sink: AnswerSink): bool {
  let found = false;
  const messages = document.find(choice, MESSAGES);
  let message = document.isArray(messages) ? document.first(messages) : -1;
  for (; message >= 0; message = document.nextElement(message)) {
    const text = document.find(message, TEXT);
    if (document.textLength(text) == 0) continue;
    sink.text(0, document.textPointer(text), document.textLength(text));
    found = true;
  }
  return found;
}

/** Tells the arguments of the function that stands for a response format as text; false when it was not called. */
export function tellFormat(document: JsonDocument, choice: i32, sink: AnswerSink): bool {
  const messages = document.find(choice, MESSAGES);
  let message = document.isArray(messages) ? document.first(messages) : -1;
  for (; message >= 0; message = document.nextElement(message)) {
    const call = document.find(message, FUNCTION_CALL);
    if (!document.equals(document.find(call, NAME), JSON_TOOL_NAME)) continue;
    const text = document.find(call, ARGUMENTS);
    if (document.textLength(text) > 0) sink.text(0, document.textPointer(text), document.textLength(text));
    return true;
  }
  return false;
}

/** Tells the calls of a choice's messages and gives their number. The vendor has no ids: time and number make one. */
export function tellCalls(document: JsonDocument, choice: i32, sink: AnswerSink): i32 {
  const messages = document.find(choice, MESSAGES);
  let tool = 0;
  let message = document.isArray(messages) ? document.first(messages) : -1;
  for (; message >= 0; message = document.nextElement(message)) {
    const call = document.find(message, FUNCTION_CALL);
    const name = document.find(call, NAME);
    if (document.textLength(name) == 0) continue;
    const id = new ByteBuffer();
    id.ascii("call_");
    id.decimal(max<i64>(document.integer(document.find(document.root(), CREATED)), 0));
    id.byte(0x5f);
    id.decimal(tool);
    sink.toolCall(0, tool, id.pointer, id.length, document.textPointer(name), document.textLength(name));
    id.free();
    const text = document.find(call, ARGUMENTS);
    sink.toolArguments(0, tool, document.textPointer(text), document.textLength(text));
    tool += 1;
  }
  return tool;
}

/** Reads the tokens of an answer. */
export function tellUsage(document: JsonDocument, sink: AnswerSink): void {
  readUsage(document, document.find(document.root(), USAGE), sink.usage);
}

/** Tells a unary answer. Source: https://platform.minimaxi.com/document/guides/chat-model/pro/api (response) */
export function readAnswer(document: JsonDocument, unwrapsFormat: bool, sink: AnswerSink): void {
  if (readBaseResp(document, sink.failure)) {
    sink.fail();
    return;
  }
  const choice = firstChoice(document);
  if (!document.isArray(document.find(choice, MESSAGES))) {
    sink.failWith(FailureReason.StreamError, 502, "The provider's answer is not a message.");
    return;
  }
  startAnswer(document, sink);
  tellText(document, choice, sink);
  const calls = unwrapsFormat && tellFormat(document, choice, sink) ? 0 : tellCalls(document, choice, sink);
  tellUsage(document, sink);
  sink.finish(0, mapFinishReason(document, choice, calls > 0));
  sink.done();
}
