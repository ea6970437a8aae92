import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { Notice } from "../../canonical/notices";
import { findText } from "../../bytes/find";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { unescapeInto } from "../../json/read";
import { AttemptTarget } from "../provider";
import { Effort } from "../shared/effort";
import { isBlank } from "../shared/text";
import { writeRaw } from "../shared/values";
import { Sampling } from "./models";
import { effortName, FormatForm, RequestPlan, ThinkingForm } from "./plan";

const AT_SIGN = encodeText("@");

/** Longest `metadata.user_id` that the vendor takes, in bytes. */
const MOST_USER_BYTES: i32 = 256;
/** Fewest characters that make a telephone number. */
const FEWEST_PHONE_CHARACTERS: i32 = 7;

/**
 * Writes `,"max_tokens":N`, which Anthropic demands. A thinking budget must stay below the limit: when it does not, the limit is
 * raised by the budget, so that the client's own limit is left for the answer.
 */
export function writeMaxTokens(
  request: CanonicalRequest,
  target: AttemptTarget,
  plan: RequestPlan,
  out: ByteBuffer,
): void {
  const document = request.document;
  const given = document.isNumber(request.maxTokens);
  const limit: i64 = given ? document.integer(request.maxTokens) : (max(target.provider.defaultMaxTokens, 1) as i64);
  out.ascii(',"max_tokens":');
  if (plan.budget >= limit) out.decimal(plan.budget + max(limit, 1));
  else if (given) writeRaw(document, request.maxTokens, out);
  else out.decimal(limit);
}

/** Writes `temperature`, `top_p` and `top_k` as far as the model accepts them. */
export function writeSampling(request: CanonicalRequest, plan: RequestPlan, out: ByteBuffer): void {
  const document = request.document;
  if (plan.quirks.sampling == Sampling.None) return;
  const sendsTemperature = document.isNumber(request.temperature) && !plan.thinks;
  if (sendsTemperature) {
    out.ascii(',"temperature":');
    // OpenAI's scale ends at 2, Anthropic's at 1.
    if (document.float(request.temperature) > 1) {
      out.byte(0x31);
      request.notices.note(Notice.TemperatureClamped);
    } else writeRaw(document, request.temperature, out);
  }
  const excluded = sendsTemperature && plan.quirks.sampling == Sampling.One;
  // While it thinks, a model accepts top_p from 0.95 to 1 only, and no top_k.
  if (document.isNumber(request.topP) && !excluded && !(plan.thinks && document.float(request.topP) < 0.95)) {
    out.ascii(',"top_p":');
    writeRaw(document, request.topP, out);
  }
  if (document.isNumber(request.topK) && !plan.thinks) {
    out.ascii(',"top_k":');
    writeRaw(document, request.topK, out);
  }
}

function writeStop(document: JsonDocument, node: i32, isFirst: bool, out: ByteBuffer): bool {
  if (!document.isString(node) || isBlank(document.textPointer(node), document.textLength(node))) return false;
  out.ascii(isFirst ? ',"stop_sequences":[' : ",");
  writeRaw(document, node, out);
  return true;
}

/** Writes `stop_sequences`; texts without a visible character are left out, because the vendor rejects them. */
export function writeStopSequences(request: CanonicalRequest, out: ByteBuffer): void {
  const document = request.document;
  let found = false;
  if (document.isArray(request.stop)) {
    for (let node = document.first(request.stop); node >= 0; node = document.nextElement(node)) {
      if (writeStop(document, node, !found, out)) found = true;
    }
  } else {
    found = writeStop(document, request.stop, true, out);
  }
  if (found) out.byte(0x5d);
}

const user = new ByteBuffer();

/** Whether a text holds nothing but digits and the signs of a telephone number. */
function isPhoneLike(pointer: usize, length: i32): bool {
  if (length < FEWEST_PHONE_CHARACTERS) return false;
  for (let index = 0; index < length; index++) {
    const byte = load<u8>(pointer + index);
    const isDigit = byte >= 0x30 && byte <= 0x39;
    const isSign = byte == 0x20 || byte == 0x28 || byte == 0x29 || byte == 0x2d || (byte == 0x2b && index == 0);
    if (!isDigit && !isSign) return false;
  }
  return true;
}

/**
 * Writes `metadata.user_id`. Values that look like an e-mail address or a telephone number are left out: the vendor wants no
 * personal data there and rejects them. Source: https://platform.claude.com/docs/en/api/messages/create (metadata.user_id)
 */
export function writeUser(request: CanonicalRequest, out: ByteBuffer): void {
  const document = request.document;
  unescapeInto(document.textPointer(request.user), document.textLength(request.user), user);
  const isPersonal = findText(user.pointer, user.length, AT_SIGN) >= 0 || isPhoneLike(user.pointer, user.length);
  const isUsable = user.length <= MOST_USER_BYTES && !isBlank(user.pointer, user.length);
  user.free();
  if (isPersonal || !isUsable) return;
  out.ascii(',"metadata":{"user_id":');
  writeRaw(document, request.user, out);
  out.byte(0x7d);
}

/** Writes `thinking`. */
export function writeThinking(request: CanonicalRequest, plan: RequestPlan, out: ByteBuffer): void {
  switch (plan.thinking) {
    case ThinkingForm.Native:
      out.ascii(',"thinking":');
      writeRaw(request.document, request.thinking, out);
      return;
    case ThinkingForm.Enabled:
      out.ascii(',"thinking":{"type":"enabled","budget_tokens":');
      out.decimal(plan.budget);
      out.byte(0x7d);
      return;
    case ThinkingForm.Adaptive:
      out.ascii(',"thinking":{"type":"adaptive"}');
      return;
    case ThinkingForm.Disabled:
      out.ascii(',"thinking":{"type":"disabled"}');
      return;
    case ThinkingForm.BetweenTools:
      out.ascii(',"thinking":{"type":"between_tools"}');
      return;
    default:
      return;
  }
}

/** Writes `output_config`: the effort and the schema of the answer. */
export function writeOutputConfig(request: CanonicalRequest, plan: RequestPlan, out: ByteBuffer): void {
  const hasFormat = plan.format == FormatForm.Native;
  const hasEffort = plan.effort != Effort.Unset;
  if (!hasFormat && !hasEffort) return;
  out.ascii(',"output_config":{');
  if (hasEffort) {
    out.ascii('"effort":"');
    out.ascii(effortName(plan.effort));
    out.byte(0x22);
  }
  if (hasFormat) {
    if (hasEffort) out.byte(0x2c);
    out.ascii('"format":{"type":"json_schema","schema":');
    writeRaw(request.document, request.schema, out);
    out.byte(0x7d);
  }
  out.byte(0x7d);
}
