import { checkHeaders, describeLeak, parseBody, type Refusal } from "./entrance";
import { answerChat, type AnswerStyle, stableUuid } from "./openai-answer";
import { checkChatRequest, type CheckRules, type Problem } from "./openai-check";
import {
  type Answer,
  type AnswerWishes,
  isObject,
  type Json,
  type JsonObject,
  type MockRequest,
  type UnaryAnswer,
  type Vendor,
  textOf,
} from "./types";

const PATHS = ["/chat/completions", "/v1/chat/completions"];

/** Most output tokens, and whether the model thinks when the request does not say. https://api-docs.deepseek.com/quick_start/pricing */
const MODELS: Record<string, { output: number; thinks: boolean }> = {
  "deepseek-chat": { output: 8192, thinks: false },
  "deepseek-reasoner": { output: 65536, thinks: true },
  "deepseek-v4-flash": { output: 393216, thinks: true },
  "deepseek-v4-pro": { output: 393216, thinks: true },
};

/** https://api-docs.deepseek.com/quick_start/error_codes */
const STATUS_ERRORS: Record<number, [message: string, type: string, code: string]> = {
  401: ["Authentication Fails, Your api key: ****mock is invalid", "authentication_error", "invalid_request_error"],
  402: ["Insufficient Balance", "unknown_error", "invalid_request_error"],
  429: ["Rate limit reached for TPM. Please pace your requests.", "rate_limit_error", "rate_limit_error"],
  500: ["Internal Server Error", "internal_server_error", "internal_server_error"],
  503: [
    "Service is too busy. We advise users to temporarily switch to alternative LLM API service providers.",
    "service_unavailable_error",
    "service_unavailable_error",
  ],
};

function errorBody(message: string, type: string, code: string): string {
  return JSON.stringify({ error: { message, type, param: null, code } });
}

function refuse(status: number, message: string, type = "invalid_request_error"): UnaryAnswer {
  const headers = { "content-type": "application/json", "x-ds-trace-id": stableUuid(message).replaceAll("-", "") };
  return { kind: "unary", status, headers, body: errorBody(message, type, "invalid_request_error") };
}

function thinks(body: JsonObject): boolean {
  if (isObject(body.thinking)) return body.thinking.type === "enabled";
  return MODELS[textOf(body.model)]?.thinks === true;
}

const STYLE: AnswerStyle = {
  vendorTitle: "DeepSeek",
  headers: {
    "x-ds-trace-id": "mock",
    vary: "origin, access-control-request-method, access-control-request-headers",
    "cache-control": "no-cache",
  },
  modelName: (model) => model,
  id: stableUuid,
  toolCallId: (seed) => `call_00_${seed}`,
  systemFingerprint: "fp_mock_prod0820_fp8_kvcache",
  thinks,
  showsReasoning: true,
  usage: (reply) => ({
    prompt_tokens: reply.usage.input,
    completion_tokens: reply.usage.output,
    total_tokens: reply.usage.input + reply.usage.output,
    prompt_tokens_details: { cached_tokens: reply.usage.cached },
    ...(reply.usage.reasoning > 0 ? { completion_tokens_details: { reasoning_tokens: reply.usage.reasoning } } : {}),
    prompt_cache_hit_tokens: reply.usage.cached,
    prompt_cache_miss_tokens: reply.usage.input - reply.usage.cached,
  }),
  messageExtras: {},
  extras: {},
  nullUsage: "when-asked",
  // The last chunk carries the usage whether it was asked for or not: https://api-docs.deepseek.com/api/create-chat-completion
  streamUsage: "last-chunk",
  toolFragmentExtras: {},
  // Comments keep the connection open until the request is scheduled: https://api-docs.deepseek.com/quick_start/rate_limit
  opening: ": keep-alive\n\n",
  keepAliveComment: ": keep-alive\n\n",
  unaryKeepAlive: "\n",
  streamContentType: "text/event-stream; charset=utf-8",
};

function rulesFor(model: string): CheckRules {
  return {
    roles: ["system", "user", "assistant", "tool"],
    messageMembers: null,
    partTypes: ["text"],
    temperature: { least: 0, most: 2 },
    topPLeastExcluded: true,
    penalty: 2,
    maxTokens: MODELS[model]?.output ?? 8192,
    toolChoiceWords: ["none", "auto", "required"],
    responseFormats: ["text", "json_object"],
    maxTools: 128,
    maxStops: 16,
    maxChoices: 1,
    checksToolHistory: true,
    streamOptionsNeedStream: true,
  };
}

function refuseAtDoor(refusal: Refusal): UnaryAnswer {
  const type = "authentication_error";
  switch (refusal.reason) {
    case "no-key":
    case "bad-key-form":
      return refuse(401, "Authentication Fails (auth header format should be Bearer sk-...)", type);
    case "wrong-key":
      return refuse(401, `Authentication Fails, Your api key: ****${refusal.key.slice(-4)} is invalid`, type);
    case "content-type":
      return {
        kind: "unary",
        status: 415,
        headers: { "content-type": "text/plain" },
        body: "Expected request with `Content-Type: application/json`",
      };
    default:
      return refuse(400, describeLeak(refusal));
  }
}

