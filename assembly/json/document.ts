/** What a JSON value is. */
export const enum JsonKind {
  Null = 0,
  False = 1,
  True = 2,
  Number = 3,
  String = 4,
  Array = 5,
  Object = 6,
}

/** Why a text is not JSON that we accept. */
export const enum JsonError {
  None = 0,
  /** The text ends inside a value. */
  Truncated = 1,
  /** A byte that the grammar does not allow; also trailing bytes after the document and NUL. */
  Syntax = 2,
  /** Bytes that are not UTF-8 (RFC 3629: no overlong forms, no surrogates). */
  Utf8 = 3,
  /** Arrays and objects nested deeper than `MAX_NESTING`. */
  Depth = 4,
  /** The same key twice in one indexed object, compared after unescaping. */
  DuplicateKey = 5,
  /** More than `MAX_NODES` indexed values. */
  TooLarge = 6,
}

/** Deepest nesting of arrays and objects that is accepted. */
export const MAX_NESTING: i32 = 256;

/** A member name to look for: ASCII, compared after unescaping. Create these once, as module-level constants. */
export class JsonKey {
  constructor(name: string) {}
}

/**
 * A JSON text that was validated once (RFC 8259) and indexed: containers down to `indexedDepth` have their children on the
 * tape, deeper ones are opaque values with a start and an end. Nodes are small integers; -1 means "not there", and every
 * method takes -1 (or an unsuitable node) and answers -1, 0 or false, so that callers need no guards and nothing traps.
 * The document borrows the text: `base` must stay alive and unmoved while nodes are used; it can be moved with `rebase`.
 * The tape is unmanaged memory owned by the document; `free` gives it back, `parse` may be called again.
 */
export class JsonDocument {
  /** Address of the text's first byte. */
  base: usize = 0;
  /** Bytes of the text. */
  length: i32 = 0;
  /** Offset at which parsing failed. */
  errorOffset: i32 = 0;

  /** Validates and indexes. On an error the document is empty (`root` is -1). The root container's depth is 1. */
  parse(base: usize, length: i32, indexedDepth: i32 = 8): JsonError {
    return JsonError.Syntax;
  }

  /** Says that the same text now lives at another address. */
  rebase(base: usize): void {
    this.base = base;
  }

  /** Gives the tape back. */
  free(): void {}

  /** The document's value. */
  root(): i32 {
    return -1;
  }

  /** The node's kind; `Null` for -1. */
  kind(node: i32): JsonKind {
    return JsonKind.Null;
  }
  isString(node: i32): bool {
    return false;
  }
  isObject(node: i32): bool {
    return false;
  }
  isArray(node: i32): bool {
    return false;
  }
  isNumber(node: i32): bool {
    return false;
  }
  /** Whether the node is there and is not `null`. */
  isPresent(node: i32): bool {
    return false;
  }

  /** Offset of the value's first byte (the quote of a string), relative to `base`. */
  start(node: i32): i32 {
    return 0;
  }
  /** Offset behind the value's last byte (behind the closing quote of a string). */
  end(node: i32): i32 {
    return 0;
  }
  /** Address of the value's first byte as written. */
  rawPointer(node: i32): usize {
    return 0;
  }
  /** Bytes of the value as written. */
  rawLength(node: i32): i32 {
    return 0;
  }
  /** Address of a string's inside (behind the opening quote), still escaped; 0 when the node is no string. */
  textPointer(node: i32): usize {
    return 0;
  }
  /** Bytes of a string's inside, still escaped; 0 when the node is no string. */
  textLength(node: i32): i32 {
    return 0;
  }
  /** Whether a string's inside contains a backslash. */
  hasEscapes(node: i32): bool {
    return false;
  }

  /** First element of an indexed array, or first key of an indexed object; -1 when empty or opaque. */
  first(container: i32): i32 {
    return -1;
  }
  /** Next element of the array; -1 after the last. */
  nextElement(node: i32): i32 {
    return -1;
  }
  /** Next key of the object; -1 after the last. */
  nextKey(key: i32): i32 {
    return -1;
  }
  /** The value behind a key. */
  valueOf(key: i32): i32 {
    return -1;
  }
  /** Number of elements or members of an indexed container; 0 otherwise. Linear. */
  count(container: i32): i32 {
    return 0;
  }
  /** The value of a member of an indexed object, or -1. */
  find(object: i32, key: JsonKey): i32 {
    return -1;
  }
  /** The key node of a member (for splicing), or -1. */
  findKey(object: i32, key: JsonKey): i32 {
    return -1;
  }
  /** Whether a string or key node, unescaped, is this ASCII text. */
  equals(node: i32, key: JsonKey): bool {
    return false;
  }
  /** A number as an integer (fraction cut, clamped to the i64 range); `fallback` when the node is no number. Never traps. */
  integer(node: i32, fallback: i64 = 0): i64 {
    return fallback;
  }
  /** A number as a double; `fallback` when the node is no number. Never traps. */
  float(node: i32, fallback: f64 = 0): f64 {
    return fallback;
  }
  /** `true` and `false` as they are; `fallback` for anything else. */
  boolean(node: i32, fallback: bool = false): bool {
    return fallback;
  }
}
