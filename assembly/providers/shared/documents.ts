import { endsWithIgnoringCase } from "../../bytes/ascii";
import { decodeBase64 } from "../../bytes/base64";
import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { findByte } from "../../bytes/find";
import { decodePercent } from "../../bytes/percent";
import { findMalformed } from "../../bytes/utf8";
import { Part } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { unescapeInto } from "../../json/read";
import { isImage, Media, MediaForm, MediaType } from "./media";
import { isBlank } from "./text";

/** What a document part is sent as. */
export const enum DocumentForm {
  /** Neither a PDF, nor a text, nor an image, nor a reference. */
  Unsupported = 0,
  Pdf = 1,
  Url = 2,
  File = 3,
  Text = 4,
  /** A file that is an image. */
  Image = 5,
}

/** Longest text in front of an address's colon that is looked for. */
const MOST_SCHEME_BYTES: i32 = 32;

const TEXT_SUFFIXES: StaticArray<u8>[] = [
  encodeText(".txt"),
  encodeText(".md"),
  encodeText(".csv"),
  encodeText(".json"),
];

function hasTextSuffix(pointer: usize, length: i32): bool {
  for (let index = 0; index < TEXT_SUFFIXES.length; index++) {
    if (endsWithIgnoringCase(pointer, length, unchecked(TEXT_SUFFIXES[index]))) return true;
  }
  return false;
}

/** A document part, told apart by its data URI, address, file id or file name. */
export class DocumentSource {
  form: DocumentForm = DocumentForm.Unsupported;
  media: Media;

  constructor(document: JsonDocument, part: Part) {
    const media = new Media(document, part.value);
    this.media = media;
    if (media.form == MediaForm.Url) {
      this.form = DocumentForm.Url;
    } else if (media.form == MediaForm.Base64 || media.form == MediaForm.Percent) {
      this.form = formOfDataUri(media);
    } else if (media.length > 0 && !hasScheme(media)) {
      // Bare base64: only the file's name can say what it is, and PDF is what clients send.
      media.form = MediaForm.Base64;
      const isText = hasTextSuffix(document.textPointer(part.name), document.textLength(part.name));
      this.form = isText ? DocumentForm.Text : DocumentForm.Pdf;
    } else if (media.length == 0 && document.textLength(part.id) > 0) {
      this.form = DocumentForm.File;
    }
  }
}

/** Whether the text begins like an address of any kind, which no base64 does. */
function hasScheme(media: Media): bool {
  const limit = media.pointer + min(media.length, MOST_SCHEME_BYTES);
  return findByte(media.pointer, limit, 0x3a) < limit;
}

function formOfDataUri(media: Media): DocumentForm {
  if (media.length == 0) return DocumentForm.Unsupported;
  if (media.type == MediaType.Text) return DocumentForm.Text;
  if (media.form != MediaForm.Base64) return DocumentForm.Unsupported;
  if (media.type == MediaType.Pdf) return DocumentForm.Pdf;
  return isImage(media.type) ? DocumentForm.Image : DocumentForm.Unsupported;
}

/** Appends the plain text of a text document. False when the data is no base64 or no UTF-8, or when the text is blank. */
export function decodeDocument(media: Media, out: ByteBuffer): bool {
  const plain = new ByteBuffer();
  unescapeInto(media.pointer, media.length, plain);
  const start = out.length;
  let decoded = true;
  if (media.form == MediaForm.Base64) decoded = decodeBase64(plain.pointer, plain.length, out);
  else decodePercent(plain.pointer, plain.length, out);
  plain.free();
  if (!decoded) return false;
  const pointer = out.pointer + start;
  const limit = out.pointer + out.length;
  return findMalformed(pointer, limit) == limit && !isBlank(pointer, (limit - pointer) as i32);
}
