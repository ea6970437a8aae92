import * as keys from "../../canonical/openai-keys";
import { ByteBuffer, copyToText, equalsText } from "../../bytes/buffer";
import { MAX_NAME_BYTES } from "../../canonical/answer";
import { writeEscapedText } from "../../canonical/error-text";
import { JsonDocument, JsonKey } from "../../json/document";
import { AttemptTarget } from "../provider";
import { EditList } from "./edits";

const NO_TEXT = new StaticArray<u8>(0);

/**
 * What must be the same in all chunks of an answer: `id`, `object`, `created` and `model` (checklist item 22). The provider's
 * first values hold; what it does not give is filled in (item 135).
 */
export class AnswerIdentity {
  /** Set once the first chunk has been seen. */
  isKnown: bool = false;
  private model: StaticArray<u8> = NO_TEXT;

  constructor(
    private document: JsonDocument,
    private target: AttemptTarget,
    private object: JsonKey,
    private objectName: string,
    private id: StaticArray<u8>,
    private created: i64,
  ) {}

  /** Takes the values of the first chunk. */
  learn(root: i32): void {
    if (this.isKnown) return;
    this.isKnown = true;
    const document = this.document;
    const id = document.find(root, keys.ID);
    if (this.isUsable(id)) this.id = copyToText(document.textPointer(id), document.textLength(id));
    const model = document.find(root, keys.MODEL);
    if (this.isUsable(model)) {
      this.model = copyToText(document.textPointer(model), document.textLength(model));
    } else {
      const escaped = new ByteBuffer();
      writeEscapedText(this.target.model, escaped);
      this.model = escaped.toText();
      escaped.free();
    }
    const created = document.integer(document.find(root, keys.CREATED));
    if (created > 0) this.created = created;
  }

  /** Whether a text is there and short enough to be repeated in every chunk. */
  private isUsable(node: i32): bool {
    const length = this.document.textLength(node);
    return length > 0 && length <= MAX_NAME_BYTES;
  }

  /** Whether all four are there with the values that they should have. */
  isClean(root: i32): bool {
    const document = this.document;
    return (
      this.isText(document.find(root, keys.ID), this.id) &&
      document.equals(document.find(root, keys.OBJECT), this.object) &&
      document.integer(document.find(root, keys.CREATED)) == this.created &&
      this.isText(document.find(root, keys.MODEL), this.model)
    );
  }

  /** Adds the members that are not there, behind the opening brace. */
  insertMissing(root: i32, edits: EditList): void {
    const document = this.document;
    const hasId = document.findKey(root, keys.ID) >= 0;
    const hasObject = document.findKey(root, keys.OBJECT) >= 0;
    const hasCreated = document.findKey(root, keys.CREATED) >= 0;
    const hasModel = document.findKey(root, keys.MODEL) >= 0;
    if (hasId && hasObject && hasCreated && hasModel) return;
    const text = edits.insertFirst(root);
    if (!hasId) this.writeId(text);
    if (!hasObject) this.writeObject(text);
    if (!hasCreated) this.writeCreated(text);
    if (!hasModel) this.writeModel(text);
  }

  /** Corrects the value of a member at the top; false when the key is none of the four. */
  editMember(key: i32, value: i32, edits: EditList): bool {
    const document = this.document;
    if (document.equals(key, keys.ID)) {
      if (!this.isText(value, this.id)) quote(this.id, edits.replaceNode(value));
      return true;
    }
    if (document.equals(key, keys.MODEL)) {
      if (!this.isText(value, this.model)) quote(this.model, edits.replaceNode(value));
      return true;
    }
    if (document.equals(key, keys.OBJECT)) {
      if (!document.equals(value, this.object)) {
        const text = edits.replaceNode(value);
        text.byte(0x22);
        text.ascii(this.objectName);
        text.byte(0x22);
      }
      return true;
    }
    if (!document.equals(key, keys.CREATED)) return false;
    if (!document.isNumber(value) || document.integer(value) != this.created) {
      edits.replaceNode(value).decimal(this.created);
    }
    return true;
  }

  /** Writes `{"id":...,"object":...,"created":...,"model":...,` to begin a chunk of our own. */
  writeHead(out: ByteBuffer): void {
    out.byte(0x7b);
    this.writeId(out);
    this.writeObject(out);
    this.writeCreated(out);
    this.writeModel(out);
  }

  /** Writes an id for a tool call that has none, unique within this answer and, as far as the answer's id is, beyond. */
  writeToolCallId(choice: i32, tool: i32, out: ByteBuffer): void {
    out.ascii('"call_');
    out.text(this.id);
    out.byte(0x5f);
    out.decimal(choice);
    out.byte(0x5f);
    out.decimal(tool);
    out.byte(0x22);
  }

  private isText(value: i32, text: StaticArray<u8>): bool {
    const document = this.document;
    return document.isString(value) && equalsText(document.textPointer(value), document.textLength(value), text);
  }

  private writeId(out: ByteBuffer): void {
    out.ascii('"id":');
    quote(this.id, out);
    out.byte(0x2c);
  }

  private writeObject(out: ByteBuffer): void {
    out.ascii('"object":"');
    out.ascii(this.objectName);
    out.ascii('",');
  }

  private writeCreated(out: ByteBuffer): void {
    out.ascii('"created":');
    out.decimal(this.created);
    out.byte(0x2c);
  }

  private writeModel(out: ByteBuffer): void {
    out.ascii('"model":');
    quote(this.model, out);
    out.byte(0x2c);
  }
}

function quote(text: StaticArray<u8>, out: ByteBuffer): void {
  out.byte(0x22);
  out.text(text);
  out.byte(0x22);
}
