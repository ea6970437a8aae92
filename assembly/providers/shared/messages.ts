import { CanonicalRequest, Part, PartKind, Role } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { isBlank } from "./text";

/** Walks over the client's messages, for protocols that take a conversation as the client wrote it. */
export class MessageCursor {
  /** First part of the message, and the part behind its last. */
  start: i32 = 0;
  end: i32 = 0;
  role: Role = Role.User;

  constructor(private request: CanonicalRequest) {}

  /** Moves to the next message that has parts; false behind the last. */
  next(): bool {
    const parts = this.request.parts;
    if (this.end >= parts.length) return false;
    this.start = this.end;
    const first = unchecked(parts[this.start]);
    this.role = first.role;
    while (this.end < parts.length && unchecked(parts[this.end]).message == first.message) this.end += 1;
    return true;
  }

  /** Starts again before the first message. */
  rewind(): void {
    this.end = 0;
  }
}

/** Whether a part is a text that has something to read. */
export function isVisibleText(document: JsonDocument, part: Part): bool {
  return part.kind == PartKind.Text && !isBlank(document.textPointer(part.value), document.textLength(part.value));
}

/** Whether a part has something to say: everything but a blank text. */
export function isVisible(document: JsonDocument, part: Part): bool {
  return part.kind != PartKind.Text || isVisibleText(document, part);
}

/** How many parts of `[start, end)` are visible texts. */
export function countTexts(request: CanonicalRequest, start: i32, end: i32): i32 {
  let count = 0;
  for (let index = start; index < end; index++) {
    if (isVisibleText(request.document, unchecked(request.parts[index]))) count += 1;
  }
  return count;
}
