/*
 * What DashScope's own generation API would reject, from its pages:
 *   https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-dashscope   members and ranges
 *   https://www.alibabacloud.com/help/en/model-studio/qwen-function-calling    tools, and what tool_choice knows
 *   https://www.alibabacloud.com/help/en/model-studio/error-code               codes and words
 */
import { isObject, type Json, type JsonObject, textOf } from "./types";

/** A rejection as the vendor words it. */
export interface DashScopeRejection {
  status: number;
  code: string;
  message: string;
}

/** What a model can do. https://www.alibabacloud.com/help/en/model-studio/models */
export interface DashScopeModel {
  sees: boolean;
  /** `by-default`: unless it is told not to. */
  thinks: "never" | "on-demand" | "by-default" | "always";
  tools: boolean;
  /** Whether it goes on in pieces when it has tools. */
  incrementalTools: boolean;
}
export const DASHSCOPE_MODELS: Record<string, DashScopeModel> = {
  "qwen-max": { sees: false, thinks: "never", tools: true, incrementalTools: false },
  "qwen-plus": { sees: false, thinks: "on-demand", tools: true, incrementalTools: false },
  "qwen-long": { sees: false, thinks: "never", tools: false, incrementalTools: false },
  "qwen-vl-max": { sees: true, thinks: "never", tools: false, incrementalTools: false },
  "qwen3-vl-plus": { sees: true, thinks: "on-demand", tools: true, incrementalTools: false },
  // https://www.alibabacloud.com/help/en/model-studio/deep-thinking: the Qwen3.5 series uses a multimodal interface
  "qwen3.5-plus": { sees: true, thinks: "by-default", tools: true, incrementalTools: false },
  "qwen3.8-max": { sees: true, thinks: "by-default", tools: true, incrementalTools: false },
  // https://github.com/agentscope-ai/agentscope-java/pull/1460
  "qwen3.6-max-preview": { sees: false, thinks: "by-default", tools: true, incrementalTools: false },
  "qwen3-32b": { sees: false, thinks: "by-default", tools: true, incrementalTools: false },
  "qwq-plus": { sees: false, thinks: "always", tools: true, incrementalTools: true },
};

/** Kinds of the parameters, and the ranges of numbers; `(` and `)` leave the end itself out. */
const PARAMETERS: Record<string, string> = {
  result_format: "string",
  incremental_output: "boolean",
  max_tokens: "[1,131072]",
  temperature: "[0,2)",
  top_p: "(0,1)",
  top_k: "[0,1000]",
  seed: "[0,2147483647]",
  presence_penalty: "[-2,2]",
  repetition_penalty: "[0,10]",
  stop: "strings",
  tools: "list",
  tool_choice: "choice",
  parallel_tool_calls: "boolean",
  response_format: "object",
  enable_thinking: "boolean",
  thinking_budget: "[1,100000]",
  enable_search: "boolean",
  search_options: "object",
  logprobs: "boolean",
  top_logprobs: "[0,5]",
};

function isWithin(value: number, range: string): boolean {
  const [least, most] = range.slice(1, -1).split(",").map(Number) as [number, number];
  const above = range.startsWith("(") ? value > least : value >= least;
  return above && (range.endsWith(")") ? value < most : value <= most);
}

