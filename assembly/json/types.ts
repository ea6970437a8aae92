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
  /** A byte that the grammar does not allow; also trailing bytes after the document, NUL and a byte order mark. */
  Syntax = 2,
  /** Bytes that are not UTF-8 (RFC 3629: no overlong forms, no surrogates). */
  Utf8 = 3,
  /** Arrays and objects nested deeper than `MAX_NESTING`. */
  Depth = 4,
  /** The same key twice in one indexed object, compared after unescaping (an escaped lone surrogate counts as U+FFFD). */
  DuplicateKey = 5,
  /** More than `MAX_NODES` indexed values, or an object whose keys were made to be slow to compare. */
  TooLarge = 6,
}

/** Deepest nesting of arrays and objects that is accepted. */
export const MAX_NESTING: i32 = 256;

/** Most values and keys that one document may index; bounds the tape to 32 MB. */
export const MAX_NODES: i32 = 2_000_000;
