import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, Part, PartKind, Role } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { CallNames } from "../shared/call-names";
import { isTextDocument, writeFlatContent, writeFlatReasoning } from "../shared/flat-content";
import { Media } from "../shared/media";
import { countTexts, MessageCursor } from "../shared/messages";
import { roleName } from "../shared/native-members";
import { writeArguments, writeRaw } from "../shared/values";

/** Writes the messages of one conversation. Source: https://docs.ollama.com/api/chat (messages) */
class MessageWriter {
  private document: JsonDocument;
  private parts: Part[];
  private names: CallNames;

  constructor(
    private request: CanonicalRequest,
    private out: ByteBuffer,
  ) {
    this.document = request.document;
    this.parts = request.parts;
    this.names = new CallNames(request.document);
  }

  free(): void {
    this.names.free();
  }

  writeAll(): void {
    const cursor = new MessageCursor(this.request);
    const out = this.out;
    out.ascii(',"messages":[');
    const start = out.length;
    while (cursor.next()) {
      if (!this.isWorthSending(cursor)) continue;
      if (out.length > start) out.byte(0x2c);
      this.writeMessage(cursor);
    }
    out.byte(0x5d);
  }

  /** A message that says nothing confuses the templates of models. */
  private isWorthSending(cursor: MessageCursor): bool {
    if (cursor.role == Role.Tool || countTexts(this.request, cursor.start, cursor.end) > 0) return true;
    for (let index = cursor.start; index < cursor.end; index++) {
      const kind = unchecked(this.parts[index]).kind;
      if (kind == PartKind.ToolCall || kind == PartKind.Image || kind == PartKind.Document) return true;
    }
    return false;
  }

  private writeMessage(cursor: MessageCursor): void {
    const out = this.out;
    out.ascii('{"role":"');
    out.ascii(roleName(cursor.role));
    out.ascii('","content":');
    writeFlatContent(this.request, cursor.start, cursor.end, out);
    switch (cursor.role) {
      case Role.User:
        this.writeImages(cursor.start, cursor.end);
        break;
      case Role.Assistant:
        writeFlatReasoning("thinking", this.request, cursor.start, cursor.end, out);
        this.writeToolCalls(cursor.start, cursor.end);
        break;
      case Role.Tool:
        this.writeToolName(unchecked(this.parts[cursor.start]));
        break;
      default:
    }
    out.byte(0x7d);
  }

  /** Bare base64, without the data URI's head. */
  private writeImages(start: i32, end: i32): void {
    const out = this.out;
    const rewind = out.length;
    out.ascii(',"images":[');
    const begin = out.length;
    for (let index = start; index < end; index++) {
      const part = unchecked(this.parts[index]);
      const isFile = part.kind == PartKind.Document && !isTextDocument(this.document, part);
      if (part.kind != PartKind.Image && !isFile) continue;
      if (out.length > begin) out.byte(0x2c);
      const media = new Media(this.document, part.value);
      out.byte(0x22);
      out.bytes(media.pointer, media.length);
      out.byte(0x22);
    }
    if (out.length == begin) out.length = rewind;
    else out.byte(0x5d);
  }

  /** Arguments are objects here, not texts. */
  private writeToolCalls(start: i32, end: i32): void {
    const out = this.out;
    const rewind = out.length;
    out.ascii(',"tool_calls":[');
    const begin = out.length;
    for (let index = start; index < end; index++) {
      const part = unchecked(this.parts[index]);
      if (part.kind != PartKind.ToolCall) continue;
      this.names.note(part);
      if (out.length > begin) out.byte(0x2c);
      out.ascii('{"function":{"name":');
      writeRaw(this.document, part.name, out);
      out.ascii(',"arguments":');
      writeArguments(this.document, part.value, out);
      out.ascii("}}");
    }
    if (out.length == begin) out.length = rewind;
    else out.byte(0x5d);
  }

  private writeToolName(result: Part): void {
    const name = this.names.find(result);
    if (name < 0) return;
    this.out.ascii(',"tool_name":');
    writeRaw(this.document, name, this.out);
  }
}

/** Writes `,"messages":[...]`: the client's messages in their order. */
export function writeMessages(request: CanonicalRequest, out: ByteBuffer): void {
  const writer = new MessageWriter(request, out);
  writer.writeAll();
  writer.free();
}
