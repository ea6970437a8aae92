import { encodeText } from "../bytes/buffer";
import { hashBytes } from "./keys";
import { readFloat, readInteger } from "./numbers";
import { equalsUnescaped } from "./read";
import { scanner } from "./scanner";
import { FLAG_CHILDREN, FLAG_ESCAPED, FLAG_KEY, HASH_SHIFT, Tape } from "./tape";
import { JsonError, JsonKind } from "./types";

export { JsonError, JsonKind, MAX_NESTING, MAX_NODES } from "./types";

/** A member name to look for: ASCII, compared after unescaping. Create these once, as module-level constants. */
export class JsonKey {
  /** The name's bytes. */
  readonly text: StaticArray<u8>;
  /** The hash that the tape holds for such a key. */
  readonly hash: u32;

  constructor(name: string) {
    const text = encodeText(name);
    this.text = text;
    this.hash = hashBytes(changetype<usize>(text), text.length);
  }
}

/**
 * A JSON text that was validated once (RFC 8259) and indexed: containers down to `indexedDepth` have their children on the
 * tape, deeper ones are opaque values with a start and an end. Nodes are small integers; -1 means "not there", and every
 * method takes -1 (or an unsuitable node) and answers -1, 0 or false, so that callers need no guards and nothing traps.
 * The document borrows the text: `base` must stay alive and unmoved while nodes are used; it can be moved with `rebase`.
 * The tape is unmanaged memory owned by the document alone, so documents may be parsed in any order; `free` gives it back,
 * `parse` may be called again and reuses it, `seal` gives back what a long-lived document does not need.
 */
export class JsonDocument {
  /** Address of the text's first byte. */
  base: usize = 0;
  /** Bytes of the text. */
  length: i32 = 0;
  /** Offset at which parsing failed. */
  errorOffset: i32 = 0;
  private tape: Tape = new Tape();

  /** Validates and indexes. On an error the document is empty (`root` is -1). The root container's depth is 1. */
  parse(base: usize, length: i32, indexedDepth: i32 = 8): JsonError {
    const tape = this.tape;
    tape.count = 0;
    // Half a node for every 64 bytes to begin with: bodies are mostly text, and the tape doubles when they are not.
    tape.reserve(64 + (max(length, 0) >> 7));
    this.base = base;
    this.length = length;
    const error = scanner.scan(base, length, indexedDepth, tape);
    this.errorOffset = error == JsonError.None ? 0 : ((scanner.errorAt - base) as i32);
    if (error != JsonError.None) tape.count = 0;
    return error;
  }

  /** Gives back the part of the tape that holds no node. Nodes stay valid. */
  seal(): void {
    this.tape.shrink();
  }

  /** Says that the same text now lives at another address. */
  rebase(base: usize): void {
    this.base = base;
  }

  /** Gives the tape back; the document is empty afterwards. May be called more than once. */
  free(): void {
    this.tape.free();
  }

  /** The document's value. */
  root(): i32 {
    return this.tape.count > 0 ? 0 : -1;
  }

  /** The node's kind; `Null` for -1. */
  kind(node: i32): JsonKind {
    return this.tape.has(node) ? this.tape.kind(node) : JsonKind.Null;
  }
  isString(node: i32): bool {
    return this.kind(node) == JsonKind.String;
  }
  isObject(node: i32): bool {
    return this.kind(node) == JsonKind.Object;
  }
  isArray(node: i32): bool {
    return this.kind(node) == JsonKind.Array;
  }
  isNumber(node: i32): bool {
    return this.kind(node) == JsonKind.Number;
  }
  /** Whether the node is there and is not `null`. */
  isPresent(node: i32): bool {
    return this.kind(node) != JsonKind.Null;
  }

