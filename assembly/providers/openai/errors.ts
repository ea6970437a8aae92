import * as keys from "../../canonical/openai-keys";
import { ByteBuffer, copyToText, encodeText } from "../../bytes/buffer";
import { findText } from "../../bytes/find";
import { ErrorBody } from "../../canonical/error-body";
import { copyMessage, readBodyText, statusText } from "../../canonical/error-text";
import { Failure, FailureReason, reasonForStatus } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { escapeInto } from "../../json/write";
import { ProviderType } from "../provider-type";
import { CodedOutcome, fillByVendorCode, readVendorCode } from "./vendor-codes";

const MSG = new JsonKey("msg");

/** A vendor's word for an error (a code or a type), what it means, and the status that it would have had outside a stream. */
class ErrorWord {
  readonly key: JsonKey;

  constructor(
    name: string,
    public readonly reason: FailureReason,
    public readonly status: i32,
  ) {
    this.key = new JsonKey(name);
  }
}

/**
 * Sources: https://platform.openai.com/docs/guides/error-codes, https://api-docs.deepseek.com/quick_start/error_codes,
 * https://www.alibabacloud.com/help/en/model-studio/error-code,
 * https://learn.microsoft.com/en-us/azure/ai-foundry/openai/concepts/content-filter
 */
const ERROR_WORDS: ErrorWord[] = [
  new ErrorWord("context_length_exceeded", FailureReason.ContextLength, 400),
  new ErrorWord("content_filter", FailureReason.ContentFilter, 400),
  new ErrorWord("content_policy_violation", FailureReason.ContentFilter, 400),
  new ErrorWord("data_inspection_failed", FailureReason.ContentFilter, 400),
  new ErrorWord("DataInspectionFailed", FailureReason.ContentFilter, 400),
  new ErrorWord("insufficient_quota", FailureReason.RateLimit, 429),
  new ErrorWord("rate_limit_exceeded", FailureReason.RateLimit, 429),
  new ErrorWord("rate_limit_error", FailureReason.RateLimit, 429),
  new ErrorWord("limit_requests", FailureReason.RateLimit, 429),
  new ErrorWord("limit_burst_rate", FailureReason.RateLimit, 429),
  new ErrorWord("Throttling", FailureReason.RateLimit, 429),
  new ErrorWord("Throttling.RateQuota", FailureReason.RateLimit, 429),
  new ErrorWord("Throttling.BurstRate", FailureReason.RateLimit, 429),
  new ErrorWord("Throttling.AllocationQuota", FailureReason.RateLimit, 429),
  new ErrorWord("overloaded_error", FailureReason.Overloaded, 503),
  new ErrorWord("overloaded", FailureReason.Overloaded, 503),
  new ErrorWord("engine_overloaded", FailureReason.Overloaded, 503),
  new ErrorWord("service_unavailable", FailureReason.Overloaded, 503),
  new ErrorWord("timeout", FailureReason.Timeout, 504),
  new ErrorWord("invalid_api_key", FailureReason.Auth, 401),
  new ErrorWord("InvalidApiKey", FailureReason.Auth, 401),
  new ErrorWord("authentication_error", FailureReason.Auth, 401),
  new ErrorWord("permission_error", FailureReason.Auth, 403),
  new ErrorWord("model_not_found", FailureReason.NotFound, 404),
  new ErrorWord("ModelNotFound", FailureReason.NotFound, 404),
  new ErrorWord("DeploymentNotFound", FailureReason.NotFound, 404),
  new ErrorWord("exceed_context_size_error", FailureReason.ContextLength, 400),
  // Zhipu has numbers for words: https://docs.bigmodel.cn/cn/faq/api-code
  new ErrorWord("1261", FailureReason.ContextLength, 400),
  new ErrorWord("1301", FailureReason.ContentFilter, 400),
];

