import { ByteBuffer } from "../../bytes/buffer";
import { writeEscapedText } from "../../canonical/error-text";
import { CanonicalRequest } from "../../canonical/request";
import { AttemptTarget } from "../provider";
import { writeMessages } from "./messages";
import { writeParameters } from "./parameters";
import { RequestPlan } from "./plan";

/**
 * Writes `{"model","input":{"messages"},"parameters"}`. What DashScope has no word for is left out: n, logit_bias, user,
 * frequency_penalty, service_tier. Source: https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-dashscope
 */
export function writeRequest(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
  const plan = new RequestPlan(request, target);
  out.ascii('{"model":"');
  writeEscapedText(target.model, out);
  out.ascii('","input":{"messages":[');
  writeMessages(request, target, plan, out);
  out.ascii(']},"parameters":{"result_format":"message"');
  writeParameters(request, target, plan, out);
  out.ascii("}}");
}
