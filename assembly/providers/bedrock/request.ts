import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest } from "../../canonical/request";
import { JsonKey } from "../../json/document";
import { AttemptTarget } from "../provider";
import { writeRaw } from "../shared/values";
import { CachePlan } from "./cache";
import { writeMessages, writeSystem } from "./messages";
import { writeAdditionalFields, writeInference, writeOutputConfig } from "./parameters";
import { ConversePlan } from "./plan";
import { writeTools } from "./tools";

/** Members that only this vendor knows: a client may send them as they are. */
const NATIVE_MEMBERS: JsonKey[] = [
  new JsonKey("guardrailConfig"),
  new JsonKey("performanceConfig"),
  new JsonKey("requestMetadata"),
];

const FLEX = new JsonKey("flex");
const PRIORITY = new JsonKey("priority");

/**
 * Writes the body of Converse and ConverseStream, which is the same. What they have no word for is left out: seed, user, logprobs,
 * logit_bias, penalties, and parallel_tool_calls but for Claude. Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function writeConverse(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
  const plan = new ConversePlan(request, target);
  const cache = new CachePlan(request, target, plan.quirks.cache);
  out.byte(0x7b);
  writeMessages(request, plan, cache, out);
  writeSystem(request, plan, cache, out);
  writeInference(request, target, plan, out);
  writeTools(request, plan, cache, out);
  writeOutputConfig(request, plan, out);
  writeAdditionalFields(request, target, plan, out);
  writeNativeMembers(request, out);
  writeServiceTier(request, out);
  out.byte(0x7d);
}

function writeNativeMembers(request: CanonicalRequest, out: ByteBuffer): void {
  const document = request.document;
  for (let index = 0; index < NATIVE_MEMBERS.length; index++) {
    const key = unchecked(NATIVE_MEMBERS[index]);
    const node = document.find(request.extras, key);
    if (!document.isObject(node)) continue;
    out.ascii(',"');
    out.bytes(key.pointer, key.length);
    out.ascii('":');
    writeRaw(document, node, out);
  }
}

/** Tiers that both sides know by the same name; the default needs no word. */
function writeServiceTier(request: CanonicalRequest, out: ByteBuffer): void {
  const document = request.document;
  const tier = request.serviceTier;
  if (!document.equals(tier, FLEX) && !document.equals(tier, PRIORITY)) return;
  out.ascii(',"serviceTier":{"type":');
  writeRaw(document, tier, out);
  out.byte(0x7d);
}