/** Vendors that have no code for it say in words that the conversation is too long for the model. */
const CONTEXT_PHRASES: StaticArray<u8>[] = [
  encodeText("maximum context length"),
  encodeText("Range of input length should be"),
  encodeText("maximum prompt length"),
  encodeText("exceeded model token limit"),
  encodeText("model's context length"),
  encodeText("`max_new_tokens` must be <="),
];

const ERRORS = new JsonKey("errors");
const ERROR_CODE = new JsonKey("error_code");

function findWord(document: JsonDocument, node: i32): ErrorWord | null {
  for (let index = 0; document.isString(node) && index < ERROR_WORDS.length; index++) {
    const word = unchecked(ERROR_WORDS[index]);
    if (document.equals(node, word.key)) return word;
  }
  return null;
}

/** A status that hides in a number, or in a string of three digits as Azure writes it (item 119), or 0. */
function statusOf(document: JsonDocument, node: i32): i32 {
  let value = document.isNumber(node) ? document.integer(node) : 0;
  if (document.textLength(node) == 3) {
    const text = document.textPointer(node);
    for (let index = 0; index < 3; index++) {
      const digit = load<u8>(text + index) - 0x30;
      if (digit > 9) return 0;
      value = value * 10 + digit;
    }
  }
  return value >= 400 && value <= 599 ? (value as i32) : 0;
}

/** The shapes in which OpenAI-compatible servers say an error; the fields are nodes or -1. */
class ErrorView {
  message: i32 = -1;
  type: i32 = -1;
  code: i32 = -1;
  param: i32 = -1;
  status: i32 = 0;

  constructor(public document: JsonDocument) {}

  /** Fills the view; false when the document holds no error in a shape that we know. */
  read(): bool {
    const document = this.document;
    let root = document.root();
    if (document.isArray(root)) root = document.first(root);
    const error = document.find(root, keys.ERROR);
    if (document.isObject(error)) {
      this.readObject(error);
      if (this.status == 0) this.status = statusOf(document, document.find(root, keys.STATUS));
      return true;
    }
    if (document.textLength(error) > 0) {
      this.readObject(root);
      this.message = error;
      return true;
    }
    // A chunk or an answer may carry any other member beside its choices without being an error.
    if (document.isPresent(document.find(root, keys.CHOICES))) return false;
    if (document.isPresent(document.find(root, keys.MESSAGE))) {
      this.readObject(root);
      return true;
    }
    // Cloudflare: {"success":false,"errors":[{"code":7009,"message":"..."}]}; ModelScope: {"errors":{"message":"..."}}
    let errors = document.find(root, ERRORS);
    if (document.isArray(errors)) errors = document.first(errors);
    if (document.isObject(errors)) {
      this.readObject(errors);
      return true;
    }
    return this.readDetail(document.find(root, keys.DETAIL));
  }

  private readObject(object: i32): void {
    const document = this.document;
    this.message = document.find(object, keys.MESSAGE);
    this.type = document.find(object, keys.TYPE);
    this.code = document.find(object, keys.CODE);
    if (this.code < 0) this.code = document.find(object, ERROR_CODE);
    this.param = document.find(object, keys.PARAM);
    this.status = statusOf(document, this.code);
    if (this.status == 0) this.status = statusOf(document, document.find(object, keys.STATUS));
  }

  /** FastAPI: `{"detail":"text"}` or `{"detail":[{"msg":...}]}`. */
  private readDetail(detail: i32): bool {
    const document = this.document;
    if (!document.isPresent(detail)) return false;
    const first = document.isArray(detail) ? document.first(detail) : -1;
    this.message = document.isObject(first) ? document.find(first, MSG) : detail;
    if (document.isObject(detail)) this.readObject(detail);
    if (document.isObject(detail) && this.message < 0) this.message = document.find(detail, keys.ERROR);
    return true;
  }
}

/** A string's inside, or any other value as its JSON text, as the inside of a JSON string; empty when there is nothing. */
function copyText(document: JsonDocument, node: i32): StaticArray<u8> {
  if (!document.isPresent(node)) return new StaticArray<u8>(0);
  if (document.isString(node)) return copyMessage(document.textPointer(node), document.textLength(node));
  const escaped = new ByteBuffer();
  escapeInto(document.rawPointer(node), document.rawLength(node), escaped);
  const text = copyMessage(escaped.pointer, escaped.length);
  escaped.free();
  return text;
}

