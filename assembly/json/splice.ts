import { ByteBuffer } from "../bytes/buffer";
import { JsonDocument } from "./document";

/** Bytes of an edit: start i32 and end i32 in the original, begin i32 of its new bytes in `text`. */
const EDIT_BYTES: i32 = 12;
const EDIT_END: usize = 4;
const EDIT_TEXT: usize = 8;

/**
 * Changes a text and leaves all its other bytes alone. The original is never written to, so that another attempt can begin with
 * it again. Edits come in ascending order and do not overlap.
 *
 *     splice.begin(document.base, document.length);
 *     splice.replace(document.start(model), document.end(model)).ascii("\"other\"");
 *     splice.removeMember(document, object, key);
 *     splice.insert(document.start(object) + 1).ascii("\"stream\":true,");
 *     splice.write(out);
 *
 * The buffer that an edit gives takes its new bytes until the next edit. `begin` makes it ready again and keeps its memory;
 * `free` gives that back.
 */
export class JsonSplice {
  private base: usize = 0;
  private length: i32 = 0;
  private edits: ByteBuffer = new ByteBuffer();
  private text: ByteBuffer = new ByteBuffer();
  /** End of the last edit in the original. */
  private lastEnd: i32 = 0;
  /** The key removed last, and whether a member before it stays. */
  private removedKey: i32 = -1;
  private keptBefore: bool = false;

  /** Begins with an unchanged text, which must stay where it is until `write`. */
  begin(base: usize, length: i32): void {
    this.base = base;
    this.length = length;
    this.edits.length = 0;
    this.text.length = 0;
    this.lastEnd = 0;
    this.removedKey = -1;
  }

  /** Whether nothing was changed. */
  isEmpty(): bool {
    return this.edits.length == 0;
  }

  /** Offset behind the last change: from there on the original goes out as it is. */
  changedUntil(): i32 {
    return this.lastEnd;
  }

  /** Replaces the bytes from `start` to before `end`. A span that reaches back into an earlier edit is cut to what is left of it. */
  replace(start: i32, end: i32): ByteBuffer {
    const from = min(max(start, this.lastEnd), this.length);
    const until = min(max(end, from), this.length);
    const edits = this.edits;
    edits.reserve(EDIT_BYTES);
    const edit = edits.pointer + edits.length;
    store<i32>(edit, from);
    store<i32>(edit, until, EDIT_END);
    store<i32>(edit, this.text.length, EDIT_TEXT);
    edits.length += EDIT_BYTES;
    this.lastEnd = until;
    return this.text;
  }

  /** Inserts in front of the byte at `offset`. A comma, where one is needed, is up to the caller. */
  insert(offset: i32): ByteBuffer {
    return this.replace(offset, offset);
  }

  /** Removes a member of an indexed object together with one comma; any members may go, in the order of the text. */
  removeMember(document: JsonDocument, object: i32, key: i32): void {
    const value = document.valueOf(key);
    if (value < 0) return;
    let previous = -1;
    let cursor = document.first(object);
    while (cursor >= 0 && cursor != key) {
      previous = cursor;
      cursor = document.nextKey(cursor);
    }
    if (cursor < 0) return;
    if (previous < 0) this.keptBefore = false;
    else if (previous != this.removedKey) this.keptBefore = true;
    this.removedKey = key;
    if (this.keptBefore) {
      this.replace(document.end(document.valueOf(previous)), document.end(value));
      return;
    }
    const next = document.nextKey(key);
    this.replace(document.start(key), next >= 0 ? document.start(next) : document.end(value));
  }

  /** Appends the whole text with its changes. */
  write(out: ByteBuffer): void {
    this.writeUntil(this.length, out);
  }

  /** Appends the text with its changes up to the original's byte `end`, which must not lie before the last change's end. */
  writeUntil(end: i32, out: ByteBuffer): void {
    const first = this.edits.pointer;
    const text = this.text;
    out.reserve(end + text.length);
    let position = 0;
    for (let offset = 0; offset < this.edits.length; offset += EDIT_BYTES) {
      const edit = first + offset;
      const isLast = offset + EDIT_BYTES >= this.edits.length;
      const textStart = load<i32>(edit, EDIT_TEXT);
      const textEnd = isLast ? text.length : load<i32>(edit + EDIT_BYTES, EDIT_TEXT);
      const start = load<i32>(edit);
      out.bytes(this.base + position, start - position);
      out.bytes(text.pointer + textStart, textEnd - textStart);
      position = load<i32>(edit, EDIT_END);
    }
    out.bytes(this.base + position, end - position);
  }

  /** Gives the memory back. */
  free(): void {
    this.edits.free();
    this.text.free();
    this.begin(0, 0);
  }
}
