import { copyToText } from "../../bytes/buffer";
import { copyMessage } from "../../canonical/error-text";
import { Failure, FailureReason, reasonForStatus } from "../../canonical/failure";
import { JsonDocument } from "../../json/document";

/** Longest code of a vendor that is passed on. */
const MOST_CODE_BYTES: i32 = 64;

/** A table of a vendor's numeric error codes: the HTTP status that goes with each. */
export class CodeTable {
  private codes: i64[] = [];
  private statuses: i32[] = [];

  /** rows: `1002=429 1004=401` */
  constructor(rows: string) {
    const list = rows.split(" ");
    for (let index = 0; index < list.length; index++) {
      const row = list[index];
      const middle = row.indexOf("=");
      this.codes.push(I64.parseInt(row.substring(0, middle)));
      this.statuses.push(I32.parseInt(row.substring(middle + 1)));
    }
  }

  /** The status of a code; 502 for a code that is not in the table. */
  find(code: i64): i32 {
    for (let index = 0; index < this.codes.length; index++) {
      if (unchecked(this.codes[index]) == code) return unchecked(this.statuses[index]);
    }
    return 502;
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