/** A code that only repeats the status is none. */
function copyCode(document: JsonDocument, node: i32): StaticArray<u8> {
  if (statusOf(document, node) > 0) return new StaticArray<u8>(0);
  return copyString(document, node);
}

function copyString(document: JsonDocument, node: i32): StaticArray<u8> {
  return copyToText(document.textPointer(node), document.textLength(node));
}

/** Decides the reason: a word that the vendor defines first, then the status, then what the message says. */
function decideReason(view: ErrorView, status: i32, failure: Failure): void {
  const document = view.document;
  let word = findWord(document, view.code);
  if (word === null) word = findWord(document, view.type);
  const isInsideStream = status == 0;
  if (isInsideStream) status = view.status;
  if (isInsideStream && status == 0 && word !== null) status = word.status;
  failure.status = status != 0 ? status : 502;
  failure.reason = status != 0 ? reasonForStatus(status) : FailureReason.StreamError;
  // Inside a 200 every kind of "something broke at the vendor" is one failure: an answer that cannot be used.
  if (isInsideStream && failure.reason == FailureReason.ServerError) failure.reason = FailureReason.StreamError;
  // A quota that is used up is a rate limit only where the status does not say that the account may not ask at all.
  const isKeyProblem = failure.reason == FailureReason.Auth && !isInsideStream;
  if (word !== null && !(isKeyProblem && word.reason == FailureReason.RateLimit)) failure.reason = word.reason;
  if (failure.reason != FailureReason.BadRequest) return;
  for (let index = 0; index < CONTEXT_PHRASES.length; index++) {
    const phrase = unchecked(CONTEXT_PHRASES[index]);
    if (findText(document.textPointer(view.message), document.textLength(view.message), phrase) < 0) continue;
    failure.reason = FailureReason.ContextLength;
    failure.code = encodeText("context_length_exceeded");
  }
}

/**
 * Fills a failure from a document that holds an error. A `status` of 0 means that it came inside a 200. False, and nothing
 * filled, when the document holds no error. `type`: the vendor's, when it is known.
 */
export function readErrorDocument(
  document: JsonDocument,
  status: i32,
  failure: Failure,
  type: ProviderType | null = null,
): bool {
  const root = document.root();
  if (type !== null && type.errorMember.length > 0) {
    const outcome = readVendorCode(document, type, failure);
    if (outcome == CodedOutcome.Failed) return true;
    if (outcome == CodedOutcome.Good && document.find(root, keys.ERROR) < 0) return false;
  }
  // Every chunk of a stream comes by here, so what is plainly no error is told at once.
  if (document.find(root, keys.ERROR) < 0 && document.isPresent(document.find(root, keys.CHOICES))) return false;
  const view = new ErrorView(document);
  if (!view.read()) return false;
  failure.set(FailureReason.StreamError, status, "");
  failure.code = copyCode(document, view.code);
  failure.param = copyString(document, view.param);
  if (status != 0 || type === null || !fillByVendorCode(document, view.code, type, failure)) {
    decideReason(view, status, failure);
  }
  failure.type = copyString(document, view.type);
  failure.message = copyText(document, view.message);
  if (failure.message.length == 0) failure.message = encodeText(statusText(failure.status));
  return true;
}

/** Reads the body of an answer whose status is not a success; it may hold anything (checklist items 14 to 16, 118). */
export function readErrorBody(status: i32, body: usize, length: i32, failure: Failure): void {
  const parsed = new ErrorBody();
  if (!parsed.parse(body, length) || !readErrorDocument(parsed.document, status, failure)) {
    failure.set(reasonForStatus(status), status, "");
    failure.message = readBodyText(body, length);
    if (failure.message.length == 0) failure.message = encodeText(statusText(status));
  }
  parsed.free();
}
