import { parseBody } from "./entrance";
import { composeReply, splitText } from "./reply";
import {
  type Answer,
  isObject,
  type Json,
  type JsonObject,
  type MockRequest,
  type UnaryAnswer,
  type Vendor,
  textOf,
} from "./types";

const MEMBERS = ["text", "target_lang", "source_lang", "context", "formality", "model_type"];
const FOREIGN = /^(x-api-key|api-key|anthropic-.*|x-goog-.*|x-amz-.*|x-tc-.*|x-modelmux-.*)$/;
const MODEL_TYPES = ["undefined", "latency_optimized", "quality_optimized", "prefer_quality_optimized"];

/** https://developers.deepl.com/docs/api-reference/translate */
function refuse(status: number, message: string): UnaryAnswer {
  return { kind: "unary", status, headers: { "content-type": "application/json" }, body: JSON.stringify({ message }) };
}

function checkBody(body: JsonObject): string | null {
  const unknown = Object.keys(body).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) return `Value for '${unknown}' not supported.`;
  if (!Array.isArray(body.text) || body.text.length === 0) return "Parameter 'text' not specified.";
  if (body.text.length > 50) return "Too many texts in request.";
  if (body.text.some((text) => typeof text !== "string" || text.trim() === "")) return "Bad request. Reason: text";
  if (!/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,4})?$/.test(textOf(body.target_lang)))
    return "Value for 'target_lang' not supported.";
  return MODEL_TYPES.includes(textOf(body.model_type)) ? null : "Value for 'model_type' not supported.";
}

/** A translation in which the words stay what they were. */
function translate(text: string, language: string): string {
  return splitText(`[${language}] ${text}`).join("");
}

/** DeepL's translation. */
export const deepl: Vendor = {
  name: "deepl",

  answer(request: MockRequest, key: string, wishes): Answer {
    if (request.path !== "/v2/translate" || request.method !== "POST") return refuse(404, "Not found");
    const foreign = Object.keys(request.headers).find((name) => FOREIGN.test(name));
    if (foreign !== undefined) return refuse(400, `Header ${foreign} does not belong here.`);
    if (request.headers["authorization"] !== `DeepL-Auth-Key ${key}`) return refuse(403, "Wrong authorization key.");
    const body = parseBody(request.body)?.value as Json;
    if (!isObject(body)) return refuse(400, "Bad request. Reason: no JSON");
    const problem = checkBody(body);
    if (problem !== null) return refuse(400, problem);
    const language = textOf(body.target_lang);
    // What scripts want of an answer, beside the translation: its length.
    const padding = wishes.textBytes > 0 ? composePadding(wishes.textBytes) : "";
    const translations = (body.text as string[]).map((text) => ({
      detected_source_language: "EN",
      text: translate(text, language) + padding,
    }));
    return {
      kind: "unary",
      status: 200,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ translations }),
    };
  },

  errorAnswer: (status, message) => refuse(status, message ?? `Mock error with status ${status}.`),

  errorEvent: (message) => JSON.stringify({ message: message ?? "Internal error" }),
};

function composePadding(textBytes: number): string {
  return composeReply({
    model: "",
    vendorTitle: "DeepL",
    allText: "",
    userText: "",
    attachments: [],
    toolResults: [],
    tools: [],
    toolChoice: "none",
    parallelToolCalls: false,
    schema: null,
    reasoning: false,
    maxTokens: null,
    stop: [],
    textBytes,
  }).text;
}
