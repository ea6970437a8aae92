import { checkHeaders, describeLeak, parseBody, type Refusal } from "./entrance";
import { answerGenerateContent, event } from "./gemini-answer";
import { geminiRules } from "./gemini-models";
import { readGeminiPath, validateGeminiBody } from "./gemini-validate";
import {
  type Answer,
  type AnswerWishes,
  type JsonObject,
  type MockRequest,
  type UnaryAnswer,
  type Vendor,
} from "./types";

/** https://ai.google.dev/gemini-api/docs/troubleshooting and https://cloud.google.com/apis/design/errors */
const STATUSES: Record<number, [name: string, message: string]> = {
  400: ["INVALID_ARGUMENT", "Request contains an invalid argument."],
  401: ["UNAUTHENTICATED", "Request had invalid authentication credentials."],
  403: ["PERMISSION_DENIED", "The caller does not have permission"],
  404: ["NOT_FOUND", "Requested entity was not found."],
  429: ["RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details."],
  499: ["CANCELLED", "The operation was cancelled."],
  500: ["INTERNAL", "An internal error has occurred."],
  503: ["UNAVAILABLE", "The model is overloaded. Please try again later."],
  504: ["DEADLINE_EXCEEDED", "Deadline expired before operation could complete."],
};

const WRONG_KEY = {
  "@type": "type.googleapis.com/google.rpc.ErrorInfo",
  reason: "API_KEY_INVALID",
  domain: "googleapis.com",
  metadata: { service: "generativelanguage.googleapis.com" },
};

/** Google's error object for a status. */
export function googleError(code: number, message: string | null, details: JsonObject[] = []): JsonObject {
  const [status, words] = STATUSES[code] ?? [code >= 500 ? "INTERNAL" : "FAILED_PRECONDITION", `Mock error ${code}.`];
  const retry = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "2.5s" };
  const all = code === 429 ? [...details, retry] : details;
  return { error: { code, message: message ?? words, status, ...(all.length > 0 ? { details: all } : {}) } };
}

/** An error answer; `inList`: as the answer to a stream that is a list comes. */
export function refuseAsGoogle(
  code: number,
  message: string | null,
  details: JsonObject[] = [],
  inList = false,
): UnaryAnswer {
  const error = googleError(code, message, details);
  const body = `${JSON.stringify(inList ? [error] : error, null, 2)}\n`;
  return { kind: "unary", status: code, headers: { "content-type": "application/json; charset=UTF-8" }, body };
}

/** What Google says to a request that may not come in. A wrong key is a 400 here. */
export function refuseAtGooglesDoor(refusal: Refusal): UnaryAnswer {
  switch (refusal.reason) {
    case "no-key":
      return refuseAsGoogle(403, "Method doesn't allow unregistered callers (callers without established identity).");
    case "wrong-key":
    case "bad-key-form":
      return refuseAsGoogle(400, "API key not valid. Please pass a valid API key.", [WRONG_KEY]);
    case "content-type":
      return refuseAsGoogle(400, "Invalid JSON payload received. Unexpected token.");
    default:
      return refuseAsGoogle(400, describeLeak(refusal));
  }
}

/** Google AI Studio. https://ai.google.dev/api/generate-content */
export const gemini: Vendor = {
  name: "gemini",

  answer(request: MockRequest, key: string, wishes: AnswerWishes): Answer {
    const called = readGeminiPath(request.path + request.query);
    if (called === null) return refuseAsGoogle(404, null);
    if (request.method !== "POST") return refuseAsGoogle(405, "Method Not Allowed");
    const refusal = checkHeaders(request, "google-key", key);
    if (refusal) return refuseAtGooglesDoor(refusal);
    const parsed = parseBody(request.body);
    if (!parsed) return refuseAsGoogle(400, "Invalid JSON payload received. Unexpected token.");
    if (geminiRules(called.model) === null)
      return refuseAsGoogle(404, `models/${called.model} is not found for API version v1beta.`);
    const rejection = validateGeminiBody(parsed.value, called.model, "gemini");
    if (rejection !== null) return refuseAsGoogle(400, rejection);
    return answerGenerateContent(parsed.value as JsonObject, called.model, called.streams, wishes, "Gemini");
  },

  errorAnswer: (status, message) => refuseAsGoogle(status, message),

  errorEvent: (message) => event(googleError(503, message)),
};
