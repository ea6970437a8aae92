import { startsWithIgnoringCase } from "../../bytes/ascii";
import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { Notice } from "../../canonical/notices";
import { CanonicalRequest, ResponseFormat } from "../../canonical/request";
import { JsonKey } from "../../json/document";
import { AttemptTarget } from "../provider";
import { Effort, readEffort } from "../shared/effort";
import { beginMember, writeClamped, writeExtra, writeNumber, writeStops } from "../shared/native-members";
import { writeRaw } from "../shared/values";
import { usesFormat } from "./tools";

const TYPE = new JsonKey("type");
const DISABLED = new JsonKey("disabled");
const BUDGET_TOKENS = new JsonKey("budget_tokens");
const TOKEN_BUDGET = new JsonKey("token_budget");
const CITATION_OPTIONS = new JsonKey("citation_options");
const SAFETY_MODE = new JsonKey("safety_mode");
const PRIORITY = new JsonKey("priority");

/** Models that do not think and take no `thinking`. Source: https://docs.cohere.com/docs/models */
const NOT_THINKING: StaticArray<u8>[] = [
  encodeText("command-r"),
  encodeText("command-a-03"),
  encodeText("command-a-vision"),
  encodeText("command-a-translate"),
  encodeText("command-light"),
  encodeText("command-nightly"),
  encodeText("c4ai-"),
];

function mayThink(target: AttemptTarget): bool {
  const model = target.model;
  for (let index = 0; index < NOT_THINKING.length; index++) {
    if (startsWithIgnoringCase(changetype<usize>(model), model.length, unchecked(NOT_THINKING[index]))) return false;
  }
  return true;
}

/** Tokens for thinking; 0: as many as the model likes. */
function budgetFor(effort: Effort): i32 {
  switch (effort) {
    case Effort.Minimal:
      return 1024;
    case Effort.Low:
      return 2048;
    case Effort.Medium:
      return 8192;
    default:
      return 0;
  }
}

/** Source: https://docs.cohere.com/docs/reasoning */
function writeThinking(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
  const document = request.document;
  if (!mayThink(target)) return;
  const effort = readEffort(document, request.reasoningEffort);
  const native = request.thinking;
  let budget = budgetFor(effort) as i64;
  let isDisabled = effort == Effort.None;
  if (document.isObject(native)) {
    isDisabled = document.equals(document.find(native, TYPE), DISABLED);
    budget = document.integer(document.find(native, TOKEN_BUDGET));
    if (budget <= 0) budget = document.integer(document.find(native, BUDGET_TOKENS));
  } else if (effort == Effort.Unset) return;
  if (isDisabled) {
    out.ascii(',"thinking":{"type":"disabled"}');
    return;
  }
  out.ascii(',"thinking":{"type":"enabled"');
  if (budget > 0) {
    beginMember("token_budget", out);
    out.decimal(budget);
  }
  out.byte(0x7d);
}

/** Source: https://docs.cohere.com/docs/structured-outputs */
function writeFormat(request: CanonicalRequest, out: ByteBuffer): void {
  if (!usesFormat(request)) return;
  out.ascii(',"response_format":{"type":"json_object"');
  if (request.responseFormat == ResponseFormat.JsonSchema) {
    beginMember("json_schema", out);
    writeRaw(request.document, request.schema, out);
  }
  out.byte(0x7d);
}

/** The vendor takes one of the two penalties, from 0 to 1. Source: https://docs.cohere.com/reference/errors */
function writePenalty(request: CanonicalRequest, out: ByteBuffer): void {
  const document = request.document;
  const usesFrequency = document.isNumber(request.frequencyPenalty) && document.float(request.frequencyPenalty) != 0;
  if (usesFrequency || !document.isNumber(request.presencePenalty)) {
    writeClamped("frequency_penalty", document, request.frequencyPenalty, 0, "0", 1, "1", out);
  } else writeClamped("presence_penalty", document, request.presencePenalty, 0, "0", 1, "1", out);
}

/** Writes everything that is neither conversation nor tools. Source: https://docs.cohere.com/reference/chat */
export function writeParameters(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
  const document = request.document;
  writeNumber("max_tokens", document, request.maxTokens, out);
  if (!writeClamped("temperature", document, request.temperature, 0, "0", 1, "1", out)) {
    request.notices.note(Notice.TemperatureClamped);
  }
  writeClamped("p", document, request.topP, 0.01, "0.01", 0.99, "0.99", out);
  writeClamped("k", document, request.topK, 0, "0", 500, "500", out);
  if (document.integer(request.seed, -1) >= 0) writeNumber("seed", document, request.seed, out);
  writePenalty(request, out);
  writeStops("stop_sequences", request, out);
  writeFormat(request, out);
  writeThinking(request, target, out);
  if (document.boolean(request.logprobs)) out.ascii(',"logprobs":true');
  if (document.isObject(document.find(request.extras, CITATION_OPTIONS))) writeExtra(request, CITATION_OPTIONS, out);
  if (document.isString(document.find(request.extras, SAFETY_MODE))) writeExtra(request, SAFETY_MODE, out);
  if (document.isNumber(document.find(request.extras, PRIORITY))) writeExtra(request, PRIORITY, out);
}
