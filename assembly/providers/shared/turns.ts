import { CanonicalRequest, Part, PartKind, Role } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { isBlank } from "./text";

/**
 * Whether a part becomes a block of a turn: not a system text, not nested in a tool result, not blank, not unsigned reasoning, and no
 * reasoning at all where the model does not take any.
 */
export function isBlock(document: JsonDocument, part: Part, keepsReasoning: bool = true): bool {
  if (part.nested || part.role == Role.System) return false;
  switch (part.kind) {
    case PartKind.Text:
      return !isBlank(document.textPointer(part.value), document.textLength(part.value));
    case PartKind.Reasoning:
      return keepsReasoning && part.role == Role.Assistant && document.textLength(part.extra) > 0;
    case PartKind.RedactedReasoning:
      return keepsReasoning && part.role == Role.Assistant && document.textLength(part.value) > 0;
    default:
      return true;
  }
}

/** Whether a part holds reasoning, readable or not. */
export function isReasoning(part: Part): bool {
  return part.kind == PartKind.Reasoning || part.kind == PartKind.RedactedReasoning;
}

/**
 * Walks over the turns that Anthropic will see: neighbours of the same role are one turn (tool results belong to the user), and
 * parts that are not sent do not separate turns.
 */
export class TurnCursor {
  /** First part of the turn, and the part behind its last. Parts of other turns do not lie between, but parts that are not sent may. */
  start: i32 = 0;
  end: i32 = 0;
  isAssistant: bool = false;

  constructor(
    private request: CanonicalRequest,
    private keepsReasoning: bool = true,
  ) {}

  /** Moves to the next turn; false behind the last. */
  next(): bool {
    const document = this.request.document;
    const parts = this.request.parts;
    let found = false;
    for (let index = this.end; index < parts.length; index++) {
      const part = unchecked(parts[index]);
      if (!isBlock(document, part, this.keepsReasoning)) continue;
      const isAssistant = part.role == Role.Assistant;
      if (!found) {
        found = true;
        this.start = index;
        this.isAssistant = isAssistant;
      } else if (isAssistant != this.isAssistant) {
        this.end = index;
        return true;
      }
    }
    this.end = parts.length;
    return found;
  }
}

/** Whether there is any turn. */
export function hasTurn(request: CanonicalRequest, keepsReasoning: bool = true): bool {
  const parts = request.parts;
  for (let index = 0; index < parts.length; index++) {
    if (isBlock(request.document, unchecked(parts[index]), keepsReasoning)) return true;
  }
  return false;
}

/** Whether any part of `[start, end)` is of this kind. */
export function hasKind(request: CanonicalRequest, start: i32, end: i32, kind: PartKind): bool {
  const parts = request.parts;
  const limit = min(end, parts.length);
  for (let index = start; index < limit; index++) {
    if (unchecked(parts[index]).kind == kind) return true;
  }
  return false;
}

function startsWithReasoning(request: CanonicalRequest, turn: TurnCursor): bool {
  const parts = request.parts;
  const limit = min(turn.end, parts.length);
  if (turn.start >= limit) return false;
  // Reasoning is written first within each of the client's messages, so any in the first message stands at the turn's beginning.
  const message = unchecked(parts[turn.start]).message;
  for (let index = turn.start; index < limit; index++) {
    const part = unchecked(parts[index]);
    if (part.message != message) break;
    if (isReasoning(part) && isBlock(request.document, part)) return true;
  }
  return false;
}

/**
 * Whether the conversation goes on inside an assistant's turn (tool results at the end, or a prefill) whose reasoning is not there.
 * Thinking with a budget is then answered with 400; a client of OpenAI's API never has that reasoning.
 * Source: https://platform.claude.com/docs/en/build-with-claude/extended-thinking (preserving thinking blocks)
 */
export function lacksReasoning(request: CanonicalRequest): bool {
  const turn = new TurnCursor(request);
  let found = false;
  let reasoned = false;
  let goesOn = false;
  while (turn.next()) {
    if (turn.isAssistant) {
      found = true;
      reasoned = startsWithReasoning(request, turn);
      goesOn = true;
    } else {
      goesOn = hasKind(request, turn.start, turn.end, PartKind.ToolResult);
    }
  }
  return found && goesOn && !reasoned;
}
