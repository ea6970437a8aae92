import { encodeText } from "../../bytes/buffer";
import { ErrorBody } from "../../canonical/error-body";
import { Failure } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { ErrorAnswer } from "../provider";
import { fillError, markFiltered } from "../shared/coded-errors";
import { readPlainError } from "../shared/errors";

const RESPONSE = new JsonKey("Response");
const ERROR = new JsonKey("Error");
const CODE = new JsonKey("Code");
const MESSAGE = new JsonKey("Message");
const ERROR_MSG = new JsonKey("ErrorMsg");
const MSG = new JsonKey("Msg");

/**
 * The status for a code that begins with these letters; the first that fits counts. 0: the content filter. An account without money
 * counts as a spent limit, as OpenAI's `insufficient_quota`.
 */
class ErrorPrefix {
  readonly text: StaticArray<u8>;

  constructor(
    text: string,
    public readonly status: i32,
  ) {
    this.text = encodeText(text);
  }
}

/**
 * Sources: https://cloud.tencent.com/document/api/1729/105701 (error codes), https://cloud.tencent.com/document/api/1729/101846 and
 * https://github.com/TencentCloud/tencentcloud-sdk-python/blob/master/tencentcloud/hunyuan/v20230901/errorcodes.py
 */
const PREFIXES: ErrorPrefix[] = [
  new ErrorPrefix("AuthFailure", 401),
  new ErrorPrefix("UnauthorizedOperation", 403),
  new ErrorPrefix("OperationDenied.", 0),
  new ErrorPrefix("FailedOperation.EngineRequestTimeout", 504),
  new ErrorPrefix("FailedOperation.EngineServerLimitExceeded", 429),
  new ErrorPrefix("FailedOperation.ResourcePackExhausted", 429),
  new ErrorPrefix("FailedOperation.FreeResourcePackExhausted", 429),
  new ErrorPrefix("FailedOperation.ServiceNotActivated", 403),
  new ErrorPrefix("FailedOperation.ServiceStopArrears", 429),
  new ErrorPrefix("FailedOperation.ServiceStop", 403),
  new ErrorPrefix("FailedOperation.UserUnAuthError", 403),
  new ErrorPrefix("FailedOperation.PartnerAccountUnSupport", 403),
  new ErrorPrefix("FailedOperation", 500),
  new ErrorPrefix("InternalError", 500),
  new ErrorPrefix("ResourceUnavailable.InArrears", 429),
  new ErrorPrefix("ResourceUnavailable.LowBalance", 429),
  new ErrorPrefix("ResourceUnavailable", 403),
  new ErrorPrefix("ResourceNotFound", 404),
  new ErrorPrefix("RequestLimitExceeded", 429),
  new ErrorPrefix("LimitExceeded", 429),
  new ErrorPrefix("ResourceInsufficient.ChargeResourceExhaust", 429),
  new ErrorPrefix("ResourceInsufficient", 429),
  new ErrorPrefix("InvalidParameterValue.Model", 404),
  new ErrorPrefix("RequestSizeLimitExceeded", 413),
];

function statusOf(document: JsonDocument, code: i32): i32 {
  const pointer = document.textPointer(code);
  const length = document.textLength(code);
  for (let index = 0; index < PREFIXES.length; index++) {
    const row = unchecked(PREFIXES[index]);
    const text = row.text;
    if (length < text.length || memory.compare(pointer, changetype<usize>(text), text.length) != 0) continue;
    return row.status;
  }
  return 400;
}

/**
 * Fills a failure from `{"Response":{"Error":{"Code","Message"}}}`, which comes with a 200, or from the `ErrorMsg` of an event. False,
 * and nothing filled, when the document holds neither.
 */
export function readErrorObject(document: JsonDocument, failure: Failure): bool {
  const root = document.root();
  const response = document.find(root, RESPONSE);
  const holder = document.isObject(response) ? response : root;
  const error = document.find(holder, ERROR);
  if (document.isObject(error)) {
    const code = document.find(error, CODE);
    const status = statusOf(document, code);
    fillError(document, document.find(error, MESSAGE), code, status == 0 ? 400 : status, failure);
    if (status == 0) markFiltered(failure);
    return true;
  }
  const event = document.find(holder, ERROR_MSG);
  if (!document.isObject(event)) return false;
  const code = document.find(event, CODE);
  // 4000: the service has failed, 4001: the model did not answer in time.
  const status = document.integer(code) == 4001 ? 504 : 500;
  fillError(document, document.find(event, MSG), code, status, failure);
  return true;
}

/** Reads an error answer with a status of its own, such as those of Tencent's entrance. */
export function readErrorAnswer(answer: ErrorAnswer, failure: Failure): void {
  const parsed = new ErrorBody();
  const found = parsed.parse(answer.body, answer.length, 4) && readErrorObject(parsed.document, failure);
  parsed.free();
  if (!found) readPlainError(answer.status, answer.body, answer.length, failure);
  else failure.status = answer.status;
}
