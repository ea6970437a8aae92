/*
 * What Cohere's Chat API v2 would reject: the shapes come from the vendor's own SDK, the rules between members from its pages
 *   https://docs.cohere.com/reference/chat       members, ranges, what excludes what
 *   https://docs.cohere.com/reference/errors     statuses and words
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { isObject, type Json, type JsonObject, textOf } from "./types";

/** A rejection as the vendor words it. */
export interface CohereRejection {
  status: number;
  message: string;
}

interface Schema {
  parse(
    raw: unknown,
    options: {
      unrecognizedObjectKeys: "fail";
      allowUnrecognizedEnumValues: false;
      allowUnrecognizedUnionMembers: false;
    },
  ): { ok: true } | { ok: false; errors: { path: string[]; message: string }[] };
}

const require = createRequire(import.meta.url);
// The SDK does not export its schemas, so they are loaded by their place.
const { V2ChatRequest } = require(
  join(dirname(require.resolve("cohere-ai")), "serialization/resources/v2/client/requests/V2ChatRequest.js"),
) as { V2ChatRequest: Schema };

/** What a model can do. https://docs.cohere.com/docs/models */
export interface CohereModel {
  output: number;
  sees: boolean;
  thinks: boolean;
}
export const COHERE_MODELS: Record<string, CohereModel> = {
  "command-a-plus-05-2026": { output: 65536, sees: true, thinks: true },
  "command-a-03-2025": { output: 8192, sees: false, thinks: false },
  "command-a-reasoning-08-2025": { output: 32768, sees: false, thinks: true },
  "command-a-vision-07-2025": { output: 8192, sees: true, thinks: false },
  "command-r-plus-08-2024": { output: 4096, sees: false, thinks: false },
  "command-r7b-12-2024": { output: 4096, sees: false, thinks: false },
};

const RANGES: Record<string, [least: number, most: number]> = {
  temperature: [0, 1],
  p: [0.01, 0.99],
  k: [0, 500],
  frequency_penalty: [0, 1],
  presence_penalty: [0, 1],
  seed: [0, Number.MAX_VALUE],
  max_tokens: [1, Number.MAX_VALUE],
};

function checkShape(body: JsonObject): string | null {
  const { stream, ...rest } = body;
  if (stream !== undefined && typeof stream !== "boolean") return "invalid type: parameter stream is of type boolean";
  const parsed = V2ChatRequest.parse(rest, {
    unrecognizedObjectKeys: "fail",
    allowUnrecognizedEnumValues: false,
    allowUnrecognizedUnionMembers: false,
  });
  if (parsed.ok) return null;
  return parsed.errors.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
}

function checkNumbers(body: JsonObject): string | null {
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = body[name];
    if (value !== undefined && !(Number(value) >= least && Number(value) <= most))
      return `${name} must be between ${least} and ${most} inclusive.`;
  }
  if (Number(body.frequency_penalty ?? 0) !== 0 && Number(body.presence_penalty ?? 0) !== 0)
    return "cannot specify both frequency_penalty and presence_penalty.";
  if (Array.isArray(body.stop_sequences) && body.stop_sequences.length > 5)
    return "stop_sequences must have at most 5 elements.";
  return null;
}

/** The blocks of a content, a string being one text block. */
export function blocksOf(content: Json | undefined): JsonObject[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return Array.isArray(content) ? content.filter(isObject) : [];
}

function checkMessages(messages: JsonObject[], model: CohereModel): string | null {
  if (messages.length === 0) return "messages must have at least one element.";
  let calls: string[] = [];
  for (const [index, message] of messages.entries()) {
    const blocks = blocksOf(message.content);
    if (message.role === "system" && index > 0) return "system turn must be the first in the list";
    if (message.role === "assistant") {
      calls = Array.isArray(message.tool_calls) ? message.tool_calls.filter(isObject).map(({ id }) => textOf(id)) : [];
      if (calls.length === 0 && blocks.length === 0) return "message must not be empty in a turn";
      if (message.tool_plan !== undefined && calls.length === 0) return "tool_plan needs tool_calls.";
      if (new Set(calls).size !== calls.length) return "tool call ids must be unique.";
    } else if (message.role === "tool") {
      if (!calls.includes(textOf(message.tool_call_id)))
        return `tool call id ${textOf(message.tool_call_id)} not found.`;
      if (blocks.length === 0) return "tool message content must not be empty.";
    } else {
      calls = [];
      if (!blocks.some(({ type, text }) => type === "image_url" || textOf(text).trim() !== ""))
        return "message must be at least 1 token long or tool results must be specified.";
    }
    if (blocks.some(({ type }) => type === "image_url") && !model.sees) return "image content is not supported.";
  }
  return messages.some(({ role }) => role !== "system") ? null : "messages must have a user, assistant or tool turn.";
}

function checkCombinations(body: JsonObject, model: CohereModel): string | null {
  const hasTools = Array.isArray(body.tools) && body.tools.length > 0;
  const hasDocuments = Array.isArray(body.documents);
  if (hasDocuments && (body.documents as Json[]).length === 0) return "list of documents must not be empty";
  if (isObject(body.response_format) && body.response_format.type === "json_object" && (hasTools || hasDocuments))
    return "response_format is not supported with RAG.";
  if (!hasTools && (body.tool_choice !== undefined || body.strict_tools !== undefined || Array.isArray(body.tools)))
    return "tool_choice and strict_tools need tools.";
  if (body.safety_mode !== undefined && (hasTools || hasDocuments)) return "safety_mode is not supported with RAG.";
  if (body.thinking !== undefined && !model.thinks) return "thinking is not supported by this model.";
  const budget = isObject(body.thinking) ? body.thinking.token_budget : undefined;
  return budget !== undefined && !(Number(budget) > 0) ? "thinking.token_budget must be positive." : null;
}

/** Null when the vendor would take the body, else what it would say. */
export function checkCohereBody(value: unknown): CohereRejection | null {
  const body = value as Json;
  if (!isObject(body)) return { status: 400, message: "invalid request: body must be a JSON object." };
  if (typeof body.model !== "string" || body.model === "")
    return { status: 400, message: "invalid request: model is required." };
  const model = COHERE_MODELS[body.model];
  if (!model) {
    const message = `model '${body.model}' not found, make sure the correct model ID was used and that you have access to the model.`;
    return { status: 404, message };
  }
  const problem =
    checkShape(body) ??
    checkNumbers(body) ??
    checkMessages((body.messages as Json[]).filter(isObject), model) ??
    checkCombinations(body, model);
  return problem === null ? null : { status: 400, message: `invalid request: ${problem}` };
}
