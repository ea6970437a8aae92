import { ErrorBody } from "../../canonical/error-body";
import { encodeText } from "../../bytes/buffer";
import { findText } from "../../bytes/find";
import { copyMessage } from "../../canonical/error-text";
import { errorTypeForStatus, Failure, FailureReason, reasonForStatus } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { readPlainError } from "../shared/errors";

const ERROR = new JsonKey("error");
const CODE = new JsonKey("code");
const MESSAGE = new JsonKey("message");
const STATUS = new JsonKey("status");
const DETAILS = new JsonKey("details");
const REASON = new JsonKey("reason");
const RETRY_DELAY = new JsonKey("retryDelay");

/** Google's canonical codes and their HTTP statuses. Source: https://cloud.google.com/apis/design/errors#handling_errors */
class Status {
  readonly key: JsonKey;

  constructor(
    name: string,
    public readonly status: i32,
  ) {
    this.key = new JsonKey(name);
  }
}

const STATUSES: Status[] = [
  new Status("RESOURCE_EXHAUSTED", 429),
  new Status("UNAVAILABLE", 503),
  new Status("INTERNAL", 500),
  new Status("UNKNOWN", 500),
  new Status("DEADLINE_EXCEEDED", 504),
  new Status("INVALID_ARGUMENT", 400),
  new Status("FAILED_PRECONDITION", 400),
  new Status("OUT_OF_RANGE", 400),
  new Status("UNAUTHENTICATED", 401),
  new Status("PERMISSION_DENIED", 403),
  new Status("NOT_FOUND", 404),
];

/** A wrong key is told as a 400, by a reason (https://cloud.google.com/service-infrastructure/docs/service-control/reference/rpc/google.api#errorreason) or by words alone. */
const KEY_REASONS: JsonKey[] = [
  new JsonKey("API_KEY_INVALID"),
  new JsonKey("API_KEY_EXPIRED"),
  new JsonKey("API_KEY_SERVICE_BLOCKED"),
];
const KEY_PHRASES: StaticArray<u8>[] = [
  encodeText("API key not valid"),
  encodeText("API key expired"),
  encodeText("API Key not found"),
];
const CONTEXT_PHRASES: StaticArray<u8>[] = [
  encodeText("exceeds the maximum number of tokens"),
  encodeText("exceeds the maximum number of input tokens"),
];

/** Containers of an error body that have to be looked into: a list, an answer, the error, its details, one of them. */
const ERROR_DEPTH: i32 = 5;
/** Longest time to come back after that is passed on: a day. */
const MOST_RETRY_SECONDS: i64 = 86400;

function says(pointer: usize, length: i32, phrases: StaticArray<u8>[]): bool {
  for (let index = 0; index < phrases.length; index++) {
    if (findText(pointer, length, unchecked(phrases[index])) >= 0) return true;
  }
  return false;
}

/** The object that has the member `error`: the root, or the first element of a list (as answers to `streamGenerateContent` come). */
function findHolder(document: JsonDocument): i32 {
  const root = document.root();
  return document.isArray(root) ? document.first(root) : root;
}

/** Whole seconds of a duration such as `34.07s`, rounded up; 0 when it is none. */
function readSeconds(document: JsonDocument, node: i32): i32 {
  const pointer = document.textPointer(node);
  const length = document.textLength(node);
  if (length < 2 || load<u8>(pointer + length - 1) != 0x73) return 0;
  let seconds: i64 = 0;
  let hasFraction = false;
  for (let index = 0; index < length - 1; index++) {
    const byte = load<u8>(pointer + index);
    if (byte == 0x2e) {
      hasFraction = true;
      break;
    }
    if (((byte - 0x30) as u8) > 9) return 0;
    seconds = min(seconds * 10 + ((byte - 0x30) as i64), MOST_RETRY_SECONDS);
  }
  return min(hasFraction ? seconds + 1 : seconds, MOST_RETRY_SECONDS) as i32;
}

function readDetails(document: JsonDocument, error: i32, failure: Failure): void {
  const details = document.find(error, DETAILS);
  for (let detail = document.first(details); detail >= 0; detail = document.nextElement(detail)) {
    const seconds = readSeconds(document, document.find(detail, RETRY_DELAY));
    if (seconds > 0) failure.retryAfterSeconds = seconds;
    const reason = document.find(detail, REASON);
    for (let index = 0; index < KEY_REASONS.length; index++) {
      if (document.equals(reason, unchecked(KEY_REASONS[index]))) failure.reason = FailureReason.Auth;
    }
  }
}

/** The HTTP status that the error itself names: its canonical code, else its number; 0 when neither is known. */
function ownStatus(document: JsonDocument, error: i32): i32 {
  const name = document.find(error, STATUS);
  for (let index = 0; index < STATUSES.length; index++) {
    const row = unchecked(STATUSES[index]);
    if (document.equals(name, row.key)) return row.status;
  }
  const code = document.integer(document.find(error, CODE));
  return code >= 400 && code <= 599 ? (code as i32) : 0;
}

/**
 * Fills a failure from Google's error `{"error":{"code","message","status","details"}}`, alone or in a list. A `status` of 0 means that
 * the error came inside a 200: it then says its status itself. False, and nothing filled, when the document holds no such error.
 * Source: https://cloud.google.com/apis/design/errors
 */
export function readEnvelope(document: JsonDocument, status: i32, failure: Failure): bool {
  const error = document.find(findHolder(document), ERROR);
  if (!document.isObject(error)) return false;
  const message = document.find(error, MESSAGE);
  if (!document.isString(message) && !document.isString(document.find(error, STATUS))) return false;
  const pointer = document.textPointer(message);
  const length = document.textLength(message);
  const named = ownStatus(document, error);
  if (status == 0) status = named == 0 ? 502 : named;
  failure.set(reasonForStatus(status), status, "The provider reported an error.");
  if (length > 0) failure.message = copyMessage(pointer, length);
  readDetails(document, error, failure);
  if (failure.reason == FailureReason.BadRequest) {
    if (says(pointer, length, KEY_PHRASES)) failure.reason = FailureReason.Auth;
    else if (says(pointer, length, CONTEXT_PHRASES)) {
      failure.reason = FailureReason.ContextLength;
      failure.code = encodeText("context_length_exceeded");
      failure.param = encodeText("messages");
    }
  }
  if (failure.reason == FailureReason.Auth && status == 400) failure.type = encodeText(errorTypeForStatus(401));
  return true;
}

/** Reads an error answer: Google's error, else whatever text the body holds, else what the status says by itself. */
export function readErrorAnswer(status: i32, body: usize, length: i32, failure: Failure): void {
  const parsed = new ErrorBody();
  const found = parsed.parse(body, length, ERROR_DEPTH) && readEnvelope(parsed.document, status, failure);
  parsed.free();
  if (!found) readPlainError(status, body, length, failure);
}
