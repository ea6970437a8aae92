import { ByteBuffer } from "../../bytes/buffer";
import { writeEscapedText } from "../../canonical/error-text";
import { CanonicalRequest } from "../../canonical/request";
import { AttemptTarget } from "../provider";
import { writeNumber, writeStops } from "../shared/native-members";
import { writeMessages } from "./messages";
import { writeTools } from "./tools";

/** Largest seed that the vendor takes. */
const MOST_SEED: i64 = 10000;

/**
 * Writes the body of ChatCompletions. The API has no word for the limit of output tokens, penalties and logprobs: they are left out.
 * Source: https://cloud.tencent.com/document/api/1729/105701
 */
export function writeRequest(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
  const document = request.document;
  out.ascii('{"Model":"');
  writeEscapedText(target.model, out);
  out.byte(0x22);
  writeMessages(request, out);
  out.ascii(request.stream ? ',"Stream":true' : ',"Stream":false');
  writeNumber("Temperature", document, request.temperature, out);
  writeNumber("TopP", document, request.topP, out);
  const seed = document.integer(request.seed);
  if (seed > 0 && seed <= MOST_SEED) writeNumber("Seed", document, request.seed, out);
  writeStops("Stop", request, out);
  writeTools(request, out);
  out.byte(0x7d);
}
