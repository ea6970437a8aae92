import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, PartKind } from "../../canonical/request";
import { writeCallId } from "../shared/call-ids";
import { DocumentSource } from "../shared/documents";
import { Media, MediaForm, mediaTypeName } from "../shared/media";
import { joinResult, joinSystemTexts, joinTexts } from "../shared/plain-text";
import { hasKind, isBlock, TurnCursor } from "../shared/turns";
import { escapeArguments, writeRaw } from "../shared/values";

/** Writes the messages of one conversation. */
class MessageWriter {
  private isFirst: bool = true;

  constructor(
    private request: CanonicalRequest,
    private out: ByteBuffer,
  ) {}

  /** The role `system` stands once and first. */
  writeSystem(): void {
    const rewind = this.out.length;
    this.open("system");
    this.out.ascii('"Content":"');
    if (joinSystemTexts(this.request, this.out)) this.out.ascii('"}');
    else {
      this.out.length = rewind;
      this.isFirst = true;
    }
  }

  /** Results of tools are messages of their own, in front of what the user says. */
  writeUser(turn: TurnCursor): void {
    const parts = this.request.parts;
    for (let index = turn.start; index < turn.end; index++) {
      const part = unchecked(parts[index]);
      if (part.kind != PartKind.ToolResult) continue;
      this.open("tool");
      this.out.ascii('"ToolCallId":');
      writeCallId(this.request.document, part, this.out);
      this.out.ascii(',"Content":"');
      // The vendor wants no empty content.
      if (!joinResult(this.request, index, this.out)) this.out.byte(0x20);
      this.out.ascii('"}');
    }
    const hasMedia =
      hasKind(this.request, turn.start, turn.end, PartKind.Image) ||
      hasKind(this.request, turn.start, turn.end, PartKind.Document);
    if (hasMedia) this.writeContents(turn);
    else this.writeText("user", turn);
  }

  private writeText(role: string, turn: TurnCursor): void {
    const rewind = this.out.length;
    const wasFirst = this.isFirst;
    this.open(role);
    this.out.ascii('"Content":"');
    if (joinTexts(this.request, turn.start, turn.end, this.out)) {
      this.out.ascii('"}');
      return;
    }
    this.out.length = rewind;
    this.isFirst = wasFirst;
  }

  private writeContents(turn: TurnCursor): void {
    const document = this.request.document;
    const out = this.out;
    this.open("user");
    out.ascii('"Contents":[');
    const start = out.length;
    for (let index = turn.start; index < turn.end; index++) {
      const part = unchecked(this.request.parts[index]);
      if (part.kind == PartKind.ToolResult || !isBlock(document, part)) continue;
      if (out.length > start) out.byte(0x2c);
      if (part.kind == PartKind.Text) {
        out.ascii('{"Type":"text","Text":');
        writeRaw(document, part.value, out);
        out.byte(0x7d);
        continue;
      }
      const media =
        part.kind == PartKind.Image ? new Media(document, part.value) : new DocumentSource(document, part).media;
      out.ascii('{"Type":"image_url","ImageUrl":{"Url":"');
      if (media.form != MediaForm.Url) {
        out.ascii("data:");
        out.ascii(mediaTypeName(media.type));
        out.ascii(";base64,");
      }
      out.bytes(media.pointer, media.length);
      out.ascii('"}}');
    }
    out.ascii("]}");
  }

  writeAssistant(turn: TurnCursor): void {
    const document = this.request.document;
    const out = this.out;
    if (!hasKind(this.request, turn.start, turn.end, PartKind.ToolCall)) {
      this.writeText("assistant", turn);
      return;
    }
    this.open("assistant");
    out.ascii('"Content":"');
    joinTexts(this.request, turn.start, turn.end, out);
    out.ascii('","ToolCalls":[');
    const start = out.length;
    for (let index = turn.start; index < turn.end; index++) {
      const part = unchecked(this.request.parts[index]);
      if (part.kind != PartKind.ToolCall) continue;
      if (out.length > start) out.byte(0x2c);
      out.ascii('{"Id":');
      writeCallId(document, part, out);
      out.ascii(',"Type":"function","Function":{"Name":');
      writeRaw(document, part.name, out);
      out.ascii(',"Arguments":"');
      escapeArguments(document, part.value, out);
      out.ascii('"}}');
    }
    out.ascii("]}");
  }

  private open(role: string): void {
    if (!this.isFirst) this.out.byte(0x2c);
    this.isFirst = false;
    this.out.ascii('{"Role":"');
    this.out.ascii(role);
    this.out.ascii('",');
  }
}

/** Writes `,"Messages":[...]`: `system` first, then turns that alternate. Source: https://cloud.tencent.com/document/api/1729/101838 */
export function writeMessages(request: CanonicalRequest, out: ByteBuffer): void {
  out.ascii(',"Messages":[');
  const writer = new MessageWriter(request, out);
  writer.writeSystem();
  const turn = new TurnCursor(request);
  while (turn.next()) {
    if (turn.isAssistant) writer.writeAssistant(turn);
    else writer.writeUser(turn);
  }
  out.byte(0x5d);
}
