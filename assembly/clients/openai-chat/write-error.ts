import { ByteBuffer } from "../../bytes/buffer";
import { writeErrorMembers } from "../../canonical/error-envelope";
import { writeEscapedText } from "../../canonical/error-text";
import { Failure, failureName } from "../../canonical/failure";
import { AttemptRecord } from "../client";

function writeAttempt(attempt: AttemptRecord, out: ByteBuffer): void {
  out.ascii('{"provider":"');
  writeEscapedText(attempt.provider, out);
  out.ascii('","model":"');
  writeEscapedText(attempt.model, out);
  out.ascii('","reason":"');
  out.ascii(failureName(attempt.failure.reason));
  out.ascii('","status":');
  if (attempt.failure.status == 0) out.ascii("null");
  else out.decimal(attempt.failure.status);
  out.byte(0x7d);
}

/** Writes OpenAI's error envelope; `error.attempts` lists the attempts when any was made. */
export function writeErrorBody(failure: Failure, attempts: AttemptRecord[] | null, out: ByteBuffer): void {
  out.ascii('{"error":{');
  writeErrorMembers(failure, out);
  if (attempts !== null) {
    out.ascii(',"attempts":[');
    for (let index = 0; index < attempts.length; index++) {
      if (index > 0) out.byte(0x2c);
      writeAttempt(unchecked(attempts[index]), out);
    }
    out.byte(0x5d);
  }
  out.ascii("}}");
}
