import { Failure } from "../../canonical/failure";
import { CanonicalRequest, Part, PartKind, ResponseFormat, Role, ToolChoice } from "../../canonical/request";
import { nameContent, reject, rejectUnknown, checkToolCall } from "./checks";
import { DocumentForm, DocumentSource } from "./documents";
import { forcesFormatTool, forcesOneTool } from "./format-tool";
import { isImage, Media, MediaForm } from "./media";
import { hasTurn } from "./turns";

/** What a narrow protocol takes beside texts; a set of bits. */
export const enum Takes {
  Nothing = 0,
  /** Images by http(s) URL. */
  ImageUrls = 1,
  /** Images as base64 data URIs. */
  InlineImages = 2,
  /** Documents by http(s) URL. */
  DocumentUrls = 4,
  /** Tools, calls and results. */
  Tools = 8,
  /** JSON as the form of the answer, by a tool that must be called. */
  FormatTool = 16,
}

/** Checks the parts of one request. */
class NarrowChecker {
  constructor(
    private request: CanonicalRequest,
    private takes: i32,
    private failure: Failure,
  ) {}

  checkAll(): bool {
    const parts = this.request.parts;
    for (let index = 0; index < parts.length; index++) {
      if (!this.checkPart(unchecked(parts[index]))) return false;
    }
    return true;
  }

  private checkPart(part: Part): bool {
    const failure = this.failure;
    switch (part.kind) {
      case PartKind.Image:
        return this.checkPlace(part) && this.checkImage(new Media(this.request.document, part.value), part);
      case PartKind.Document:
        return this.checkPlace(part) && this.checkDocument(part);
      case PartKind.Audio:
        return reject(failure, "Audio input is not supported by this model's provider.", nameContent(part));
      case PartKind.Unknown:
        return rejectUnknown(this.request.document, part, failure);
      case PartKind.ToolCall:
      case PartKind.ToolResult:
        if (!(this.takes & Takes.Tools)) {
          const place = "messages[" + part.message.toString() + "]";
          return reject(failure, "Tool calls in the history are not supported by this model's provider.", place);
        }
        return part.kind == PartKind.ToolResult || checkToolCall(this.request.document, part, failure);
      default:
        return true;
    }
  }

  private checkPlace(part: Part): bool {
    if (part.role == Role.User) return true;
    return reject(this.failure, "Images and files are supported in user messages only.", nameContent(part));
  }

  private checkImage(media: Media, part: Part): bool {
    if (media.form == MediaForm.Url && (this.takes & Takes.ImageUrls) != 0) return true;
    const isInline = media.form == MediaForm.Base64 && media.length > 0 && isImage(media.type);
    if (isInline && (this.takes & Takes.InlineImages) != 0) return true;
    let message = "Images are not supported by this model's provider.";
    if (this.takes & Takes.InlineImages) {
      message = "Unsupported image: expected an http(s) URL or a base64 data URI of an image.";
    } else if (this.takes & Takes.ImageUrls) {
      message = "Unsupported image: this model's provider takes http(s) URLs only.";
    }
    return reject(this.failure, message, nameContent(part));
  }

  private checkDocument(part: Part): bool {
    const source = new DocumentSource(this.request.document, part);
    if (source.form == DocumentForm.Image) return this.checkImage(source.media, part);
    const takesUrls = (this.takes & Takes.DocumentUrls) != 0;
    if (source.form == DocumentForm.Url && takesUrls) return true;
    const message = takesUrls
      ? "Unsupported file: this model's provider takes http(s) URLs only."
      : "Files are not supported by this model's provider.";
    return reject(this.failure, message, nameContent(part));
  }
}

/**
 * Whether a request can be said in a protocol that takes texts and what the bits of `takes` name; fills the failure (400 with `param`)
 * otherwise. Parameters that are only hints (penalties, seed, effort, ...) are no reason to refuse: they are left out.
 */
export function checkNarrow(request: CanonicalRequest, takes: i32, failure: Failure): bool {
  if (request.choices > 1) {
    return reject(failure, "Only one choice (n = 1) is supported by this model's provider.", "n");
  }
  if (!hasTurn(request)) {
    return reject(failure, "messages: at least one message with content is required.", "messages");
  }
  if (request.tools.length > 0 && request.toolChoice != ToolChoice.None && !(takes & Takes.Tools)) {
    return reject(failure, "Tools are not supported by this model's provider.", "tools");
  }
  if (request.responseFormat != ResponseFormat.Text && !(takes & Takes.FormatTool)) {
    return reject(failure, "JSON as response_format is not supported by this model's provider.", "response_format");
  }
  // The vendor can force one certain tool, but not the choice between the form's and the client's.
  if (request.responseFormat != ResponseFormat.Text && !forcesFormatTool(request) && !forcesOneTool(request)) {
    const message = "JSON as response_format together with tools is not supported by this model's provider.";
    return reject(failure, message, "response_format");
  }
  return new NarrowChecker(request, takes, failure).checkAll();
}
