import { ByteBuffer } from "../../bytes/buffer";
import { JsonDocument } from "../../json/document";

const NO_DOCUMENT = new JsonDocument();
/** Most numbers of spans that a list without edits keeps room for. */
const MOST_KEPT: i32 = 1024;

/**
 * Changes to a JSON text that leave all other bytes alone: spans of the original and the bytes that take their place.
 * Edits must be added in ascending order and must not overlap. Memory of its own, given back with `free`.
 */
export class EditList {
  /** Per edit: start and end in the original, start of its new bytes in `text` (they end where the next edit's begin). */
  private spans: i32[] = [];
  private text: ByteBuffer = new ByteBuffer();

  private document: JsonDocument = NO_DOCUMENT;

  /** Says which text the edits are of. */
  begin(document: JsonDocument): void {
    this.document = document;
  }

  /** Number of bytes of the original up to the end of the last edit; 0 when there is none. */
  lastEnd(): i32 {
    const length = this.spans.length;
    return length >= 3 ? unchecked(this.spans[length - 2]) : 0;
  }

  isEmpty(): bool {
    return this.spans.length == 0;
  }

  /** Replaces a span; the new bytes are what is appended to the returned buffer before the next call. */
  replace(start: i32, end: i32): ByteBuffer {
    this.spans.push(start);
    this.spans.push(end);
    this.spans.push(this.text.length);
    return this.text;
  }

  /** Replaces a node's value. */
  replaceNode(node: i32): ByteBuffer {
    return this.replace(this.document.start(node), this.document.end(node));
  }

  /** Inserts right behind the opening brace of an object. */
  insertFirst(object: i32): ByteBuffer {
    const offset = this.document.start(object) + 1;
    return this.replace(offset, offset);
  }

  /**
   * Removes a member with one comma. `keptBefore`: whether a member before it stays; `previousEnd`: the end of the member before.
   * Members are to be removed in order, so that any set of them can go.
   */
  removeMember(key: i32, keptBefore: bool, previousEnd: i32): void {
    const document = this.document;
    if (keptBefore) {
      this.replace(previousEnd, document.end(document.valueOf(key)));
      return;
    }
    const next = document.nextKey(key);
    this.replace(document.start(key), next >= 0 ? document.start(next) : document.end(document.valueOf(key)));
  }

  /** Appends the original's bytes up to `end`, edited. */
  write(end: i32, out: ByteBuffer): void {
    const base = this.document.base;
    let position = 0;
    for (let index = 0; index + 2 < this.spans.length; index += 3) {
      const start = unchecked(this.spans[index]);
      const textStart = unchecked(this.spans[index + 2]);
      const textEnd = index + 5 < this.spans.length ? unchecked(this.spans[index + 5]) : this.text.length;
      out.bytes(base + position, start - position);
      out.bytes(this.text.pointer + textStart, textEnd - textStart);
      position = unchecked(this.spans[index + 1]);
    }
    out.bytes(base + position, end - position);
  }

  /** Forgets all edits and keeps the memory. */
  clear(): void {
    this.spans.length = 0;
    this.text.clear(4096);
  }

  /** Forgets all edits and gives the memory back. */
  free(): void {
    if (this.spans.length > MOST_KEPT) this.spans = [];
    this.spans.length = 0;
    this.text.free();
    this.document = NO_DOCUMENT;
  }
}
