import { encodeText } from "../../bytes/buffer";
import { ErrorBody } from "../../canonical/error-body";
import { Failure, FailureReason, reasonForStatus } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { fillFailure, markContextLength, readPlainError, saysAny } from "../shared/errors";
import { isTimeoutFinish } from "./stop-reason";

const MESSAGE = new JsonKey("message");
const ERROR = new JsonKey("error");

/** The vendor's words for a conversation that does not fit. Source: https://docs.cohere.com/reference/errors */
const CONTEXT_PHRASES: StaticArray<u8>[] = [encodeText("too many tokens"), encodeText("context length")];

/** The status by which the vendor says that it does not know the key. Source: https://docs.cohere.com/reference/errors */
const INVALID_TOKEN: i32 = 498;

/** Containers of an error body that have to be looked into. */
const ERROR_DEPTH: i32 = 2;

/** Fills a failure from `{"message"}`. False, and nothing filled, when the document holds no such envelope. */
export function readEnvelope(document: JsonDocument, status: i32, failure: Failure): bool {
  const message = document.find(document.root(), MESSAGE);
  if (!document.isString(message)) return false;
  const pointer = document.textPointer(message);
  const length = document.textLength(message);
  const reason = status == INVALID_TOKEN ? FailureReason.Auth : reasonForStatus(status);
  fillFailure(failure, reason, status, pointer, length);
  if (reason == FailureReason.BadRequest && saysAny(pointer, length, CONTEXT_PHRASES)) markContextLength(failure);
  return true;
}

/** Fills a failure from a finish reason that is an error, and the text that may stand beside it. */
export function readErrorFinish(document: JsonDocument, holder: i32, reason: i32, failure: Failure): void {
  const isTimeout = isTimeoutFinish(document, reason);
  const error = document.find(holder, ERROR);
  failure.set(
    isTimeout ? FailureReason.Timeout : FailureReason.StreamError,
    isTimeout ? 504 : 502,
    isTimeout ? "The provider's model took too long." : "The provider's model failed.",
  );
  if (document.textLength(error) > 0) {
    fillFailure(failure, failure.reason, failure.status, document.textPointer(error), document.textLength(error));
  }
}

/** Reads an error answer: Cohere's envelope, else whatever text the body holds, else what the status says by itself. */
export function readErrorAnswer(status: i32, body: usize, length: i32, failure: Failure): void {
  const parsed = new ErrorBody();
  const found = parsed.parse(body, length, ERROR_DEPTH) && readEnvelope(parsed.document, status, failure);
  parsed.free();
  if (!found) readPlainError(status, body, length, failure);
}
