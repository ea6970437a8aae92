import { startsWithIgnoringCase } from "../../bytes/ascii";
import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument, JsonKey } from "../../json/document";
import { Effort, readEffort } from "../shared/effort";
import { AttemptTarget } from "../provider";
import { ModelRules, rulesOfModel } from "./reasoning-models";

/* Members that OpenAI-compatible servers do not take alike. */
export const TEMPERATURE = new JsonKey("temperature");
export const REASONING_EFFORT = new JsonKey("reasoning_effort");

/** Parameters of sampling, which OpenAI's reasoning models refuse. Source: https://platform.openai.com/docs/guides/reasoning */
const SAMPLING: JsonKey[] = [
  TEMPERATURE,
  new JsonKey("top_p"),
  new JsonKey("presence_penalty"),
  new JsonKey("frequency_penalty"),
  new JsonKey("logprobs"),
  new JsonKey("top_logprobs"),
  new JsonKey("logit_bias"),
];

/** Since this family Zhipu's models know `reasoning_effort` beside `thinking`. */
const GLM_5 = encodeText("glm-5");

/** Whether a member is a parameter of sampling. */
export function isSampling(document: JsonDocument, key: i32): bool {
  for (let index = 0; index < SAMPLING.length; index++) {
    if (document.equals(key, unchecked(SAMPLING[index]))) return true;
  }
  return false;
}

/**
 * What OpenAI's servers will think of a request's parameters: by the upstream model's name, or, when that is a deployment's own
 * name, by the name that the client used.
 */
export function rulesOfRequest(request: CanonicalRequest, target: AttemptTarget): ModelRules {
  const model = target.model;
  const rules = rulesOfModel(changetype<usize>(model), model.length);
  if (rules != ModelRules.Unknown) return rules;
  const document = request.document;
  return rulesOfModel(document.textPointer(request.model), document.textLength(request.model));
}

/** Whether a model with these rules refuses parameters of sampling in a request with this effort (a node or -1). */
export function refusesSampling(rules: ModelRules, document: JsonDocument, effort: i32): bool {
  if (rules == ModelRules.Reasoning) return true;
  if (rules != ModelRules.OptionalReasoning || !document.isPresent(effort)) return false;
  return readEffort(document, effort) != Effort.None;
}

/**
 * Writes what takes the place of the member `reasoning_effort` at a server that has `thinking` for it.
 * Source: https://docs.z.ai/guides/capabilities/thinking-mode
 */
export function writeThinking(document: JsonDocument, effort: i32, model: StaticArray<u8>, out: ByteBuffer): void {
  const wanted = readEffort(document, effort);
  const isOff = wanted == Effort.None || wanted == Effort.Minimal;
  out.ascii(isOff ? '"thinking":{"type":"disabled"}' : '"thinking":{"type":"enabled"}');
  if (isOff || !startsWithIgnoringCase(changetype<usize>(model), model.length, GLM_5)) return;
  out.ascii(',"reasoning_effort":');
  out.bytes(document.rawPointer(effort), document.rawLength(effort));
}
