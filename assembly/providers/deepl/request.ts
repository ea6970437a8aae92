import { ByteBuffer } from "../../bytes/buffer";
import { writeEscapedText } from "../../canonical/error-text";
import { CanonicalRequest } from "../../canonical/request";
import { JsonKey } from "../../json/document";
import { AttemptTarget } from "../provider";
import { isVisibleText } from "../shared/messages";
import { writeExtra } from "../shared/native-members";
import { findLastUserTurn, joinSystemTexts } from "../shared/plain-text";
import { writeRaw } from "../shared/values";

const TARGET_LANG = new JsonKey("target_lang");
const SOURCE_LANG = new JsonKey("source_lang");
const FORMALITY = new JsonKey("formality");
const MODEL_SUFFIX: u8 = 0x5f;

/** Whether a model's name is one of DeepL's `model_type`s (`latency_optimized`, `quality_optimized`, ...): `Free` and `Pro` are none. */
function isModelType(model: StaticArray<u8>): bool {
  for (let index = 0; index < model.length; index++) {
    if (unchecked(model[index]) == MODEL_SUFFIX) return true;
  }
  return false;
}

/**
 * Writes the body of a translation: each text of the user's last turn is a text to translate, the system texts are the context. The
 * language is the client's `target_lang`, else the configuration's. Source: https://developers.deepl.com/docs/api-reference/translate
 */
export function writeRequest(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
  const document = request.document;
  const turn = findLastUserTurn(request);
  out.ascii('{"text":[');
  const start = out.length;
  if (turn !== null) {
    for (let index = turn.start; index < turn.end; index++) {
      const part = unchecked(request.parts[index]);
      if (!isVisibleText(document, part)) continue;
      if (out.length > start) out.byte(0x2c);
      writeRaw(document, part.value, out);
    }
  }
  out.byte(0x5d);
  if (document.isString(document.find(request.extras, TARGET_LANG))) writeExtra(request, TARGET_LANG, out);
  else {
    out.ascii(',"target_lang":"');
    writeEscapedText(target.provider.setting("targetLang"), out);
    out.byte(0x22);
  }
  if (document.isString(document.find(request.extras, SOURCE_LANG))) writeExtra(request, SOURCE_LANG, out);
  if (document.isString(document.find(request.extras, FORMALITY))) writeExtra(request, FORMALITY, out);
  const rewind = out.length;
  out.ascii(',"context":"');
  if (joinSystemTexts(request, out)) out.byte(0x22);
  else out.length = rewind;
  if (isModelType(target.model)) {
    out.ascii(',"model_type":"');
    writeEscapedText(target.model, out);
    out.byte(0x22);
  }
  out.byte(0x7d);
}
