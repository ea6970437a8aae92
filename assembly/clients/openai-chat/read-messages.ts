import * as keys from "../../canonical/openai-keys";
import { Part, PartKind, Role } from "../../canonical/request";
import { JsonKey } from "../../json/document";
import { Expect, Place } from "./field-errors";
import { CACHE_CONTROL, ContentReader } from "./read-content";
import { RepeatedIds } from "./repeated-ids";

const TOOL_CALL_ID = new JsonKey("tool_call_id");
const EXTRA_CONTENT = new JsonKey("extra_content");
const GOOGLE = new JsonKey("google");
const THOUGHT_SIGNATURE = new JsonKey("thought_signature");
const REASONING_SIGNATURE = new JsonKey("reasoning_signature");

/** Reads `messages` into the parts of the canonical request, in order; within an assistant message: reasoning, text, tool calls. */
export class MessageReader extends ContentReader {
  /** Made with the first call: most conversations have none. */
  private ownRepeatedIds: RepeatedIds | null = null;

  /** Reads all messages; the reader's `failed` says whether that went well. */
  readAll(messages: i32): void {
    let index = 0;
    const document = this.document;
    for (
      let message = document.first(messages);
      message >= 0 && !this.fields.failed;
      message = document.nextElement(message)
    ) {
      this.fields.enter(Place.Message, index);
      this.readMessage(message, index);
      index += 1;
    }
    this.fields.enter(Place.Root, 0);
  }

  private readMessage(object: i32, message: i32): void {
    const parts = this.request.parts;
    const before = parts.length;
    const role = this.document.find(object, keys.ROLE);
    if (this.document.equals(role, keys.ASSISTANT)) this.readAssistant(object, message);
    else if (this.document.equals(role, keys.TOOL)) this.readToolResult(object, message, TOOL_CALL_ID, "tool_call_id");
    else if (this.document.equals(role, keys.FUNCTION)) this.readToolResult(object, message, keys.NAME, "name");
    else this.readContent(object, this.document.equals(role, keys.USER) ? Role.User : Role.System, message, false);
    if (this.fields.failed || parts.length == before) return;
    const cacheControl = this.fields.optional(object, CACHE_CONTROL, "cache_control", Expect.Object);
    if (cacheControl < 0) return;
    const first = unchecked(parts[before]);
    const target = first.kind == PartKind.ToolResult ? first : unchecked(parts[parts.length - 1]);
    if (target.cacheControl < 0) target.cacheControl = cacheControl;
  }

  private readAssistant(object: i32, message: i32): void {
    this.readReasoning(object, message);
    const before = this.request.parts.length;
    this.readContent(object, Role.Assistant, message, false);
    const refusal = this.fields.optional(object, keys.REFUSAL, "refusal", Expect.String);
    if (refusal >= 0 && this.request.parts.length == before) {
      this.addText(refusal, Role.Assistant, message, false);
    }
    this.readToolCalls(object, message);
    this.readFunctionCall(object, message);
  }

  /** `thinking_blocks` hold signatures and therefore win over the plain text of `reasoning_content`. */
  private readReasoning(object: i32, message: i32): void {
    const fields = this.fields;
    const blocks = fields.optional(object, keys.THINKING_BLOCKS, "thinking_blocks", Expect.Array);
    const before = this.request.parts.length;
    let index = 0;
    for (
      let block = this.document.first(blocks);
      block >= 0 && !fields.failed;
      block = this.document.nextElement(block)
    ) {
      fields.enter(Place.ThinkingBlock, message, index);
      index += 1;
      this.readThinkingBlock(block, message);
    }
    fields.enter(Place.Message, message);
    if (fields.failed || this.request.parts.length > before) return;
    let text = fields.optional(object, keys.REASONING_CONTENT, "reasoning_content", Expect.String);
    // `reasoning` is another name for the same; where it is an object it says something else.
    if (text < 0) text = this.document.find(object, keys.REASONING);
    if (this.document.textLength(text) == 0) return;
    const part = this.add(PartKind.Reasoning, Role.Assistant, message);
    part.value = text;
    part.extra = fields.optional(object, REASONING_SIGNATURE, "reasoning_signature", Expect.String);
  }

