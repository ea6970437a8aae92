/*
 * What Anthropic's Messages API would reject, written from its public pages and independently of the code under test:
 *   https://platform.claude.com/docs/en/api/messages/create                       members and their types
 *   https://platform.claude.com/docs/en/api/errors                                error types and statuses
 *   https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls   tool_use and tool_result
 *   https://platform.claude.com/docs/en/build-with-claude/extended-thinking       budgets, forced tools, sampling
 */
import { checkMessages } from "./anthropic-validate-messages";
import { modelRules, type ModelRules } from "./anthropic-validate-models";
import {
  countCacheControl,
  InvalidRequest,
  isInteger,
  isRecord,
  onlyMembers,
  rejectRequest,
  requireText,
  show,
  type Json,
} from "./anthropic-validate-shapes";

/** A rejection as the vendor would word it: HTTP status, `error.type` and `error.message`. */
export interface AnthropicRejection {
  status: number;
  type: string;
  message: string;
}

const MEMBERS = [
  "model",
  "messages",
  "max_tokens",
  "system",
  "metadata",
  "stop_sequences",
  "stream",
  "temperature",
  "top_p",
  "top_k",
  "thinking",
  "tools",
  "tool_choice",
  "output_config",
  "service_tier",
  "cache_control",
  "container",
  "inference_geo",
  "speed",
];

function checkHeaders(headers: Record<string, string>): void {
  const found = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (!found.get("x-api-key")) throw new InvalidRequest("x-api-key header is required", 401, "authentication_error");
  if (found.has("authorization")) throw new InvalidRequest("invalid bearer token", 401, "authentication_error");
  const version = found.get("anthropic-version");
  if (version === undefined) rejectRequest("anthropic-version: header is required");
  if (!["2023-01-01", "2023-06-01"].includes(version))
    rejectRequest(`anthropic-version: "${version}" is not a valid version`);
  const contentType = found.get("content-type");
  if (contentType !== undefined && !contentType.toLowerCase().startsWith("application/json")) {
    rejectRequest("content-type: only application/json is supported");
  }
}

function checkSystem(system: Json): void {
  if (typeof system === "string") return;
  if (!Array.isArray(system)) rejectRequest("system: Input should be a valid list");
  system.forEach((block, index) => {
    const path = `system.${index}`;
    if (!isRecord(block)) rejectRequest(`${path}: Input should be an object`);
    if (block["type"] !== "text") rejectRequest(`${path}.type: Input should be 'text'`);
    onlyMembers(block, ["type", "text", "cache_control", "citations"], path);
    requireText(block["text"], "system");
  });
}

