import { ByteBuffer } from "../../bytes/buffer";
import { Failure, FailureReason } from "../../canonical/failure";
import { CanonicalRequest, Part, PartKind, Role } from "../../canonical/request";
import { JsonDocument, JsonError } from "../../json/document";
import { writeArguments } from "./blocks";
import { decodeDocument, DocumentForm, DocumentSource } from "./documents";
import { isImage, Media, MediaForm, MediaType } from "./media";
import { TurnCursor } from "./turns";

function reject(failure: Failure, message: string, param: string): bool {
  failure.set(FailureReason.BadRequest, 400, message, "", param);
  return false;
}

/** `messages[3].content`; made for errors only. */
function nameContent(part: Part): string {
  return "messages[" + part.message.toString() + "].content";
}

/** Holds the scratch memory of one check. */
class PartChecker {
  private document: JsonDocument;
  private scratch: ByteBuffer = new ByteBuffer();
  private parsed: JsonDocument = new JsonDocument();

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

  free(): void {
    this.scratch.free();
    this.parsed.free();
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
        return this.rejectUnknown(part);
      case PartKind.ToolCall:
        return this.checkToolCall(part);
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
      this.scratch.length = 0;
      if (decodeDocument(source.media, this.scratch)) return true;
    } else if (source.form != DocumentForm.Unsupported) {
      return true;
    }
    return reject(
      this.failure,
      "Unsupported file: expected a PDF or a text, as data, URL or file id.",
      nameContent(part),
    );
  }

  private checkToolCall(part: Part): bool {
    const param = "messages[" + part.message.toString() + "].tool_calls";
    if (this.document.textLength(part.name) == 0) return reject(this.failure, "A tool call needs a name.", param);
    this.scratch.length = 0;
    writeArguments(this.document, part.value, this.scratch);
    const error = this.parsed.parse(this.scratch.pointer, this.scratch.length, 1);
    if (error == JsonError.None && this.parsed.isObject(this.parsed.root())) return true;
    return reject(this.failure, "The arguments of a tool call must be a JSON object.", param);
  }

  private rejectUnknown(part: Part): bool {
    reject(this.failure, "This kind of content is not supported by this model's provider.", nameContent(part));
    const length = this.document.textLength(part.name);
    if (length > 0 && length <= 64) {
      const message = new ByteBuffer();
      message.ascii("Content of type '");
      message.bytes(this.document.textPointer(part.name), length);
      message.ascii("' is not supported by this model's provider.");
      this.failure.message = message.toText();
      message.free();
    }
    return false;
  }
}

/** Whether the request can be said in Anthropic's protocol; fills the failure (400 with `param`) otherwise. */
export function checkRequest(request: CanonicalRequest, failure: Failure): bool {
  if (request.choices > 1)
    return reject(failure, "Only one choice (n = 1) is supported by this model's provider.", "n");
  if (!new TurnCursor(request).next()) {
    return reject(
      failure,
      "messages: at least one message with content from the user, the assistant or a tool is required.",
      "messages",
    );
  }
  const checker = new PartChecker(request, failure);
  const passed = checker.checkAll();
  checker.free();
  return passed;
}
