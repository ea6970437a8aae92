import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, PartKind } from "../../canonical/request";
import { joinResult, joinSystemTexts, joinTexts } from "../shared/plain-text";
import { hasKind, TurnCursor } from "../shared/turns";
import { escapeArguments, writeRaw } from "../shared/values";

/** What the model is called; the vendor demands a name, and the same one everywhere. */
export const BOT_NAME = "Assistant";
const BOT = '"sender_type":"BOT","sender_name":"Assistant"';
const USER = '"sender_type":"USER","sender_name":"User"';
const FUNCTION = '"sender_type":"FUNCTION","sender_name":"Assistant"';

/** Writes `[{"bot_name","content"}]`: the system texts, and a sentence where there are none, since the vendor demands one. */
export function writeBotSetting(request: CanonicalRequest, out: ByteBuffer): void {
  out.ascii('[{"bot_name":"' + BOT_NAME + '","content":"');
  if (!joinSystemTexts(request, out)) out.ascii("You are a helpful assistant.");
  out.ascii('"}]');
}

/** Writes the messages of one conversation. */
class MessageWriter {
  private start: i32;

  constructor(
    private request: CanonicalRequest,
    private out: ByteBuffer,
  ) {
    this.start = out.length;
  }

  private open(sender: string): void {
    if (this.out.length > this.start) this.out.byte(0x2c);
    this.out.byte(0x7b);
    this.out.ascii(sender);
    this.out.ascii(',"text":"');
  }

  private writeText(sender: string, turn: TurnCursor): void {
    const rewind = this.out.length;
    this.open(sender);
    if (joinTexts(this.request, turn.start, turn.end, this.out)) this.out.ascii('"}');
    else this.out.length = rewind;
  }

  writeUser(turn: TurnCursor): void {
    for (let index = turn.start; index < turn.end; index++) {
      if (unchecked(this.request.parts[index]).kind != PartKind.ToolResult) continue;
      this.open(FUNCTION);
      if (!joinResult(this.request, index, this.out)) this.out.byte(0x20);
      this.out.ascii('"}');
    }
    this.writeText(USER, turn);
  }

  /** A message calls one function, so that each call is one; the first carries the text. */
  writeAssistant(turn: TurnCursor): void {
    const document = this.request.document;
    if (!hasKind(this.request, turn.start, turn.end, PartKind.ToolCall)) {
      this.writeText(BOT, turn);
      return;
    }
    let isFirst = true;
    for (let index = turn.start; index < turn.end; index++) {
      const part = unchecked(this.request.parts[index]);
      if (part.kind != PartKind.ToolCall) continue;
      this.open(BOT);
      if (isFirst) joinTexts(this.request, turn.start, turn.end, this.out);
      isFirst = false;
      this.out.ascii('","function_call":{"name":');
      writeRaw(document, part.name, this.out);
      this.out.ascii(',"arguments":"');
      escapeArguments(document, part.value, this.out);
      this.out.ascii('"}}');
    }
  }
}

/**
 * Writes the messages, each with its sender. What a function has given goes back as a message of the sender `FUNCTION` in the model's
 * name. Source: https://platform.minimaxi.com/document/guides/chat-model/pro/api (function calling)
 */
export function writeMessages(request: CanonicalRequest, out: ByteBuffer): void {
  out.byte(0x5b);
  const writer = new MessageWriter(request, out);
  const turn = new TurnCursor(request);
  while (turn.next()) {
    if (turn.isAssistant) writer.writeAssistant(turn);
    else writer.writeUser(turn);
  }
  out.byte(0x5d);
}
