import { encodeText } from "../../bytes/buffer";
import { findText } from "../../bytes/find";
import { copyMessage, readBodyText, statusText } from "../../canonical/error-text";
import { Failure, FailureReason, reasonForStatus } from "../../canonical/failure";
import { AnswerSink } from "../../canonical/answer";

/** Fills a failure from an error answer that is not in the vendor's form: its text, else what the status says by itself (checklist item 15). */
export function readPlainError(status: i32, body: usize, length: i32, failure: Failure): void {
  failure.set(reasonForStatus(status), status, statusText(status));
  const text = readBodyText(body, length);
  if (text.length > 0) failure.message = text;
}

/** Ends a streamed answer whose terminal event never came (checklist item 9); nothing happens when the answer is over. */
export function failTruncated(sink: AnswerSink): void {
  sink.failWith(
    FailureReason.StreamError,
    502,
    "The provider's stream ended before the answer was complete.",
    "stream_truncated",
  );
}

/** Fills a failure with what a vendor says of an error (the inside of a JSON string); an empty message leaves the status's own text. */
export function fillFailure(failure: Failure, reason: FailureReason, status: i32, message: usize, length: i32): void {
  failure.set(reason, status, statusText(status));
  if (length > 0) failure.message = copyMessage(message, length);
}

/** Marks a refused request as one that is too long for the model's context. */
export function markContextLength(failure: Failure): void {
  failure.reason = FailureReason.ContextLength;
  failure.code = encodeText("context_length_exceeded");
  failure.param = encodeText("messages");
}

/** Whether a text holds one of the phrases. */
export function saysAny(pointer: usize, length: i32, phrases: StaticArray<u8>[]): bool {
  for (let index = 0; index < phrases.length; index++) {
    if (findText(pointer, length, unchecked(phrases[index])) >= 0) return true;
  }
  return false;
}

/** Ends a streamed answer whose event is no JSON object. */
export function failNotJson(sink: AnswerSink): void {
  sink.failWith(FailureReason.StreamError, 502, "The provider sent an event that is not JSON.");
}
