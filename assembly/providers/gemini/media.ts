import { endsWithIgnoringCase, startsWithIgnoringCase } from "../../bytes/ascii";
import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { findByte, findText } from "../../bytes/find";
import { Part, PartKind } from "../../canonical/request";
import { JsonDocument, JsonKey } from "../../json/document";
import { unescapeInto } from "../../json/read";
import { escapeInto } from "../../json/write";
import { decodeDocument, DocumentForm, DocumentSource } from "../shared/documents";
import { Media, MediaForm, mediaTypeName, MediaType } from "../shared/media";

/** How a medium is said. */
export const enum PartForm {
  Unsupported = 0,
  /** `inlineData` */
  Inline = 1,
  /** `fileData` with the address as given */
  Address = 2,
  /** `fileData` with the id of an uploaded file */
  File = 3,
  /** The plain text of a text document. */
  Text = 4,
}

/** A media type and the ending of an address that stands for it. */
class Ending {
  readonly suffix: StaticArray<u8>;
  readonly mediaType: StaticArray<u8>;

  constructor(suffix: string, mediaType: string) {
    this.suffix = encodeText(suffix);
    this.mediaType = encodeText(mediaType);
  }
}

/** Source: https://ai.google.dev/gemini-api/docs/file-input-methods (supported content types) */
const ENDINGS: Ending[] = [
  new Ending(".png", "image/png"),
  new Ending(".webp", "image/webp"),
  new Ending(".gif", "image/gif"),
  new Ending(".heic", "image/heic"),
  new Ending(".heif", "image/heif"),
  new Ending(".jpg", "image/jpeg"),
  new Ending(".jpeg", "image/jpeg"),
  new Ending(".pdf", "application/pdf"),
  new Ending(".txt", "text/plain"),
  new Ending(".md", "text/markdown"),
  new Ending(".csv", "text/csv"),
  new Ending(".html", "text/html"),
  new Ending(".mp4", "video/mp4"),
  new Ending(".mov", "video/quicktime"),
  new Ending(".webm", "video/webm"),
  new Ending(".mp3", "audio/mp3"),
  new Ending(".wav", "audio/wav"),
];

const PDF = encodeText("application/pdf");
const MP4 = encodeText("video/mp4");
/** Addresses of videos that have no ending. Source: https://ai.google.dev/gemini-api/docs/video-understanding (YouTube URLs) */
const YOUTUBE: StaticArray<u8>[] = [encodeText("youtube.com/"), encodeText("youtu.be/")];
const VIDEO_URL = new JsonKey("video_url");
const URL = new JsonKey("url");
const JPEG = encodeText("image/jpeg");
const PLAIN_TEXT = encodeText("text/plain");
const CLOUD_STORAGE = encodeText("gs://");
const FILES = encodeText("files/");
const WEB = encodeText("https://");
/** Where files that were uploaded to AI Studio have their addresses: https://ai.google.dev/api/files */
const FILES_ADDRESS = "https://generativelanguage.googleapis.com/v1beta/";

/** Longest media type that is passed on, and longest address and audio format that are looked at. */
const MOST_TYPE_BYTES: i32 = 100;
const MOST_ADDRESS_BYTES: i32 = 16384;
const MOST_FORMAT_BYTES: i32 = 16;

/** `type/subtype` of letters, digits, dots, plus signs and hyphens: what may stand in a JSON string as it is. */
function isMediaType(type: StaticArray<u8>): bool {
  if (type.length < 3 || type.length > MOST_TYPE_BYTES) return false;
  let slashes = 0;
  for (let index = 0; index < type.length; index++) {
    const byte = unchecked(type[index]);
    const lower = byte | 0x20;
    const isPlain = (lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39);
    if (byte == 0x2f) slashes += 1;
    else if (!isPlain && byte != 0x2b && byte != 0x2d && byte != 0x2e) return false;
  }
  return slashes == 1;
}

/** The address or data of a part `{"type":"video_url","video_url":{"url"}}`, which OpenAI does not know but others do; -1 for other parts. */
export function videoOf(document: JsonDocument, part: Part): i32 {
  if (part.kind != PartKind.Unknown || !document.equals(part.name, VIDEO_URL)) return -1;
  const given = document.find(part.value, VIDEO_URL);
  const url = document.isString(given) ? given : document.find(given, URL);
  return document.isString(url) ? url : -1;
}

/** A medium of the conversation as Gemini is told it. */
export class MediaSource {
  form: PartForm = PartForm.Unsupported;
  private media: Media;
  /** The media type that is sent. */
  private type: StaticArray<u8> = new StaticArray<u8>(0);

  constructor(
    private document: JsonDocument,
    private part: Part,
  ) {
    this.media = new Media(document, part.kind == PartKind.Unknown ? videoOf(document, part) : part.value);
    if (part.kind == PartKind.Audio) this.readAudio();
    else if (!this.readAddress() && !this.readData() && part.kind == PartKind.Document) this.readDocument();
  }

