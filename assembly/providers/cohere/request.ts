import { ByteBuffer } from "../../bytes/buffer";
import { writeEscapedText } from "../../canonical/error-text";
import { CanonicalRequest } from "../../canonical/request";
import { AttemptTarget } from "../provider";
import { writeDocuments } from "./documents";
import { writeMessages } from "./messages";
import { writeParameters } from "./parameters";
import { writeTools } from "./tools";

/**
 * Writes the body of `POST /v2/chat`. What Cohere has no word for is left out: n, logit_bias, user, parallel_tool_calls,
 * top_logprobs, service_tier, store. Source: https://docs.cohere.com/reference/chat
 */
export function writeRequest(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
  out.ascii('{"model":"');
  writeEscapedText(target.model, out);
  out.ascii(request.stream ? '","stream":true' : '","stream":false');
  writeMessages(request, out);
  writeDocuments(request, out);
  writeTools(request, out);
  writeParameters(request, target, out);
  out.byte(0x7d);
}
