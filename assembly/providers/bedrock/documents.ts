import { endsWithIgnoringCase, startsWithIgnoringCase } from "../../bytes/ascii";
import { encodeBase64 } from "../../bytes/base64";
import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { findByte } from "../../bytes/find";
import { hash64 } from "../../bytes/hash";
import { decodePercent } from "../../bytes/percent";
import { Part } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { unescapeInto } from "../../json/read";
import { isImage, Media, MediaForm, MediaType } from "../shared/media";

/** A format that the vendor takes, how a file of it is called, and its media type. */
class DocumentFormat {
  readonly suffix: StaticArray<u8>;
  readonly mediaType: StaticArray<u8>;

  constructor(
    readonly name: string,
    suffix: string,
    mediaType: string,
  ) {
    this.suffix = encodeText(suffix);
    this.mediaType = encodeText("data:" + mediaType);
  }
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html */
const FORMATS: DocumentFormat[] = [
  new DocumentFormat("pdf", ".pdf", "application/pdf"),
  new DocumentFormat("csv", ".csv", "text/csv"),
  new DocumentFormat("docx", ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml"),
  new DocumentFormat("doc", ".doc", "application/msword"),
  new DocumentFormat("xlsx", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml"),
  new DocumentFormat("xls", ".xls", "application/vnd.ms-excel"),
  new DocumentFormat("html", ".html", "text/html"),
  new DocumentFormat("html", ".htm", "application/xhtml+xml"),
  new DocumentFormat("md", ".md", "text/markdown"),
  // Any other text, told apart last.
  new DocumentFormat("txt", ".txt", "text/"),
  new DocumentFormat("txt", ".json", "application/json"),
];

/** Longest text in front of a data URI's comma that is looked at. */
const MOST_HEADER_BYTES: i32 = 1024;
const MOST_SCHEME_BYTES: i32 = 32;
/** Longest stem of a document's name. */
const MOST_NAME_BYTES: i32 = 160;

/** How a document part can be sent. */
export const enum DocumentKind {
  Unsupported = 0,
  /** A document block of `format`. */
  Document = 1,
  /** A file that is an image. */
  Image = 2,
  /** A web address or a file id, which the vendor does not fetch. */
  Reference = 3,
}

/** A document part (or an image part that holds a PDF), told apart by its file name first, then by its data URI. */
export class BedrockDocument {
  kind: DocumentKind = DocumentKind.Unsupported;
  media: Media;
  /** The vendor's name of the format. */
  format: string = "";

  constructor(document: JsonDocument, part: Part) {
    this.media = new Media(document, part.value);
    this.read(document, part);
  }

  private read(document: JsonDocument, part: Part): void {
    const media = this.media;
    if (media.length == 0) {
      if (document.textLength(part.id) > 0) this.kind = DocumentKind.Reference;
      return;
    }
    if (media.form == MediaForm.Url) {
      this.kind = DocumentKind.Reference;
      return;
    }
    const isData = media.form == MediaForm.Base64 || media.form == MediaForm.Percent;
    if (!isData && hasScheme(media)) return;
    if (isData && isImage(media.type)) {
      this.kind = media.form == MediaForm.Base64 ? DocumentKind.Image : DocumentKind.Unsupported;
      return;
    }
    this.format = formatOfName(document.textPointer(part.name), document.textLength(part.name));
    if (this.format.length == 0) this.format = isData ? formatOfUri(document, part.value, media) : "pdf";
    if (this.format.length > 0) this.kind = DocumentKind.Document;
  }

  /** Writes the bytes as base64, without quotes. */
  writeData(out: ByteBuffer): void {
    const media = this.media;
    if (media.form != MediaForm.Percent) {
      out.bytes(media.pointer, media.length);
      return;
    }
    const plain = new ByteBuffer();
    const bytes = new ByteBuffer();
    unescapeInto(media.pointer, media.length, plain);
    decodePercent(plain.pointer, plain.length, bytes);
    encodeBase64(bytes.pointer, bytes.length, out);
    plain.free();
    bytes.free();
  }
}

function hasScheme(media: Media): bool {
  const limit = media.pointer + min(media.length, MOST_SCHEME_BYTES);
  return findByte(media.pointer, limit, 0x3a) < limit;
}

function formatOfName(pointer: usize, length: i32): string {
  for (let index = 0; index < FORMATS.length; index++) {
    const row = unchecked(FORMATS[index]);
    if (endsWithIgnoringCase(pointer, length, row.suffix)) return row.name;
  }
  return "";
}

function formatOfUri(document: JsonDocument, node: i32, media: Media): string {
  const header = new ByteBuffer();
  const start = document.textPointer(node);
  unescapeInto(start, min((media.pointer - start) as i32, MOST_HEADER_BYTES), header);
  // RFC 2397: no type means text/plain.
  let format = media.type == MediaType.Text ? "txt" : "";
  for (let index = 0; index < FORMATS.length; index++) {
    const row = unchecked(FORMATS[index]);
    if (!startsWithIgnoringCase(header.pointer, header.length, row.mediaType)) continue;
    format = row.name;
    break;
  }
  header.free();
  return format;
}

/**
 * Names documents as the vendor wants it: letters, digits, single spaces, hyphens, parentheses and square brackets, every name once.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
 */
export class DocumentNames {
  private used: Set<u64> = new Set<u64>();
  private count: i32 = 0;

  /** Writes the name of the next document, in quotes: made from its file's name, its suffix left out. */
  write(document: JsonDocument, part: Part, out: ByteBuffer): void {
    this.count += 1;
    out.byte(0x22);
    const start = out.length;
    writeStem(document, part.name, out);
    if (out.length == start) out.ascii("Document");
    const stem = out.length;
    let hash = hash64(out.pointer + start, out.length - start);
    for (let number = this.count; this.used.has(hash); number++) {
      out.length = stem;
      out.ascii(" (");
      out.decimal(number);
      out.byte(0x29);
      hash = hash64(out.pointer + start, out.length - start);
    }
    this.used.add(hash);
    out.byte(0x22);
  }
}

function writeStem(document: JsonDocument, node: i32, out: ByteBuffer): void {
  const name = new ByteBuffer();
  unescapeInto(document.textPointer(node), document.textLength(node), name);
  let length = name.length;
  for (let index = length - 1; index > 0; index--) {
    if (load<u8>(name.pointer + index) != 0x2e) continue;
    length = index;
    break;
  }
  const start = out.length;
  let needsSpace = false;
  for (let index = 0; index < length && out.length - start < MOST_NAME_BYTES; index++) {
    const byte = load<u8>(name.pointer + index);
    if (!isNameByte(byte)) {
      needsSpace = out.length > start;
      continue;
    }
    if (needsSpace) out.byte(0x20);
    needsSpace = false;
    out.byte(byte);
  }
  name.free();
}

function isNameByte(byte: u8): bool {
  const lower = byte | 0x20;
  if ((lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39)) return true;
  return byte == 0x2d || byte == 0x28 || byte == 0x29 || byte == 0x5b || byte == 0x5d;
}
