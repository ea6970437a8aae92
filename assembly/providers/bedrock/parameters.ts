import { ByteBuffer } from "../../bytes/buffer";
import { Notice } from "../../canonical/notices";
import { CanonicalRequest, ToolChoice } from "../../canonical/request";
import { JsonDocument, JsonError, JsonKey } from "../../json/document";
import { escapeInto } from "../../json/write";
import { Sampling } from "../anthropic/models";
import { effortName, FormatForm } from "../anthropic/plan";
import { writeThinking } from "../anthropic/parameters";
import { AttemptTarget } from "../provider";
import { Effort } from "../shared/effort";
import { isBlank } from "../shared/text";
import { writeRaw } from "../shared/values";
import { Reasoning, TopK } from "./models";
import { ConversePlan } from "./plan";

/** Writes `,"inferenceConfig":{...}`. Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InferenceConfiguration.html */
export function writeInference(
  request: CanonicalRequest,
  target: AttemptTarget,
  plan: ConversePlan,
  out: ByteBuffer,
): void {
  const rewind = out.length;
  out.ascii(',"inferenceConfig":{');
  const start = out.length;
  // At its highest effort Nova sets these three itself, and refuses them.
  if (plan.quirks.reasoning != Reasoning.Nova || plan.effort < Effort.High) {
    writeMaxTokens(request, target, plan, out);
    writeSampling(request, plan, out);
  }
  writeStops(request, plan, out);
  if (out.length == start) {
    out.length = rewind;
    return;
  }
  // Every member begins with a comma, the first one too.
  memory.copy(out.pointer + start, out.pointer + start + 1, out.length - start - 1);
  out.length -= 1;
  out.byte(0x7d);
}

/** The client's limit, if it gives one. A thinking budget must stay below it and comes on top when it does not. */
function writeMaxTokens(request: CanonicalRequest, target: AttemptTarget, plan: ConversePlan, out: ByteBuffer): void {
  const document = request.document;
  const given = document.isNumber(request.maxTokens);
  if (!given && plan.budget == 0) return;
  const limit: i64 = given ? document.integer(request.maxTokens) : (max(target.provider.defaultMaxTokens, 1) as i64);
  out.ascii(',"maxTokens":');
  if (plan.budget >= limit && plan.budget > 0) out.decimal(plan.budget + max(limit, 1));
  else if (given) writeRaw(document, request.maxTokens, out);
  else out.decimal(limit);
}

/** Writes `temperature` and `topP`, from 0 to 1 here, as far as the model accepts them. */
function writeSampling(request: CanonicalRequest, plan: ConversePlan, out: ByteBuffer): void {
  const document = request.document;
  const claude = plan.claude;
  const sampling = claude === null ? Sampling.All : claude.quirks.sampling;
  if (sampling == Sampling.None) return;
  const fixesTemperature = plan.thinks && plan.quirks.reasoning != Reasoning.Effort;
  const sendsTemperature = document.isNumber(request.temperature) && !fixesTemperature;
  if (sendsTemperature) {
    out.ascii(',"temperature":');
    if (document.float(request.temperature) > 1) {
      out.byte(0x31);
      request.notices.note(Notice.TemperatureClamped);
    } else writeRaw(document, request.temperature, out);
  }
  if (!document.isNumber(request.topP) || (sendsTemperature && sampling == Sampling.One)) return;
  // While it thinks, Claude accepts top_p from 0.95 to 1 only.
  if (fixesTemperature && document.float(request.topP) < 0.95) return;
  out.ascii(',"topP":');
  writeRaw(document, request.topP, out);
}

/** Empty stop sequences say nothing and are refused; Claude, which may be behind an unknown id, refuses blank ones as well. */
function writeStops(request: CanonicalRequest, plan: ConversePlan, out: ByteBuffer): void {
  const document = request.document;
  const isList = document.isArray(request.stop);
  const refusesBlank = plan.quirks.keepsReasoning;
  let found = false;
  let node = isList ? document.first(request.stop) : request.stop;
  for (; node >= 0; node = isList ? document.nextElement(node) : -1) {
    const length = document.textLength(node);
    if (length == 0 || (refusesBlank && isBlank(document.textPointer(node), length))) continue;
    out.ascii(found ? "," : ',"stopSequences":[');
    writeRaw(document, node, out);
    found = true;
  }
  if (found) out.byte(0x5d);
}

/** Writes `,"outputConfig":{...}`: the schema of the answer, and Claude's effort. */
export function writeOutputConfig(request: CanonicalRequest, plan: ConversePlan, out: ByteBuffer): void {
  const claude = plan.claude;
  const hasEffort = claude !== null && claude.effort != Effort.Unset;
  const hasFormat = plan.format == FormatForm.Native;
  if (!hasEffort && !hasFormat) return;
  out.ascii(',"outputConfig":{');
  if (hasFormat) {
    const document = request.document;
    out.ascii('"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"');
    escapeInto(document.rawPointer(request.schema), document.rawLength(request.schema), out);
    out.ascii('"}}}');
    if (hasEffort) out.byte(0x2c);
  }
  if (claude !== null && hasEffort) {
    out.ascii('"effort":"');
    out.ascii(effortName(claude.effort));
    out.byte(0x22);
  }
  out.byte(0x7d);
}

