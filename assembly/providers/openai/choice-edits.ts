import * as keys from "../../canonical/openai-keys";
import { JsonDocument, JsonKey, JsonKind } from "../../json/document";
import { ThinkSplitter } from "../shared/think-tags";
import { writeContentMembers } from "./content-parts";
import { EditList } from "./edits";
import { AnswerIdentity } from "./identity";
import { hasOwnReasoning, splitMessage, writeSplitMembers } from "./split-text";
import { ToolCallEditor } from "./tool-call-edits";

const NULL_TEXT = new JsonKey("null");
const AUDIO = new JsonKey("audio");
const REASONING_DETAILS = new JsonKey("reasoning_details");

/** What is remembered of one choice of a streamed answer. */
export class PassedChoice {
  hasRole: bool = false;
  hasFinished: bool = false;
  /** Tool calls seen so far. */
  tools: i32 = 0;
  /** Whether the text of the chunk that is being read was split by `tags`. */
  isSplit: bool = false;

  constructor(
    public index: i32,
    /** Splits the thinking off the text; null when it holds none, or none any more. */
    public tags: ThinkSplitter | null = null,
  ) {}

  /** What was split off must reach the client. */
  hasSplitText(): bool {
    const tags = this.tags;
    return this.isSplit && tags !== null && !tags.isEmpty();
  }

  hasSplitReasoning(): bool {
    const tags = this.tags;
    return this.isSplit && tags !== null && tags.reasoning.length > 0;
  }

  /** Gives unmanaged memory back. */
  free(): void {
    const tags = this.tags;
    if (tags !== null) tags.free();
    this.tags = null;
    this.isSplit = false;
  }
}

/** What one chunk says about one choice; decided before anything is edited. */
export class ChoiceView {
  /** The `delta` object, or -1. */
  delta: i32 = -1;
  /** Something that must reach the client: any member of the delta that is not the role and not empty. */
  hasPayload: bool = false;
  /** Something that a client would show. */
  hasContent: bool = false;
  /** The finish reason when this chunk gives a first, real one; else -1. */
  finish: i32 = -1;
  /** The chunk must give the role. */
  needsRole: bool = false;
  /** The finish goes into a chunk of its own, because this one has more to say (checklist item 24). */
  isSplit: bool = false;
  /** Nothing in it, for a choice that has finished or whose text is held back. */
  isUseless: bool = false;
  /** Another chunk with another text will need the same edits as this one. */
  isRepeatable: bool = false;
}

/** Looks at and edits the choices of chunks and messages. */
export class ChoiceEditor {
  constructor(
    private document: JsonDocument,
    private edits: EditList,
    private identity: AnswerIdentity,
    /** Whether this server writes lists of parts into `content`. */
    private hasContentParts: bool,
    /** Whether this server may write the reasoning into the text, between tags. */
    private hasReasoningTags: bool,
  ) {}

  /**
   * Splits the thinking off the text of a chunk, before anything is looked at. True: the choice ends with text held back that this chunk has
   * no place for.
   */
  splitText(choice: i32, state: PassedChoice): bool {
    const tags = state.tags;
    if (tags === null) return false;
    const document = this.document;
    if (tags.isOver()) {
      // What was split off has gone out with the chunk before.
      state.free();
      return false;
    }
    const delta = document.find(choice, keys.DELTA);
    if (hasOwnReasoning(document, delta)) tags.expectNone();
    const content = document.find(delta, keys.CONTENT);
    state.isSplit = tags.split(document.textPointer(content), document.textLength(content));
    if (!this.isReal(document.find(choice, keys.FINISH_REASON))) return false;
    tags.end();
    if (content < 0) return true;
    if (!tags.isEmpty()) state.isSplit = true;
    return false;
  }

  private isReal(finish: i32): bool {
    return this.document.textLength(finish) > 0 && !this.document.equals(finish, NULL_TEXT);
  }

