import { checkMessages, checkToolHistory } from "./openai-check-messages";
import { type CheckRules, history, missing, type Problem, wrongType, wrongValue } from "./openai-problem";
import { isObject, type Json, type JsonObject, textOf } from "./types";

export type { CheckRules, Problem } from "./openai-problem";

const TYPE_WORDS: Record<string, string> = { object: "an object", array: "an array", string: "a string" };

/** The first problem of a request, or null. `body.model` has been checked by the vendor. */
export function checkChatRequest(body: JsonObject, rules: CheckRules): Problem | null {
  return (
    checkMessages(body.messages, rules) ??
    checkTypes(body) ??
    checkNumbers(body, rules) ??
    checkTools(body, rules) ??
    checkResponseFormat(body, rules) ??
    checkStream(body, rules) ??
    (rules.checksToolHistory ? checkToolHistory(body.messages as JsonObject[]) : null)
  );
}

const MEMBER_TYPES: Record<string, string> = {
  stream: "boolean",
  temperature: "number",
  top_p: "number",
  presence_penalty: "number",
  frequency_penalty: "number",
  max_tokens: "integer",
  max_completion_tokens: "integer",
  n: "integer",
  seed: "integer",
  logprobs: "boolean",
  top_logprobs: "integer",
  user: "string",
  tools: "array",
  parallel_tool_calls: "boolean",
  response_format: "object",
  stream_options: "object",
  reasoning_effort: "string",
  logit_bias: "object",
};

function checkTypes(body: JsonObject): Problem | null {
  for (const [name, type] of Object.entries(MEMBER_TYPES)) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    const fits =
      type === "integer"
        ? Number.isInteger(value)
        : type === "array"
          ? Array.isArray(value)
          : type === "object"
            ? isObject(value)
            : typeof value === type;
    if (!fits)
      return wrongType(
        name,
        TYPE_WORDS[type] ?? (type === "integer" ? "an integer" : `a ${type === "number" ? "decimal" : type}`),
        value,
      );
  }
  const stop = body.stop;
  if (stop === undefined || stop === null || typeof stop === "string") return null;
  if (!Array.isArray(stop) || stop.some((entry) => typeof entry !== "string"))
    return wrongType("stop", "a string or array of strings", stop);
  return null;
}

function outOfRange(name: string, value: number, least: number | null, most: number | null): Problem {
  const kind = Number.isInteger(value) && !/temperature|top_p|penalty/.test(name) ? "integer" : "decimal";
  const side = most !== null ? "above maximum value" : "below minimum value";
  const bound = most !== null ? `<= ${most}` : `>= ${least}`;
  const message = `Invalid '${name}': ${kind} ${side}. Expected a value ${bound}, but got ${value} instead.`;
  const code = `${kind}_${most !== null ? "above_max" : "below_min"}_value`;
  return { kind: "range", param: name, message, code, got: textOf(value), allowed: [bound] };
}

function checkNumbers(body: JsonObject, rules: CheckRules): Problem | null {
  const ranges: [string, number, number][] = [
    ["temperature", rules.temperature.least, rules.temperature.most],
    ["top_p", 0, 1],
    ["presence_penalty", -rules.penalty, rules.penalty],
    ["frequency_penalty", -rules.penalty, rules.penalty],
    ["max_tokens", 1, rules.maxTokens],
    ["max_completion_tokens", 1, rules.maxTokens],
    ["n", 1, rules.maxChoices],
    ["top_logprobs", 0, 20],
  ];
  for (const [name, least, most] of ranges) {
    const value = body[name];
    if (typeof value !== "number") continue;
    const excluded =
      (name === "top_p" && value === 0 && rules.topPLeastExcluded) ||
      (name === "temperature" && value === most && rules.temperature.mostExcluded);
    if (value < least) return outOfRange(name, value, least, null);
    if (value > most || excluded) return outOfRange(name, value, null, most);
  }
  if (Array.isArray(body.stop) && body.stop.length > rules.maxStops) {
    const message = `Invalid 'stop': array too long. Expected an array with maximum length ${rules.maxStops}, but got an array with length ${body.stop.length} instead.`;
    return {
      kind: "range",
      param: "stop",
      message,
      code: "array_above_max_length",
      got: textOf(body.stop.length),
      allowed: [],
    };
  }
  if (body.top_logprobs !== undefined && body.top_logprobs !== null && body.logprobs !== true) {
    return {
      ...history("The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", "top_logprobs"),
      kind: "value",
    };
  }
  return null;
}

