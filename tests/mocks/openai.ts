import { checkHeaders, describeLeak, maskKey, parseBody, type Refusal } from "./entrance";
import { answerChat, type AnswerStyle, stableUuid } from "./openai-answer";
import { findForeignMember, FOREIGN_MEMBERS } from "./compatible-check";
import { checkChatRequest, type CheckRules } from "./openai-check";
import { unknownMember } from "./openai-problem";
import { hash } from "./reply";
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

const PATH = "/v1/chat/completions";

/** Most output tokens, the dated name in answers, and whether the model reasons (then some parameters are refused). */
export const MODELS: Record<string, { output: number; snapshot: string; reasons: boolean }> = {
  "gpt-4o": { output: 16384, snapshot: "gpt-4o-2024-08-06", reasons: false },
  "gpt-4o-mini": { output: 16384, snapshot: "gpt-4o-mini-2024-07-18", reasons: false },
  "gpt-4.1": { output: 32768, snapshot: "gpt-4.1-2025-04-14", reasons: false },
  "gpt-4.1-mini": { output: 32768, snapshot: "gpt-4.1-mini-2025-04-14", reasons: false },
  "o3-mini": { output: 100000, snapshot: "o3-mini-2025-01-31", reasons: true },
  "o4-mini": { output: 100000, snapshot: "o4-mini-2025-04-16", reasons: true },
  "gpt-5": { output: 128000, snapshot: "gpt-5-2025-08-07", reasons: true },
  "gpt-5-mini": { output: 128000, snapshot: "gpt-5-mini-2025-08-07", reasons: true },
};

/** Every top-level member of the API; anything else is refused by name. https://platform.openai.com/docs/api-reference/chat/create */
const MEMBERS = new Set(
  (
    "messages model audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens metadata " +
    "modalities n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_retention reasoning_effort " +
    "response_format safety_identifier seed service_tier stop store stream stream_options temperature tool_choice tools " +
    "top_logprobs top_p user verbosity web_search_options"
  ).split(" "),
);

function errorBody(message: string, type: string, param: string | null, code: string | null): string {
  return JSON.stringify({ error: { message, type, param, code } }, null, 2);
}

function refuse(status: number, message: string, param: string | null = null, code: string | null = null): UnaryAnswer {
  const body = errorBody(message, "invalid_request_error", param, code);
  return {
    kind: "unary",
    status,
    headers: { "content-type": "application/json; charset=utf-8", "x-request-id": `req_${hash(message)}` },
    body,
  };
}

/** https://platform.openai.com/docs/guides/error-codes */
const STATUS_ERRORS: Record<number, [message: string, type: string, code: string | null]> = {
  401: ["Incorrect API key provided.", "invalid_request_error", "invalid_api_key"],
  403: ["Country, region, or territory not supported", "request_forbidden", "unsupported_country_region_territory"],
  429: [
    "Rate limit reached for requests per min (RPM): Limit 3, Used 3, Requested 1.",
    "requests",
    "rate_limit_exceeded",
  ],
  500: ["The server had an error while processing your request. Sorry about that!", "server_error", null],
  503: ["The engine is currently overloaded, please try again later.", "server_error", null],
};