  /** Whether the text of a `PartForm.Text` can be read. */
  hasReadableText(scratch: ByteBuffer): bool {
    scratch.length = 0;
    return decodeDocument(this.media, scratch);
  }

  /** Writes the part. Source: https://ai.google.dev/api/caching#Part */
  write(out: ByteBuffer): void {
    const media = this.media;
    switch (this.form) {
      case PartForm.Inline:
        out.ascii('{"inlineData":{"mimeType":"');
        out.text(this.type);
        out.ascii('","data":"');
        out.bytes(media.pointer, media.length);
        out.ascii('"}}');
        return;
      case PartForm.Text: {
        const plain = new ByteBuffer();
        decodeDocument(media, plain);
        out.ascii('{"text":"');
        escapeInto(plain.pointer, plain.length, out);
        out.ascii('"}');
        plain.free();
        return;
      }
      case PartForm.File:
        out.ascii('{"fileData":{"fileUri":"');
        out.ascii(FILES_ADDRESS);
        out.bytes(media.pointer, media.length);
        out.ascii('"}}');
        return;
      default:
        out.ascii('{"fileData":{"fileUri":"');
        out.bytes(media.pointer, media.length);
        out.ascii('","mimeType":"');
        out.text(this.type);
        out.ascii('"}}');
    }
  }

  private readAudio(): void {
    const document = this.document;
    const name = this.part.name;
    const format = new ByteBuffer();
    format.ascii("audio/");
    const start = format.length;
    unescapeInto(document.textPointer(name), min(document.textLength(name), MOST_FORMAT_BYTES * 6), format);
    const length = format.length - start;
    if (length > 0 && length <= MOST_FORMAT_BYTES && this.media.length > 0) {
      this.type = format.toText();
      if (isMediaType(this.type)) this.form = PartForm.Inline;
    }
    format.free();
  }

  /** A web address or one of Cloud Storage; any character of it may be escaped. */
  private readAddress(): bool {
    const media = this.media;
    const address = new ByteBuffer();
    if (media.typeText.length == 0) unescapeInto(media.pointer, min(media.length, MOST_ADDRESS_BYTES), address);
    const isAddress =
      media.form == MediaForm.Url || startsWithIgnoringCase(address.pointer, address.length, CLOUD_STORAGE);
    if (isAddress) {
      this.form = PartForm.Address;
      this.type = this.typeOfAddress(address.pointer, address.length);
    }
    address.free();
    return isAddress;
  }

  private readData(): bool {
    const media = this.media;
    if (media.form != MediaForm.Base64 || media.length == 0 || !isMediaType(media.typeText)) return false;
    this.form = PartForm.Inline;
    // The types that are known are written in one way: clients say `image/jpg`, too.
    const isKnown = media.type >= MediaType.Png && media.type <= MediaType.Pdf;
    this.type = isKnown ? encodeText(mediaTypeName(media.type)) : media.typeText;
    return true;
  }

  private readDocument(): void {
    const source = new DocumentSource(this.document, this.part);
    this.media = source.media;
    if (source.form == DocumentForm.Pdf) {
      this.form = PartForm.Inline;
      this.type = PDF;
    } else if (source.form == DocumentForm.Text) {
      this.form = source.media.form == MediaForm.Base64 ? PartForm.Inline : PartForm.Text;
      this.type = PLAIN_TEXT;
    } else if (source.form == DocumentForm.File) this.readFileId();
  }

  /** `files/...` of AI Studio, or an address in an id's place. Other vendors' ids mean nothing here. */
  private readFileId(): void {
    const media = this.media;
    media.pointer = this.document.textPointer(this.part.id);
    media.length = this.document.textLength(this.part.id);
    const id = new ByteBuffer();
    unescapeInto(media.pointer, min(media.length, MOST_ADDRESS_BYTES), id);
    if (startsWithIgnoringCase(id.pointer, id.length, FILES)) this.form = PartForm.File;
    else if (
      startsWithIgnoringCase(id.pointer, id.length, WEB) ||
      startsWithIgnoringCase(id.pointer, id.length, CLOUD_STORAGE)
    ) {
      this.form = PartForm.Address;
      this.type = this.typeOfAddress(id.pointer, id.length);
    }
    id.free();
  }

  /** By the ending of the path; a type is demanded, and images are what clients send most. */
  private typeOfAddress(pointer: usize, length: i32): StaticArray<u8> {
    const limit = pointer + length;
    const end = min(findByte(pointer, limit, 0x3f), findByte(pointer, limit, 0x23));
    for (let index = 0; index < ENDINGS.length; index++) {
      const ending = unchecked(ENDINGS[index]);
      if (endsWithIgnoringCase(pointer, (end - pointer) as i32, ending.suffix)) return ending.mediaType;
    }
    for (let index = 0; index < YOUTUBE.length; index++) {
      if (findText(pointer, length, unchecked(YOUTUBE[index])) >= 0) return MP4;
    }
    if (this.part.kind == PartKind.Unknown) return MP4;
    return this.part.kind == PartKind.Document ? PDF : JPEG;
  }
}
