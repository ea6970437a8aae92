import { ByteBuffer, encodeText, equalsText } from "../../bytes/buffer";
import { Notice } from "../../canonical/notices";
import { CanonicalRequest, ResponseFormat } from "../../canonical/request";
import { JsonKey } from "../../json/document";
import { AttemptTarget } from "../provider";
import { beginMember, writeClamped, writeExtra, writeNumber, writeStops } from "../shared/native-members";
import { writeRaw } from "../shared/values";
import { RequestPlan, ThinkWish } from "./plan";
import { writeTools } from "./tools";

const ENABLE_SEARCH = new JsonKey("enable_search");
const SEARCH_OPTIONS = new JsonKey("search_options");
const REPETITION_PENALTY = new JsonKey("repetition_penalty");
const RESPONSE_FORMAT = new JsonKey("response_format");
const TRUE = encodeText("true");

/** The highest `seed` that the vendor takes. */
const MOST_SEED: i64 = 0x7fffffff;

function writeThinking(plan: RequestPlan, out: ByteBuffer): void {
  if (plan.think == ThinkWish.Unset) return;
  out.ascii(plan.think == ThinkWish.On ? ',"enable_thinking":true' : ',"enable_thinking":false');
  if (plan.budget <= 0) return;
  beginMember("thinking_budget", out);
  out.decimal(plan.budget);
}

/** The client decides where it says something, else the provider's `qwenEnableSearch`. */
function writeSearch(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
  const document = request.document;
  const wish = document.find(request.extras, ENABLE_SEARCH);
  const setting = target.provider.setting("qwenEnableSearch");
  if (document.boolean(wish, equalsText(changetype<usize>(setting), setting.length, TRUE))) {
    out.ascii(',"enable_search":true');
    if (document.isObject(document.find(request.extras, SEARCH_OPTIONS))) writeExtra(request, SEARCH_OPTIONS, out);
  }
}

/** Writes everything of `parameters` but `result_format`. */
export function writeParameters(
  request: CanonicalRequest,
  target: AttemptTarget,
  plan: RequestPlan,
  out: ByteBuffer,
): void {
  const document = request.document;
  if (plan.streams) out.ascii(plan.isIncremental ? ',"incremental_output":true' : ',"incremental_output":false');
  writeNumber("max_tokens", document, request.maxTokens, out);
  // The vendor's scale ends just below 2.
  if (!writeClamped("temperature", document, request.temperature, 0, "0", 1.99, "1.99", out)) {
    request.notices.note(Notice.TemperatureClamped);
  }
  writeClamped("top_p", document, request.topP, 0.000001, "0.000001", 0.999999, "0.999999", out);
  if (document.integer(request.topK, -1) > 0) writeNumber("top_k", document, request.topK, out);
  const seed = document.integer(request.seed, -1);
  if (seed >= 0 && seed <= MOST_SEED) writeNumber("seed", document, request.seed, out);
  writeClamped("presence_penalty", document, request.presencePenalty, -2, "-2", 2, "2", out);
  if (document.isNumber(document.find(request.extras, REPETITION_PENALTY)))
    writeExtra(request, REPETITION_PENALTY, out);
  writeStops("stop", request, out);
  writeTools(request, plan, out);
  // A model that thinks takes no format of its answer.
  if (request.responseFormat != ResponseFormat.Text && plan.think != ThinkWish.On) {
    beginMember("response_format", out);
    writeRaw(document, document.find(request.extras, RESPONSE_FORMAT), out);
  }
  writeThinking(plan, out);
  writeSearch(request, target, out);
  if (!document.boolean(request.logprobs)) return;
  out.ascii(',"logprobs":true');
  // OpenAI's limit is 20.
  writeClamped("top_logprobs", document, request.topLogprobs, 0, "0", 5, "5", out);
}
