import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument, JsonKey } from "../../json/document";
import { AttemptTarget } from "../provider";
import { Effort, readEffort } from "../shared/effort";
import { writeRaw } from "../shared/values";
import { budgetFor, levelFor, ModelQuirks, ThinkingControl } from "./models";
import { FormatForm, RequestPlan } from "./plan";
import { writeSchema } from "./schema";

const TYPE = new JsonKey("type");
const DISABLED = new JsonKey("disabled");
const BUDGET_TOKENS = new JsonKey("budget_tokens");
const MODALITIES = new JsonKey("modalities");
const TEXT = new JsonKey("text");
const IMAGE = new JsonKey("image");
/** Most alternatives of one token that are told. */
const MOST_LOGPROBS: i64 = 20;

function writeNumber(document: JsonDocument, name: string, node: i32, out: ByteBuffer): void {
  if (!document.isNumber(node)) return;
  out.ascii(name);
  writeRaw(document, node, out);
}

/** The vendor's whole numbers have 32 bits; a larger limit is no limit. */
function writeInteger(name: string, value: i64, out: ByteBuffer): void {
  out.ascii(name);
  out.decimal(min(max(value, 0), i32.MAX_VALUE as i64));
}

function writeSampling(request: CanonicalRequest, quirks: ModelQuirks, out: ByteBuffer): void {
  const document = request.document;
  writeNumber(document, ',"temperature":', request.temperature, out);
  writeNumber(document, ',"topP":', request.topP, out);
  if (document.isNumber(request.topK)) writeInteger(',"topK":', document.integer(request.topK), out);
  if (document.isNumber(request.maxTokens))
    writeInteger(',"maxOutputTokens":', document.integer(request.maxTokens), out);
  if (request.choices > 1) writeInteger(',"candidateCount":', request.choices, out);
  if (document.isNumber(request.seed)) {
    // A seed only has to be the same for the same request, so the low bits of a large one will do.
    const seed = document.integer(request.seed);
    out.ascii(',"seed":');
    out.decimal(seed == (seed as i32 as i64) ? seed : seed & 0x7fffffff);
  }
  if (!quirks.acceptsPenalties) return;
  writeNumber(document, ',"presencePenalty":', request.presencePenalty, out);
  writeNumber(document, ',"frequencyPenalty":', request.frequencyPenalty, out);
}

function writeStop(request: CanonicalRequest, out: ByteBuffer): void {
  const document = request.document;
  const stop = request.stop;
  let found = false;
  const isList = document.isArray(stop);
  let node = isList ? document.first(stop) : stop;
  while (node >= 0) {
    if (document.textLength(node) > 0) {
      out.ascii(found ? "," : ',"stopSequences":[');
      writeRaw(document, node, out);
      found = true;
    }
    node = isList ? document.nextElement(node) : -1;
  }
  if (found) out.byte(0x5d);
}

function writeLogprobs(request: CanonicalRequest, out: ByteBuffer): void {
  const document = request.document;
  const isNumber = document.isNumber(request.logprobs);
  if (!isNumber && !document.boolean(request.logprobs)) return;
  out.ascii(',"responseLogprobs":true');
  const most = document.integer(isNumber ? request.logprobs : request.topLogprobs);
  if (most > 0) writeInteger(',"logprobs":', min(most, MOST_LOGPROBS), out);
}

function writeFormat(request: CanonicalRequest, plan: RequestPlan, out: ByteBuffer): void {
  if (plan.format != FormatForm.Native) return;
  out.ascii(',"responseMimeType":"application/json"');
  if (!request.document.isObject(request.schema)) return;
  if (plan.quirks.hasJsonSchema) {
    out.ascii(',"responseJsonSchema":');
    writeRaw(request.document, request.schema, out);
    return;
  }
  out.ascii(',"responseSchema":');
  writeSchema(request.document, request.schema, out);
}

/** OpenAI's `modalities`, for models that make images. */
function writeModalities(request: CanonicalRequest, out: ByteBuffer): void {
  const document = request.document;
  let found = false;
  const list = document.find(request.extras, MODALITIES);
  for (let node = document.first(list); node >= 0; node = document.nextElement(node)) {
    const isImage = document.equals(node, IMAGE);
    if (!isImage && !document.equals(node, TEXT)) continue;
    out.ascii(found ? "," : ',"responseModalities":[');
    out.ascii(isImage ? '"IMAGE"' : '"TEXT"');
    found = true;
  }
  if (found) out.byte(0x5d);
}

