import { ErrorBody } from "../../canonical/error-body";
import { Failure, FailureReason } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { ErrorAnswer } from "../provider";
import { fillError } from "../shared/coded-errors";
import { readPlainError } from "../shared/errors";

const CODE = new JsonKey("code");
const MESSAGE = new JsonKey("message");
const STATUS = new JsonKey("status");
const QUOTA = new JsonKey("provider_quota_exceeded");
const GENERATION = new JsonKey("completion_request_error");

/**
 * Fills a failure from `{"code","message","status"}`, the vendor's form of errors, also in events. A `status` of 0 means that the error
 * came inside a 200: then its own counts. Dify says 400 also when the model behind the app has failed or has no quota left: those two
 * are no fault of the request. Source: https://docs.dify.ai/api-reference/chat/send-chat-message (errors)
 */
export function readErrorObject(document: JsonDocument, object: i32, status: i32, failure: Failure): bool {
  const code = document.find(object, CODE);
  const message = document.find(object, MESSAGE);
  if (!document.isString(message) && !document.isString(code)) return false;
  const own = document.integer(document.find(object, STATUS)) as i32;
  if (status == 0) status = own >= 400 && own <= 599 ? own : 502;
  fillError(document, message, code, status, failure);
  if (document.equals(code, QUOTA)) failure.reason = FailureReason.RateLimit;
  else if (document.equals(code, GENERATION)) failure.reason = FailureReason.ServerError;
  return true;
}

/** Reads an error answer: the vendor's object, else whatever text the body holds. */
export function readErrorAnswer(answer: ErrorAnswer, failure: Failure): void {
  const parsed = new ErrorBody();
  const found =
    parsed.parse(answer.body, answer.length, 2) &&
    readErrorObject(parsed.document, parsed.document.root(), answer.status, failure);
  parsed.free();
  if (!found) readPlainError(answer.status, answer.body, answer.length, failure);
}
