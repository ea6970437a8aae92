import { copyToText } from "../../bytes/buffer";
import { copyMessage } from "../../canonical/error-text";
import { Failure, FailureReason, reasonForStatus } from "../../canonical/failure";
import { JsonDocument } from "../../json/document";

/** Longest code of a vendor that is passed on. */
const MOST_CODE_BYTES: i32 = 64;

/** A table of a vendor's numeric error codes: the HTTP status that goes with each, and the reason where the status does not say it. */
export class CodeTable {
  private codes: i64[] = [];
  private statuses: i32[] = [];
  private reasons: FailureReason[] = [];

  /** rows: `1002=429 1026=filter 1261=context` */
  constructor(rows: string) {
    const list = rows.split(" ");
    for (let index = 0; index < list.length; index++) {
      const row = list[index];
      const middle = row.indexOf("=");
      const meaning = row.substring(middle + 1);
      let reason = FailureReason.None;
      if (meaning == "filter") reason = FailureReason.ContentFilter;
      if (meaning == "context") reason = FailureReason.ContextLength;
      this.codes.push(I64.parseInt(row.substring(0, middle)));
      this.statuses.push(reason == FailureReason.None ? I32.parseInt(meaning) : 400);
      this.reasons.push(reason);
    }
  }

  /** The status of a code; 502 for a code that is not in the table. */
  find(code: i64): i32 {
    const index = this.codes.indexOf(code);
    return index < 0 ? 502 : unchecked(this.statuses[index]);
  }

  has(code: i64): bool {
    return this.codes.includes(code);
  }

  /** The reason that the code itself says; `None` when its status does. */
  reasonOf(code: i64): FailureReason {
    const index = this.codes.indexOf(code);
    return index < 0 ? FailureReason.None : unchecked(this.reasons[index]);
  }
}

/**
 * Fills a failure with a vendor's message and code, both nodes; the status gives the reason. A code is passed on when it is a short string
 * or a number.
 */
export function fillError(document: JsonDocument, message: i32, code: i32, status: i32, failure: Failure): void {
  failure.set(reasonForStatus(status), status, "The provider reported an error.");
  const length = document.textLength(message);
  if (length > 0) failure.message = copyMessage(document.textPointer(message), length);
  if (document.isNumber(code)) {
    if (document.rawLength(code) <= MOST_CODE_BYTES) {
      failure.code = copyToText(document.rawPointer(code), document.rawLength(code));
    }
  } else if (document.textLength(code) <= MOST_CODE_BYTES) {
    failure.code = copyToText(document.textPointer(code), document.textLength(code));
  }
}

/** Makes a failure one of the content filter. */
export function markFiltered(failure: Failure): void {
  failure.reason = FailureReason.ContentFilter;
  failure.status = 400;
}
