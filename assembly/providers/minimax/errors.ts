import { ErrorBody } from "../../canonical/error-body";
import { Failure } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { ErrorAnswer } from "../provider";
import { CodeTable, fillError, markFiltered } from "../shared/coded-errors";
import { readPlainError } from "../shared/errors";

const BASE_RESP = new JsonKey("base_resp");
const STATUS_CODE = new JsonKey("status_code");
const STATUS_MSG = new JsonKey("status_msg");

/** Source: https://platform.minimaxi.com/document/error-code */
const CODES = new CodeTable(
  "1000=500 1001=504 1002=429 1004=401 1008=402 1013=500 1024=500 1026=400 1027=400 1033=500 1039=429 1041=429 1042=400 2013=400 2049=401 2056=429",
);
/** Input and output that the vendor's filter stops. */
const INPUT_FILTERED: i64 = 1026;
const OUTPUT_FILTERED: i64 = 1027;

/** Fills a failure from `base_resp`, which comes with a 200. False, and nothing filled, when it reports no error. */
export function readBaseResp(document: JsonDocument, failure: Failure): bool {
  const response = document.find(document.root(), BASE_RESP);
  const code = document.find(response, STATUS_CODE);
  const number = document.integer(code);
  if (number == 0) return false;
  fillError(document, document.find(response, STATUS_MSG), code, CODES.find(number), failure);
  if (number == INPUT_FILTERED || number == OUTPUT_FILTERED) markFiltered(failure);
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