function checkTools(body: JsonObject, rules: CheckRules): Problem | null {
  const tools = body.tools;
  const names: string[] = [];
  if (Array.isArray(tools)) {
    if (tools.length === 0 || tools.length > rules.maxTools) {
      const message =
        "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.";
      return { kind: "value", param: "tools", message, code: "empty_array", got: textOf(tools.length), allowed: [] };
    }
    for (const [index, tool] of tools.entries()) {
      const problem = checkTool(tool, `tools[${index}]`);
      if (problem) return problem;
      names.push(textOf(((tool as JsonObject).function as JsonObject).name));
    }
  }
  return checkToolChoice(body, names, rules);
}

function checkTool(tool: Json, path: string): Problem | null {
  if (!isObject(tool)) return wrongType(path, "an object", tool);
  if (tool.type === undefined) return missing(`${path}.type`);
  if (tool.type !== "function") return wrongValue(`${path}.type`, tool.type, ["function", "custom"]);
  const declared = tool.function;
  if (!isObject(declared)) return missing(`${path}.function`);
  if (typeof declared.name !== "string") return missing(`${path}.function.name`);
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(declared.name)) {
    const message = `Invalid '${path}.function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`;
    return {
      kind: "value",
      param: `${path}.function.name`,
      message,
      code: "invalid_value",
      got: declared.name,
      allowed: [],
    };
  }
  const schema = declared.parameters;
  if (schema === undefined || schema === null) return null;
  if (!isObject(schema)) return wrongType(`${path}.function.parameters`, "an object", schema);
  if (schema.type !== "object" && Object.keys(schema).length > 0 && schema.$ref === undefined) {
    const message = `Invalid schema for function '${declared.name}': schema must be a JSON Schema of 'type: "object"', got 'type: "${textOf(schema.type ?? "None")}"'.`;
    return {
      kind: "value",
      param: `${path}.function.parameters`,
      message,
      code: "invalid_function_parameters",
      got: "",
      allowed: [],
    };
  }
  return null;
}

function checkToolChoice(body: JsonObject, names: string[], rules: CheckRules): Problem | null {
  for (const name of ["tool_choice", "parallel_tool_calls"]) {
    if (body[name] !== undefined && body[name] !== null && names.length === 0) {
      return {
        ...history(`Invalid value for '${name}': '${name}' is only allowed when 'tools' are specified.`, name),
        kind: "value",
      };
    }
  }
  const choice = body.tool_choice;
  if (choice === undefined || choice === null) return null;
  if (typeof choice === "string")
    return rules.toolChoiceWords.includes(choice) ? null : wrongValue("tool_choice", choice, rules.toolChoiceWords);
  if (!isObject(choice)) return wrongType("tool_choice", "one of 'none', 'auto', 'required' or an object", choice);
  if (choice.type !== "function") return wrongValue("tool_choice.type", choice.type, ["function"]);
  if (!isObject(choice.function) || typeof choice.function.name !== "string") return missing("tool_choice.function");
  if (names.includes(choice.function.name)) return null;
  return {
    ...history(`Tool choice '${choice.function.name}' not found in 'tools' parameter.`, "tool_choice"),
    kind: "value",
  };
}

function checkResponseFormat(body: JsonObject, rules: CheckRules): Problem | null {
  const format = body.response_format;
  if (!isObject(format)) return null;
  if (format.type === undefined) return missing("response_format.type");
  if (!rules.responseFormats.includes(textOf(format.type)))
    return { ...wrongValue("response_format.type", format.type, rules.responseFormats), kind: "unsupported" };
  if (format.type === "json_object" && !/json/i.test(JSON.stringify(body.messages))) {
    return history(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      "messages",
    );
  }
  if (format.type !== "json_schema") return null;
  if (!isObject(format.json_schema)) return missing("response_format.json_schema");
  if (typeof format.json_schema.name !== "string") return missing("response_format.json_schema.name");
  const schema = format.json_schema.schema;
  if (!isObject(schema)) return missing("response_format.json_schema.schema");
  if (format.json_schema.strict === true && schema.type === "object" && schema.additionalProperties !== false) {
    const text = `Invalid schema for response_format '${format.json_schema.name}': In context=(), 'additionalProperties' is required to be supplied and to be false.`;
    return history(text, "response_format");
  }
  return null;
}

function checkStream(body: JsonObject, rules: CheckRules): Problem | null {
  if (!isObject(body.stream_options) || body.stream === true || !rules.streamOptionsNeedStream) return null;
  return {
    ...history("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options"),
    kind: "value",
  };
}
