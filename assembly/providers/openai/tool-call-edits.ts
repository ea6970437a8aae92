import * as keys from "../../canonical/openai-keys";
import { JsonDocument } from "../../json/document";
import { EditList } from "./edits";
import { AnswerIdentity } from "./identity";
import { writeQuoted } from "../../json/write";

/** Makes the `tool_calls` of chunks and messages what OpenAI's are (checklist item 135). */
export class ToolCallEditor {
  constructor(
    private document: JsonDocument,
    private edits: EditList,
    private identity: AnswerIdentity,
  ) {}

  /**
   * The tool calls of a chunk: each has an index; the first chunk of a call has an id, a type and arguments. `known`: tool calls
   * that this choice had before. Gives the number that it has now.
   */
  editDelta(calls: i32, choice: i32, known: i32): i32 {
    const document = this.document;
    for (let call = document.first(calls); call >= 0; call = document.nextElement(call)) {
      if (!document.isObject(call)) continue;
      const given = document.find(call, keys.INDEX);
      const hasIndex = document.isNumber(given);
      const opens = document.textLength(document.find(call, keys.ID)) > 0 || this.hasName(call);
      let index = hasIndex ? document.integer(given) : opens ? known : max(known - 1, 0);
      index = min<i64>(max<i64>(index, 0), i32.MAX_VALUE - 1);
      const isNew = index >= known;
      this.editCall(call, choice, index as i32, isNew, true, '""');
      if (isNew) known = (index as i32) + 1;
    }
    return known;
  }

  /** The tool calls of a whole message: each has an id, a type and arguments that are JSON. */
  editMessage(calls: i32, choice: i32): void {
    const document = this.document;
    let index = 0;
    for (let call = document.first(calls); call >= 0; call = document.nextElement(call)) {
      if (document.isObject(call)) this.editCall(call, choice, index, true, false, '"{}"');
      index += 1;
    }
  }

  private hasName(call: i32): bool {
    const document = this.document;
    return document.textLength(document.find(document.find(call, keys.FUNCTION), keys.NAME)) > 0;
  }

  private editCall(call: i32, choice: i32, index: i32, isNew: bool, isDelta: bool, noArguments: string): void {
    const document = this.document;
    this.insertMissing(call, choice, index, isNew, isDelta);
    for (let key = document.first(call); key >= 0; key = document.nextKey(key)) {
      const value = document.valueOf(key);
      if (isDelta && document.equals(key, keys.INDEX)) {
        if (!document.isNumber(value)) this.edits.replaceNode(value).decimal(index);
      } else if (document.equals(key, keys.FUNCTION)) {
        this.editFunction(value, isNew, noArguments);
      } else if (isNew && document.equals(key, keys.TYPE)) {
        if (document.textLength(value) == 0) this.edits.replaceNode(value).ascii('"function"');
      } else if (isNew && document.equals(key, keys.ID)) {
        if (document.textLength(value) == 0)
          this.identity.writeToolCallId(choice, index, this.edits.replaceNode(value));
      }
    }
  }

  private insertMissing(call: i32, choice: i32, index: i32, isNew: bool, isDelta: bool): void {
    const document = this.document;
    const needsIndex = isDelta && document.findKey(call, keys.INDEX) < 0;
    const needsId = isNew && document.findKey(call, keys.ID) < 0;
    const needsType = isNew && document.findKey(call, keys.TYPE) < 0;
    if (!needsIndex && !needsId && !needsType) return;
    const text = this.edits.insertFirst(call);
    const start = text.length;
    if (needsIndex) {
      text.ascii('"index":');
      text.decimal(index);
      text.byte(0x2c);
    }
    if (needsId) {
      text.ascii('"id":');
      this.identity.writeToolCallId(choice, index, text);
      text.byte(0x2c);
    }
    if (needsType) text.ascii('"type":"function",');
    if (document.first(call) < 0 && text.length > start) text.length -= 1;
  }

  private editFunction(object: i32, isNew: bool, noArguments: string): void {
    const document = this.document;
    if (!document.isObject(object)) return;
    const value = document.find(object, keys.ARGUMENTS);
    if (value < 0) {
      if (!isNew) return;
      const text = this.edits.insertFirst(object);
      text.ascii('"arguments":');
      text.ascii(noArguments);
      if (document.first(object) >= 0) text.byte(0x2c);
    } else if (document.isString(value)) {
      // Only a whole message can say "no arguments" with an empty string; in a chunk more may follow.
      if (document.textLength(value) == 0 && noArguments.length > 2) this.edits.replaceNode(value).ascii(noArguments);
    } else if (!document.isPresent(value)) {
      this.edits.replaceNode(value).ascii(noArguments);
    } else {
      writeQuoted(document.rawPointer(value), document.rawLength(value), this.edits.replaceNode(value));
    }
  }
}
