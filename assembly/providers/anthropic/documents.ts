import { ByteBuffer } from "../../bytes/buffer";
import { Part } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { escapeInto } from "../../json/write";
import { decodeDocument, DocumentForm, DocumentSource } from "../shared/documents";
import { isBlank } from "../shared/text";
import { writeRaw } from "../shared/values";

/** Longest title that is passed on, in bytes. */
const MOST_TITLE_BYTES: i32 = 500;

function writeSource(document: JsonDocument, part: Part, source: DocumentSource, out: ByteBuffer): void {
  const media = source.media;
  switch (source.form) {
    case DocumentForm.Url:
      out.ascii('"type":"url","url":"');
      out.bytes(media.pointer, media.length);
      break;
    case DocumentForm.File:
      out.ascii('"type":"file","file_id":"');
      out.bytes(document.textPointer(part.id), document.textLength(part.id));
      break;
    case DocumentForm.Text: {
      out.ascii('"type":"text","media_type":"text/plain","data":"');
      const plain = new ByteBuffer();
      decodeDocument(media, plain);
      escapeInto(plain.pointer, plain.length, out);
      plain.free();
      break;
    }
    default:
      out.ascii('"type":"base64","media_type":"application/pdf","data":"');
      out.bytes(media.pointer, media.length);
  }
  out.byte(0x22);
}

/**
 * Writes a document block without its closing brace. Source: https://platform.claude.com/docs/en/build-with-claude/pdf-support and
 * https://platform.claude.com/docs/en/build-with-claude/files
 */
export function writeDocument(document: JsonDocument, part: Part, source: DocumentSource, out: ByteBuffer): void {
  out.ascii('{"type":"document","source":{');
  writeSource(document, part, source, out);
  out.byte(0x7d);
  const titleLength = document.textLength(part.name);
  if (titleLength <= MOST_TITLE_BYTES && !isBlank(document.textPointer(part.name), titleLength)) {
    out.ascii(',"title":');
    writeRaw(document, part.name, out);
  }
}
