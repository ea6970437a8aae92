import { ByteBuffer } from "../../bytes/buffer";
import { hash64 } from "../../bytes/hash";
import { hexDigit } from "../../bytes/hex";
import { Part, PartKind } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { writeCallId } from "../shared/call-ids";
import { Media, MediaType } from "../shared/media";
import { isVisible } from "../shared/messages";
import { ToolNames } from "../shared/tool-names";
import { writeArguments, writeRaw } from "../shared/values";
import { CachePlan } from "./cache";
import { BedrockDocument, DocumentKind, DocumentNames } from "./documents";

/** Longest id of a tool call that the vendor takes. */
const MOST_ID_BYTES: i32 = 64;
const HASH_DIGITS: i32 = 16;

function imageFormat(type: MediaType): string {
  switch (type) {
    case MediaType.Jpeg:
      return "jpeg";
    case MediaType.Gif:
      return "gif";
    case MediaType.Webp:
      return "webp";
    default:
      return "png";
  }
}

/**
 * Writes the content blocks of one conversation.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
 */
export class BlockWriter {
  private documentNames: DocumentNames = new DocumentNames();

  constructor(
    private document: JsonDocument,
    private names: ToolNames,
    private cache: CachePlan,
    private out: ByteBuffer,
  ) {}

  /** Writes a text block with the first `length` bytes of the part's text. */
  writeText(part: Part, length: i32): void {
    const out = this.out;
    out.ascii('{"text":"');
    out.bytes(this.document.textPointer(part.value), length);
    out.ascii('"}');
    this.cache.writeMarked(this.document, part.cacheControl, out);
  }

  /** Writes one block of a turn, tool results excepted. */
  writeBlock(part: Part): void {
    const document = this.document;
    switch (part.kind) {
      case PartKind.Reasoning:
      case PartKind.RedactedReasoning:
        this.writeReasoning(part);
        return;
      case PartKind.Image:
      case PartKind.Document:
        this.writeMedia(part);
        break;
      case PartKind.ToolCall:
        this.writeToolUse(part);
        break;
      default:
        this.writeText(part, document.textLength(part.value));
        return;
    }
    this.cache.writeMarked(document, part.cacheControl, this.out);
  }

  /** Writes the tool result at `index` with the parts nested behind it; a result without content gets an empty text. */
  writeToolResult(parts: Part[], index: i32): void {
    const out = this.out;
    const result = unchecked(parts[index]);
    let cacheControl = result.cacheControl;
    out.ascii('{"toolResult":{"toolUseId":');
    this.writeId(result);
    out.ascii(',"content":[');
    const start = out.length;
    for (let nested = index + 1; nested < parts.length && unchecked(parts[nested]).nested; nested++) {
      const part = unchecked(parts[nested]);
      if (!this.document.isObject(cacheControl)) cacheControl = part.cacheControl;
      if (!isVisible(this.document, part)) continue;
      if (out.length > start) out.byte(0x2c);
      if (part.kind == PartKind.Image || part.kind == PartKind.Document) this.writeMedia(part);
      else {
        out.ascii('{"text":');
        writeRaw(this.document, part.value, out);
        out.byte(0x7d);
      }
    }
    if (out.length == start) out.ascii('{"text":""}');
    out.ascii("]}}");
    // A cache point cannot stand inside a result, so it follows behind.
    this.cache.writeMarked(this.document, cacheControl, out);
  }

  private writeReasoning(part: Part): void {
    const document = this.document;
    const out = this.out;
    out.ascii('{"reasoningContent":{');
    if (part.kind == PartKind.RedactedReasoning) {
      out.ascii('"redactedContent":');
      writeRaw(document, part.value, out);
    } else {
      out.ascii('"reasoningText":{"text":');
      writeRaw(document, part.value, out);
      out.ascii(',"signature":');
      writeRaw(document, part.extra, out);
      out.byte(0x7d);
    }
    out.ascii("}}");
  }

  private writeToolUse(part: Part): void {
    const out = this.out;
    out.ascii('{"toolUse":{"toolUseId":');
    this.writeId(part);
    out.ascii(',"name":');
    this.names.write(this.document, part.name, out);
    out.ascii(',"input":');
    writeArguments(this.document, part.value, out);
    out.ascii("}}");
  }

  /** Ids may be longer elsewhere than here: the end of such an id becomes a hash of all of it, the same in the call and its result. */
  private writeId(part: Part): void {
    const out = this.out;
    const start = out.length + 1;
    writeCallId(this.document, part, out);
    const length = out.length - 1 - start;
    if (length <= MOST_ID_BYTES) return;
    let hash = hash64(out.pointer + start, length);
    out.length = start + MOST_ID_BYTES - HASH_DIGITS;
    for (let digit = 0; digit < HASH_DIGITS; digit++) {
      out.byte(hexDigit((hash & 15) as u8));
      hash >>= 4;
    }
    out.byte(0x22);
  }

  /** Writes an image or document block; the part has passed the check. */
  private writeMedia(part: Part): void {
    if (part.kind == PartKind.Image) {
      const media = new Media(this.document, part.value);
      if (media.type != MediaType.Pdf) {
        this.writeImage(media);
        return;
      }
    }
    const source = new BedrockDocument(this.document, part);
    if (source.kind == DocumentKind.Image) {
      this.writeImage(source.media);
      return;
    }
    const out = this.out;
    out.ascii('{"document":{"format":"');
    out.ascii(source.format);
    out.ascii('","name":');
    this.documentNames.write(this.document, part, out);
    out.ascii(',"source":{"bytes":"');
    source.writeData(out);
    out.ascii('"}}}');
  }

  private writeImage(media: Media): void {
    const out = this.out;
    out.ascii('{"image":{"format":"');
    out.ascii(imageFormat(media.type));
    out.ascii('","source":{"bytes":"');
    out.bytes(media.pointer, media.length);
    out.ascii('"}}}');
  }
}
