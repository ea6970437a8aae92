import { answerMessages, event, responseHeaders } from "./anthropic-answer";
import { validateAnthropicRequest } from "./anthropic-validate";
import { checkHeaders, describeLeak, parseBody, type Refusal } from "./entrance";
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

const PATH = "/v1/messages";

/** Most output tokens. https://platform.claude.com/docs/en/about-claude/models/overview */
const MODELS: Record<string, number> = {
  "claude-sonnet-4-5": 64000,
  "claude-sonnet-4-5-20250929": 64000,
  "claude-haiku-4-5": 64000,
  "claude-opus-4-1": 32000,
  "claude-opus-4-5": 64000,
  "claude-sonnet-4-6": 64000,
  "claude-opus-4-6": 128000,
  "claude-3-5-haiku-20241022": 8192,
};

/** https://platform.claude.com/docs/en/api/errors */
const STATUS_ERRORS: Record<number, [type: string, message: string]> = {
  400: ["invalid_request_error", "The request is invalid."],
  401: ["authentication_error", "invalid x-api-key"],
  403: ["permission_error", "Your API key does not have permission to use the specified resource."],
  404: ["not_found_error", "Not found"],
  413: ["request_too_large", "Request exceeds the maximum size"],
  429: ["rate_limit_error", "This request would exceed your account's rate limit. Please try again later."],
  500: ["api_error", "Internal server error"],
  503: ["api_error", "Service unavailable"],
  504: ["timeout_error", "Request timed out"],
  529: ["overloaded_error", "Overloaded"],
};

function refuse(status: number, type: string, message: string): UnaryAnswer {
  const headers = {
    ...responseHeaders(message),
    "content-type": "application/json",
    "x-should-retry": textOf(status === 429 || status >= 500),
  };
  const body = JSON.stringify({ type: "error", error: { type, message }, request_id: `req_011C${hash(message)}` });
  return { kind: "unary", status, headers, body };
}

function refuseAtDoor(refusal: Refusal): UnaryAnswer {
  switch (refusal.reason) {
    case "foreign-header":
      if (refusal.header === "authorization") return refuse(401, "authentication_error", "Invalid bearer token");
      return refuse(400, "invalid_request_error", describeLeak(refusal));
    case "no-key":
      return refuse(401, "authentication_error", "x-api-key header is required");
    case "wrong-key":
      return refuse(401, "authentication_error", "invalid x-api-key");
    case "content-type":
      return refuse(400, "invalid_request_error", "Content-Type: application/json is required");
    default:
      return refuse(400, "invalid_request_error", describeLeak(refusal));
  }
}

function refuseModel(body: JsonObject): UnaryAnswer | null {
  const model = textOf(body.model);
  const most = MODELS[model];
  if (most === undefined) return refuse(404, "not_found_error", `model: ${model}`);
  if (Number(body.max_tokens) <= most) return null;
  const text = `max_tokens: ${textOf(body.max_tokens)} > ${most}, which is the maximum allowed number of output tokens for ${model}`;
  return refuse(400, "invalid_request_error", text);
}

/** Anthropic's Messages. https://platform.claude.com/docs/en/api/messages */
export const anthropic: Vendor = {
  name: "anthropic",

  answer(request: MockRequest, key: string, wishes: AnswerWishes): Answer {
    if (request.path !== PATH) return refuse(404, "not_found_error", "Not found");
    if (request.method !== "POST") return refuse(405, "invalid_request_error", "Method Not Allowed");
    const refusal = checkHeaders(request, "api-key", key);
    if (refusal) return refuseAtDoor(refusal);
    const parsed = parseBody(request.body);
    if (!parsed)
      return refuse(
        400,
        "invalid_request_error",
        "The request body is not valid JSON: unexpected character: line 1 column 1 (char 0)",
      );
    const rejection = validateAnthropicRequest(parsed.value, request.headers);
    if (rejection) return refuse(rejection.status, rejection.type, rejection.message);
    const body = parsed.value as Json;
    if (!isObject(body)) return refuse(400, "invalid_request_error", "Input should be a valid dictionary");
    return refuseModel(body) ?? answerMessages(body, wishes);
  },

  errorAnswer(status: number, message: string | null): UnaryAnswer {
    const [type, text] = STATUS_ERRORS[status] ?? [
      status >= 500 ? "api_error" : "invalid_request_error",
      `Mock error with status ${status}.`,
    ];
    return refuse(status, type, message ?? text);
  },

  errorEvent(message: string | null): string {
    return event({
      type: "error",
      error: { details: null, type: "overloaded_error", message: message ?? "Overloaded" },
    });
  },
};