function checkTools(tools: Json, rules: ModelRules): string[] {
  if (!Array.isArray(tools)) rejectRequest("tools: Input should be a valid list");
  const names = tools.map((tool, index) => {
    const path = `tools.${index}.custom`;
    if (!isRecord(tool)) rejectRequest(`${path}: Input should be an object`);
    onlyMembers(
      tool,
      [
        "type",
        "name",
        "description",
        "input_schema",
        "cache_control",
        "strict",
        "defer_loading",
        "input_examples",
        "eager_input_streaming",
        "allowed_callers",
      ],
      path,
    );
    const name = tool["name"];
    if (typeof name !== "string" || !/^[a-zA-Z0-9_-]{1,128}$/.test(name)) {
      rejectRequest(`${path}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    }
    if (tool["description"] !== undefined && typeof tool["description"] !== "string") {
      rejectRequest(`${path}.description: Input should be a valid string`);
    }
    const schema = tool["input_schema"];
    if (!isRecord(schema)) rejectRequest(`${path}.input_schema: Field required`);
    if (schema["type"] !== "object") rejectRequest(`${path}.input_schema.type: Input should be 'object'`);
    if (tool["strict"] !== undefined) {
      if (typeof tool["strict"] !== "boolean") rejectRequest(`${path}.strict: Input should be a valid boolean`);
      if (!rules.structuredOutputs) rejectRequest(`${path}.strict: strict tools are not supported for this model`);
    }
    return name;
  });
  if (new Set(names).size !== names.length) rejectRequest("tools: Tool names must be unique.");
  return names;
}

function checkToolChoice(choice: Json, tools: string[], thinks: boolean, rules: ModelRules): void {
  if (!isRecord(choice)) rejectRequest("tool_choice: Input should be an object");
  if (tools.length === 0) rejectRequest("tool_choice: may only be specified while providing tools.");
  const type = choice["type"];
  switch (type) {
    case "auto":
    case "any":
      onlyMembers(choice, ["type", "disable_parallel_tool_use"], `tool_choice.${type}`);
      break;
    case "tool":
      onlyMembers(choice, ["type", "name", "disable_parallel_tool_use"], "tool_choice.tool");
      if (typeof choice["name"] !== "string") rejectRequest("tool_choice.tool.name: Field required");
      if (!tools.includes(choice["name"])) rejectRequest(`Tool '${choice["name"]}' not found in provided tools`);
      break;
    case "none":
      onlyMembers(choice, ["type"], "tool_choice.none");
      break;
    default:
      rejectRequest(
        "tool_choice: Input tag found does not match any of the expected tags: 'auto', 'any', 'tool', 'none'",
      );
  }
  const single = choice["disable_parallel_tool_use"];
  if (single !== undefined && typeof single !== "boolean")
    rejectRequest("tool_choice.disable_parallel_tool_use: Input should be a valid boolean");
  if (type !== "any" && type !== "tool") return;
  if (thinks) rejectRequest("Thinking may not be enabled when tool_choice forces tool use.");
  if (!rules.forcedTools) rejectRequest("tool_choice: forced tool use is not supported for this model.");
}

/** Checks `thinking` and says whether the request turns thinking on, and whether with a fixed budget. */
function checkThinking(thinking: Json, maxTokens: number, rules: ModelRules): { thinks: boolean; budget: boolean } {
  if (thinking === undefined) return { thinks: false, budget: false };
  if (!isRecord(thinking)) rejectRequest("thinking: Input should be an object");
  const type = thinking["type"];
  if (typeof type !== "string") rejectRequest("thinking.type: Field required");
  if (!rules.thinking.includes(type)) {
    rejectRequest(`"thinking.type.${type}" is not supported for this model.`);
  }
  if (type === "disabled" || type === "between_tools") {
    onlyMembers(thinking, ["type"], `thinking.${type}`);
    return { thinks: false, budget: false };
  }
  if (type === "adaptive") {
    onlyMembers(thinking, ["type", "display"], "thinking.adaptive");
    return { thinks: true, budget: false };
  }
  onlyMembers(thinking, ["type", "budget_tokens", "display"], "thinking.enabled");
  const budget = thinking["budget_tokens"];
  if (!isInteger(budget)) rejectRequest("thinking.enabled.budget_tokens: Field required");
  if (budget < 1024) rejectRequest("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
  if (budget >= maxTokens) rejectRequest("`max_tokens` must be greater than `thinking.budget_tokens`.");
  return { thinks: true, budget: true };
}

function checkSampling(body: Record<string, Json>, thinks: boolean, rules: ModelRules): void {
  for (const name of ["temperature", "top_p"]) {
    const value = body[name];
    if (value === undefined) continue;
    if (typeof value !== "number") rejectRequest(`${name}: Input should be a valid number`);
    if (value < 0 || value > 1) rejectRequest(`${name}: range: 0..1`);
  }
  if (body["top_k"] !== undefined && !isInteger(body["top_k"])) rejectRequest("top_k: Input should be a valid integer");
  const given = ["temperature", "top_p", "top_k"].filter((name) => body[name] !== undefined);
  if (given.length > 0 && rules.sampling === "none") rejectRequest(`\`${given[0]}\` is deprecated for this model.`);
  if (rules.sampling === "one" && given.includes("temperature") && given.includes("top_p")) {
    rejectRequest("`temperature` and `top_p` cannot both be specified for this model. Please use only one.");
  }
  if (!thinks) return;
  if (body["temperature"] !== undefined && body["temperature"] !== 1) {
    rejectRequest("`temperature` may only be set to 1 when thinking is enabled.");
  }
  if (typeof body["top_p"] === "number" && body["top_p"] < 0.95) {
    rejectRequest("`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.");
  }
  if (body["top_k"] !== undefined) rejectRequest("`top_k` must be unset when thinking is enabled.");
}

function checkOutputConfig(config: Json, rules: ModelRules): void {
  if (config === undefined) return;
  if (!isRecord(config)) rejectRequest("output_config: Input should be an object");
  onlyMembers(config, ["effort", "format"], "output_config");
  const effort = config["effort"];
  if (effort !== undefined && !rules.effort.includes(show(effort))) {
    rejectRequest(
      `output_config.effort: Input should be one of ${rules.effort.join(", ") || "none (not supported for this model)"}`,
    );
  }
  const format = config["format"];
  if (format === undefined) return;
  if (!rules.structuredOutputs)
    rejectRequest("output_config.format: structured outputs are not supported for this model");
  if (!isRecord(format)) rejectRequest("output_config.format: Input should be an object");
  onlyMembers(format, ["type", "schema"], "output_config.format");
  if (format["type"] !== "json_schema") rejectRequest("output_config.format.type: Input should be 'json_schema'");
  const schema = format["schema"];
  if (!isRecord(schema)) rejectRequest("output_config.format.schema: Field required");
  if (schema["type"] === "object" && schema["additionalProperties"] !== false) {
    rejectRequest(
      "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
    );
  }
}

function checkPlainMembers(body: Record<string, Json>): void {
  const stops = body["stop_sequences"];
  if (stops !== undefined) {
    if (!Array.isArray(stops)) rejectRequest("stop_sequences: Input should be a valid list");
    for (const stop of stops) {
      if (typeof stop !== "string") rejectRequest("stop_sequences: Input should be a valid string");
      if (stop.trim() === "") rejectRequest("stop_sequences: each stop sequence must contain non-whitespace");
    }
  }
  if (body["stream"] !== undefined && typeof body["stream"] !== "boolean")
    rejectRequest("stream: Input should be a valid boolean");
  if (body["service_tier"] !== undefined && !["auto", "standard_only"].includes(show(body["service_tier"]))) {
    rejectRequest("service_tier: Input should be 'auto' or 'standard_only'");
  }
  const metadata = body["metadata"];
  if (metadata === undefined) return;
  if (!isRecord(metadata)) rejectRequest("metadata: Input should be an object");
  onlyMembers(metadata, ["user_id"], "metadata");
  const user = metadata["user_id"];
  if (user === undefined || user === null) return;
  if (typeof user !== "string") rejectRequest("metadata.user_id: Input should be a valid string");
  if (user.length > 256) rejectRequest("metadata.user_id: String should have at most 256 characters");
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(user))
    rejectRequest("metadata.user_id: user_id appears to contain an email address");
  if (/^\+?[\d\s()-]{7,}$/.test(user)) rejectRequest("metadata.user_id: user_id appears to contain a phone number");
}

function checkBody(body: Json): void {
  if (!isRecord(body)) rejectRequest("Input should be a valid dictionary or object to extract fields from");
  for (const name of ["model", "messages", "max_tokens"]) {
    if (body[name] === undefined) rejectRequest(`${name}: Field required`);
  }
  for (const name of Object.keys(body)) {
    if (!MEMBERS.includes(name)) rejectRequest(`${name}: Extra inputs are not permitted`);
  }
  const model = body["model"];
  if (typeof model !== "string" || model === "") rejectRequest("model: String should have at least 1 character");
  const maxTokens = body["max_tokens"];
  if (!isInteger(maxTokens)) rejectRequest("max_tokens: Input should be a valid integer");
  if (maxTokens < 1) rejectRequest("max_tokens: must be greater than or equal to 1");
  const rules = modelRules(model);
  const tools = body["tools"] === undefined ? [] : checkTools(body["tools"], rules);
  const { thinks, budget } = checkThinking(body["thinking"], maxTokens, rules);
  if (body["system"] !== undefined) checkSystem(body["system"]);
  checkMessages(body["messages"], { toolsGiven: tools.length > 0, budgetThinking: budget, prefill: rules.prefill });
  if (body["tool_choice"] !== undefined) checkToolChoice(body["tool_choice"], tools, thinks, rules);
  checkSampling(body, thinks, rules);
  checkOutputConfig(body["output_config"], rules);
  checkPlainMembers(body);
  const markers = countCacheControl(body["system"], body["messages"], body["tools"]);
  if (markers > 4) rejectRequest(`A maximum of 4 blocks with cache_control may be provided. Found ${markers}.`);
}

/**
 * Says how Anthropic would reject a request, or null when it would accept it. `body` is the parsed JSON body, `headers`
 * the request's headers in any letter case.
 */
export function validateAnthropicRequest(body: unknown, headers: Record<string, string>): AnthropicRejection | null {
  try {
    checkHeaders(headers);
    checkBody(body as Json);
    return null;
  } catch (error) {
    if (error instanceof InvalidRequest) return { status: error.status, type: error.type, message: error.message };
    throw error;
  }
}
