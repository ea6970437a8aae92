import { ErrorBody } from "../../canonical/error-body";
import { Failure, FailureReason } from "../../canonical/failure";
import { JsonKey } from "../../json/document";
import { ErrorAnswer } from "../provider";
import { fillError } from "../shared/coded-errors";
import { readPlainError } from "../shared/errors";

const MESSAGE = new JsonKey("message");
/** The account's characters are used up. Source: https://developers.deepl.com/docs/best-practices/error-handling */
const QUOTA_EXCEEDED: i32 = 456;

/** Reads an error answer: `{"message"}`, else whatever text the body holds. */
export function readErrorAnswer(answer: ErrorAnswer, failure: Failure): void {
  const parsed = new ErrorBody();
  const found = parsed.parse(answer.body, answer.length, 1);
  const message = parsed.document.find(parsed.document.root(), MESSAGE);
  if (found && parsed.document.isString(message)) fillError(parsed.document, message, -1, answer.status, failure);
  else readPlainError(answer.status, answer.body, answer.length, failure);
  parsed.free();
  if (answer.status == QUOTA_EXCEEDED) failure.reason = FailureReason.RateLimit;
}
