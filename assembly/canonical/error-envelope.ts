import { ByteBuffer } from "../bytes/buffer";
import { beginEvent, endEvent } from "../sse/encoder";
import { Failure, errorTypeForStatus } from "./failure";
import { redactSecrets } from "./redact";

function writeTextOrNull(text: StaticArray<u8>, out: ByteBuffer): void {
  if (text.length == 0) {
    out.ascii("null");
    return;
  }
  out.byte(0x22);
  out.text(text);
  out.byte(0x22);
}

/**
 * Writes the members of OpenAI's error object, without its braces, so that others may follow:
 * `"message":...,"type":...,"param":...,"code":...`. An empty type is the status's own (502 while there is no status).
 * Source: https://platform.openai.com/docs/guides/error-codes
 */
export function writeErrorMembers(failure: Failure, out: ByteBuffer): void {
  out.ascii('"message":"');
  out.text(failure.message);
  out.ascii('","type":"');
  if (failure.type.length > 0) out.text(failure.type);
  else out.ascii(errorTypeForStatus(failure.status == 0 ? 502 : failure.status));
  out.ascii('","param":');
  writeTextOrNull(failure.param, out);
  out.ascii(',"code":');
  writeTextOrNull(failure.code, out);
}

/**
 * Writes the event that tells a client that its stream has failed; no `[DONE]` follows it (checklist item 9). `secrets` are the
 * provider's keys: an event cannot be taken back, so they are redacted here.
 */
export function writeErrorEvent(failure: Failure, secrets: StaticArray<u8>[], out: ByteBuffer): void {
  redactSecrets(failure, secrets);
  beginEvent(out);
  out.ascii('{"error":{');
  writeErrorMembers(failure, out);
  out.ascii("}}");
  endEvent(out);
}