  /** What a chunk says about a choice. */
  look(choice: i32, state: PassedChoice, view: ChoiceView): void {
    const document = this.document;
    const delta = document.find(choice, keys.DELTA);
    view.delta = document.isObject(delta) ? delta : -1;
    view.hasPayload = state.hasSplitText();
    view.hasContent = view.hasPayload;
    for (let key = document.first(view.delta); key >= 0; key = document.nextKey(key)) {
      if (document.equals(key, keys.ROLE) || this.isEmptyValue(document.valueOf(key))) continue;
      if (state.isSplit && document.equals(key, keys.CONTENT)) continue;
      view.hasPayload = true;
      if (this.isContent(key)) view.hasContent = true;
    }
    const finish = document.find(choice, keys.FINISH_REASON);
    view.finish = this.isReal(finish) && !state.hasFinished ? finish : -1;
    view.needsRole = !state.hasRole;
    view.isSplit = view.finish >= 0 && (view.hasPayload || view.needsRole);
    const isHeld = state.isSplit && state.hasRole && view.finish < 0;
    view.isUseless = (state.hasFinished || isHeld) && !view.hasPayload;
    if (view.finish >= 0) view.hasContent = true;
  }

  private isEmptyValue(value: i32): bool {
    const document = this.document;
    const kind = document.kind(value);
    if (kind == JsonKind.String) return document.textLength(value) == 0;
    if (kind == JsonKind.Array) return document.rawLength(value) == 2 || document.first(value) < 0;
    return kind == JsonKind.Null;
  }

  private isContent(key: i32): bool {
    const document = this.document;
    return (
      document.equals(key, keys.CONTENT) ||
      document.equals(key, keys.REASONING_CONTENT) ||
      document.equals(key, keys.TOOL_CALLS) ||
      document.equals(key, keys.REASONING) ||
      document.equals(key, keys.REFUSAL) ||
      document.equals(key, keys.FUNCTION_CALL) ||
      document.equals(key, REASONING_DETAILS) ||
      document.equals(key, AUDIO)
    );
  }

  /** Edits a choice of a chunk and brings its state up to date. */
  editChunk(choice: i32, state: PassedChoice, view: ChoiceView): void {
    view.isRepeatable = state.tags === null && state.hasRole && view.finish < 0 && view.delta >= 0;
    if (!state.isSplit && this.isPlain(choice, view)) return;
    const document = this.document;
    this.insertMissing(choice, state, view);
    let keptBefore = false;
    let previousEnd = 0;
    for (let key = document.first(choice); key >= 0; key = document.nextKey(key)) {
      const value = document.valueOf(key);
      // MiniMax and Perplexity repeat the whole answer so far beside the delta.
      if (document.equals(key, keys.MESSAGE)) this.edits.removeMember(key, keptBefore, previousEnd);
      else {
        keptBefore = true;
        this.editChunkMember(key, value, state, view);
      }
      previousEnd = document.end(value);
    }
    state.hasRole = true;
    if (view.finish >= 0) state.hasFinished = true;
  }

  private editChunkMember(key: i32, value: i32, state: PassedChoice, view: ChoiceView): void {
    const document = this.document;
    if (document.equals(key, keys.INDEX)) {
      if (!document.isNumber(value)) this.edits.replaceNode(value).decimal(state.index);
    } else if (document.equals(key, keys.DELTA)) {
      this.editDelta(value, state, view);
    } else if (document.equals(key, keys.FINISH_REASON)) {
      const stays = view.finish >= 0 && !view.isSplit;
      if (!stays && document.kind(value) != JsonKind.Null) this.edits.replaceNode(value).ascii("null");
    }
  }

  /** Whether this is the common case, a clean delta of text in the middle of an answer, which needs no edit. */
  private isPlain(choice: i32, view: ChoiceView): bool {
    const document = this.document;
    if (view.needsRole || view.finish >= 0 || view.delta < 0 || this.hasContentParts) return false;
    const finish = document.find(choice, keys.FINISH_REASON);
    return (
      finish >= 0 &&
      !document.isPresent(finish) &&
      document.isNumber(document.find(choice, keys.INDEX)) &&
      document.findKey(view.delta, keys.ROLE) < 0 &&
      document.findKey(view.delta, keys.REASONING) < 0 &&
      document.findKey(view.delta, keys.TOOL_CALLS) < 0
    );
  }

  private insertMissing(choice: i32, state: PassedChoice, view: ChoiceView): void {
    const document = this.document;
    const needsIndex = document.findKey(choice, keys.INDEX) < 0;
    const needsDelta = document.findKey(choice, keys.DELTA) < 0;
    const needsFinish = document.findKey(choice, keys.FINISH_REASON) < 0;
    if (!needsIndex && !needsDelta && !needsFinish) return;
    const text = this.edits.insertFirst(choice);
    if (needsIndex) {
      text.ascii('"index":');
      text.decimal(state.index);
      text.byte(0x2c);
    }
    if (needsDelta) {
      text.ascii('"delta":');
      text.ascii(view.needsRole ? '{"role":"assistant","content":""},' : "{},");
    }
    if (needsFinish) text.ascii('"finish_reason":null,');
    if (document.first(choice) < 0) text.length -= 1;
  }

