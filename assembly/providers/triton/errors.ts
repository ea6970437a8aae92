import { ErrorBody } from "../../canonical/error-body";
import { Failure } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { ErrorAnswer } from "../provider";
import { fillError } from "../shared/coded-errors";
import { readPlainError } from "../shared/errors";

const ERROR = new JsonKey("error");

/** Fills a failure from `{"error":"..."}`. */
export function readErrorObject(document: JsonDocument, status: i32, failure: Failure): bool {
  const error = document.find(document.root(), ERROR);
  if (!document.isString(error)) return false;
  fillError(document, error, -1, status, failure);
  return true;
}

/** Reads an error answer. */
export function readErrorAnswer(answer: ErrorAnswer, failure: Failure): void {
  const parsed = new ErrorBody();
  const found = parsed.parse(answer.body, answer.length, 1) && readErrorObject(parsed.document, answer.status, failure);
  parsed.free();
  if (!found) readPlainError(answer.status, answer.body, answer.length, failure);
}
