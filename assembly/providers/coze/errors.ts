import { AnswerSink } from "../../canonical/answer";
import { ErrorBody } from "../../canonical/error-body";
import { Failure, FailureReason } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { ErrorAnswer } from "../provider";
import { CodeTable, fillError, markFiltered } from "../shared/coded-errors";
import { readPlainError } from "../shared/errors";

const CODE = new JsonKey("code");
const MSG = new JsonKey("msg");
const LAST_ERROR = new JsonKey("last_error");

/**
 * Those that a chat can give; an account without money counts as a spent limit, as OpenAI's `insufficient_quota`. Sources: https://www.coze.cn/open/docs/developer_guides/coze_error_codes, and for 702093018 (too many
 * calls of a plugin) the questions of https://www.coze.cn/open/docs/developer_guides/api_faq
 */
const CODES = new CodeTable(
  "4000=400 4001=400 4002=400 4003=400 4004=400 4005=400 4006=404 4007=400 4008=429 4009=429 4010=400 4011=429 4012=404 4013=500 4014=400 4015=403 4016=409 4019=429 4020=429 4021=400 4022=429 4100=401 4101=403 4102=403 4105=400 4200=404 5000=500 700012006=401 702093018=429",
);
/** The prompt is longer than the model takes. */
const PROMPT_TOO_LONG: i64 = 4010;
/** The content is not allowed. */
const SENSITIVE: i64 = 4105;

/** Fills a failure from `{"code","msg"}`. A `status` of 0 means that the error came inside a 200: then the code gives it. */
export function readErrorObject(document: JsonDocument, object: i32, status: i32, failure: Failure): bool {
  const code = document.find(object, CODE);
  const number = document.integer(code);
  if (number == 0) return false;
  fillError(document, document.find(object, MSG), code, status == 0 ? CODES.find(number) : status, failure);
  if (number == PROMPT_TOO_LONG) failure.reason = FailureReason.ContextLength;
  if (number == SENSITIVE) markFiltered(failure);
  return true;
}

/** Fills a failure from the `last_error` of a chat that has failed. */
export function readLastError(document: JsonDocument, chat: i32, failure: Failure): void {
  if (readErrorObject(document, document.find(chat, LAST_ERROR), 0, failure)) return;
  failure.set(FailureReason.StreamError, 502, "The chat has failed.");
}

/** Reads a whole body where a stream was asked for: the vendor says errors so, with a 200. */
export function readCodedAnswer(document: JsonDocument, sink: AnswerSink): void {
  if (readErrorObject(document, document.root(), 0, sink.failure)) sink.fail();
  else sink.failWith(FailureReason.StreamError, 502, "The provider's answer is not a stream.");
}

/** Reads an error answer with a status of its own. */
export function readErrorAnswer(answer: ErrorAnswer, failure: Failure): void {
  const parsed = new ErrorBody();
  const found =
    parsed.parse(answer.body, answer.length, 2) &&
    readErrorObject(parsed.document, parsed.document.root(), answer.status, failure);
  parsed.free();
  if (!found) readPlainError(answer.status, answer.body, answer.length, failure);
}
