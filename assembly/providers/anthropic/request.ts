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
  writeMaxTokens(request, target, plan, out);
  writeSystem(request, out);
  writeMessages(request, out);
  writeTools(request, plan, out);
  writeThinking(request, plan, out);
  writeOutputConfig(request, plan, out);
  writeSampling(request, plan, out);
  writeStopSequences(request, out);
  writeUser(request, out);
  if (request.stream) out.ascii(',"stream":true');
  out.byte(0x7d);
}
