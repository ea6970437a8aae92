import { Failure } from "../../canonical/failure";
import { CanonicalRequest, Part, PartKind, Role } from "../../canonical/request";
import { nameContent, reject, rejectUnknown, checkToolCall } from "../shared/checks";
import { isImage, Media, MediaForm, MediaType } from "../shared/media";
import { hasTurn } from "../shared/turns";
import { BedrockDocument, DocumentKind } from "./documents";

const IMAGE_RULE =
  "Unsupported image: this model's provider fetches no URLs; expected a base64 data URI of type image/jpeg, image/png, image/gif or image/webp.";
const DOCUMENT_RULE =
  "Unsupported file: this model's provider fetches no URLs and knows no file ids; expected the data of a PDF, CSV, Word, Excel, HTML, Markdown or text file.";

function checkImage(request: CanonicalRequest, part: Part, failure: Failure): bool {
  const media = new Media(request.document, part.value);
  const isKnown = isImage(media.type) || media.type == MediaType.Pdf;
  if (media.form == MediaForm.Base64 && media.length > 0 && isKnown) return true;
  return reject(failure, IMAGE_RULE, nameContent(part));
}

function checkDocument(request: CanonicalRequest, part: Part, failure: Failure): bool {
  const kind = new BedrockDocument(request.document, part).kind;
  if (kind == DocumentKind.Document || kind == DocumentKind.Image) return true;
  return reject(failure, DOCUMENT_RULE, nameContent(part));
}

function checkPart(request: CanonicalRequest, part: Part, failure: Failure): bool {
  switch (part.kind) {
    case PartKind.Image:
    case PartKind.Document:
      if (part.role != Role.User && part.role != Role.Tool) {
        return reject(failure, "Images and files are supported in user and tool messages only.", nameContent(part));
      }
      return part.kind == PartKind.Image ? checkImage(request, part, failure) : checkDocument(request, part, failure);
    case PartKind.Audio:
      return reject(failure, "Audio input is not supported by this model's provider.", nameContent(part));
    case PartKind.Unknown:
      return rejectUnknown(request.document, part, failure);
    case PartKind.ToolCall:
      return checkToolCall(request.document, part, failure);
    default:
      return true;
  }
}

/** Whether the request can be said in Converse; fills the failure (400 with `param`) otherwise. */
export function checkConverse(request: CanonicalRequest, keepsReasoning: bool, failure: Failure): bool {
  if (request.choices > 1) {
    return reject(failure, "Only one choice (n = 1) is supported by this model's provider.", "n");
  }
  if (!hasTurn(request, keepsReasoning)) {
    return reject(
      failure,
      "messages: at least one message with content from the user, the assistant or a tool is required.",
      "messages",
    );
  }
  const parts = request.parts;
  let passed = true;
  for (let index = 0; index < parts.length && passed; index++) {
    passed = checkPart(request, unchecked(parts[index]), failure);
  }
  return passed;
}

/** Whether nothing in the request has to be fetched, which Claude on Bedrock does not do; fills the failure otherwise. */
export function checkWithoutUrls(request: CanonicalRequest, failure: Failure): bool {
  for (let index = 0; index < request.parts.length; index++) {
    const part = unchecked(request.parts[index]);
    if (part.kind == PartKind.Image && new Media(request.document, part.value).form == MediaForm.Url) {
      return reject(failure, IMAGE_RULE, nameContent(part));
    }
    if (part.kind != PartKind.Document) continue;
    if (new BedrockDocument(request.document, part).kind == DocumentKind.Reference) {
      return reject(failure, DOCUMENT_RULE, nameContent(part));
    }
  }
  return true;
}