  private readThinkingBlock(block: i32, message: i32): void {
    const fields = this.fields;
    if (!fields.checked(block, "", Expect.Object)) return;
    const type = fields.required(block, keys.TYPE, "type", Expect.String);
    if (type < 0) return;
    if (this.document.equals(type, keys.THINKING)) {
      const text = fields.required(block, keys.THINKING, "thinking", Expect.String);
      const signature = fields.optional(block, keys.SIGNATURE, "signature", Expect.String);
      const part = this.add(PartKind.Reasoning, Role.Assistant, message);
      part.value = text;
      part.extra = signature;
    } else if (this.document.equals(type, keys.REDACTED_THINKING)) {
      const data = fields.required(block, keys.DATA, "data", Expect.String);
      this.add(PartKind.RedactedReasoning, Role.Assistant, message).value = data;
    }
  }

  private get repeatedIds(): RepeatedIds {
    let ids = this.ownRepeatedIds;
    if (ids === null) {
      ids = new RepeatedIds(this.document);
      this.ownRepeatedIds = ids;
    }
    return ids;
  }

  private readToolCalls(object: i32, message: i32): void {
    const fields = this.fields;
    const calls = fields.optional(object, keys.TOOL_CALLS, "tool_calls", Expect.Array);
    let index = 0;
    for (let call = this.document.first(calls); call >= 0 && !fields.failed; call = this.document.nextElement(call)) {
      fields.enter(Place.ToolCall, message, index);
      index += 1;
      this.readToolCall(call, message);
    }
    fields.enter(Place.Message, message);
  }

  private readToolCall(call: i32, message: i32): void {
    const fields = this.fields;
    if (!fields.checked(call, "", Expect.Object)) return;
    const type = fields.optional(call, keys.TYPE, "type", Expect.String);
    if (type >= 0 && !this.document.equals(type, keys.FUNCTION)) {
      fields.wrongValue("type", "only function can be translated for this model's provider.");
      return;
    }
    const id = fields.required(call, keys.ID, "id", Expect.String);
    const called = fields.required(call, keys.FUNCTION, "function", Expect.Object);
    if (called < 0) return;
    const part = this.add(PartKind.ToolCall, Role.Assistant, message);
    part.id = id;
    part.repetition = this.repeatedIds.call(part);
    part.name = this.requiredName(called, "function.name");
    part.value = fields.optional(called, keys.ARGUMENTS, "function.arguments", Expect.String);
    // https://ai.google.dev/gemini-api/docs/thought-signatures (OpenAI compatibility)
    const google = this.document.find(this.document.find(call, EXTRA_CONTENT), GOOGLE);
    const signature = this.document.find(google, THOUGHT_SIGNATURE);
    if (this.document.isString(signature)) part.extra = signature;
    part.cacheControl = fields.optional(call, CACHE_CONTROL, "cache_control", Expect.Object);
  }

  /** The form from before tools: `function_call: {"name","arguments"}`. */
  private readFunctionCall(object: i32, message: i32): void {
    const fields = this.fields;
    const call = fields.optional(object, keys.FUNCTION_CALL, "function_call", Expect.Object);
    if (call < 0) return;
    const part = this.add(PartKind.ToolCall, Role.Assistant, message);
    part.name = this.requiredName(call, "function_call.name");
    part.id = part.name;
    part.idFromName = true;
    part.repetition = this.repeatedIds.call(part);
    part.value = fields.optional(call, keys.ARGUMENTS, "function_call.arguments", Expect.String);
  }

  private readToolResult(object: i32, message: i32, key: JsonKey, path: string): void {
    const part: Part = this.add(PartKind.ToolResult, Role.Tool, message);
    part.id = this.fields.required(object, key, path, Expect.String);
    part.idFromName = key === keys.NAME;
    part.repetition = this.repeatedIds.result(part);
    this.readContent(object, Role.Tool, message, true);
  }

  private requiredName(object: i32, path: string): i32 {
    const name = this.fields.required(object, keys.NAME, path, Expect.String);
    if (name >= 0 && this.document.textLength(name) == 0) this.fields.wrongValue(path, "it must not be empty.");
    return name;
  }
}
