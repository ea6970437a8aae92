/*
 * What Ollama's chat API would reject, and what it would silently misread, from its pages and its SDK's types:
 *   https://docs.ollama.com/api/chat               members and their types
 *   https://docs.ollama.com/capabilities/thinking  true, false, or a level for the models that have levels
 */
import type { ChatRequest, Options } from "ollama";
import { isObject, type Json, type JsonObject, textOf } from "./types";

/** A rejection as the server words it. */
export interface OllamaRejection {
  status: number;
  message: string;
}

/** What a model can do. https://ollama.com/search */
export interface OllamaModel {
  sees: boolean;
  tools: boolean;
  thinks: "never" | "flag" | "level";
}
export const OLLAMA_MODELS: Record<string, OllamaModel> = {
  "llama3.2": { sees: false, tools: true, thinks: "never" },
  "llava:7b": { sees: true, tools: false, thinks: "never" },
  "qwen3:8b": { sees: false, tools: true, thinks: "flag" },
  "qwen3-vl:8b": { sees: true, tools: true, thinks: "flag" },
  "gpt-oss:20b": { sees: false, tools: true, thinks: "level" },
};

const MEMBERS: Record<keyof ChatRequest, string> = {
  model: "string",
  messages: "array",
  stream: "boolean",
  format: "format",
  keep_alive: "duration",
  tools: "array",
  think: "think",
  logprobs: "boolean",
  top_logprobs: "number",
  options: "object",
};
const OPTIONS: Record<keyof Options, string> = {
  numa: "boolean",
  num_ctx: "number",
  num_batch: "number",
  num_gpu: "number",
  main_gpu: "number",
  low_vram: "boolean",
  f16_kv: "boolean",
  logits_all: "boolean",
  vocab_only: "boolean",
  use_mmap: "boolean",
  use_mlock: "boolean",
  embedding_only: "boolean",
  num_thread: "number",
  num_keep: "number",
  seed: "number",
  num_predict: "number",
  top_k: "number",
  top_p: "number",
  min_p: "number",
  tfs_z: "number",
  typical_p: "number",
  repeat_last_n: "number",
  temperature: "number",
  repeat_penalty: "number",
  presence_penalty: "number",
  frequency_penalty: "number",
  mirostat: "number",
  mirostat_tau: "number",
  mirostat_eta: "number",
  penalize_newline: "boolean",
  stop: "strings",
};
const MESSAGE_MEMBERS = ["role", "content", "thinking", "images", "tool_calls", "tool_name"];

