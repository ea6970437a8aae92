import * as keys from "../../canonical/openai-keys";
import { JsonDocument, JsonKey, JsonKind } from "../../json/document";
import { writeContentMembers } from "./content-parts";
import { EditList } from "./edits";
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

  constructor(public index: i32) {}
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
  /** Nothing in it, for a choice that has finished. */
  isUseless: bool = false;
}

/** Looks at and edits the choices of chunks and messages. */
export class ChoiceEditor {
  constructor(
    private document: JsonDocument,
    private edits: EditList,
    private toolCalls: ToolCallEditor,
    /** Whether this server writes lists of parts into `content`. */
    private hasContentParts: bool,
  ) {}

  /** What a chunk says about a choice. */
  look(choice: i32, state: PassedChoice, view: ChoiceView): void {
    const document = this.document;
    const delta = document.find(choice, keys.DELTA);
    view.delta = document.isObject(delta) ? delta : -1;
    view.hasPayload = false;
    view.hasContent = false;
    for (let key = document.first(view.delta); key >= 0; key = document.nextKey(key)) {
      if (document.equals(key, keys.ROLE) || this.isEmptyValue(document.valueOf(key))) continue;
      view.hasPayload = true;
      if (this.isContent(key)) view.hasContent = true;
    }
    const finish = document.find(choice, keys.FINISH_REASON);
    const isReal = document.textLength(finish) > 0 && !document.equals(finish, NULL_TEXT);
    view.finish = isReal && !state.hasFinished ? finish : -1;
    view.needsRole = !state.hasRole;
    view.isSplit = view.finish >= 0 && (view.hasPayload || view.needsRole);
    view.isUseless = state.hasFinished && !view.hasPayload;
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
    if (this.isPlain(choice, view)) return;
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
      if (!this.isPlainRole(delta)) this.edits.replaceNode(delta).ascii('{"role":"assistant","content":""}');
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
      if (this.isRemoved(key, value, hasReasoning, delta, view)) {
        this.edits.removeMember(key, keptBefore, previousEnd);
      } else {
        keptBefore = true;
        if (document.equals(key, keys.ROLE)) {
          if (!document.equals(value, keys.ASSISTANT)) this.edits.replaceNode(value).ascii('"assistant"');
        } else if (document.equals(key, keys.REASONING) && document.isString(value)) {
          this.edits.replaceNode(key).ascii('"reasoning_content"');
        } else if (document.equals(key, keys.CONTENT)) {
          this.editParts(key, value);
        } else if (document.equals(key, keys.TOOL_CALLS)) {
          state.tools = this.toolCalls.editDelta(value, state.index, state.tools);
        }
      }
      previousEnd = document.end(value);
    }
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
        const isReal = document.textLength(value) > 0 && !document.equals(value, NULL_TEXT);
        if (!isReal) this.edits.replaceNode(value).ascii(finish);
      } else if (document.equals(key, keys.MESSAGE)) {
        this.editMessage(value, position, hasTools);
      }
    }
  }

  private editMessage(message: i32, choice: i32, hasTools: bool): void {
    const document = this.document;
    this.insertMissingInMessage(message);
    const hasReasoning = document.isPresent(document.find(message, keys.REASONING_CONTENT));
    let keptBefore = false;
    let previousEnd = 0;
    for (let key = document.first(message); key >= 0; key = document.nextKey(key)) {
      const value = document.valueOf(key);
      if (this.isRemovedFromMessage(key, value, hasReasoning, message)) {
        this.edits.removeMember(key, keptBefore, previousEnd);
      } else {
        keptBefore = true;
        this.editMessageMember(key, value, choice, hasTools);
      }
      previousEnd = document.end(value);
    }
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
      this.toolCalls.editMessage(value, choice);
    }
  }
}
