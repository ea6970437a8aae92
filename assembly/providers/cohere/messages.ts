import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, Part, PartKind, Role } from "../../canonical/request";
import { JsonDocument, JsonError, JsonKey } from "../../json/document";
import { unescapeInto } from "../../json/read";
import { writeCallId } from "../shared/call-ids";
import { countTexts, isVisibleText, MessageCursor } from "../shared/messages";
import { writeToolCalls } from "../shared/native-members";
import { writeRaw } from "../shared/values";
import { isTextDocument, writeFlatReasoning } from "../shared/flat-content";
import { citesDocuments, writeDocumentText } from "./documents";

const AUTO = new JsonKey("auto");
const LOW = new JsonKey("low");
const HIGH = new JsonKey("high");

/** Writes the messages of one conversation. Source: https://docs.cohere.com/reference/chat (messages) */
class MessageWriter {
  private document: JsonDocument;
  private parts: Part[];
  private parsed: JsonDocument = new JsonDocument();
  private scratch: ByteBuffer = new ByteBuffer();
  /** Offset behind the last opening bracket: what begins there needs no comma. */
  private opening: i32 = 0;

  constructor(
    private request: CanonicalRequest,
    private out: ByteBuffer,
  ) {
    this.document = request.document;
    this.parts = request.parts;
  }

  free(): void {
    this.parsed.free();
    this.scratch.free();
  }

  writeAll(): void {
    const cursor = new MessageCursor(this.request);
    this.out.ascii(',"messages":[');
    const start = this.out.length;
    this.writeSystem();
    while (cursor.next()) {
      const before = this.out.length;
      if (before > start) this.out.byte(0x2c);
      const written = this.writeMessage(cursor);
      if (!written) this.out.length = before;
    }
    this.out.byte(0x5d);
  }

  private writeMessage(cursor: MessageCursor): bool {
    switch (cursor.role) {
      case Role.User:
        return this.writeUser(cursor.start, cursor.end);
      case Role.Assistant:
        return this.writeAssistant(cursor.start, cursor.end);
      case Role.Tool:
        this.writeToolResult(cursor.start, cursor.end);
        return true;
      default:
        return false;
    }
  }

  /** All system texts as the first message, because the vendor takes one nowhere else. */
  private writeSystem(): void {
    const before = this.out.length;
    this.out.ascii('{"role":"system","content":[');
    const start = this.out.length;
    this.opening = start;
    for (let index = 0; index < this.parts.length; index++) {
      const part = unchecked(this.parts[index]);
      if (part.role == Role.System && isVisibleText(this.document, part)) this.writeText(part);
    }
    if (this.out.length == start) this.out.length = before;
    else this.out.ascii("]}");
  }

  private writeText(part: Part): void {
    this.separate();
    this.out.ascii('{"type":"text","text":');
    writeRaw(this.document, part.value, this.out);
    this.out.byte(0x7d);
  }

  private writeUser(start: i32, end: i32): bool {
    const out = this.out;
    const texts = countTexts(this.request, start, end);
    out.ascii('{"role":"user","content":');
    if (texts == 1 && end == start + 1) {
      writeRaw(this.document, unchecked(this.parts[start]).value, out);
      out.byte(0x7d);
      return true;
    }
    out.byte(0x5b);
    const opening = out.length;
    this.opening = opening;
    let hasDocuments = false;
    for (let index = start; index < end; index++) {
      const part = unchecked(this.parts[index]);
      if (isVisibleText(this.document, part)) this.writeText(part);
      else if (isTextDocument(this.document, part)) {
        hasDocuments = true;
        if (!citesDocuments(this.request)) this.writeDocument(part);
      } else if (part.kind != PartKind.Text) this.writeImage(part);
    }
    if (out.length == opening) {
      if (!hasDocuments) return false;
      // A message needs a text, and a file alone asks to be read.
      out.ascii('{"type":"text","text":"Read the attached document."}');
    }
    out.ascii("]}");
    return true;
  }

  private writeDocument(part: Part): void {
    this.separate();
    this.out.ascii('{"type":"text","text":');
    writeDocumentText(this.document, part, this.out);
    this.out.byte(0x7d);
  }

  /** Source: https://docs.cohere.com/docs/image-inputs */
  private writeImage(part: Part): void {
    const document = this.document;
    this.separate();
    this.out.ascii('{"type":"image_url","image_url":{"url":');
    writeRaw(document, part.value, this.out);
    const detail = part.kind == PartKind.Image ? part.extra : -1;
    if (document.equals(detail, AUTO) || document.equals(detail, LOW) || document.equals(detail, HIGH)) {
      this.out.ascii(',"detail":');
      writeRaw(document, detail, this.out);
    }
    this.out.ascii("}}");
  }

  /** Reasoning that led to tool calls is the vendor's `tool_plan`; other reasoning is not needed any more. */
  private writeAssistant(start: i32, end: i32): bool {
    const out = this.out;
    out.ascii('{"role":"assistant"');
    const opening = out.length;
    writeToolCalls(this.request, start, end, out);
    if (out.length > opening) writeFlatReasoning("tool_plan", this.request, start, end, out);
    const texts = countTexts(this.request, start, end);
    if (texts > 0) {
      out.ascii(',"content":');
      if (texts > 1) out.byte(0x5b);
      this.opening = out.length;
      for (let index = start; index < end; index++) {
        const part = unchecked(this.parts[index]);
        if (!isVisibleText(this.document, part)) continue;
        if (texts > 1) this.writeText(part);
        else writeRaw(this.document, part.value, out);
      }
      if (texts > 1) out.byte(0x5d);
    }
    out.byte(0x7d);
    return out.length > opening + 1;
  }

  /**
   * The vendor wants a JSON object as a string, or blocks: one object is passed on as it is, other texts become documents.
   * Source: https://docs.cohere.com/docs/tool-use-overview (tool results)
   */
  private writeToolResult(start: i32, end: i32): void {
    const out = this.out;
    const document = this.document;
    out.ascii('{"role":"tool","tool_call_id":');
    writeCallId(document, unchecked(this.parts[start]), out);
    out.ascii(',"content":');
    if (end == start + 2 && this.isObjectText(unchecked(this.parts[start + 1]))) {
      writeRaw(document, unchecked(this.parts[start + 1]).value, out);
      out.byte(0x7d);
      return;
    }
    out.byte(0x5b);
    this.opening = out.length;
    for (let index = start + 1; index < end; index++) {
      const part = unchecked(this.parts[index]);
      if (part.kind != PartKind.Text) continue;
      this.separate();
      out.ascii('{"type":"document","document":{"data":{"output":');
      writeRaw(document, part.value, out);
      out.ascii("}}}");
    }
    if (out.length == this.opening) out.ascii('{"type":"document","document":{"data":{"output":""}}}');
    out.ascii("]}");
  }

  private isObjectText(part: Part): bool {
    this.scratch.length = 0;
    unescapeInto(this.document.textPointer(part.value), this.document.textLength(part.value), this.scratch);
    const error = this.parsed.parse(this.scratch.pointer, this.scratch.length, 1);
    return error == JsonError.None && this.parsed.isObject(this.parsed.root());
  }

  private separate(): void {
    if (this.out.length > this.opening) this.out.byte(0x2c);
  }
}

/** Writes `,"messages":[...]`: the system texts, then the client's messages in their order. */
export function writeMessages(request: CanonicalRequest, out: ByteBuffer): void {
  const writer = new MessageWriter(request, out);
  writer.writeAll();
  writer.free();
}
