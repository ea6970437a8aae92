import * as keys from "../../canonical/openai-keys";
import { CanonicalRequest, Part, PartKind, Role } from "../../canonical/request";
import { JsonDocument, JsonKey } from "../../json/document";
import { Expect, FieldReader, Place } from "./field-errors";

const IMAGE_URL = new JsonKey("image_url");
const URL = new JsonKey("url");
const DETAIL = new JsonKey("detail");
const FILE = new JsonKey("file");
const FILE_DATA = new JsonKey("file_data");
const FILE_ID = new JsonKey("file_id");
const FILE_URL = new JsonKey("file_url");
const FILENAME = new JsonKey("filename");
const INPUT_AUDIO = new JsonKey("input_audio");
const FORMAT = new JsonKey("format");
/** A breakpoint of the prompt cache; OpenAI has none, but its clients send it for providers that do. */
export const CACHE_CONTROL = new JsonKey("cache_control");

/** Turns the content of messages into parts: strings, and arrays of text, image, file and audio parts. */
export class ContentReader {
  protected document: JsonDocument;

  constructor(
    protected request: CanonicalRequest,
    protected fields: FieldReader,
  ) {
    this.document = request.document;
  }

  /** Appends a part of a message and gives it to fill in. */
  add(kind: PartKind, role: Role, message: i32, nested: bool = false): Part {
    const part = new Part();
    part.kind = kind;
    part.role = role;
    part.message = message;
    part.nested = nested;
    this.request.parts.push(part);
    return part;
  }

  /** A text part; an empty text gives none. */
  addText(node: i32, role: Role, message: i32, nested: bool, cacheControl: i32 = -1): void {
    if (this.document.textLength(node) == 0) return;
    const part = this.add(PartKind.Text, role, message, nested);
    part.value = node;
    part.cacheControl = cacheControl;
  }

  /** The `content` of message number `message`: a string, an array of parts, or nothing. */
  readContent(object: i32, role: Role, message: i32, nested: bool): void {
    const document = this.document;
    const content = document.find(object, keys.CONTENT);
    if (!document.isPresent(content)) return;
    if (document.isString(content)) {
      this.addText(content, role, message, nested);
      return;
    }
    if (!document.isArray(content)) {
      this.fields.wrongType("content", "a string or an array of parts", content);
      return;
    }
    let index = 0;
    for (let part = document.first(content); part >= 0 && !this.fields.failed; part = document.nextElement(part)) {
      this.fields.enter(Place.ContentPart, message, index);
      index += 1;
      this.readPart(part, role, message, nested);
    }
    this.fields.enter(Place.Message, message);
  }

  private readPart(node: i32, role: Role, message: i32, nested: bool): void {
    const document = this.document;
    const fields = this.fields;
    if (!fields.checked(node, "", Expect.Object)) return;
    const type = fields.required(node, keys.TYPE, "type", Expect.String);
    if (type < 0) return;
    const cacheControl = fields.optional(node, CACHE_CONTROL, "cache_control", Expect.Object);
    if (document.equals(type, keys.TEXT)) {
      this.addText(fields.required(node, keys.TEXT, "text", Expect.String), role, message, nested, cacheControl);
      return;
    }
    if (document.equals(type, keys.REFUSAL)) {
      this.addText(fields.required(node, keys.REFUSAL, "refusal", Expect.String), role, message, nested, cacheControl);
      return;
    }
    const part = this.add(PartKind.Unknown, role, message, nested);
    part.cacheControl = cacheControl;
    if (document.equals(type, IMAGE_URL)) this.readImage(node, part);
    else if (document.equals(type, FILE)) this.readFile(node, part);
    else if (document.equals(type, INPUT_AUDIO)) this.readAudio(node, part);
    else {
      part.value = node;
      part.name = type;
    }
  }

  /** `{"type":"image_url","image_url":{"url","detail"}}`; some clients send the URL itself as `image_url`. */
  private readImage(node: i32, part: Part): void {
    const document = this.document;
    const fields = this.fields;
    part.kind = PartKind.Image;
    const image = document.find(node, IMAGE_URL);
    if (document.isString(image)) {
      part.value = image;
    } else {
      const object = fields.required(node, IMAGE_URL, "image_url", Expect.Object);
      if (object < 0) return;
      part.value = fields.required(object, URL, "image_url.url", Expect.String);
      part.extra = fields.optional(object, DETAIL, "image_url.detail", Expect.String);
    }
    if (part.value >= 0 && document.textLength(part.value) == 0) {
      fields.wrongValue("image_url.url", "it must not be empty.");
    }
  }

  /** `{"type":"file","file":{"file_data","file_id","filename"}}`. */
  private readFile(node: i32, part: Part): void {
    const fields = this.fields;
    part.kind = PartKind.Document;
    const file = fields.required(node, FILE, "file", Expect.Object);
    if (file < 0) return;
    part.value = fields.optional(file, FILE_DATA, "file.file_data", Expect.String);
    if (part.value < 0) part.value = fields.optional(file, FILE_URL, "file.file_url", Expect.String);
    part.id = fields.optional(file, FILE_ID, "file.file_id", Expect.String);
    part.name = fields.optional(file, FILENAME, "file.filename", Expect.String);
    if (part.value < 0 && part.id < 0) fields.missing("file.file_data");
  }

  /** `{"type":"input_audio","input_audio":{"data","format"}}`. */
  private readAudio(node: i32, part: Part): void {
    const fields = this.fields;
    part.kind = PartKind.Audio;
    const audio = fields.required(node, INPUT_AUDIO, "input_audio", Expect.Object);
    if (audio < 0) return;
    part.value = fields.required(audio, keys.DATA, "input_audio.data", Expect.String);
    part.name = fields.required(audio, FORMAT, "input_audio.format", Expect.String);
  }
}
