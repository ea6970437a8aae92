import { ByteBuffer } from "../../bytes/buffer";
import { Part, PartKind } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { writeCallId } from "../shared/call-ids";
import { DocumentForm, DocumentSource } from "../shared/documents";
import { Media, MediaForm, mediaTypeName, MediaType } from "../shared/media";
import { isVisible } from "../shared/messages";
import { writeArguments, writeRaw } from "../shared/values";
import { writeDocument } from "./documents";

/** Appends a block's `cache_control`, when it has one, and its closing brace. */
function closeBlock(document: JsonDocument, part: Part, out: ByteBuffer): void {
  if (document.isObject(part.cacheControl)) {
    out.ascii(',"cache_control":');
    writeRaw(document, part.cacheControl, out);
  }
  out.byte(0x7d);
}

/** Writes a text block with the first `length` bytes of the part's text. */
export function writeText(document: JsonDocument, part: Part, length: i32, out: ByteBuffer): void {
  out.ascii('{"type":"text","text":"');
  out.bytes(document.textPointer(part.value), length);
  out.byte(0x22);
  closeBlock(document, part, out);
}

/** Source: https://platform.claude.com/docs/en/build-with-claude/vision */
function writeImage(media: Media, out: ByteBuffer): void {
  if (media.form == MediaForm.Url) {
    out.ascii('{"type":"image","source":{"type":"url","url":"');
  } else {
    out.ascii('{"type":"image","source":{"type":"base64","media_type":"');
    out.ascii(mediaTypeName(media.type));
    out.ascii('","data":"');
  }
  out.bytes(media.pointer, media.length);
  out.ascii('"}');
}

/** Writes an image or document block; the part has passed `checkMedia`. */
function writeMedia(document: JsonDocument, part: Part, out: ByteBuffer): void {
  if (part.kind == PartKind.Image) {
    const media = new Media(document, part.value);
    if (media.type != MediaType.Pdf) {
      writeImage(media, out);
      closeBlock(document, part, out);
      return;
    }
  }
  const source = new DocumentSource(document, part);
  if (source.form == DocumentForm.Image) writeImage(source.media, out);
  else writeDocument(document, part, source, out);
  closeBlock(document, part, out);
}

/** Source: https://platform.claude.com/docs/en/build-with-claude/extended-thinking (preserving thinking blocks) */
function writeReasoning(document: JsonDocument, part: Part, out: ByteBuffer): void {
  if (part.kind == PartKind.RedactedReasoning) {
    out.ascii('{"type":"redacted_thinking","data":');
    writeRaw(document, part.value, out);
    out.byte(0x7d);
    return;
  }
  out.ascii('{"type":"thinking","thinking":"');
  out.bytes(document.textPointer(part.value), document.textLength(part.value));
  out.ascii('","signature":');
  writeRaw(document, part.extra, out);
  out.byte(0x7d);
}

/** Writes one block of a turn, tool results excepted. */
export function writeBlock(document: JsonDocument, part: Part, out: ByteBuffer): void {
  switch (part.kind) {
    case PartKind.Image:
    case PartKind.Document:
      writeMedia(document, part, out);
      return;
    case PartKind.ToolCall:
      out.ascii('{"type":"tool_use","id":');
      writeCallId(document, part, out);
      out.ascii(',"name":');
      writeRaw(document, part.name, out);
      out.ascii(',"input":');
      writeArguments(document, part.value, out);
      closeBlock(document, part, out);
      return;
    case PartKind.Reasoning:
    case PartKind.RedactedReasoning:
      writeReasoning(document, part, out);
      return;
    default:
      writeText(document, part, document.textLength(part.value), out);
  }
}

/**
 * Writes the tool result at `index` with the parts nested behind it: nothing, one text as a string, or blocks.
 * Source: https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls
 */
export function writeToolResult(document: JsonDocument, parts: Part[], index: i32, out: ByteBuffer): void {
  const result = unchecked(parts[index]);
  out.ascii('{"type":"tool_result","tool_use_id":');
  writeCallId(document, result, out);
  let count = 0;
  let single = -1;
  let end = index + 1;
  for (; end < parts.length && unchecked(parts[end]).nested; end++) {
    if (!isVisible(document, unchecked(parts[end]))) continue;
    count += 1;
    single = end;
  }
  if (count == 1) {
    const part = unchecked(parts[single]);
    if (part.kind == PartKind.Text && !document.isObject(part.cacheControl)) {
      out.ascii(',"content":');
      writeRaw(document, part.value, out);
      closeBlock(document, result, out);
      return;
    }
  }
  if (count > 0) {
    out.ascii(',"content":[');
    const start = out.length;
    for (let nested = index + 1; nested < end; nested++) {
      const part = unchecked(parts[nested]);
      if (!isVisible(document, part)) continue;
      if (out.length > start) out.byte(0x2c);
      writeBlock(document, part, out);
    }
    out.byte(0x5d);
  }
  closeBlock(document, result, out);
}