  private editDelta(delta: i32, state: PassedChoice, view: ChoiceView): void {
    const document = this.document;
    if (view.needsRole && !view.hasPayload) {
      if (state.isSplit || !this.isPlainRole(delta))
        this.edits.replaceNode(delta).ascii('{"role":"assistant","content":""}');
      return;
    }
    const isFinish = view.finish >= 0 && !view.isSplit;
    if (view.delta < 0 || (isFinish && document.first(delta) >= 0)) {
      this.edits.replaceNode(delta).ascii("{}");
      return;
    }
    if (view.needsRole && document.findKey(delta, keys.ROLE) < 0) {
      this.edits.insertFirst(delta).ascii('"role":"assistant",');
    }
    this.editDeltaMembers(delta, state, view);
  }

  /** Whether a delta without content is one that may begin an answer as it is. */
  private isPlainRole(delta: i32): bool {
    const document = this.document;
    const hasOldName = document.findKey(delta, keys.REASONING) >= 0;
    return document.equals(document.find(delta, keys.ROLE), keys.ASSISTANT) && !hasOldName;
  }

  private editDeltaMembers(delta: i32, state: PassedChoice, view: ChoiceView): void {
    const document = this.document;
    const hasReasoning = document.isPresent(document.find(delta, keys.REASONING_CONTENT));
    let keptBefore = false;
    let previousEnd = 0;
    for (let key = document.first(delta); key >= 0; key = document.nextKey(key)) {
      const value = document.valueOf(key);
      const isReplaced = state.hasSplitReasoning() && this.isReasoning(key);
      if (isReplaced || this.isRemoved(key, value, hasReasoning, delta, view)) {
        this.edits.removeMember(key, keptBefore, previousEnd);
      } else {
        keptBefore = true;
        if (document.equals(key, keys.ROLE)) {
          if (!document.equals(value, keys.ASSISTANT)) this.edits.replaceNode(value).ascii('"assistant"');
        } else if (document.equals(key, keys.REASONING) && document.isString(value)) {
          this.edits.replaceNode(key).ascii('"reasoning_content"');
        } else if (document.equals(key, keys.CONTENT)) {
          this.editContent(key, value, state);
        } else if (document.equals(key, keys.TOOL_CALLS)) {
          const calls = new ToolCallEditor(document, this.edits, this.identity);
          state.tools = calls.editDelta(value, state.index, state.tools);
        }
      }
      previousEnd = document.end(value);
    }
  }

  private isReasoning(key: i32): bool {
    return this.document.equals(key, keys.REASONING) || this.document.equals(key, keys.REASONING_CONTENT);
  }

  private editContent(key: i32, content: i32, state: PassedChoice): void {
    const tags = state.tags;
    if (!state.isSplit || tags === null) {
      this.editParts(key, content);
      return;
    }
    // A chunk of thoughts alone says nothing about the text.
    const empty = tags.reasoning.length > 0 ? "null" : '""';
    writeSplitMembers(tags, empty, this.edits.replace(this.document.start(key), this.document.end(content)));
  }

  private editParts(key: i32, content: i32): void {
    const document = this.document;
    if (!this.hasContentParts || !document.isArray(content)) return;
    writeContentMembers(document, content, this.edits.replace(document.start(key), document.end(content)));
  }

  /** The role after the first chunk (item 23), and whichever of the two names of the reasoning text says nothing new (item 134). */
  private isRemoved(key: i32, value: i32, hasReasoning: bool, delta: i32, view: ChoiceView): bool {
    const document = this.document;
    if (document.equals(key, keys.ROLE)) return !view.needsRole;
    if (document.equals(key, keys.REASONING)) return hasReasoning;
    if (!document.equals(key, keys.REASONING_CONTENT) || document.isPresent(value)) return false;
    return document.isString(document.find(delta, keys.REASONING));
  }

