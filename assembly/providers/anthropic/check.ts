import { ByteBuffer } from "../../bytes/buffer";
import { Failure } from "../../canonical/failure";
import { CanonicalRequest, Part, PartKind, Role } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { nameContent, reject, rejectUnknown, checkToolCall } from "../shared/checks";
import { decodeDocument, DocumentForm, DocumentSource } from "../shared/documents";
import { isImage, Media, MediaForm, MediaType } from "../shared/media";
import { hasTurn } from "../shared/turns";

const decoded = new ByteBuffer();

/** Checks the parts of one request. */
class PartChecker {
  private document: JsonDocument;

  constructor(
    private request: CanonicalRequest,
    private failure: Failure,
  ) {
    this.document = request.document;
  }

  /** Whether every part can be sent; fills the failure otherwise. */
  checkAll(): bool {
    const parts = this.request.parts;
    for (let index = 0; index < parts.length; index++) {
      if (!this.checkPart(unchecked(parts[index]))) return false;
    }
    return true;
  }

  private checkPart(part: Part): bool {
    switch (part.kind) {
      case PartKind.Image:
      case PartKind.Document:
        return (
          this.checkPlace(part) && (part.kind == PartKind.Image ? this.checkImage(part) : this.checkDocument(part))
        );
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
    if (part.role == Role.User || part.role == Role.Tool) return true;
    return reject(this.failure, "Images and files are supported in user and tool messages only.", nameContent(part));
  }

  private checkImage(part: Part): bool {
    const media = new Media(this.document, part.value);
    if (media.form == MediaForm.Url) return true;
    if (media.form == MediaForm.Base64 && media.length > 0 && (isImage(media.type) || media.type == MediaType.Pdf))
      return true;
    return reject(
      this.failure,
      "Unsupported image: expected an http(s) URL or a base64 data URI of type image/jpeg, image/png, image/gif or image/webp.",
      nameContent(part),
    );
  }

  private checkDocument(part: Part): bool {
    const source = new DocumentSource(this.document, part);
    if (source.form == DocumentForm.Text) {
      const isText = decodeDocument(source.media, decoded);
      decoded.free();
      if (isText) return true;
    } else if (source.form != DocumentForm.Unsupported) {
      return true;
    }
    return reject(
      this.failure,
      "Unsupported file: expected a PDF or a text, as data, URL or file id.",
      nameContent(part),
    );
  }
}

/** Whether the request can be said in Anthropic's protocol; fills the failure (400 with `param`) otherwise. */
export function checkRequest(request: CanonicalRequest, failure: Failure): bool {
  if (request.choices > 1)
    return reject(failure, "Only one choice (n = 1) is supported by this model's provider.", "n");
  if (!hasTurn(request)) {
    return reject(
      failure,
      "messages: at least one message with content from the user, the assistant or a tool is required.",
      "messages",
    );
  }
  return new PartChecker(request, failure).checkAll();
}
