import { ByteBuffer } from "../../bytes/buffer";
import { Failure } from "../../canonical/failure";
import { CanonicalRequest, Part, PartKind, Role } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { AttemptTarget } from "../provider";
import { nameContent, reject, rejectUnknown, checkToolCall } from "../shared/checks";
import { CallTable } from "./calls";
import { MediaSource, PartForm, videoOf } from "./media";
import { isSpoken } from "./messages";

/** Most candidates that one request may ask for: https://ai.google.dev/api/generate-content#generationconfig */
const MOST_CANDIDATES: i32 = 8;
/** Longest model name that may enter a path. */
const MOST_MODEL_BYTES: i32 = 128;

/** Whether a name may stand in a path as it is: letters, digits, dots, underscores, at signs and hyphens (checklist item 81). */
export function isModelName(model: StaticArray<u8>): bool {
  if (model.length == 0 || model.length > MOST_MODEL_BYTES) return false;
  for (let index = 0; index < model.length; index++) {
    const byte = unchecked(model[index]);
    const lower = byte | 0x20;
    const isPlain = (lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39);
    if (!isPlain && byte != 0x2d && byte != 0x2e && byte != 0x5f && byte != 0x40) return false;
  }
  return true;
}

/** Checks the model's name; fills the failure when it cannot be sent. */
export function checkModel(target: AttemptTarget, failure: Failure): bool {
  if (isModelName(target.model)) return true;
  return reject(failure, "The model's name holds characters that this provider's names do not have.", "model");
}

/** Holds the scratch memory of one check. */
class PartChecker {
  private document: JsonDocument;
  private scratch: ByteBuffer = new ByteBuffer();
  private calls: CallTable;

  constructor(
    private request: CanonicalRequest,
    private failure: Failure,
    private knowsFiles: bool,
  ) {
    this.document = request.document;
    this.calls = new CallTable(request.document);
  }

  /** Whether every part can be sent; fills the failure otherwise. */
  checkAll(): bool {
    const parts = this.request.parts;
    for (let index = 0; index < parts.length; index++) {
      if (!this.checkPart(unchecked(parts[index]), index)) return false;
    }
    return true;
  }

  free(): void {
    this.scratch.free();
    this.calls.free();
  }

  private checkPart(part: Part, index: i32): bool {
    switch (part.kind) {
      case PartKind.Image:
      case PartKind.Document:
      case PartKind.Audio:
        return this.checkMedia(part);
      case PartKind.Unknown:
        if (videoOf(this.document, part) >= 0) return this.checkMedia(part);
        return rejectUnknown(this.document, part, this.failure);
      case PartKind.ToolCall:
        this.calls.add(this.calls.key(part), index);
        return checkToolCall(this.document, part, this.failure);
      case PartKind.ToolResult: {
        if (this.calls.find(this.calls.key(part)) >= 0) return true;
        const param = "messages[" + part.message.toString() + "].tool_call_id";
        return reject(this.failure, "A tool message must answer a tool call that stands before it.", param);
      }
      default:
        return true;
    }
  }

  private checkMedia(part: Part): bool {
    if (part.role == Role.System) {
      return reject(this.failure, "System messages may hold text only.", nameContent(part));
    }
    const source = new MediaSource(this.document, part);
    const isReadable = source.form != PartForm.Text || source.hasReadableText(this.scratch);
    const isKnown = source.form != PartForm.Unsupported && (source.form != PartForm.File || this.knowsFiles);
    if (isKnown && isReadable) return true;
    return reject(
      this.failure,
      part.kind == PartKind.Document
        ? "Unsupported file: expected base64 data, an http(s) or gs:// URL, or the id of a file of this provider."
        : part.kind == PartKind.Audio
          ? "Unsupported audio: expected base64 data and a format such as wav or mp3."
          : part.kind == PartKind.Unknown
            ? "Unsupported video: expected a base64 data URI, or an http(s) or gs:// URL."
            : "Unsupported image: expected a base64 data URI, or an http(s) or gs:// URL.",
      nameContent(part),
    );
  }
}

function hasTurn(request: CanonicalRequest): bool {
  const parts = request.parts;
  for (let index = 0; index < parts.length; index++) {
    if (isSpoken(request.document, unchecked(parts[index]))) return true;
  }
  return false;
}

/**
 * Whether the request can be said in Gemini's protocol; fills the failure (400 with `param`) otherwise. `knowsFiles`: the service has
 * uploaded files, as AI Studio does.
 */
export function checkRequest(request: CanonicalRequest, failure: Failure, knowsFiles: bool): bool {
  if (request.choices > MOST_CANDIDATES)
    return reject(failure, "At most 8 choices (n) are supported by this model's provider.", "n");
  if (!hasTurn(request)) {
    return reject(
      failure,
      "messages: at least one message with content from the user, the assistant or a tool is required.",
      "messages",
    );
  }
  const checker = new PartChecker(request, failure, knowsFiles);
  const passed = checker.checkAll();
  checker.free();
  return passed;
}