/** How OpenAI's own models answer. */
export const STYLE: AnswerStyle = {
  vendorTitle: "OpenAI",
  headers: {
    "openai-organization": "mock-organization",
    "openai-processing-ms": "12",
    "openai-version": "2020-10-01",
    "x-ratelimit-limit-requests": "10000",
    "x-ratelimit-remaining-requests": "9999",
    "x-ratelimit-reset-requests": "6ms",
    "x-request-id": "req_mock",
  },
  modelName: (model) => MODELS[model]?.snapshot ?? model,
  id: (seed) => `chatcmpl-${hash(seed)}${hash(seed + seed.length)}`,
  toolCallId: (seed) => `call_${seed}`,
  systemFingerprint: "fp_mock0a1b2c",
  thinks: (body) => MODELS[textOf(body.model)]?.reasons === true && body.reasoning_effort !== "none",
  showsReasoning: false,
  usage: (reply) => ({
    prompt_tokens: reply.usage.input,
    completion_tokens: reply.usage.output,
    total_tokens: reply.usage.input + reply.usage.output,
    prompt_tokens_details: { cached_tokens: reply.usage.cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reply.usage.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }),
  messageExtras: { refusal: null },
  extras: { service_tier: "default" },
  nullUsage: "when-asked",
  streamUsage: "own-chunk",
  toolFragmentExtras: {},
  opening: "",
  keepAliveComment: ": keep-alive\n\n",
  unaryKeepAlive: "",
  streamContentType: "text/event-stream; charset=utf-8",
};

function rulesFor(model: string): CheckRules {
  return {
    roles: ["system", "assistant", "user", "function", "tool", "developer"],
    messageMembers: "role content name tool_calls tool_call_id function_call refusal audio annotations".split(" "),
    partTypes: ["text", "image_url", "input_audio", "file"],
    temperature: { least: 0, most: 2 },
    topPLeastExcluded: false,
    penalty: 2,
    maxTokens: MODELS[model]?.output ?? 4096,
    toolChoiceWords: ["none", "auto", "required"],
    responseFormats: ["json_object", "json_schema", "text"],
    maxTools: 128,
    maxStops: 4,
    maxChoices: 128,
    checksToolHistory: true,
    streamOptionsNeedStream: true,
  };
}

function refuseAtDoor(refusal: Refusal): UnaryAnswer {
  switch (refusal.reason) {
    case "no-key":
      return refuse(
        401,
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth.",
      );
    case "bad-key-form":
      return refuse(401, "Invalid authorization header.", null, "invalid_api_key");
    case "wrong-key":
      return refuse(401, `Incorrect API key provided: ${maskKey(refusal.key)}.`, null, "invalid_api_key");
    case "content-type": {
      const text = `Unsupported content type: '${refusal.contentType}'. This API method only accepts 'application/json' requests.`;
      return refuse(415, text, null, "unsupported_content_type");
    }
    default:
      return refuse(400, describeLeak(refusal));
  }
}

function refuseReasoningModel(body: JsonObject): UnaryAnswer | null {
  if (body.max_tokens !== undefined && body.max_tokens !== null) {
    const text =
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
    return refuse(400, text, "max_tokens", "unsupported_parameter");
  }
  for (const name of ["temperature", "top_p"]) {
    if (typeof body[name] === "number" && body[name] !== 1) {
      const text = `Unsupported value: '${name}' does not support ${textOf(body[name])} with this model. Only the default (1) value is supported.`;
      return refuse(400, text, name, "unsupported_value");
    }
  }
  for (const name of ["presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "logit_bias"]) {
    if (body[name] !== undefined && body[name] !== null) {
      return refuse(
        400,
        `Unsupported parameter: '${name}' is not supported with this model.`,
        name,
        "unsupported_parameter",
      );
    }
  }
  return null;
}

/** What is wrong with a body, in OpenAI's words, or null. */
export function refuseBody(value: unknown): UnaryAnswer | null {
  const body = value as Json;
  if (!isObject(body)) return refuse(400, "Invalid type for body: expected an object.");
  if (typeof body.model !== "string" || body.model === "") {
    return refuse(
      400,
      body.model === undefined ? "you must provide a model parameter" : "Invalid type for 'model': expected a string.",
    );
  }
  const unknown = Object.keys(body).find((name) => !MEMBERS.has(name));
  if (unknown !== undefined) return refuse(400, `Unrecognized request argument supplied: ${unknown}`);
  const model = MODELS[body.model];
  if (!model) {
    const text = `The model \`${body.model}\` does not exist or you do not have access to it.`;
    return refuse(404, text, null, "model_not_found");
  }
  if (model.reasons) {
    const refused = refuseReasoningModel(body);
    if (refused) return refused;
  } else if (typeof body.reasoning_effort === "string") {
    return refuse(400, "Unrecognized request argument supplied: reasoning_effort");
  }
  const tooLarge = typeof body.max_tokens === "number" && body.max_tokens > model.output;
  if (tooLarge) {
    const given = `whereas you provided ${textOf(body.max_tokens)}.`;
    const text = `max_tokens is too large: ${textOf(body.max_tokens)}. This model supports at most ${model.output} completion tokens, ${given}`;
    return refuse(400, text, "max_tokens", "invalid_value");
  }
  const foreign = findForeignMember(body, FOREIGN_MEMBERS);
  const problem = foreign === null ? checkChatRequest(body, rulesFor(body.model)) : unknownMember(foreign);
  return problem ? refuse(400, problem.message, problem.param, problem.code) : null;
}

/** OpenAI's chat completions. https://platform.openai.com/docs/api-reference/chat */
export const openai: Vendor = {
  name: "openai",

  answer(request: MockRequest, key: string, wishes: AnswerWishes): Answer {
    if (request.path !== PATH) return refuse(404, `Invalid URL (${request.method} ${request.path})`);
    if (request.method !== "POST") {
      const text = `Not allowed to ${request.method} on ${PATH} (HINT: Perhaps you meant to use a different HTTP method?)`;
      return refuse(405, text, null, "method_not_supported");
    }
    const refusal = checkHeaders(request, "bearer", key);
    if (refusal) return refuseAtDoor(refusal);
    const parsed = parseBody(request.body);
    if (!parsed) {
      return refuse(
        400,
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
      );
    }
    const refused = refuseBody(parsed.value);
    if (refused) return refused;
    const body = parsed.value as JsonObject;
    return answerChat(
      body,
      { ...STYLE, headers: { ...STYLE.headers, "x-request-id": `req_${stableUuid(JSON.stringify(body))}` } },
      wishes,
    );
  },

  errorAnswer(status: number, message: string | null): UnaryAnswer {
    const fallback: [string, string, string | null] = [
      `Mock error with status ${status}.`,
      status >= 500 ? "server_error" : "invalid_request_error",
      null,
    ];
    const [text, type, code] = STATUS_ERRORS[status] ?? fallback;
    const headers = { "content-type": "application/json; charset=utf-8", "x-request-id": "req_mock_error" };
    return { kind: "unary", status, headers, body: errorBody(message ?? text, type, null, code) };
  },

  errorEvent(message: string | null): string {
    const text = message ?? "The server had an error while processing your request. Sorry about that!";
    return `data: ${JSON.stringify({ error: { message: text, type: "server_error", param: null, code: null } })}\n\n`;
  },
};
