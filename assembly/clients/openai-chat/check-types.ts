import * as keys from "../../canonical/openai-keys";
import { JsonDocument, JsonKey } from "../../json/document";
import { Expect, FieldReader, Place } from "./field-errors";

/** A member of the request and the type that OpenAI's API gives it. */
class MemberType {
  readonly key: JsonKey;

  constructor(
    public readonly name: string,
    public readonly expected: Expect,
  ) {
    this.key = new JsonKey(name);
  }
}

/** Source: https://platform.openai.com/docs/api-reference/chat/create */
const MEMBERS: MemberType[] = [
  new MemberType("temperature", Expect.Number),
  new MemberType("top_p", Expect.Number),
  new MemberType("presence_penalty", Expect.Number),
  new MemberType("frequency_penalty", Expect.Number),
  new MemberType("max_completion_tokens", Expect.Integer),
  new MemberType("max_tokens", Expect.Integer),
  new MemberType("n", Expect.Integer),
  new MemberType("seed", Expect.Integer),
  new MemberType("top_logprobs", Expect.Integer),
  new MemberType("user", Expect.String),
  new MemberType("reasoning_effort", Expect.String),
  new MemberType("service_tier", Expect.String),
  new MemberType("parallel_tool_calls", Expect.Boolean),
  new MemberType("store", Expect.Boolean),
  new MemberType("response_format", Expect.Object),
  new MemberType("logit_bias", Expect.Object),
  new MemberType("metadata", Expect.Object),
];

const STOP = new JsonKey("stop");
const TOOL_CHOICE = new JsonKey("tool_choice");
const TOOLS = new JsonKey("tools");
const FUNCTIONS = new JsonKey("functions");
const TOOL_CALL_ID = new JsonKey("tool_call_id");

/**
 * Checks the types of the request's own members, whatever protocol its targets speak, so that the same mistake is told in the same
 * words for all of them. Values are the provider's business; unknown members are not looked at. Allocates nothing.
 */
export function checkMemberTypes(document: JsonDocument, root: i32, fields: FieldReader): void {
  for (let index = 0; index < MEMBERS.length && !fields.failed; index++) {
    const member = unchecked(MEMBERS[index]);
    fields.optional(root, member.key, member.name, member.expected);
  }
  const stop = document.find(root, STOP);
  if (document.isPresent(stop) && !document.isString(stop)) {
    if (!document.isArray(stop)) fields.wrongType("stop", "a string or an array of strings", stop);
    for (let entry = document.first(stop); entry >= 0; entry = document.nextElement(entry)) {
      if (!document.isString(entry)) fields.wrongType("stop", "an array of strings", entry);
    }
  }
  const choice = document.find(root, TOOL_CHOICE);
  if (document.isPresent(choice) && !document.isString(choice) && !document.isObject(choice)) {
    fields.wrongType("tool_choice", "a string or an object", choice);
  }
  checkObjects(document, fields.optional(root, TOOLS, "tools", Expect.Array), Place.Tool, fields);
  checkObjects(document, fields.optional(root, FUNCTIONS, "functions", Expect.Array), Place.LegacyFunction, fields);
}

/** The elements of `tools` or `functions` are objects. */
function checkObjects(document: JsonDocument, list: i32, place: Place, fields: FieldReader): void {
  let index = 0;
  for (let element = document.first(list); element >= 0 && !fields.failed; element = document.nextElement(element)) {
    fields.enter(place, index);
    fields.checked(element, "", Expect.Object);
    index += 1;
  }
  fields.enter(Place.Root, 0);
}

/** Checks the types of one message's members; the caller has entered `messages[index]`. */
export function checkMessageTypes(document: JsonDocument, message: i32, index: i32, fields: FieldReader): void {
  fields.optional(message, TOOL_CALL_ID, "tool_call_id", Expect.String);
  fields.optional(message, keys.NAME, "name", Expect.String);
  const content = document.find(message, keys.CONTENT);
  if (document.isPresent(content) && !document.isString(content)) {
    if (!document.isArray(content)) fields.wrongType("content", "a string or an array of parts", content);
    checkNested(document, content, Place.ContentPart, index, fields);
  }
  const calls = fields.optional(message, keys.TOOL_CALLS, "tool_calls", Expect.Array);
  checkNested(document, calls, Place.ToolCall, index, fields);
}

/** The elements of a list in message number `message` are objects. */
function checkNested(document: JsonDocument, list: i32, place: Place, message: i32, fields: FieldReader): void {
  let index = 0;
  for (let element = document.first(list); element >= 0 && !fields.failed; element = document.nextElement(element)) {
    fields.enter(place, message, index);
    fields.checked(element, "", Expect.Object);
    index += 1;
  }
  fields.enter(Place.Message, message);
}
