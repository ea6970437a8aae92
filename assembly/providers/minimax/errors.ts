import { ErrorBody } from "../../canonical/error-body";
import { Failure, FailureReason } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { ErrorAnswer } from "../provider";
import { CodeTable, fillError, markFiltered } from "../shared/coded-errors";
import { readPlainError } from "../shared/errors";
import { MINIMAX_CODES } from "../shared/minimax-codes";

const BASE_RESP = new JsonKey("base_resp");
const STATUS_CODE = new JsonKey("status_code");
const STATUS_MSG = new JsonKey("status_msg");
const CODES = new CodeTable(MINIMAX_CODES);

/** Fills a failure from `base_resp`, which comes with a 200. False, and nothing filled, when it reports no error. */
export function readBaseResp(document: JsonDocument, failure: Failure): bool {
  const response = document.find(document.root(), BASE_RESP);
  const code = document.find(response, STATUS_CODE);
  const number = document.integer(code);
  if (number == 0) return false;
  fillError(document, document.find(response, STATUS_MSG), code, CODES.find(number), failure);
  if (CODES.reasonOf(number) == FailureReason.ContentFilter) markFiltered(failure);
  return true;
}

/** Reads an error answer with a status of its own. */
export function readErrorAnswer(answer: ErrorAnswer, failure: Failure): void {
  const parsed = new ErrorBody();
  const found = parsed.parse(answer.body, answer.length, 3) && readBaseResp(parsed.document, failure);
  parsed.free();
  if (!found) readPlainError(answer.status, answer.body, answer.length, failure);
  else failure.status = answer.status;
}