  /** Offset of the value's first byte (the quote of a string), relative to `base`. */
  start(node: i32): i32 {
    return this.tape.has(node) ? this.tape.start(node) : 0;
  }
  /** Offset behind the value's last byte (behind the closing quote of a string). */
  end(node: i32): i32 {
    return this.tape.has(node) ? this.tape.end(node) : 0;
  }
  /** Address of the value's first byte as written. */
  rawPointer(node: i32): usize {
    return this.tape.has(node) ? this.base + this.tape.start(node) : 0;
  }
  /** Bytes of the value as written. */
  rawLength(node: i32): i32 {
    return this.end(node) - this.start(node);
  }
  /** Address of a string's inside (behind the opening quote), still escaped; 0 when the node is no string. */
  textPointer(node: i32): usize {
    return this.isString(node) ? this.rawPointer(node) + 1 : 0;
  }
  /** Bytes of a string's inside, still escaped; 0 when the node is no string. */
  textLength(node: i32): i32 {
    return this.isString(node) ? this.rawLength(node) - 2 : 0;
  }
  /** Whether a string's inside contains a backslash. */
  hasEscapes(node: i32): bool {
    return this.hasFlag(node, FLAG_ESCAPED);
  }

  /** First element of an indexed array, or first key of an indexed object; -1 when empty or opaque. */
  first(container: i32): i32 {
    return this.hasFlag(container, FLAG_CHILDREN) ? container + 1 : -1;
  }
  /** Next element of the array; -1 after the last. */
  nextElement(node: i32): i32 {
    return this.tape.has(node) && !this.hasFlag(node, FLAG_KEY) ? this.tape.next(node) : -1;
  }
  /** Next key of the object; -1 after the last. */
  nextKey(key: i32): i32 {
    return this.hasFlag(key, FLAG_KEY) ? this.tape.next(key) : -1;
  }
  /** The value behind a key. */
  valueOf(key: i32): i32 {
    return this.hasFlag(key, FLAG_KEY) ? key + 1 : -1;
  }
  /** Number of elements or members of an indexed container; 0 otherwise. Linear. */
  count(container: i32): i32 {
    let count = 0;
    for (let child = this.first(container); child >= 0; child = this.tape.next(child)) count += 1;
    return count;
  }
  /** The value of a member of an indexed object, or -1. */
  find(object: i32, key: JsonKey): i32 {
    return this.valueOf(this.findKey(object, key));
  }
  /** The key node of a member (for splicing), or -1. */
  findKey(object: i32, key: JsonKey): i32 {
    if (!this.isObject(object)) return -1;
    for (let node = this.first(object); node >= 0; node = this.tape.next(node)) {
      if (this.tape.meta(node) >> HASH_SHIFT == key.hash && this.equals(node, key)) return node;
    }
    return -1;
  }
  /** Whether a string or key node, unescaped, is this ASCII text. */
  equals(node: i32, key: JsonKey): bool {
    if (!this.isString(node)) return false;
    const text = key.text;
    const length = this.textLength(node);
    if (this.hasEscapes(node))
      return equalsUnescaped(this.textPointer(node), length, changetype<usize>(text), text.length);
    return length == text.length && memory.compare(this.textPointer(node), changetype<usize>(text), length) == 0;
  }
  /** A number as an integer (fraction cut, clamped to the i64 range); `fallback` when the node is no number. Never traps. */
  integer(node: i32, fallback: i64 = 0): i64 {
    if (!this.isNumber(node)) return fallback;
    return readInteger(this.rawPointer(node), this.rawLength(node));
  }
  /** A number as a double, always finite (clamped); `fallback` when the node is no number. Never traps. */
  float(node: i32, fallback: f64 = 0): f64 {
    if (!this.isNumber(node)) return fallback;
    return readFloat(this.rawPointer(node), this.rawLength(node));
  }
  /** `true` and `false` as they are; `fallback` for anything else. */
  boolean(node: i32, fallback: bool = false): bool {
    const kind = this.kind(node);
    if (kind == JsonKind.True) return true;
    return kind == JsonKind.False ? false : fallback;
  }

  private hasFlag(node: i32, flag: u32): bool {
    return this.tape.has(node) && (this.tape.meta(node) & flag) != 0;
  }
}