/** The vendor parses bodies with serde and says so. */
function serde(text: string): string {
  return `Failed to deserialize the JSON body into the target type: ${text} at line 1 column 1`;
}

function describeProblem(problem: Problem): string {
  const list = problem.allowed.map((word) => `\`${word}\``).join(", ");
  const expected = problem.allowed.length === 1 ? `expected ${list}` : `expected one of ${list}`;
  switch (problem.kind) {
    case "missing":
      return serde(
        `${problem.param.replace(/\.?[^.]+$/, "")}: missing field \`${problem.param.split(".").at(-1)}\``.replace(
          /^: /,
          "",
        ),
      );
    case "type":
      return serde(`${problem.param}: invalid type: ${problem.got}, expected ${problem.allowed[0]}`);
    case "value":
      return problem.allowed.length > 0
        ? serde(`${problem.param}: unknown variant \`${problem.got}\`, ${expected}`)
        : problem.message;
    case "range":
      return `Invalid ${problem.param} value, the valid range of ${problem.param} is [${problem.allowed.join("")}]`;
    case "unsupported":
      return "This response_format type is unavailable now";
    default:
      return problem.message
        .replace("Invalid parameter: messages", "Messages")
        .replace("preceeding", "preceding")
        .replace(/\.$/, "")
        .replace("'messages' must", "Prompt must")
        .replace(/The following tool_call_ids.*/, "(insufficient tool messages following tool_calls message)");
  }
}

/** What thinking models demand beside. https://api-docs.deepseek.com/guides/thinking_mode */
function refuseThinking(body: JsonObject): UnaryAnswer | null {
  if (!thinks(body)) return null;
  const choice = body.tool_choice;
  if (choice === "required" || isObject(choice)) return refuse(400, "Thinking mode does not support this tool_choice");
  if (body.logprobs === true || typeof body.top_logprobs === "number")
    return refuse(400, `${textOf(body.model)} does not support the parameter \`logprobs\``);
  const messages = (body.messages as Json[]).filter(isObject);
  const lastUser = messages.findLastIndex((message) => message.role === "user");
  const index = messages.findIndex(
    (message, at) =>
      at > lastUser && Array.isArray(message.tool_calls) && typeof message.reasoning_content !== "string",
  );
  if (index < 0) return null;
  return refuse(
    400,
    `Missing \`reasoning_content\` field in the assistant message at message index ${index}. For more information, please refer to https://api-docs.deepseek.com/guides/thinking_mode#tool-calls`,
  );
}

function refuseBody(value: unknown): UnaryAnswer | null {
  const body = value as Json;
  if (!isObject(body)) return refuse(400, serde("invalid type, expected struct ChatCompletionRequest"));
  if (typeof body.model !== "string")
    return refuse(
      400,
      serde(body.model === undefined ? "missing field `model`" : "model: invalid type, expected a string"),
    );
  if (!MODELS[body.model]) return refuse(400, "Model Not Exist");
  const problem = checkChatRequest(body, rulesFor(body.model));
  return problem ? refuse(400, describeProblem(problem)) : refuseThinking(body);
}

/** DeepSeek's chat completions. https://api-docs.deepseek.com/api/create-chat-completion */
export const deepseek: Vendor = {
  name: "deepseek",

  answer(request: MockRequest, key: string, wishes: AnswerWishes): Answer {
    if (!PATHS.includes(request.path)) return { kind: "unary", status: 404, headers: {}, body: "" };
    if (request.method !== "POST") return { kind: "unary", status: 405, headers: { allow: "POST" }, body: "" };
    const refusal = checkHeaders(request, "bearer", key);
    if (refusal) return refuseAtDoor(refusal);
    const parsed = parseBody(request.body);
    if (!parsed) return refuse(400, "Failed to parse the request body as JSON: expected value at line 1 column 1");
    return refuseBody(parsed.value) ?? answerChat(parsed.value as JsonObject, STYLE, wishes);
  },

  errorAnswer(status: number, message: string | null): UnaryAnswer {
    const [text, type, code] = STATUS_ERRORS[status] ?? [
      `Mock error with status ${status}.`,
      "invalid_request_error",
      "invalid_request_error",
    ];
    return {
      kind: "unary",
      status,
      headers: { "content-type": "application/json", "x-ds-trace-id": "mock-error" },
      body: errorBody(message ?? text, type, code),
    };
  },

  errorEvent(message: string | null): string {
    const [text, type, code] = STATUS_ERRORS[503]!;
    return `data: ${errorBody(message ?? text, type, code)}\n\n`;
  },
};
