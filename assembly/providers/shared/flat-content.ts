import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, Part, PartKind } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { escapeInto } from "../../json/write";
import { decodeDocument, DocumentForm, DocumentSource } from "./documents";
import { isVisibleText } from "./messages";

/** Whether a part is a text document (an image that came as a file is none). */
export function isTextDocument(document: JsonDocument, part: Part): bool {
  return part.kind == PartKind.Document && new DocumentSource(document, part).form == DocumentForm.Text;
}

/** Appends the text of a document as the inside of a JSON string. */
export function escapeDocument(document: JsonDocument, part: Part, out: ByteBuffer): void {
  const text = new ByteBuffer();
  decodeDocument(new DocumentSource(document, part).media, text);
  escapeInto(text.pointer, text.length, out);
  text.free();
}

/** Writes all texts and text documents of `[start, end)` as one JSON string, a line end between two of them. */
export function writeFlatContent(request: CanonicalRequest, start: i32, end: i32, out: ByteBuffer): void {
  const document = request.document;
  out.byte(0x22);
  const begin = out.length;
  for (let index = start; index < end; index++) {
    const part = unchecked(request.parts[index]);
    const isText = isVisibleText(document, part);
    if (!isText && !isTextDocument(document, part)) continue;
    if (out.length > begin) out.ascii("\\n");
    if (isText) out.bytes(document.textPointer(part.value), document.textLength(part.value));
    else escapeDocument(document, part, out);
  }
  out.byte(0x22);
}

/** Writes all reasoning of `[start, end)` as a member with one JSON string; nothing when there is none. */
export function writeFlatReasoning(
  name: string,
  request: CanonicalRequest,
  start: i32,
  end: i32,
  out: ByteBuffer,
): void {
  const document = request.document;
  const rewind = out.length;
  out.ascii(',"');
  out.ascii(name);
  out.ascii('":"');
  const begin = out.length;
  for (let index = start; index < end; index++) {
    const part = unchecked(request.parts[index]);
    if (part.kind != PartKind.Reasoning) continue;
    if (out.length > begin) out.ascii("\\n");
    out.bytes(document.textPointer(part.value), document.textLength(part.value));
  }
  if (out.length == begin) out.length = rewind;
  else out.byte(0x22);
}