function isOf(value: Json, kind: string): boolean {
  switch (kind) {
    case "array":
      return Array.isArray(value);
    case "strings":
      return Array.isArray(value) && value.every((each) => typeof each === "string");
    case "object":
      return isObject(value);
    case "format":
      return value === "json" || isObject(value);
    case "duration":
      return (
        typeof value === "number" || (typeof value === "string" && /^-?(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/.test(value))
      );
    case "think":
      return typeof value === "boolean" || ["high", "medium", "low"].includes(textOf(value));
    default:
      return typeof value === kind;
  }
}

function checkKinds(object: JsonObject, kinds: Record<string, string>, path: string): string | null {
  for (const [name, value] of Object.entries(object)) {
    const kind = kinds[name];
    // The server ignores members that it does not know: one that arrives is a mistake of the sender.
    if (kind === undefined) return `unknown field ${path}${name}`;
    if (!isOf(value, kind))
      return `json: cannot unmarshal ${typeof value} into Go struct field ChatRequest.${path}${name} of type ${kind}`;
  }
  return null;
}

function checkCalls(calls: Json | undefined): string | null {
  if (calls === undefined) return null;
  if (!Array.isArray(calls) || calls.length === 0) return "tool_calls must be a list";
  for (const call of calls) {
    const called = isObject(call) ? call.function : undefined;
    if (!isObject(called) || typeof called.name !== "string" || called.name === "") return "a tool call needs a name";
    if (!isObject(called.arguments))
      return "json: cannot unmarshal string into Go struct field ToolCallFunction.arguments of type object";
  }
  return null;
}

function checkMessage(message: Json, known: Set<string>, model: OllamaModel): string | null {
  if (!isObject(message)) return "a message must be an object";
  const role = textOf(message.role);
  const foreign = Object.keys(message).find((name) => !MESSAGE_MEMBERS.includes(name));
  if (foreign !== undefined) return `unknown field messages.${foreign}`;
  if (!["system", "user", "assistant", "tool"].includes(role)) return `invalid role: ${role}`;
  if (typeof message.content !== "string")
    return "json: cannot unmarshal array into Go struct field Message.content of type string";
  const images = message.images ?? [];
  if (!Array.isArray(images) || images.some((image) => !/^[A-Za-z0-9+/]+={0,2}$/.test(textOf(image))))
    return "illegal base64 data at input byte 4";
  if (images.length > 0 && !model.sees) return "this model is missing data required for image input";
  if (role === "tool" && !known.has(textOf(message.tool_name)))
    return "a tool message needs the tool_name of a call before it";
  if (role !== "tool" && message.tool_name !== undefined) return "only tool messages have a tool_name";
  if (role !== "assistant" && (message.tool_calls ?? message.thinking) !== undefined)
    return "only the assistant thinks and calls";
  const isEmpty = message.content === "" && images.length === 0 && message.tool_calls === undefined;
  if (isEmpty && role !== "tool") return "an empty message";
  const problem = checkCalls(message.tool_calls);
  if (problem !== null) return problem;
  for (const call of (message.tool_calls ?? []) as { function: { name: string } }[]) known.add(call.function.name);
  return null;
}

function checkTools(tools: Json | undefined): string | null {
  for (const tool of (tools ?? []) as Json[]) {
    if (!isObject(tool) || tool.type !== "function" || !isObject(tool.function)) return "a tool must be a function";
    const foreign = Object.keys(tool.function).find((name) => !["name", "description", "parameters"].includes(name));
    if (foreign !== undefined) return `unknown field tools.function.${foreign}`;
    if (typeof tool.function.name !== "string" || !isObject(tool.function.parameters))
      return "a tool needs name and parameters";
  }
  return null;
}

function checkAbilities(body: JsonObject, model: OllamaModel): string | null {
  const name = textOf(body.model);
  if (Array.isArray(body.tools) && !model.tools) return `registry.ollama.ai/library/${name} does not support tools`;
  if (body.think === undefined || body.think === false) return null;
  if (model.thinks === "never") return `"${name}" does not support thinking`;
  if (typeof body.think === "string" && model.thinks !== "level")
    return `think value "${body.think}" is not supported for this model`;
  return null;
}

/** Null when the server would take the body as it is meant, else what it says. */
export function checkOllamaBody(value: unknown): OllamaRejection | null {
  const body = value as Json;
  if (!isObject(body))
    return { status: 400, message: "json: cannot unmarshal array into Go value of type api.ChatRequest" };
  const kinds =
    checkKinds(body, MEMBERS, "") ?? (isObject(body.options) ? checkKinds(body.options, OPTIONS, "options.") : null);
  if (kinds !== null) return { status: 400, message: kinds };
  const model = OLLAMA_MODELS[textOf(body.model)];
  if (!model) return { status: 404, message: `model '${textOf(body.model)}' not found` };
  // Without it the server streams: nobody should leave that to chance.
  if (body.stream === undefined) return { status: 400, message: "stream is not said" };
  const known = new Set<string>();
  const messages = (body.messages ?? []) as Json[];
  if (messages.length === 0) return { status: 400, message: "no messages" };
  const problem =
    messages.map((message) => checkMessage(message, known, model)).find((each) => each !== null) ??
    checkTools(body.tools) ??
    checkAbilities(body, model);
  return problem === null ? null : { status: 400, message: problem };
}
