import * as keys from "../../canonical/openai-keys";
import { CanonicalRequest, Flag, Tool, ToolChoice } from "../../canonical/request";
import { JsonKey } from "../../json/document";
import { Expect, FieldReader, Place } from "./field-errors";
import { CACHE_CONTROL } from "./read-content";

const TOOLS = new JsonKey("tools");
const FUNCTIONS = new JsonKey("functions");
const DESCRIPTION = new JsonKey("description");
const PARAMETERS = new JsonKey("parameters");
const STRICT = new JsonKey("strict");
const TOOL_CHOICE = new JsonKey("tool_choice");
const PARALLEL_TOOL_CALLS = new JsonKey("parallel_tool_calls");
const AUTO = new JsonKey("auto");
const NONE = new JsonKey("none");
const REQUIRED = new JsonKey("required");
const ANY = new JsonKey("any");

/** A path below a tool: with the wrapper `function` or, for the legacy form, without it. */
function readFunction(object: i32, isLegacy: bool, tool: Tool, fields: FieldReader): void {
  const name = isLegacy ? "name" : "function.name";
  tool.name = fields.required(object, keys.NAME, name, Expect.String);
  if (tool.name >= 0 && fields.document.textLength(tool.name) == 0) fields.wrongValue(name, "it must not be empty.");
  const description = isLegacy ? "description" : "function.description";
  tool.description = fields.optional(object, DESCRIPTION, description, Expect.String);
  const parameters = isLegacy ? "parameters" : "function.parameters";
  tool.parameters = fields.optional(object, PARAMETERS, parameters, Expect.Object);
  tool.strict = fields.optional(object, STRICT, isLegacy ? "strict" : "function.strict", Expect.Boolean);
}

function readTool(node: i32, request: CanonicalRequest, fields: FieldReader): void {
  const document = request.document;
  if (!fields.checked(node, "", Expect.Object)) return;
  const type = fields.optional(node, keys.TYPE, "type", Expect.String);
  if (type >= 0 && !document.equals(type, keys.FUNCTION)) {
    fields.wrongValue("type", "only function can be translated for this model's provider.");
    return;
  }
  const object = fields.required(node, keys.FUNCTION, "function", Expect.Object);
  if (object < 0) return;
  const tool = new Tool();
  readFunction(object, false, tool, fields);
  tool.cacheControl = fields.optional(node, CACHE_CONTROL, "cache_control", Expect.Object);
  if (tool.cacheControl < 0) {
    tool.cacheControl = fields.optional(object, CACHE_CONTROL, "function.cache_control", Expect.Object);
  }
  request.addTool(tool);
}

function readLegacyFunctions(root: i32, request: CanonicalRequest, fields: FieldReader): void {
  const document = request.document;
  const functions = fields.optional(root, FUNCTIONS, "functions", Expect.Array);
  let index = 0;
  for (let node = document.first(functions); node >= 0 && !fields.failed; node = document.nextElement(node)) {
    fields.enter(Place.LegacyFunction, index);
    index += 1;
    if (!fields.checked(node, "", Expect.Object)) break;
    const tool = new Tool();
    readFunction(node, true, tool, fields);
    request.addTool(tool);
  }
  fields.enter(Place.Root, 0);
}

/** `auto`, `none`, `required`, or an object that names a function; `legacy` is the older `function_call` with the name at its top. */
function readToolChoice(node: i32, path: string, isLegacy: bool, request: CanonicalRequest, fields: FieldReader): void {
  const document = request.document;
  if (document.isObject(node)) {
    const type = fields.optional(node, keys.TYPE, isLegacy ? "function_call.type" : "tool_choice.type", Expect.String);
    if (type >= 0 && !document.equals(type, keys.FUNCTION)) {
      fields.wrongValue("tool_choice.type", "only function can be translated for this model's provider.");
      return;
    }
    const named = isLegacy ? node : fields.required(node, keys.FUNCTION, "tool_choice.function", Expect.Object);
    if (named < 0) return;
    const namePath = isLegacy ? "function_call.name" : "tool_choice.function.name";
    request.toolChoiceName = fields.required(named, keys.NAME, namePath, Expect.String);
    request.toolChoice = ToolChoice.Named;
    return;
  }
  if (!document.isString(node)) {
    fields.wrongType(path, "a string or an object", node);
    return;
  }
  if (document.equals(node, AUTO)) request.toolChoice = ToolChoice.Auto;
  else if (document.equals(node, NONE)) request.toolChoice = ToolChoice.None;
  else if (document.equals(node, REQUIRED) || document.equals(node, ANY)) request.toolChoice = ToolChoice.Required;
  else fields.wrongValue(path, "supported values are none, auto and required.");
}

/** Reads `tools`, `tool_choice`, `parallel_tool_calls` and their older forms `functions` and `function_call`. */
export function readTools(root: i32, request: CanonicalRequest, fields: FieldReader): void {
  const document = request.document;
  const tools = fields.optional(root, TOOLS, "tools", Expect.Array);
  let index = 0;
  for (let node = document.first(tools); node >= 0 && !fields.failed; node = document.nextElement(node)) {
    fields.enter(Place.Tool, index);
    index += 1;
    readTool(node, request, fields);
  }
  fields.enter(Place.Root, 0);
  if (request.tools.length == 0) readLegacyFunctions(root, request, fields);
  const choice = document.find(root, TOOL_CHOICE);
  const legacyChoice = document.find(root, keys.FUNCTION_CALL);
  if (document.isPresent(choice)) readToolChoice(choice, "tool_choice", false, request, fields);
  else if (document.isPresent(legacyChoice)) readToolChoice(legacyChoice, "function_call", true, request, fields);
  const parallel = fields.optional(root, PARALLEL_TOOL_CALLS, "parallel_tool_calls", Expect.Boolean);
  if (parallel >= 0) request.parallelToolCalls = document.boolean(parallel) ? Flag.True : Flag.False;
}
