import * as keys from "../../canonical/openai-keys";
import { JsonKey } from "../../json/document";
import { ReasoningHistory } from "../provider-type";
import { plainIdLength } from "../../canonical/thought-ids";
import { ForeignMembers } from "./foreign-members";

const REASONING_SIGNATURE = new JsonKey("reasoning_signature");
const REASONING_DETAILS = new JsonKey("reasoning_details");
/** Images that a model made: part of answers, never of a request. */
const IMAGES = new JsonKey("images");
const TOOL_CALL_ID = new JsonKey("tool_call_id");
/** Longest id of a call that OpenAI takes: "string too long. Expected a string with maximum length 40". */
const MOST_ID_BYTES: i32 = 40;

/**
 * Edits the conversation for a server's dialect: `developer` becomes `system` where the server does not know it (checklist
 * item 133), reasoning of earlier answers is removed where the server rejects it (item 134), and Gemini's signatures are cut off the
 * ids of calls, which they make too long for others (item 85). Members of other vendors' APIs are removed where the server rejects them
 * (item 136).
 */
export class HistoryEditor extends ForeignMembers {
  /** Whether anything may have to be edited: this server's dialect differs, or a call carries a signature. */
  isNeeded(messages: i32): bool {
    if (this.hasDialect()) return true;
    const document = this.document;
    for (let message = document.first(messages); message >= 0; message = document.nextElement(message)) {
      if (this.isSigned(message)) return true;
    }
    return false;
  }

  private hasDialect(): bool {
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
      if (
        isNameless ||
        this.isSigned(message) ||
        (isAssistant && this.type.reasoningHistory != ReasoningHistory.Keep) ||
        (this.type.rejectsForeignMembers && this.isIn(message))
      ) {
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
      const isForeign = this.type.rejectsForeignMembers && this.isForeign(key);
      const isReasoning = isAssistant && this.isRemoved(key, isToolTurn);
      if (isForeign || isReasoning || (isNameless && document.equals(key, keys.NAME))) {
        this.edits.removeMember(key, keptBefore, previousEnd);
      } else {
        keptBefore = true;
        if (document.equals(key, keys.ROLE) && this.isUnknownRole(value))
          this.edits.replaceNode(value).ascii('"system"');
        else if (document.equals(key, TOOL_CALL_ID)) this.cutSignature(value);
        else if (document.equals(key, keys.TOOL_CALLS)) this.editCalls(value);
        else if (this.type.rejectsForeignMembers && document.equals(key, keys.CONTENT)) this.editList(value);
      }
      previousEnd = document.end(value);
    }
  }

  private isSignedId(id: i32): bool {
    const length = this.document.textLength(id);
    return length > MOST_ID_BYTES && plainIdLength(this.document.textPointer(id), length) < length;
  }

  private isSigned(message: i32): bool {
    const document = this.document;
    if (this.isSignedId(document.find(message, TOOL_CALL_ID))) return true;
    const calls = document.find(message, keys.TOOL_CALLS);
    for (let call = document.first(calls); call >= 0; call = document.nextElement(call)) {
      if (this.isSignedId(document.find(call, keys.ID))) return true;
    }
    return false;
  }

  private editCalls(calls: i32): void {
    const document = this.document;
    const rejectsForeign = this.type.rejectsForeignMembers;
    for (let call = document.first(calls); call >= 0; call = document.nextElement(call)) {
      if (!document.isObject(call)) continue;
      let keptBefore = false;
      let previousEnd = 0;
      for (let key = document.first(call); key >= 0; key = document.nextKey(key)) {
        const value = document.valueOf(key);
        if (rejectsForeign && this.isForeign(key)) this.edits.removeMember(key, keptBefore, previousEnd);
        else {
          keptBefore = true;
          if (document.equals(key, keys.ID)) this.cutSignature(value);
          else if (rejectsForeign && document.equals(key, keys.FUNCTION)) this.editObject(value);
        }
        previousEnd = document.end(value);
      }
    }
  }

  private cutSignature(id: i32): void {
    if (!this.isSignedId(id)) return;
    const pointer = this.document.textPointer(id);
    const edit = this.edits.replaceNode(id);
    edit.byte(0x22);
    edit.bytes(pointer, plainIdLength(pointer, this.document.textLength(id)));
    edit.byte(0x22);
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
