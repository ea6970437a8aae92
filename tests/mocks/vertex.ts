import { validateAnthropicRequest } from "./anthropic-validate";
import { answerMessages } from "./anthropic-answer";
import { checkHeaders, parseBody } from "./entrance";
import { googleError, refuseAsGoogle, refuseAtGooglesDoor } from "./gemini";
import { answerGenerateContent, event } from "./gemini-answer";
import { geminiRules } from "./gemini-models";
import { validateGeminiBody } from "./gemini-validate";
import { answerCompatible } from "./vertex-compatible";
import { readRawPredict, readVertexPath, type VertexCall } from "./vertex-validate";
import {
  type Answer,
  type AnswerWishes,
  type JsonObject,
  type MockRequest,
  type UnaryAnswer,
  type Vendor,
} from "./types";

/** Claude's models as Vertex AI names them. https://docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude */
const CLAUDE = /^claude-(sonnet-4-5|haiku-4-5|opus-4-1|opus-4-5)(@\d{8})?$/;

function answerClaude(request: MockRequest, call: VertexCall, wishes: AnswerWishes): Answer {
  if (!CLAUDE.test(call.model)) return refuseAsGoogle(404, `Publisher Model ${call.model} was not found.`);
  const read = readRawPredict(request.body.toString("utf8"), call);
  if ("error" in read) return refuseClaude(400, "invalid_request_error", read.error);
  const rejection = validateAnthropicRequest(read.body, { "x-api-key": "x", "anthropic-version": "2023-06-01" });
  if (rejection) return refuseClaude(rejection.status, rejection.type, rejection.message);
  return answerMessages(read.body as JsonObject, wishes);
}

/** Behind `rawPredict` the errors are Anthropic's. */
function refuseClaude(status: number, type: string, message: string): UnaryAnswer {
  const body = JSON.stringify({ type: "error", error: { type, message } });
  return { kind: "unary", status, headers: { "content-type": "application/json" }, body };
}

/**
 * Vertex AI: Gemini and Claude of a project with an access token, Gemini of express mode with a key, and its OpenAI-compatible API. The
 * token and the key are the same text here.
 */
export const vertex: Vendor = {
  name: "vertex",

  answer(request: MockRequest, key: string, wishes: AnswerWishes): Answer {
    const isCompatible = request.path.endsWith("/endpoints/openapi/chat/completions");
    const call = isCompatible ? null : readVertexPath(request.path + request.query);
    if (call === null && !isCompatible) return refuseAsGoogle(404, null);
    if (request.method !== "POST") return refuseAsGoogle(405, "Method Not Allowed");
    const refusal = checkHeaders(request, call?.isExpress === true ? "google-key" : "bearer", key);
    if (refusal) return call?.isExpress ? refuseAtGooglesDoor(refusal) : refuseAsGoogle(401, null);
    const parsed = parseBody(request.body);
    if (!parsed) return refuseAsGoogle(400, "Invalid JSON payload received. Unexpected token.");
    if (call === null) return answerCompatible(request.path, parsed.value as JsonObject, wishes);
    if (call.publisher === "anthropic") return answerClaude(request, call, wishes);
    if (geminiRules(call.model) === null)
      return refuseAsGoogle(404, `Publisher Model \`publishers/google/models/${call.model}\` was not found.`);
    const rejection = validateGeminiBody(parsed.value, call.model, "vertex");
    if (rejection !== null) return refuseAsGoogle(400, rejection);
    return answerGenerateContent(parsed.value as JsonObject, call.model, call.streams, wishes, "Vertex AI");
  },

  errorAnswer: (status, message) => refuseAsGoogle(status, message, [], true),

  errorEvent: (message) => event(googleError(503, message)),
};
