import { copyToText, encodeText } from "../../bytes/buffer";
import { findText } from "../../bytes/find";
import { ErrorBody } from "../../canonical/error-body";
import { copyMessage } from "../../canonical/error-text";
import { Failure, FailureReason, reasonForStatus } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { readPlainError } from "../shared/errors";

const ERROR = new JsonKey("error");
const TYPE = new JsonKey("type");
const MESSAGE = new JsonKey("message");

/** An `error.type`, the HTTP status that goes with it, and what it means here. */
class ErrorType {
  readonly key: JsonKey;

  constructor(
    name: string,
    public readonly status: i32,
    public readonly reason: FailureReason,
  ) {
    this.key = new JsonKey(name);
  }
}

/** Source: https://platform.claude.com/docs/en/api/errors */
const ERROR_TYPES: ErrorType[] = [
  new ErrorType("overloaded_error", 529, FailureReason.Overloaded),
  new ErrorType("rate_limit_error", 429, FailureReason.RateLimit),
  new ErrorType("api_error", 500, FailureReason.ServerError),
  new ErrorType("timeout_error", 504, FailureReason.Timeout),
  new ErrorType("authentication_error", 401, FailureReason.Auth),
  new ErrorType("permission_error", 403, FailureReason.Auth),
  new ErrorType("billing_error", 402, FailureReason.BadRequest),
  new ErrorType("not_found_error", 404, FailureReason.NotFound),
  new ErrorType("request_too_large", 413, FailureReason.BadRequest),
  new ErrorType("conflict_error", 409, FailureReason.BadRequest),
  new ErrorType("invalid_request_error", 400, FailureReason.BadRequest),
];

/** The vendor's words for a conversation that does not fit into the model's context window. */
const CONTEXT_PHRASES: StaticArray<u8>[] = [
  encodeText("prompt is too long"),
  encodeText("exceed context limit"),
  encodeText("exceeds the context window"),
];

/** Longest `error.type` that is passed on. */
const MOST_TYPE_BYTES: i32 = 64;

/** Containers of an error body that have to be looked into. */
const ERROR_DEPTH: i32 = 3;

function findErrorType(document: JsonDocument, node: i32): ErrorType | null {
  for (let index = 0; index < ERROR_TYPES.length; index++) {
    const row = unchecked(ERROR_TYPES[index]);
    if (document.equals(node, row.key)) return row;
  }
  return null;
}

function saysContextLength(pointer: usize, length: i32): bool {
  for (let index = 0; index < CONTEXT_PHRASES.length; index++) {
    if (findText(pointer, length, unchecked(CONTEXT_PHRASES[index])) >= 0) return true;
  }
  return false;
}

/**
 * Fills a failure from Anthropic's error envelope `{"type":"error","error":{"type","message"}}`. A `status` of 0 means that the
 * error came inside a 200: its type then gives the status. False, and nothing filled, when the document holds no such envelope.
 */
export function readEnvelope(document: JsonDocument, status: i32, failure: Failure): bool {
  const error = document.find(document.root(), ERROR);
  if (!document.isObject(error)) return false;
  const typeNode = document.find(error, TYPE);
  const message = document.find(error, MESSAGE);
  if (!document.isString(typeNode) && !document.isString(message)) return false;
  const known = findErrorType(document, typeNode);
  const pointer = document.textPointer(message);
  const length = document.textLength(message);
  failure.set(FailureReason.StreamError, status, "The provider reported an error.");
  if (status != 0) failure.reason = reasonForStatus(status);
  if (known !== null) {
    if (status == 0) failure.status = known.status;
    if (status == 0 || known.reason == FailureReason.Overloaded) failure.reason = known.reason;
  }
  if (failure.status == 0) failure.status = 502;
  if (length > 0) failure.message = copyMessage(pointer, length);
  // A timeout has another name at OpenAI, which the status gives.
  const typeLength = document.textLength(typeNode);
  if (typeLength <= MOST_TYPE_BYTES && failure.status != 504 && failure.status != 408) {
    failure.type = copyToText(document.textPointer(typeNode), typeLength);
  }
  if (failure.reason == FailureReason.BadRequest && saysContextLength(pointer, length)) {
    failure.reason = FailureReason.ContextLength;
    failure.code = encodeText("context_length_exceeded");
    failure.param = encodeText("messages");
  }
  return true;
}

/** Reads an error answer: Anthropic's envelope, else whatever text the body holds, else what the status says by itself. */
export function readErrorAnswer(status: i32, body: usize, length: i32, failure: Failure): void {
  const parsed = new ErrorBody();
  const found = parsed.parse(body, length, ERROR_DEPTH) && readEnvelope(parsed.document, status, failure);
  parsed.free();
  if (found) return;
  readPlainError(status, body, length, failure);
}
