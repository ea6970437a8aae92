import { ByteBuffer } from "../../bytes/buffer";
import { writeEscapedText } from "../../canonical/error-text";
import { Notice } from "../../canonical/notices";
import { CanonicalRequest } from "../../canonical/request";
import { AttemptTarget } from "../provider";
import { writeClamped, writeNumber } from "../shared/native-members";
import { BOT_NAME, writeBotSetting, writeMessages } from "./messages";
import { writeFunctions } from "./tools";

/**
 * Writes the body of ChatCompletion Pro. The API has no word for stop sequences, penalties and seeds: they are left out. Temperature
 * and top_p must be above 0 and at most 1; 0 means the smallest that the vendor takes.
 * Source: https://platform.minimaxi.com/document/guides/chat-model/pro/api
 */
export function writeRequest(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
  const document = request.document;
  out.ascii('{"model":"');
  writeEscapedText(target.model, out);
  out.ascii('","bot_setting":');
  writeBotSetting(request, out);
  out.ascii(',"messages":');
  writeMessages(request, out);
  out.ascii(',"reply_constraints":{"sender_type":"BOT","sender_name":"' + BOT_NAME + '"}');
  writeNumber("tokens_to_generate", document, request.maxTokens, out);
  const isOwn = writeClamped("temperature", document, request.temperature, 0.01, "0.01", 1, "1", out);
  if (!isOwn) request.notices.note(Notice.TemperatureClamped);
  writeClamped("top_p", document, request.topP, 0.01, "0.01", 1, "1", out);
  writeFunctions(request, out);
  if (request.stream) out.ascii(',"stream":true');
  out.byte(0x7d);
}
