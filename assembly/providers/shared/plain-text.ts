import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, PartKind, Role } from "../../canonical/request";
import { JsonKey } from "../../json/document";
import { isVisibleText } from "./messages";
import { isBlock, TurnCursor } from "./turns";

/*
 * For vendors that take one text where OpenAI's API has parts, messages or a whole conversation. Everything is written as the inside
 * of a JSON string.
 */

const CONVERSATION_ID = new JsonKey("conversation_id");
/** Line breaks as they stand inside of a JSON string. */
const LINE = "\\n";
const PARAGRAPH = "\\n\\n";

/** Appends the visible texts of a turn `[start, end)`, one per line; false when there are none. */
export function joinTexts(request: CanonicalRequest, start: i32, end: i32, out: ByteBuffer): bool {
  const document = request.document;
  let found = false;
  for (let index = start; index < end && index < request.parts.length; index++) {
    const part = unchecked(request.parts[index]);
    if (part.kind != PartKind.Text || !isBlock(document, part)) continue;
    if (found) out.ascii(LINE);
    out.bytes(document.textPointer(part.value), document.textLength(part.value));
    found = true;
  }
  return found;
}

/** Appends all system and developer texts in their order, a paragraph each; false when there are none. */
export function joinSystemTexts(request: CanonicalRequest, out: ByteBuffer): bool {
  const document = request.document;
  let found = false;
  for (let index = 0; index < request.parts.length; index++) {
    const part = unchecked(request.parts[index]);
    if (part.role != Role.System || !isVisibleText(document, part)) continue;
    if (found) out.ascii(PARAGRAPH);
    out.bytes(document.textPointer(part.value), document.textLength(part.value));
    found = true;
  }
  return found;
}

/** Whether the conversation is one turn of the user and nothing else: then no word has to be said about who speaks. */
function isSingleTurn(request: CanonicalRequest): bool {
  const parts = request.parts;
  for (let index = 0; index < parts.length; index++) {
    const part = unchecked(parts[index]);
    if (part.role != Role.User && isVisibleText(request.document, part)) return false;
  }
  return true;
}

/**
 * Appends the whole conversation as one text: the user's own words when nobody else has spoken, else `System: ...`, `User: ...` and
 * `Assistant: ...` in paragraphs. `cue`: whether `Assistant:` stands at the end, for models that go on with a text.
 */
export function writeTranscript(request: CanonicalRequest, cue: bool, out: ByteBuffer): void {
  const single = isSingleTurn(request);
  const start = out.length;
  if (!single) {
    out.ascii("System: ");
    if (!joinSystemTexts(request, out)) out.length = start;
  }
  const turn = new TurnCursor(request);
  while (turn.next()) {
    const before = out.length;
    if (before > start) out.ascii(PARAGRAPH);
    if (!single) out.ascii(turn.isAssistant ? "Assistant: " : "User: ");
    if (!joinTexts(request, turn.start, turn.end, out)) out.length = before;
  }
  if (cue && !single) out.ascii(PARAGRAPH + "Assistant:");
}

/**
 * The conversation that the client goes on with and the vendor remembers: the `id` of the answers before, a string; -1 when there is none,
 * and the whole conversation has to be said.
 */
export function conversationOf(request: CanonicalRequest): i32 {
  const node = request.document.find(request.extras, CONVERSATION_ID);
  return request.document.textLength(node) > 0 ? node : -1;
}

/** The last turn of the user; null when there is none. */
export function findLastUserTurn(request: CanonicalRequest): TurnCursor | null {
  const turn = new TurnCursor(request);
  let found: TurnCursor | null = null;
  while (turn.next()) {
    if (turn.isAssistant) continue;
    found = new TurnCursor(request);
    found.start = turn.start;
    found.end = turn.end;
  }
  return found;
}

/** Appends the texts of the tool result at `index`, one per line; false when it has none. */
export function joinResult(request: CanonicalRequest, index: i32, out: ByteBuffer): bool {
  const document = request.document;
  const parts = request.parts;
  let found = false;
  for (let nested = index + 1; nested < parts.length && unchecked(parts[nested]).nested; nested++) {
    const part = unchecked(parts[nested]);
    if (!isVisibleText(document, part)) continue;
    if (found) out.ascii(LINE);
    out.bytes(document.textPointer(part.value), document.textLength(part.value));
    found = true;
  }
  return found;
}
