import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink, FinishReason } from "../../canonical/answer";
import { FailureReason } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";

const TRANSLATIONS = new JsonKey("translations");
const TEXT = new JsonKey("text");

/** Tells the translations, one per line as the texts were. Source: https://developers.deepl.com/docs/api-reference/translate (response) */
export function readAnswer(document: JsonDocument, sink: AnswerSink): void {
  const translations = document.find(document.root(), TRANSLATIONS);
  if (!document.isArray(translations)) {
    sink.failWith(FailureReason.StreamError, 502, "The provider's answer holds no translations.");
    return;
  }
  sink.start(0, 0, 0, 0, 0);
  const lines = new ByteBuffer();
  for (let each = document.first(translations); each >= 0; each = document.nextElement(each)) {
    const text = document.find(each, TEXT);
    if (lines.length > 0) lines.ascii("\\n");
    lines.bytes(document.textPointer(text), document.textLength(text));
  }
  sink.text(0, lines.pointer, lines.length);
  lines.free();
  sink.finish(0, FinishReason.Stop);
  sink.done();
}