function isOf(value: Json, kind: string): boolean {
  switch (kind) {
    case "list":
      return Array.isArray(value) && value.length > 0;
    case "strings":
      return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === "string");
    case "object":
      return isObject(value);
    case "choice":
      return value === "auto" || value === "none" || (isObject(value) && isObject(value.function));
    default:
      if (/^[([]/.test(kind)) return typeof value === "number" && isWithin(value, kind);
      return typeof value === kind;
  }
}

function checkParameters(parameters: JsonObject): string | null {
  for (const [name, value] of Object.entries(parameters)) {
    const kind = PARAMETERS[name];
    // Unknown parameters are ignored by the vendor: one that arrives is a mistake of the sender.
    if (kind === undefined) return `unknown parameter ${name}`;
    if (!isOf(value, kind)) return `<400> InternalError.Algo.InvalidParameter: ${name} should be ${kind}`;
  }
  if (parameters.result_format !== "message") return "result_format must be message";
  return null;
}

function checkTools(parameters: JsonObject): string | null {
  for (const tool of (parameters.tools ?? []) as Json[]) {
    if (!isObject(tool) || tool.type !== "function" || !isObject(tool.function)) return "tools must be functions";
    const foreign = Object.keys(tool.function).find((name) => !["name", "description", "parameters"].includes(name));
    if (foreign !== undefined) return `unknown member tools.function.${foreign}`;
    if (!isObject(tool.function.parameters)) return "tools.function.parameters must be a schema";
  }
  if (parameters.tools === undefined && (parameters.tool_choice ?? parameters.parallel_tool_calls) !== undefined)
    return "tool_choice needs tools";
  return null;
}

function checkPart(part: Json): string | null {
  if (!isObject(part) || Object.keys(part).length !== 1) return "a part has one member";
  if (typeof part.text === "string") return part.text === "" ? "an empty part" : null;
  if (typeof part.image !== "string") return "a part is a text or an image";
  return /^(https?:\/\/|data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+=*$)/.test(part.image)
    ? null
    : "url error, please check url";
}

function checkContent(message: JsonObject, isMultimodal: boolean): string | null {
  const { content, role } = message;
  if (isMultimodal) {
    if (!Array.isArray(content)) return "Input should be a valid list: input.messages.content";
    const problem = content.map(checkPart).find((each) => each !== null);
    if (problem !== undefined) return problem ?? null;
    return content.length === 0 && role === "user" ? "content is empty" : null;
  }
  if (typeof content !== "string") return "Input should be a valid string: input.messages.content";
  return content === "" && role !== "tool" && message.tool_calls === undefined ? "content is empty" : null;
}

function checkCalls(message: JsonObject, open: Set<string>): string | null {
  if (message.tool_calls === undefined) return null;
  if (message.role !== "assistant" || !Array.isArray(message.tool_calls)) return "only the assistant calls tools";
  for (const call of message.tool_calls) {
    if (!isObject(call) || call.type !== "function" || !isObject(call.function)) return "a call must be a function";
    if (typeof call.id !== "string" || call.id === "" || typeof call.function.name !== "string")
      return "a call needs id and name";
    if (typeof call.function.arguments !== "string") return "arguments must be a string";
    open.add(call.id);
  }
  return null;
}

function checkMessages(messages: JsonObject[], isMultimodal: boolean): string | null {
  let open = new Set<string>();
  for (const message of messages) {
    const foreign = Object.keys(message).find(
      (name) => !["role", "content", "tool_calls", "tool_call_id"].includes(name),
    );
    if (foreign !== undefined) return `unknown member input.messages.${foreign}`;
    if (!["system", "user", "assistant", "tool"].includes(textOf(message.role)))
      return "Role must be in [user, assistant, system, tool]";
    if (message.role === "tool" && !open.has(textOf(message.tool_call_id)))
      return 'messages with role "tool" must be a response to a preceeding message with "tool_calls".';
    if (message.role !== "tool") open = new Set();
    const problem = checkContent(message, isMultimodal) ?? checkCalls(message, open);
    if (problem !== null) return problem;
  }
  return messages.some(({ role }) => role !== "system") ? null : "Role specification invalid: no user message";
}

/** Rules that depend on the model and on whether the answer is to come as events. */
function checkModel(parameters: JsonObject, model: DashScopeModel, streams: boolean): string | null {
  const isDefault = model.thinks === "by-default" && parameters.enable_thinking !== false;
  const thinks = model.thinks === "always" || parameters.enable_thinking === true || isDefault;
  if (parameters.enable_thinking === true && model.thinks === "never")
    return "This model does not support enable_thinking.";
  if (thinks && !streams) return "parameter.enable_thinking must be set to false for non-streaming calls";
  if (thinks && parameters.incremental_output !== true)
    return 'The incremental_output parameter must be "true" when enable_thinking is true';
  if (!streams && parameters.incremental_output !== undefined) return "incremental_output only supports stream call";
  if (parameters.tools !== undefined && !model.tools) return "This model does not support tools.";
  if (parameters.tools !== undefined && parameters.incremental_output === true && !thinks && !model.incrementalTools)
    return "incremental_output is not supported together with tools";
  if (thinks && isObject(parameters.tool_choice))
    return "The tool_choice parameter does not support being set to required or object in thinking mode";
  if (thinks && isObject(parameters.response_format))
    return "Json mode response is not supported when enable_thinking is true";
  if (parameters.thinking_budget !== undefined && !thinks) return "thinking_budget needs enable_thinking";
  return null;
}

const invalid = (message: string): DashScopeRejection => ({ status: 400, code: "InvalidParameter", message });

/** Null when the vendor would take the body, else what it would say. */
export function checkDashScopeBody(value: unknown, isMultimodal: boolean, streams: boolean): DashScopeRejection | null {
  const body = value as Json;
  if (!isObject(body))
    return { status: 400, code: "BadRequest.EmptyModel", message: 'Required parameter "model" missing from request.' };
  const foreign = Object.keys(body).find((name) => !["model", "input", "parameters"].includes(name));
  if (foreign !== undefined) return invalid(`unknown member ${foreign}`);
  const model = DASHSCOPE_MODELS[textOf(body.model)];
  if (!model) return { status: 400, code: "InvalidParameter", message: "Model not exist." };
  if (!isObject(body.input) || !Array.isArray(body.input.messages))
    return { status: 400, code: "BadRequest.EmptyInput", message: "Required input parameter missing from request." };
  if (!isObject(body.parameters))
    return {
      status: 400,
      code: "BadRequest.EmptyParameters",
      message: 'Required parameter "parameters" missing from request.',
    };
  if (isMultimodal !== model.sees)
    return { status: 400, code: "InvalidParameter", message: "url error, please check url！" };
  const problem =
    checkParameters(body.parameters) ??
    checkTools(body.parameters) ??
    checkMessages(body.input.messages.filter(isObject), isMultimodal) ??
    checkModel(body.parameters, model, streams);
  return problem === null ? null : invalid(problem);
}

export const TEXT_PATH = "/api/v1/services/aigc/text-generation/generation";
export const MULTIMODAL_PATH = "/api/v1/services/aigc/multimodal-generation/generation";

/** What the vendor would say to a whole request: null when it would take it. */
export function checkDashScopeRequest(request: {
  path: string;
  headers: Record<string, string>;
  text: string;
}): string | null {
  const { path, headers, text } = request;
  if (path !== TEXT_PATH && path !== MULTIMODAL_PATH) return "Invalid URL provided in your request.";
  if (headers["authorization"] === undefined) return "No API-key provided.";
  const streams = headers["x-dashscope-sse"] === "enable";
  if (headers["accept"] !== (streams ? "text/event-stream" : "application/json")) return "accept says something else";
  return checkDashScopeBody(JSON.parse(text), path === MULTIMODAL_PATH, streams)?.message ?? null;
}
