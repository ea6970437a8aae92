import { ByteBuffer } from "../../bytes/buffer";
import { Failure } from "../../canonical/failure";
import { CanonicalRequest, Part, PartKind, Role, ToolChoice } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { nameContent, reject, rejectUnknown, checkToolCall } from "./checks";
import { decodeDocument, DocumentForm, DocumentSource } from "./documents";
import { isImage, Media, MediaForm } from "./media";
import { isVisibleText } from "./messages";
import { findChosenTool } from "./native-members";

/** The images that a vendor takes. */
export const enum ImageRule {
  None = 0,
  /** Data URIs only. */
  Data = 1,
  /** Data URIs and web addresses. */
  Any = 2,
}

const decoded = new ByteBuffer();

/** Checks a request for vendors whose messages hold texts and images, and documents as text at most. */
class PartChecker {
  private document: JsonDocument;

  constructor(
    private request: CanonicalRequest,
    private failure: Failure,
    private images: ImageRule,
  ) {
    this.document = request.document;
  }

  /** Whether the request can be sent; fills the failure otherwise. */
  checkAll(): bool {
    const request = this.request;
    const parts = request.parts;
    if (request.choices > 1) {
      return reject(this.failure, "Only one choice (n = 1) is supported by this model's provider.", "n");
    }
    if (request.toolChoice == ToolChoice.Named && findChosenTool(request) === null) {
      return reject(this.failure, "tool_choice names a tool that is not in tools.", "tool_choice");
    }
    let hasTurn = false;
    for (let index = 0; index < parts.length; index++) {
      const part = unchecked(parts[index]);
      if (!this.checkPart(part)) return false;
      if (part.role != Role.System && (part.kind != PartKind.Text || isVisibleText(this.document, part))) {
        hasTurn =
          hasTurn || part.role != Role.Assistant || part.kind == PartKind.Text || part.kind == PartKind.ToolCall;
      }
    }
    return hasTurn || reject(this.failure, "messages: at least one message with content is required.", "messages");
  }

  private checkPart(part: Part): bool {
    switch (part.kind) {
      case PartKind.Image:
        return this.checkPlace(part) && this.checkImage(new Media(this.document, part.value), part);
      case PartKind.Document:
        return this.checkDocument(part);
      case PartKind.Audio:
        return reject(this.failure, "Audio input is not supported by this model's provider.", nameContent(part));
      case PartKind.Unknown:
        return rejectUnknown(this.document, part, this.failure);
      case PartKind.ToolCall:
        return checkToolCall(this.document, part, this.failure);
      default:
        return true;
    }
  }

  private checkPlace(part: Part): bool {
    if (part.role == Role.User) return true;
    return reject(this.failure, "Images and files are supported in user messages only.", nameContent(part));
  }

  private checkImage(media: Media, part: Part): bool {
    const isData = media.form == MediaForm.Base64 && media.length > 0 && isImage(media.type);
    if (isData && this.images != ImageRule.None) return true;
    if (media.form == MediaForm.Url && this.images == ImageRule.Any) return true;
    let message =
      "Unsupported image: expected an http(s) URL or a base64 data URI of type image/jpeg, image/png, image/gif or image/webp.";
    if (this.images == ImageRule.None) message = "Image input is not supported by this model.";
    else if (this.images == ImageRule.Data) {
      message =
        "Unsupported image: this model's provider fetches no URLs; expected a base64 data URI of type image/jpeg, image/png, image/gif or image/webp.";
    }
    return reject(this.failure, message, nameContent(part));
  }

  private checkDocument(part: Part): bool {
    if (!this.checkPlace(part)) return false;
    const source = new DocumentSource(this.document, part);
    if (source.form == DocumentForm.Image) return this.checkImage(source.media, part);
    if (source.form == DocumentForm.Text) {
      const isText = decodeDocument(source.media, decoded);
      decoded.free();
      if (isText) return true;
    }
    return reject(this.failure, "Unsupported file: this model's provider takes texts only.", nameContent(part));
  }
}

/** Whether a request can be sent to a vendor with this rule for images; fills the failure (400 with `param`) otherwise. */
export function checkParts(request: CanonicalRequest, images: ImageRule, failure: Failure): bool {
  return new PartChecker(request, failure, images).checkAll();
}