const TOP_K = new JsonKey("top_k");
const INFERENCE_CONFIG = new JsonKey("inferenceConfig");
const TOOL_CHOICE = new JsonKey("tool_choice");
const THINKING = new JsonKey("thinking");
const REASONING_CONFIG = new JsonKey("reasoning_config");
const NOVA_REASONING = new JsonKey("reasoningConfig");
const REASONING_EFFORT = new JsonKey("reasoning_effort");

/**
 * Writes `,"additionalModelRequestFields":{...}`: what only this family of models knows. A member of the configuration's
 * `bedrockAdditionalFields` takes the place of ours.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
 */
export function writeAdditionalFields(
  request: CanonicalRequest,
  target: AttemptTarget,
  plan: ConversePlan,
  out: ByteBuffer,
): void {
  const raw = target.provider.setting("bedrockAdditionalFields");
  const configured = new JsonDocument();
  if (raw.length > 0 && configured.parse(changetype<usize>(raw), raw.length, 1) != JsonError.None) configured.free();
  const rewind = out.length;
  out.ascii(',"additionalModelRequestFields":{');
  const start = out.length;
  writeTopK(request, plan, configured, out);
  writeReasoning(request, plan, configured, out);
  if (plan.limitsCalls && configured.findKey(configured.root(), TOOL_CHOICE) < 0) writeSingleCall(request, plan, out);
  const root = configured.root();
  if (configured.isObject(root) && configured.first(root) >= 0) {
    out.byte(0x2c);
    out.bytes(configured.rawPointer(root) + 1, configured.rawLength(root) - 2);
  }
  configured.free();
  if (out.length == start) {
    out.length = rewind;
    return;
  }
  memory.copy(out.pointer + start, out.pointer + start + 1, out.length - start - 1);
  out.length -= 1;
  out.byte(0x7d);
}

/** Source: https://platform.claude.com/docs/en/agents-and-tools/tool-use/parallel-tool-use */
function writeSingleCall(request: CanonicalRequest, plan: ConversePlan, out: ByteBuffer): void {
  const isNamed = plan.choice == ToolChoice.Named;
  out.ascii(',"tool_choice":{"type":"');
  out.ascii(isNamed ? "tool" : plan.choice == ToolChoice.Required ? "any" : "auto");
  out.byte(0x22);
  if (isNamed) {
    out.ascii(',"name":');
    plan.names.write(request.document, request.toolChoiceName, out);
  }
  out.ascii(',"disable_parallel_tool_use":true}');
}

function writeTopK(request: CanonicalRequest, plan: ConversePlan, configured: JsonDocument, out: ByteBuffer): void {
  const document = request.document;
  const claude = plan.claude;
  if (!document.isNumber(request.topK) || (plan.thinks && plan.quirks.keepsReasoning)) return;
  if (claude !== null && claude.quirks.sampling == Sampling.None) return;
  const isNested = plan.quirks.topK == TopK.Nested;
  const key = isNested ? INFERENCE_CONFIG : TOP_K;
  if (plan.quirks.topK == TopK.None || configured.findKey(configured.root(), key) >= 0) return;
  out.ascii(isNested ? ',"inferenceConfig":{"topK":' : ',"top_k":');
  writeRaw(document, request.topK, out);
  if (isNested) out.byte(0x7d);
}

function writeReasoning(
  request: CanonicalRequest,
  plan: ConversePlan,
  configured: JsonDocument,
  out: ByteBuffer,
): void {
  const root = configured.root();
  const claude = plan.claude;
  if (claude !== null) {
    if (configured.findKey(root, THINKING) < 0) writeThinking(request, claude, out);
    return;
  }
  if (!plan.thinks) return;
  switch (plan.quirks.reasoning) {
    case Reasoning.Nova:
      if (configured.findKey(root, NOVA_REASONING) >= 0) return;
      out.ascii(',"reasoningConfig":{"type":"enabled","maxReasoningEffort":"');
      out.ascii(threeSteps(plan.effort));
      out.ascii('"}');
      return;
    case Reasoning.Effort:
      if (configured.findKey(root, REASONING_EFFORT) >= 0) return;
      out.ascii(',"reasoning_effort":"');
      out.ascii(threeSteps(plan.effort));
      out.byte(0x22);
      return;
    default:
      if (configured.findKey(root, REASONING_CONFIG) >= 0) return;
      out.ascii(',"reasoning_config":{"type":"enabled","budget_tokens":');
      out.decimal(plan.budget);
      out.byte(0x7d);
  }
}

function threeSteps(effort: Effort): string {
  if (effort <= Effort.Low) return "low";
  return effort == Effort.Medium ? "medium" : "high";
}
