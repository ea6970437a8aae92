import { readBodyText, statusText } from "../../canonical/error-text";
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