  /** Edits a choice of a whole answer: its index, message and finish reason. */
  editAnswer(choice: i32, position: i32): void {
    const document = this.document;
    const message = document.find(choice, keys.MESSAGE);
    const hasIndex = document.findKey(choice, keys.INDEX) >= 0;
    const hasFinish = document.findKey(choice, keys.FINISH_REASON) >= 0;
    const hasTools = document.first(document.find(message, keys.TOOL_CALLS)) >= 0;
    const finish = hasTools ? '"tool_calls"' : '"stop"';
    if (!hasIndex || !hasFinish) {
      const text = this.edits.insertFirst(choice);
      if (!hasIndex) {
        text.ascii('"index":');
        text.decimal(position);
        text.byte(0x2c);
      }
      if (!hasFinish) {
        text.ascii('"finish_reason":');
        text.ascii(finish);
        text.byte(0x2c);
      }
    }
    for (let key = document.first(choice); key >= 0; key = document.nextKey(key)) {
      const value = document.valueOf(key);
      if (document.equals(key, keys.INDEX)) {
        if (!document.isNumber(value)) this.edits.replaceNode(value).decimal(position);
      } else if (document.equals(key, keys.FINISH_REASON)) {
        if (!this.isReal(value)) this.edits.replaceNode(value).ascii(finish);
      } else if (document.equals(key, keys.MESSAGE)) {
        this.editMessage(value, position, hasTools);
      }
    }
  }

  private editMessage(message: i32, choice: i32, hasTools: bool): void {
    const document = this.document;
    this.insertMissingInMessage(message);
    const hasReasoning = document.isPresent(document.find(message, keys.REASONING_CONTENT));
    const tags = this.hasReasoningTags ? splitMessage(document, message) : null;
    const hasThoughts = tags !== null && tags.reasoning.length > 0;
    let keptBefore = false;
    let previousEnd = 0;
    for (let key = document.first(message); key >= 0; key = document.nextKey(key)) {
      const value = document.valueOf(key);
      const isReplaced = hasThoughts && this.isReasoning(key);
      if (isReplaced || this.isRemovedFromMessage(key, value, hasReasoning, message)) {
        this.edits.removeMember(key, keptBefore, previousEnd);
      } else {
        keptBefore = true;
        if (tags === null || !document.equals(key, keys.CONTENT)) {
          this.editMessageMember(key, value, choice, hasTools);
        } else {
          const empty = hasTools ? "null" : '""';
          writeSplitMembers(tags, empty, this.edits.replace(document.start(key), document.end(value)));
        }
      }
      previousEnd = document.end(value);
    }
    if (tags !== null) tags.free();
  }

  private insertMissingInMessage(message: i32): void {
    const document = this.document;
    const hasRole = document.findKey(message, keys.ROLE) >= 0;
    const hasContent = document.findKey(message, keys.CONTENT) >= 0;
    if (hasRole && hasContent) return;
    const text = this.edits.insertFirst(message);
    if (!hasRole) text.ascii('"role":"assistant",');
    if (!hasContent) text.ascii('"content":null,');
    if (document.first(message) < 0) text.length -= 1;
  }

  private isRemovedFromMessage(key: i32, value: i32, hasReasoning: bool, message: i32): bool {
    const document = this.document;
    if (document.equals(key, keys.REASONING)) return hasReasoning;
    if (!document.equals(key, keys.REASONING_CONTENT) || document.isPresent(value)) return false;
    return document.isString(document.find(message, keys.REASONING));
  }

  private editMessageMember(key: i32, value: i32, choice: i32, hasTools: bool): void {
    const document = this.document;
    if (document.equals(key, keys.ROLE)) {
      if (!document.equals(value, keys.ASSISTANT)) this.edits.replaceNode(value).ascii('"assistant"');
    } else if (document.equals(key, keys.CONTENT)) {
      // An answer of tool calls only has no text, which OpenAI says with null (checklist item 29).
      const isEmptyText = document.isString(value) && document.textLength(value) == 0;
      if (hasTools && isEmptyText) this.edits.replaceNode(value).ascii("null");
      this.editParts(key, value);
    } else if (document.equals(key, keys.REASONING) && document.isString(value)) {
      this.edits.replaceNode(key).ascii('"reasoning_content"');
    } else if (document.equals(key, keys.TOOL_CALLS)) {
      new ToolCallEditor(document, this.edits, this.identity).editMessage(value, choice);
    }
  }
}
