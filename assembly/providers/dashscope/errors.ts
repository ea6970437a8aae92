import { startsWithIgnoringCase } from "../../bytes/ascii";
import { copyToText, encodeText } from "../../bytes/buffer";
import { ErrorBody } from "../../canonical/error-body";
import { Failure, FailureReason, reasonForStatus } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { fillFailure, markContextLength, readPlainError, saysAny } from "../shared/errors";

const CODE = new JsonKey("code");
const MESSAGE = new JsonKey("message");

/** A beginning of `code`, the HTTP status that goes with it, and what it means here. */
class ErrorCode {
  readonly prefix: StaticArray<u8>;

  constructor(
    prefix: string,
    public readonly status: i32,
    public readonly reason: FailureReason,
  ) {
    this.prefix = encodeText(prefix);
  }
}

/** In this order: the first that fits counts. Source: https://www.alibabacloud.com/help/en/model-studio/error-code */
const ERROR_CODES: ErrorCode[] = [
  new ErrorCode("DataInspectionFailed", 400, FailureReason.ContentFilter),
  new ErrorCode("data_inspection_failed", 400, FailureReason.ContentFilter),
  new ErrorCode("Throttling", 429, FailureReason.RateLimit),
  new ErrorCode("LimitRequests", 429, FailureReason.RateLimit),
  new ErrorCode("InvalidApiKey", 401, FailureReason.Auth),
  new ErrorCode("invalid_api_key", 401, FailureReason.Auth),
  new ErrorCode("NOT AUTHORIZED", 401, FailureReason.Auth),
  new ErrorCode("AccessDenied", 403, FailureReason.Auth),
  new ErrorCode("Model.AccessDenied", 403, FailureReason.Auth),
  new ErrorCode("Workspace.AccessDenied", 403, FailureReason.Auth),
  new ErrorCode("ModelNotFound", 404, FailureReason.NotFound),
  new ErrorCode("model_not_found", 404, FailureReason.NotFound),
  new ErrorCode("InternalError.Timeout", 504, FailureReason.Timeout),
  new ErrorCode("RequestTimeOut", 504, FailureReason.Timeout),
  new ErrorCode("ResponseTimeout", 504, FailureReason.Timeout),
  new ErrorCode("ServiceUnavailable", 503, FailureReason.Overloaded),
  new ErrorCode("ModelUnavailable", 503, FailureReason.Overloaded),
  new ErrorCode("ModelServingError", 503, FailureReason.Overloaded),
  new ErrorCode("InternalError.Algo.InvalidParameter", 400, FailureReason.BadRequest),
  new ErrorCode("InternalError", 500, FailureReason.ServerError),
  new ErrorCode("SystemError", 500, FailureReason.ServerError),
  new ErrorCode("InvalidParameter", 400, FailureReason.BadRequest),
  new ErrorCode("BadRequest", 400, FailureReason.BadRequest),
  new ErrorCode("Arrearage", 400, FailureReason.BadRequest),
];

/** The vendor's words for a conversation that does not fit. */
const CONTEXT_PHRASES: StaticArray<u8>[] = [encodeText("Range of input length"), encodeText("context length")];

/** Longest code that is passed on. */
const MOST_CODE_BYTES: i32 = 64;

/** Containers of an error body that have to be looked into. */
const ERROR_DEPTH: i32 = 2;

function findCode(pointer: usize, length: i32): ErrorCode | null {
  for (let index = 0; index < ERROR_CODES.length; index++) {
    const row = unchecked(ERROR_CODES[index]);
    if (startsWithIgnoringCase(pointer, length, row.prefix)) return row;
  }
  return null;
}

/**
 * Fills a failure from `{"code","message","request_id"}`. A `status` of 0 means that the error came inside a 200: its code then gives the
 * status. False, and nothing filled, when the document holds no such envelope.
 */
export function readEnvelope(document: JsonDocument, status: i32, failure: Failure): bool {
  const code = document.find(document.root(), CODE);
  const message = document.find(document.root(), MESSAGE);
  if (!document.isString(message) && document.textLength(code) == 0) return false;
  const known = findCode(document.textPointer(code), document.textLength(code));
  let told = status;
  if (told == 0) told = known === null ? 502 : known.status;
  let reason = status == 0 ? FailureReason.StreamError : reasonForStatus(status);
  // The content filter and a missing quota have no status of their own.
  if (known !== null && (status == 0 || known.reason == FailureReason.ContentFilter || status == known.status)) {
    reason = known.reason;
  }
  fillFailure(failure, reason, told, document.textPointer(message), document.textLength(message));
  if (reason == FailureReason.ContentFilter) failure.code = encodeText("content_filter");
  else if (document.textLength(code) <= MOST_CODE_BYTES) {
    failure.code = copyToText(document.textPointer(code), document.textLength(code));
  }
  const says = saysAny(document.textPointer(message), document.textLength(message), CONTEXT_PHRASES);
  if (reason == FailureReason.BadRequest && says) markContextLength(failure);
  return true;
}

/** Reads an error answer: DashScope's envelope, else whatever text the body holds, else what the status says by itself. */
export function readErrorAnswer(status: i32, body: usize, length: i32, failure: Failure): void {
  const parsed = new ErrorBody();
  const found = parsed.parse(body, length, ERROR_DEPTH) && readEnvelope(parsed.document, status, failure);
  parsed.free();
  if (!found) readPlainError(status, body, length, failure);
}
