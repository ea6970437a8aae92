import { findProviderType, listProviderTypes } from "../../assembly/providers/catalogue";
import { Protocol, type ProviderType } from "../../assembly/providers/provider-type";
import { checkRow } from "./compatible-check";
import { checkHeaders, describeLeak, parseBody } from "./entrance";
import { answerChat, type AnswerStyle, stableUuid } from "./openai-answer";
import { hash } from "./reply";
import {
  type Answer,
  type AnswerWishes,
  type ErrorWishes,
  isObject,
  type Json,
  type JsonObject,
  type MockRequest,
  type UnaryAnswer,
  type Vendor,
  textOf,
} from "./types";

/*
 * Every vendor of the catalogue that speaks OpenAI's protocol, at one port. Which one a request is for is said by the first segment of
 * its path (`providerBasePath: "/groq"`) or else by its host; then it must be what that vendor takes, in every flag of its row.
 */

function refuse(status: number, message: string, code: string | null = null): UnaryAnswer {
  const type = status === 401 ? "authentication_error" : "invalid_request_error";
  const body = JSON.stringify({ error: { message, type, param: null, code } });
  return { kind: "unary", status, headers: { "content-type": "application/json" }, body };
}

/** What a vendor with numbers of its own says in every answer beside the choices. */
function codedMembers(row: ProviderType, code: number, message: string): JsonObject {
  if (row.errorMember === "base_resp") return { base_resp: { status_code: code, status_msg: message } };
  return row.errorMember === "code" ? { code, message: message || "Success", sid: "cha000b0001@dx0001" } : {};
}

/** An error by a number of the vendor's, or null: the script has none. */
function codedError(message: string, { request, code }: ErrorWishes): JsonObject | null {
  const row = findRow(request)?.row;
  if (row === undefined || code === null) return null;
  if (row.errorMember === "base_resp") return { id: "m-1", choices: null, ...codedMembers(row, code, message) };
  return row.errorMember === "code" ? codedMembers(row, code, message) : { error: { code: String(code), message } };
}

function isCompatible(type: ProviderType | null): type is ProviderType {
  return type !== null && type.protocol === Protocol.OpenAi && type.withoutChat === "";
}

/** The vendor that a request is for, and the path that it should have had there. */
function findRow(request: MockRequest): { row: ProviderType; path: string } | null {
  const host = request.headers.host ?? "";
  const hosted = listProviderTypes().find((type) => isCompatible(type) && type.host !== "" && type.host === host);
  if (hosted && pathPattern(hosted).test(request.path)) return { row: hosted, path: request.path };
  const [, name = "", rest = ""] = /^\/([^/]+)(\/.*)$/.exec(request.path) ?? [];
  const named = findProviderType(name);
  if (isCompatible(named)) return { row: named, path: rest };
  return hosted === undefined ? null : { row: hosted, path: request.path };
}

/** The path of a row's chat API; members of the configuration may be any name. */
function pathPattern(row: ProviderType): RegExp {
  const parts = (row.basePath + row.chatPath).split(/\{\w+\}/);
  return new RegExp(`^${parts.map((part) => part.replace(/[.?]/g, "\\$&")).join("[\\w.-]+")}$`);
}

function thinks(body: JsonObject): boolean {
  if (isObject(body.thinking)) return body.thinking.type === "enabled";
  if (typeof body.reasoning_effort === "string") return body.reasoning_effort !== "none";
  return /reason|think|r1|o[134]\b/.test(textOf(body.model));
}

/** How the answers of a row's vendor look. */
export function styleOf(row: ProviderType): AnswerStyle {
  return {
    vendorTitle: row.name,
    headers: { "x-request-id": `req-${row.name}` },
    modelName: (model) => model,
    id: stableUuid,
    toolCallId: (seed) => `call_${hash(seed)}`,
    systemFingerprint: null,
    thinks,
    // Where there is a member for them, it depends on the model and on what its host knows of it.
    tagsReasoning: (body) => row.hasReasoningTags && (row.reasoningMember === "" || /r1|qwq/i.test(textOf(body.model))),
    showsReasoning: row.reasoningMember.startsWith("reasoning"),
    reasoningMember: row.reasoningMember || "reasoning_content",
    usage: (reply) => ({
      prompt_tokens: reply.usage.input,
      completion_tokens: reply.usage.output,
      total_tokens: reply.usage.input + reply.usage.output,
      ...(reply.usage.cached > 0 ? { prompt_tokens_details: { cached_tokens: reply.usage.cached } } : {}),
      ...(reply.usage.reasoning > 0 ? { completion_tokens_details: { reasoning_tokens: reply.usage.reasoning } } : {}),
    }),
    messageExtras: {},
    extras: codedMembers(row, 0, ""),
    nullUsage: "never",
    streamUsage: row.hasUsageInChoice ? "last-choice" : row.acceptsStreamOptions ? "own-chunk" : "last-chunk",
    toolFragmentExtras: {},
    opening: row.name === "openrouter" ? ": OPENROUTER PROCESSING\n\n" : "",
    keepAliveComment: ": keep-alive\n\n",
    unaryKeepAlive: "",
    streamContentType: "text/event-stream",
  };
}

/** All vendors of OpenAI's protocol that have no mock of their own. */
export const compatible: Vendor = {
  name: "compatible",

  answer(request: MockRequest, key: string, wishes: AnswerWishes): Answer {
    const found = findRow(request);
    if (found === null)
      return refuse(404, `No vendor has the host ${request.headers.host} or the path ${request.path}.`);
    const { row, path } = found;
    if (!pathPattern(row).test(path + request.query)) return refuse(404, `${row.name} has no ${path}.`);
    if (row.host !== "" && request.headers.host !== row.host) {
      return refuse(421, `${row.name} is at ${row.host}, not at ${request.headers.host}.`);
    }
    if (request.method !== "POST") return refuse(405, `Method ${request.method} is not allowed.`);
    const refusal = checkHeaders(request, "bearer", key);
    if (refusal) {
      const isKey = ["no-key", "bad-key-form", "wrong-key"].includes(refusal.reason);
      if (isKey) return refuse(401, "The key is not valid.", "invalid_api_key");
      return refuse(refusal.reason === "content-type" ? 415 : 400, describeLeak(refusal));
    }
    const parsed = parseBody(request.body);
    if (!parsed || !isObject(parsed.value as Json)) return refuse(400, "The body is no JSON object.");
    const body = parsed.value as JsonObject;
    const problem = checkRow(row, body);
    if (problem !== null) return refuse(422, `${row.name}: ${problem}`);
    return answerChat(body, styleOf(row), wishes);
  },

  errorAnswer(status: number, message: string | null, wishes: ErrorWishes): UnaryAnswer {
    const text = message ?? `Mock error with status ${status}.`;
    const coded = codedError(text, wishes);
    if (coded === null) return refuse(status, text);
    return { kind: "unary", status, headers: { "content-type": "application/json" }, body: JSON.stringify(coded) };
  },

  errorEvent(message: string | null, wishes: ErrorWishes): string {
    const text = message ?? "The model is overloaded.";
    const coded = codedError(text, wishes);
    if (coded !== null) return `data: ${JSON.stringify(coded)}\n\n`;
    return `data: ${JSON.stringify({ error: { message: text, type: "server_error", code: 500 } })}\n\n`;
  },
};
