import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { writeEscapedText } from "../../canonical/error-text";
import { CanonicalRequest, PartKind } from "../../canonical/request";
import { JsonDocument, JsonKey } from "../../json/document";
import { equalsUnescaped } from "../../json/read";
import { AttemptTarget } from "../provider";
import { Media } from "../shared/media";
import { conversationOf, findLastUserTurn, joinTexts, writeTranscript } from "../shared/plain-text";
import { isBlank } from "../shared/text";
import { writeRaw } from "../shared/values";
import { AppKind, appKind } from "./app-kind";

const INPUTS = new JsonKey("inputs");
/** Where apps without a setting of their own take their text from. */
const DEFAULT_VARIABLE = encodeText("query");

/** What the app hears: the whole conversation, or only what is new when Dify has the rest. */
function writeQuery(request: CanonicalRequest, kind: AppKind, out: ByteBuffer): void {
  const turn = kind <= AppKind.Agent && conversationOf(request) >= 0 ? findLastUserTurn(request) : null;
  out.byte(0x22);
  const start = out.length;
  if (turn === null || !joinTexts(request, turn.start, turn.end, out)) writeTranscript(request, false, out);
  // The vendor demands a text, also where files say it all.
  if (out.length == start) out.byte(0x20);
  out.byte(0x22);
}

function isVariable(document: JsonDocument, key: i32, variable: StaticArray<u8>): bool {
  const pointer = document.rawPointer(key) + 1;
  return equalsUnescaped(pointer, document.rawLength(key) - 2, changetype<usize>(variable), variable.length);
}

/** Writes `inputs`: the app's variables that the client gives, and the text where the app takes it from a variable. */
function writeInputs(request: CanonicalRequest, target: AttemptTarget, kind: AppKind, out: ByteBuffer): void {
  const document = request.document;
  const inputs = document.find(request.extras, INPUTS);
  const takesText = kind > AppKind.Agent;
  const setting = target.provider.setting("inputVariable");
  const variable = setting.length > 0 ? setting : DEFAULT_VARIABLE;
  out.ascii('{"inputs":{');
  const start = out.length;
  for (let key = document.isObject(inputs) ? document.first(inputs) : -1; key >= 0; key = document.nextKey(key)) {
    if (takesText && isVariable(document, key, variable)) continue;
    if (out.length > start) out.byte(0x2c);
    writeRaw(document, key, out);
    out.byte(0x3a);
    writeRaw(document, document.valueOf(key), out);
  }
  if (takesText) {
    if (out.length > start) out.byte(0x2c);
    out.byte(0x22);
    writeEscapedText(variable, out);
    out.ascii('":');
    writeQuery(request, kind, out);
  }
  out.byte(0x7d);
}

/** Writes `,"files":[...]`: images and documents, which Dify fetches. */
function writeFiles(request: CanonicalRequest, out: ByteBuffer): void {
  const document = request.document;
  const parts = request.parts;
  let count = 0;
  for (let index = 0; index < parts.length; index++) {
    const part = unchecked(parts[index]);
    if (part.kind != PartKind.Image && part.kind != PartKind.Document) continue;
    const media = new Media(document, part.value);
    out.ascii(count == 0 ? ',"files":[' : ",");
    out.ascii(part.kind == PartKind.Image ? '{"type":"image"' : '{"type":"document"');
    out.ascii(',"transfer_method":"remote_url","url":"');
    out.bytes(media.pointer, media.length);
    out.ascii('"}');
    count += 1;
  }
  if (count > 0) out.byte(0x5d);
}

/**
 * Writes the body of all three APIs. The app itself has model, prompt and parameters: sampling, limits and stop sequences are left out.
 * An agent answers in events only; the stream is gathered for clients that want none.
 * Sources: https://docs.dify.ai/api-reference/chat/send-chat-message, https://docs.dify.ai/api-reference/completion/create-completion-message
 * and https://docs.dify.ai/api-reference/workflow-execution/execute-workflow
 */
export function writeRequest(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
  const document = request.document;
  const kind = appKind(target);
  writeInputs(request, target, kind, out);
  if (kind <= AppKind.Agent) {
    out.ascii(',"query":');
    writeQuery(request, kind, out);
    out.ascii(',"auto_generate_name":false');
    const conversation = conversationOf(request);
    if (conversation >= 0) {
      out.ascii(',"conversation_id":');
      writeRaw(document, conversation, out);
    }
  }
  out.ascii(request.stream || kind == AppKind.Agent ? ',"response_mode":"streaming"' : ',"response_mode":"blocking"');
  out.ascii(',"user":');
  // The vendor demands a user; it groups conversations by it.
  if (isBlank(document.textPointer(request.user), document.textLength(request.user))) out.ascii('"modelmux"');
  else writeRaw(document, request.user, out);
  writeFiles(request, out);
  out.byte(0x7d);
}
