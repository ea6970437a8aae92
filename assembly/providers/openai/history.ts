import * as keys from "../../canonical/openai-keys";
import { JsonDocument, JsonKey } from "../../json/document";
import { ProviderType, ReasoningHistory } from "../provider-type";
import { EditList } from "./edits";

const REASONING_SIGNATURE = new JsonKey("reasoning_signature");
const REASONING_DETAILS = new JsonKey("reasoning_details");
/** Images that a model made: part of answers, never of a request. */
const IMAGES = new JsonKey("images");

/**
 * Edits the conversation for a server's dialect: `developer` becomes `system` where the server does not know it (checklist
 * item 133), and reasoning of earlier answers is removed where the server rejects it (item 134).
 */
export class HistoryEditor {
  constructor(
    private document: JsonDocument,
    private type: ProviderType,
    private edits: EditList,
  ) {}

  /** Whether this server's dialect differs at all, so that the messages must be looked at. */
  isNeeded(): bool {
    const type = this.type;
    return !type.acceptsDeveloperRole || type.rejectsNames || type.reasoningHistory != ReasoningHistory.Keep;
  }

  /** Adds the edits of an array of messages. */
  edit(messages: i32): void {
    const document = this.document;
    let isToolTurn = this.hasToolCalls(document.first(messages));
    for (let message = document.first(messages); message >= 0; message = document.nextElement(message)) {
      const role = document.find(message, keys.ROLE);
      const isAssistant = document.equals(role, keys.ASSISTANT);
      if (document.equals(role, keys.USER)) isToolTurn = this.hasToolCalls(document.nextElement(message));
      const needsName = document.equals(role, keys.TOOL) || document.equals(role, keys.FUNCTION);
      const isNameless = this.type.rejectsNames && !needsName;
      if (isNameless || (isAssistant && this.type.reasoningHistory != ReasoningHistory.Keep)) {
        this.editMembers(message, isAssistant, isToolTurn, isNameless);
      } else if (this.isUnknownRole(role)) {
        this.edits.replaceNode(role).ascii('"system"');
      }
    }
  }

  /** Whether an answer calls a tool between this message and the next one of the user. */
  private hasToolCalls(message: i32): bool {
    if (this.type.reasoningHistory != ReasoningHistory.ToolTurns) return false;
    const document = this.document;
    for (; message >= 0; message = document.nextElement(message)) {
      if (document.equals(document.find(message, keys.ROLE), keys.USER)) return false;
      if (document.first(document.find(message, keys.TOOL_CALLS)) >= 0) return true;
    }
    return false;
  }

  private isUnknownRole(role: i32): bool {
    return !this.type.acceptsDeveloperRole && this.document.equals(role, keys.DEVELOPER);
  }

  private editMembers(message: i32, isAssistant: bool, isToolTurn: bool, isNameless: bool): void {
    const document = this.document;
    let keptBefore = false;
    let previousEnd = 0;
    for (let key = document.first(message); key >= 0; key = document.nextKey(key)) {
      const value = document.valueOf(key);
      const isReasoning = isAssistant && this.isRemoved(key, isToolTurn);
      if (isReasoning || (isNameless && document.equals(key, keys.NAME))) {
        this.edits.removeMember(key, keptBefore, previousEnd);
      } else {
        keptBefore = true;
        if (document.equals(key, keys.ROLE) && this.isUnknownRole(value))
          this.edits.replaceNode(value).ascii('"system"');
      }
      previousEnd = document.end(value);
    }
  }

  private isRemoved(key: i32, isToolTurn: bool): bool {
    const history = this.type.reasoningHistory;
    if (history == ReasoningHistory.Keep) return false;
    const document = this.document;
    // These hold proofs for the vendor that made them and mean nothing to another one.
    if (document.equals(key, keys.THINKING_BLOCKS) || document.equals(key, REASONING_SIGNATURE)) return true;
    if (document.equals(key, REASONING_DETAILS) || document.equals(key, IMAGES)) return true;
    const isReasoning = document.equals(key, keys.REASONING_CONTENT) || document.equals(key, keys.REASONING);
    return isReasoning && !isToolTurn && history != ReasoningHistory.TextOnly;
  }
}
