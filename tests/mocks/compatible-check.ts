import { ReasoningHistory, type ProviderType } from "../../assembly/providers/provider-type";
import { checkChatRequest, type CheckRules } from "./openai-check";
import { isObject, type Json, type JsonObject, textOf } from "./types";

/**
 * All that Mistral knows; it refuses everything else with 422. Kept here too, so that the catalogue's list of what to remove is measured
 * against the vendor's own list. Source: https://github.com/mistralai/client-python (3.7.0), generated from https://docs.mistral.ai/api/endpoint/chat
 */
const KNOWN_MEMBERS: Record<string, string> = {
  mistral:
    "model messages temperature top_p max_tokens stream stop random_seed response_format tools tool_choice presence_penalty " +
    "frequency_penalty min_tokens repetition_penalty top_k logprobs top_logprobs prompt_logprobs top_prompt_logprobs n prediction " +
    "parallel_tool_calls prompt_mode reasoning_effort metadata guardrails",
};

function rulesFor(row: ProviderType): CheckRules {
  return {
    roles: ["system", "assistant", "user", "tool", "function", ...(row.acceptsDeveloperRole ? ["developer"] : [])],
    messageMembers: null,
    partTypes: ["text", "image_url", "input_audio", "file"],
    temperature: { least: 0, most: row.hasTemperatureUpToOne ? 1 : 2 },
    topPLeastExcluded: false,
    penalty: 2,
    maxTokens: 1_000_000,
    toolChoiceWords: ["none", "auto", "required"],
    responseFormats: ["json_object", "json_schema", "text"],
    maxTools: 128,
    maxStops: 16,
    maxChoices: 8,
    checksToolHistory: true,
    streamOptionsNeedStream: true,
  };
}

/** Top-level members that a vendor does not take, by its row. */
function forbiddenMembers(row: ProviderType): string[] {
  return [
    ...row.rejectedMembers.split(" ").filter((name) => name !== ""),
    ...(row.acceptsStreamOptions ? [] : ["stream_options"]),
    ...(row.acceptsMaxCompletionTokens || row.hasReasoningModels ? [] : ["max_completion_tokens"]),
    ...(row.acceptsMaxTokens ? [] : ["max_tokens"]),
    ...(row.seedMember === "" ? [] : ["seed"]),
    ...(row.withoutTools === "" ? [] : ["tools"]),
  ];
}

function isReasoningModel(body: JsonObject): boolean {
  return /(^|\/)(o[134](-|$)|gpt-5(?!-chat))/.test(textOf(body.model));
}

function checkReasoningModel(body: JsonObject): string | null {
  if (!isReasoningModel(body)) {
    return body.max_completion_tokens === undefined ? null : "max_completion_tokens is not supported with this model";
  }
  const refused = ["max_tokens", "temperature", "top_p", "logprobs"].find((name) => body[name] !== undefined);
  return refused === undefined ? null : `${refused} is not supported with this model`;
}

/** What a vendor says of the messages beside what all say. */
function checkHistory(row: ProviderType, messages: Json[]): string | null {
  for (const [index, message] of messages.entries()) {
    if (!isObject(message)) continue;
    const role = textOf(message.role);
    if (row.rejectsNames && message.name !== undefined && !["tool", "function"].includes(role)) {
      return `messages[${index}].name is not supported`;
    }
    const proofs = ["thinking_blocks", "reasoning_signature"].find((name) => message[name] !== undefined);
    const text = ["reasoning_content", "reasoning"].find((name) => message[name] !== undefined);
    if (row.reasoningHistory === ReasoningHistory.Keep) continue;
    if (proofs !== undefined) return `messages[${index}].${proofs} is not permitted`;
    if (row.reasoningHistory === ReasoningHistory.Remove && text !== undefined) {
      return `messages[${index}].${text} is not permitted`;
    }
  }
  return null;
}

/** Members that clients put into messages and tools for Anthropic, for Gemini and for LiteLLM. */
export const FOREIGN_MEMBERS = ["extra_content", "thought_signature", "provider_specific_fields", "cache_control"];

/** A member of another vendor's API in messages, parts, calls or tools; the insides of schemas and arguments are anybody's. */
export function findForeignMember(body: JsonObject, names: string[]): string | null {
  const open: [string, Json | undefined][] = [
    ["messages", body.messages],
    ["tools", body.tools],
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, value] = next;
    if (Array.isArray(value)) value.forEach((item, index) => open.push([`${path}[${index}]`, item]));
    if (!isObject(value)) continue;
    for (const [name, member] of Object.entries(value)) {
      if (names.includes(name)) return `${path}.${name}`;
      if (name !== "parameters" && name !== "arguments") open.push([`${path}.${name}`, member]);
    }
  }
  return null;
}

function foreignNames(row: ProviderType): string[] {
  if (!row.rejectsForeignMembers) return [];
  return FOREIGN_MEMBERS.filter((name) => name !== "cache_control" || !row.takesCacheControl);
}

/** What a row's vendor finds wrong with a request; null when it takes it. */
export function checkRow(row: ProviderType, body: JsonObject): string | null {
  if (typeof body.model !== "string" || body.model === "") return "model is missing";
  const known = KNOWN_MEMBERS[row.name]?.split(" ");
  const unknown = known && Object.keys(body).find((name) => !known.includes(name));
  if (unknown !== undefined) return `${unknown}: Extra inputs are not permitted`;
  const forbidden = forbiddenMembers(row).find((name) => body[name] !== undefined);
  if (forbidden !== undefined) return `${forbidden}: Extra inputs are not permitted`;
  if (row.saysEffortAsThinking && body.reasoning_effort !== undefined && !/^glm-5/.test(body.model)) {
    return "reasoning_effort is not supported with this model";
  }
  const foreign = findForeignMember(body, foreignNames(row));
  if (foreign !== null) return `${foreign}: Extra inputs are not permitted`;
  const problem = checkChatRequest(body, rulesFor(row));
  if (problem !== null) return problem.message;
  if (row.hasReasoningModels && row.name !== "openai" && row.name !== "azure") {
    const refused = checkReasoningModel(body);
    if (refused !== null) return refused;
  }
  return checkHistory(row, body.messages as Json[]);
}
