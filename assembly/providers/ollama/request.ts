import { ByteBuffer } from "../../bytes/buffer";
import { writeEscapedText } from "../../canonical/error-text";
import { CanonicalRequest } from "../../canonical/request";
import { AttemptTarget } from "../provider";
import { writeMessages } from "./messages";
import { writeOptions } from "./options";
import { writeParameters } from "./parameters";
import { writeTools } from "./tools";

/**
 * Writes the body of `POST /api/chat`. `stream` is always said, because Ollama streams unless told not to. What it has no word for is
 * left out: n, logit_bias, user, parallel_tool_calls, service_tier. Source: https://docs.ollama.com/api/chat
 */
export function writeRequest(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
  out.ascii('{"model":"');
  writeEscapedText(target.model, out);
  out.ascii(request.stream ? '","stream":true' : '","stream":false');
  writeMessages(request, out);
  writeTools(request, out);
  writeParameters(request, target, out);
  writeOptions(request, out);
  out.byte(0x7d);
}
