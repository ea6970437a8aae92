import * as keys from "../../canonical/openai-keys";
import { CanonicalRequest, ResponseFormat } from "../../canonical/request";
import { JsonKey } from "../../json/document";
import { Expect, FieldReader } from "./field-errors";

const TEMPERATURE = new JsonKey("temperature");
const TOP_P = new JsonKey("top_p");
const TOP_K = new JsonKey("top_k");
const PRESENCE_PENALTY = new JsonKey("presence_penalty");
const FREQUENCY_PENALTY = new JsonKey("frequency_penalty");
const SEED = new JsonKey("seed");
const N = new JsonKey("n");
const STOP = new JsonKey("stop");
const USER = new JsonKey("user");
const RESPONSE_FORMAT = new JsonKey("response_format");
const JSON_OBJECT = new JsonKey("json_object");
const JSON_SCHEMA = new JsonKey("json_schema");
const SCHEMA = new JsonKey("schema");
const STRICT = new JsonKey("strict");
const DESCRIPTION = new JsonKey("description");
const REASONING_EFFORT = new JsonKey("reasoning_effort");
const SERVICE_TIER = new JsonKey("service_tier");
const LOGPROBS = new JsonKey("logprobs");
const TOP_LOGPROBS = new JsonKey("top_logprobs");

/** Most choices that one request may ask for, as at OpenAI. */
const MAX_CHOICES: i64 = 128;

function readMaxTokens(root: i32, request: CanonicalRequest, fields: FieldReader): void {
  const newer = fields.optional(root, keys.MAX_COMPLETION_TOKENS, "max_completion_tokens", Expect.Integer);
  const older = fields.optional(root, keys.MAX_TOKENS, "max_tokens", Expect.Integer);
  request.maxTokens = newer >= 0 ? newer : older;
  if (request.maxTokens < 0 || request.document.integer(request.maxTokens) >= 1) return;
  fields.wrongValue(newer >= 0 ? "max_completion_tokens" : "max_tokens", "it must be at least 1.");
}

function readStop(root: i32, request: CanonicalRequest, fields: FieldReader): void {
  const document = request.document;
  const stop = document.find(root, STOP);
  if (!document.isPresent(stop)) return;
  if (document.isArray(stop)) {
    for (let entry = document.first(stop); entry >= 0; entry = document.nextElement(entry)) {
      if (!document.isString(entry)) fields.wrongType("stop", "an array of strings", entry);
    }
  } else if (!document.isString(stop)) {
    fields.wrongType("stop", "a string or an array of strings", stop);
  }
  request.stop = stop;
}

function readResponseFormat(root: i32, request: CanonicalRequest, fields: FieldReader): void {
  const document = request.document;
  const format = fields.optional(root, RESPONSE_FORMAT, "response_format", Expect.Object);
  if (format < 0) return;
  const type = fields.required(format, keys.TYPE, "response_format.type", Expect.String);
  if (type < 0 || document.equals(type, keys.TEXT)) return;
  if (document.equals(type, JSON_OBJECT)) {
    request.responseFormat = ResponseFormat.JsonObject;
    return;
  }
  if (!document.equals(type, JSON_SCHEMA)) {
    fields.wrongValue("response_format.type", "supported values are text, json_object and json_schema.");
    return;
  }
  const wrapper = fields.required(format, JSON_SCHEMA, "response_format.json_schema", Expect.Object);
  if (wrapper < 0) return;
  request.schema = fields.optional(wrapper, SCHEMA, "response_format.json_schema.schema", Expect.Object);
  request.schemaName = fields.optional(wrapper, keys.NAME, "response_format.json_schema.name", Expect.String);
  request.schemaStrict = fields.optional(wrapper, STRICT, "response_format.json_schema.strict", Expect.Boolean);
  request.schemaDescription = fields.optional(
    wrapper,
    DESCRIPTION,
    "response_format.json_schema.description",
    Expect.String,
  );
  // OpenAI does not demand the schema itself; without one any object will do.
  request.responseFormat = request.schema >= 0 ? ResponseFormat.JsonSchema : ResponseFormat.JsonObject;
}

function readLogprobs(root: i32, request: CanonicalRequest, fields: FieldReader): void {
  const document = request.document;
  const node = document.find(root, LOGPROBS);
  if (document.isPresent(node)) {
    if (document.isNumber(node) || fields.checked(node, "logprobs", Expect.Boolean)) request.logprobs = node;
  }
  request.topLogprobs = fields.optional(root, TOP_LOGPROBS, "top_logprobs", Expect.Integer);
}

/** Reads everything at the top of the request that is neither conversation nor tools. */
export function readParameters(root: i32, request: CanonicalRequest, fields: FieldReader): void {
  readMaxTokens(root, request, fields);
  request.temperature = fields.optional(root, TEMPERATURE, "temperature", Expect.Number);
  request.topP = fields.optional(root, TOP_P, "top_p", Expect.Number);
  request.topK = fields.optional(root, TOP_K, "top_k", Expect.Integer);
  request.presencePenalty = fields.optional(root, PRESENCE_PENALTY, "presence_penalty", Expect.Number);
  request.frequencyPenalty = fields.optional(root, FREQUENCY_PENALTY, "frequency_penalty", Expect.Number);
  request.seed = fields.optional(root, SEED, "seed", Expect.Integer);
  const choices = request.document.integer(fields.optional(root, N, "n", Expect.Integer), 1);
  if (choices < 1 || choices > MAX_CHOICES) fields.wrongValue("n", "it must be between 1 and 128.");
  else request.choices = choices as i32;
  readStop(root, request, fields);
  request.user = fields.optional(root, USER, "user", Expect.String);
  readResponseFormat(root, request, fields);
  request.reasoningEffort = fields.optional(root, REASONING_EFFORT, "reasoning_effort", Expect.String);
  request.thinking = fields.optional(root, keys.THINKING, "thinking", Expect.Object);
  request.serviceTier = fields.optional(root, SERVICE_TIER, "service_tier", Expect.String);
  readLogprobs(root, request, fields);
}
