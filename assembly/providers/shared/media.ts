import { endsWithIgnoringCase, equalsIgnoringCase, startsWithIgnoringCase } from "../../bytes/ascii";
import { ByteBuffer, copyToText, encodeText } from "../../bytes/buffer";
import { findByte } from "../../bytes/find";
import { JsonDocument } from "../../json/document";
import { readCodeUnit, unescapeInto } from "../../json/read";

/** The media types that matter here. */
export const enum MediaType {
  Other = 0,
  Png = 1,
  Jpeg = 2,
  Gif = 3,
  Webp = 4,
  Pdf = 5,
  /** Any `text/...`. */
  Text = 6,
}

/** How a medium is given. */
export const enum MediaForm {
  /** Neither a data URI nor a web address. */
  Unknown = 0,
  Base64 = 1,
  /** Data URI with percent-encoded data. */
  Percent = 2,
  /** http or https */
  Url = 3,
}

const DATA = encodeText("data:");
const HTTP = encodeText("http://");
const HTTPS = encodeText("https://");
const BASE64 = encodeText("base64");
const PDF_SUFFIX = encodeText(".pdf");
const TEXT_PREFIX = encodeText("text/");
const PNG = encodeText("image/png");
const JPEG = encodeText("image/jpeg");
const JPG = encodeText("image/jpg");
const GIF = encodeText("image/gif");
const WEBP = encodeText("image/webp");
const PDF = encodeText("application/pdf");

/** Longest text in front of a data URI's comma, and longest web address, as written. */
const MOST_HEADER_BYTES: i32 = 1024;
const MOST_ADDRESS_BYTES: i32 = 16384;

const NO_TYPE: StaticArray<u8> = new StaticArray<u8>(0);

/** A medium as a JSON string gives it. The data borrows the document's text and is still escaped. */
export class Media {
  form: MediaForm = MediaForm.Unknown;
  type: MediaType = MediaType.Other;
  /** A data URI's media type as written, without parameters, unescaped; anything may stand there. Empty for addresses. */
  typeText: StaticArray<u8> = NO_TYPE;
  /** Behind a data URI's comma; the whole text otherwise. */
  pointer: usize = 0;
  length: i32 = 0;

  /** Reads a data URI (RFC 2397), a web address, or anything else (`MediaForm.Unknown`). */
  constructor(document: JsonDocument, node: i32) {
    this.pointer = document.textPointer(node);
    this.length = document.textLength(node);
    if (!this.readDataUri()) this.readAddress();
  }

  /** Any character may be escaped, as some JSON writers do with slashes; data is long and stays as it is. */
  private readDataUri(): bool {
    const end = this.pointer + this.length;
    const comma = findComma(this.pointer, this.pointer + min(this.length, MOST_HEADER_BYTES));
    if (comma == 0) return false;
    const header = new ByteBuffer();
    unescapeInto(this.pointer, (comma - this.pointer) as i32, header);
    const isDataUri = startsWithIgnoringCase(header.pointer, header.length, DATA);
    if (isDataUri) {
      this.readHeader(header.pointer + DATA.length, header.length - DATA.length);
      this.pointer = comma + (load<u8>(comma) == 0x5c ? 6 : 1);
      this.length = (end - this.pointer) as i32;
    }
    header.free();
    return isDataUri;
  }

  private readAddress(): void {
    const address = new ByteBuffer();
    unescapeInto(this.pointer, min(this.length, MOST_ADDRESS_BYTES), address);
    if (isWebAddress(address.pointer, address.length)) {
      this.form = MediaForm.Url;
      if (pathEndsWithPdf(address.pointer, address.length)) this.type = MediaType.Pdf;
    }
    address.free();
  }

  private readHeader(pointer: usize, length: i32): void {
    const limit = pointer + length;
    const typeEnd = findByte(pointer, limit, 0x3b);
    this.form = MediaForm.Percent;
    this.type = classifyType(pointer, (typeEnd - pointer) as i32);
    this.typeText = copyToText(pointer, (typeEnd - pointer) as i32);
    let position = typeEnd;
    while (position < limit) {
      position += 1;
      const end = findByte(position, limit, 0x3b);
      if (equalsIgnoringCase(position, (end - position) as i32, BASE64)) this.form = MediaForm.Base64;
      position = end;
    }
  }
}

function classifyType(pointer: usize, length: i32): MediaType {
  while (length > 0 && load<u8>(pointer + length - 1) == 0x20) length -= 1;
  // RFC 2397: no type means text/plain.
  if (length == 0) return MediaType.Text;
  if (equalsIgnoringCase(pointer, length, PNG)) return MediaType.Png;
  if (equalsIgnoringCase(pointer, length, JPEG) || equalsIgnoringCase(pointer, length, JPG)) return MediaType.Jpeg;
  if (equalsIgnoringCase(pointer, length, GIF)) return MediaType.Gif;
  if (equalsIgnoringCase(pointer, length, WEBP)) return MediaType.Webp;
  if (equalsIgnoringCase(pointer, length, PDF)) return MediaType.Pdf;
  return startsWithIgnoringCase(pointer, length, TEXT_PREFIX) ? MediaType.Text : MediaType.Other;
}

/** Whether a type is an image that Anthropic takes. Source: https://platform.claude.com/docs/en/build-with-claude/vision */
export function isImage(type: MediaType): bool {
  return type >= MediaType.Png && type <= MediaType.Webp;
}

/** The media type's name; only for images and PDF. */
export function mediaTypeName(type: MediaType): string {
  switch (type) {
    case MediaType.Jpeg:
      return "image/jpeg";
    case MediaType.Gif:
      return "image/gif";
    case MediaType.Webp:
      return "image/webp";
    case MediaType.Pdf:
      return "application/pdf";
    default:
      return "image/png";
  }
}

/** Address of the first comma, plain or escaped, or 0. */
function findComma(pointer: usize, limit: usize): usize {
  while (pointer < limit) {
    const byte = load<u8>(pointer);
    if (byte == 0x2c || (byte == 0x5c && readCodeUnit(pointer, limit) == 0x2c)) return pointer;
    pointer += byte == 0x5c ? 2 : 1;
  }
  return 0;
}

function isWebAddress(pointer: usize, length: i32): bool {
  return startsWithIgnoringCase(pointer, length, HTTPS)
    ? length > HTTPS.length
    : length > HTTP.length && startsWithIgnoringCase(pointer, length, HTTP);
}

function pathEndsWithPdf(pointer: usize, length: i32): bool {
  const limit = pointer + length;
  const end = min(findByte(pointer, limit, 0x3f), findByte(pointer, limit, 0x23));
  return endsWithIgnoringCase(pointer, (end - pointer) as i32, PDF_SUFFIX);
}
