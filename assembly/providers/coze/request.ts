import { ByteBuffer } from "../../bytes/buffer";
import { writeEscapedText } from "../../canonical/error-text";
import { CanonicalRequest, PartKind } from "../../canonical/request";
import { JsonDocument, JsonKey } from "../../json/document";
import { escapeInto } from "../../json/write";
import { AttemptTarget } from "../provider";
import { Media } from "../shared/media";
import { conversationOf, findLastUserTurn, joinSystemTexts, joinTexts } from "../shared/plain-text";
import { isBlank } from "../shared/text";
import { hasKind, isBlock, TurnCursor } from "../shared/turns";
import { writeRaw } from "../shared/values";

const CUSTOM_VARIABLES = new JsonKey("custom_variables");

/** Writes the content of a turn with images or files: a text that holds JSON. */
function writeObjects(document: JsonDocument, request: CanonicalRequest, turn: TurnCursor, out: ByteBuffer): void {
  const objects = new ByteBuffer();
  objects.byte(0x5b);
  for (let index = turn.start; index < turn.end; index++) {
    const part = unchecked(request.parts[index]);
    if (!isBlock(document, part)) continue;
    if (objects.length > 1) objects.byte(0x2c);
    if (part.kind == PartKind.Text) {
      objects.ascii('{"type":"text","text":');
      writeRaw(document, part.value, objects);
    } else {
      const media = new Media(document, part.value);
      objects.ascii(part.kind == PartKind.Image ? '{"type":"image"' : '{"type":"file"');
      objects.ascii(',"file_url":"');
      objects.bytes(media.pointer, media.length);
      objects.byte(0x22);
    }
    objects.byte(0x7d);
  }
  objects.byte(0x5d);
  escapeInto(objects.pointer, objects.length, out);
  objects.free();
}

function writeTurn(request: CanonicalRequest, turn: TurnCursor, start: i32, out: ByteBuffer): void {
  const hasMedia =
    hasKind(request, turn.start, turn.end, PartKind.Image) || hasKind(request, turn.start, turn.end, PartKind.Document);
  const rewind = out.length;
  if (out.length > start) out.byte(0x2c);
  out.ascii(turn.isAssistant ? '{"role":"assistant","type":"answer"' : '{"role":"user","type":"question"');
  out.ascii(hasMedia ? ',"content_type":"object_string","content":"' : ',"content_type":"text","content":"');
  if (hasMedia) writeObjects(request.document, request, turn, out);
  else if (!joinTexts(request, turn.start, turn.end, out)) {
    out.length = rewind;
    return;
  }
  out.ascii('"}');
}

/** Writes all turns, or only what is new when Coze has the rest. There is no role for system texts: the user says them first. */
function writeMessages(request: CanonicalRequest, out: ByteBuffer): void {
  out.ascii(',"additional_messages":[');
  const start = out.length;
  const newest = conversationOf(request) >= 0 ? findLastUserTurn(request) : null;
  if (newest !== null) writeTurn(request, newest, start, out);
  else {
    out.ascii('{"role":"user","type":"question","content_type":"text","content":"');
    if (joinSystemTexts(request, out)) out.ascii('"}');
    else out.length = start;
    const turn = new TurnCursor(request);
    while (turn.next()) writeTurn(request, turn, start, out);
  }
  out.byte(0x5d);
}

/**
 * Writes the body of a chat. The bot has model and parameters: sampling, limits and stop sequences are left out. A conversation that the
 * client keeps by itself is not stored. The model's name is the bot's id unless the configuration gives one.
 * Source: https://www.coze.com/docs/developer_guides/chat_v3
 */
export function writeRequest(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
  const document = request.document;
  const bot = target.provider.setting("cozeBotId");
  const user = target.provider.setting("cozeUserId");
  out.ascii('{"bot_id":"');
  writeEscapedText(bot.length > 0 ? bot : target.model, out);
  out.ascii('","user_id":');
  if (!isBlank(document.textPointer(request.user), document.textLength(request.user))) {
    writeRaw(document, request.user, out);
  } else {
    out.byte(0x22);
    if (user.length > 0) writeEscapedText(user, out);
    else out.ascii("modelmux");
    out.byte(0x22);
  }
  out.ascii(',"stream":true');
  out.ascii(conversationOf(request) >= 0 ? ',"auto_save_history":true' : ',"auto_save_history":false');
  writeMessages(request, out);
  const variables = document.find(request.extras, CUSTOM_VARIABLES);
  if (document.isObject(variables)) {
    out.ascii(',"custom_variables":');
    writeRaw(document, variables, out);
  }
  out.byte(0x7d);
}