function writeBudget(budget: i64, out: ByteBuffer): void {
  out.ascii(',"thinkingConfig":{"thinkingBudget":');
  out.decimal(budget);
  // Thoughts cost whether they are shown or not.
  out.ascii(budget == 0 ? "}" : ',"includeThoughts":true}');
}

function writeLevel(effort: Effort, quirks: ModelQuirks, out: ByteBuffer): void {
  out.ascii(',"thinkingConfig":{"thinkingLevel":"');
  out.ascii(levelFor(effort, quirks.levels));
  out.ascii(effort == Effort.None ? '"}' : '","includeThoughts":true}');
}

/** The effort that stands for a number of tokens; for models that know levels only. */
function effortForBudget(budget: i64): Effort {
  if (budget <= 0) return Effort.None;
  if (budget < 2048) return Effort.Low;
  return budget < 4096 ? Effort.Medium : Effort.High;
}

/** Writes a number of tokens as the model wants it. */
function writeTokens(tokens: i64, quirks: ModelQuirks, out: ByteBuffer): void {
  if (quirks.thinking == ThinkingControl.Level) {
    writeLevel(effortForBudget(tokens), quirks, out);
    return;
  }
  // -1 lets the model decide.
  if (tokens < 0) writeBudget(-1, out);
  else if (tokens == 0 && quirks.canStopThinking) writeBudget(0, out);
  else writeBudget(min(max(tokens, quirks.leastBudget), quirks.mostBudget), out);
}

/**
 * Writes `thinkingConfig`: the client's own `thinking` (Anthropic's form), else its effort, else the configuration's
 * `geminiThinkingBudget`. Sources: https://ai.google.dev/gemini-api/docs/thinking and
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/thinking
 */
function writeThinking(request: CanonicalRequest, target: AttemptTarget, quirks: ModelQuirks, out: ByteBuffer): void {
  if (quirks.thinking == ThinkingControl.None) return;
  const document = request.document;
  if (document.isObject(request.thinking)) {
    const isOff = document.equals(document.find(request.thinking, TYPE), DISABLED);
    const budget = document.find(request.thinking, BUDGET_TOKENS);
    if (isOff) writeTokens(0, quirks, out);
    else if (document.isNumber(budget)) writeTokens(max(document.integer(budget), 1), quirks, out);
    else out.ascii(',"thinkingConfig":{"includeThoughts":true}');
    return;
  }
  const effort = readEffort(document, request.reasoningEffort);
  if (effort == Effort.Unset) {
    const tokens = configuredBudget(target.provider.setting("geminiThinkingBudget"));
    if (tokens >= 0) writeTokens(tokens, quirks, out);
  } else if (quirks.thinking == ThinkingControl.Level) writeLevel(effort, quirks, out);
  else writeTokens(effort == Effort.None ? 0 : budgetFor(effort, quirks), quirks, out);
}

/** The number of a setting, or -1. */
function configuredBudget(text: StaticArray<u8>): i64 {
  if (text.length == 0) return -1;
  let value: i64 = 0;
  for (let index = 0; index < text.length && index < 10; index++) {
    const digit = unchecked(text[index]) - 0x30;
    if (digit > 9) return -1;
    value = value * 10 + (digit as i64);
  }
  return value;
}

/** Writes `,"generationConfig":{...}` when there is anything to say. Source: https://ai.google.dev/api/generate-content#generationconfig */
export function writeGenerationConfig(
  request: CanonicalRequest,
  target: AttemptTarget,
  plan: RequestPlan,
  out: ByteBuffer,
): void {
  const before = out.length;
  out.ascii(',"generationConfig":');
  const start = out.length;
  writeSampling(request, plan.quirks, out);
  writeStop(request, out);
  writeLogprobs(request, out);
  writeFormat(request, plan, out);
  writeModalities(request, out);
  writeThinking(request, target, plan.quirks, out);
  if (out.length == start) {
    out.length = before;
    return;
  }
  // Every member begins with a comma; the first one's place is the brace's.
  store<u8>(out.pointer + start, 0x7b);
  out.byte(0x7d);
}
