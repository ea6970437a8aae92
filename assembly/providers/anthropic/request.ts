import { ByteBuffer } from "../../bytes/buffer";
import { writeEscapedText } from "../../canonical/error-text";
import { CanonicalRequest } from "../../canonical/request";
import { AttemptTarget } from "../provider";
import { writeMessages, writeSystem } from "./messages";
import {
  writeMaxTokens,
  writeOutputConfig,
  writeSampling,
  writeStopSequences,
  writeThinking,
  writeUser,
} from "./parameters";
import { RequestPlan } from "./plan";
import { writeTools } from "./tools";

/**
 * Writes the body of `POST /v1/messages`. What Anthropic has no word for is left out: seed, logprobs, top_logprobs, logit_bias,
 * penalties, store, service_tier and stream_options. Source: https://platform.claude.com/docs/en/api/messages/create
 */
export function writeRequest(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
  const plan = new RequestPlan(request, target);
  out.ascii('{"model":"');
  writeEscapedText(target.model, out);
  out.byte(0x22);
  writeMembers(request, target, plan, out);
  if (request.stream) out.ascii(',"stream":true');
  out.byte(0x7d);
}

/**
 * Writes the same body as other clouds want it that host Claude: the version in the body, the model in the path. `saysStream`: the body says, too,
 * whether the answer shall be streamed (Vertex AI).
 * Sources: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/use-claude and
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
 */
export function writeHostedRequest(
  request: CanonicalRequest,
  target: AttemptTarget,
  version: string,
  out: ByteBuffer,
  saysStream: bool = false,
): void {
  out.ascii('{"anthropic_version":"');
  out.ascii(version);
  out.byte(0x22);
  writeMembers(request, target, new RequestPlan(request, target), out);
  if (saysStream && request.stream) out.ascii(',"stream":true');
  out.byte(0x7d);
}

/** Writes all members but model, version and stream, each behind a comma. */
function writeMembers(request: CanonicalRequest, target: AttemptTarget, plan: RequestPlan, out: ByteBuffer): void {
  writeMaxTokens(request, target, plan, out);
  writeSystem(request, out);
  writeMessages(request, out);
  writeTools(request, plan, out);
  writeThinking(request, plan, out);
  writeOutputConfig(request, plan, out);
  writeSampling(request, plan, out);
  writeStopSequences(request, out);
  writeUser(request, out);
}
