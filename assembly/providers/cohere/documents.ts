import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, Part } from "../../canonical/request";
import { JsonDocument, JsonKey } from "../../json/document";
import { escapeDocument, isTextDocument } from "../shared/flat-content";
import { writeRaw } from "../shared/values";
import { usesFormat } from "./tools";

const DOCUMENTS = new JsonKey("documents");

/** Whether the client's texts go into `documents`, where the model can cite them: the vendor takes none beside a response format. */
export function citesDocuments(request: CanonicalRequest): bool {
  return !usesFormat(request);
}

/** Appends the text of a document as a JSON string. */
export function writeDocumentText(document: JsonDocument, part: Part, out: ByteBuffer): void {
  out.byte(0x22);
  escapeDocument(document, part, out);
  out.byte(0x22);
}

/**
 * Writes `,"documents":[...]`: those that the client gave in the vendor's own member, then the files of its messages.
 * Source: https://docs.cohere.com/reference/chat (documents)
 */
export function writeDocuments(request: CanonicalRequest, out: ByteBuffer): void {
  if (!citesDocuments(request)) return;
  const document = request.document;
  const parts = request.parts;
  const rewind = out.length;
  out.ascii(',"documents":[');
  const start = out.length;
  const own = document.find(request.extras, DOCUMENTS);
  if (document.isArray(own)) {
    for (let node = document.first(own); node >= 0; node = document.nextElement(node)) {
      if (!document.isString(node) && !document.isObject(node)) continue;
      if (out.length > start) out.byte(0x2c);
      writeRaw(document, node, out);
    }
  }
  for (let index = 0; index < parts.length; index++) {
    const part = unchecked(parts[index]);
    if (!isTextDocument(document, part)) continue;
    if (out.length > start) out.byte(0x2c);
    out.ascii('{"data":{');
    if (document.textLength(part.name) > 0) {
      out.ascii('"title":');
      writeRaw(document, part.name, out);
      out.byte(0x2c);
    }
    out.ascii('"text":');
    writeDocumentText(document, part, out);
    out.ascii("}}");
  }
  if (out.length == start) out.length = rewind;
  else out.byte(0x5d);
}
