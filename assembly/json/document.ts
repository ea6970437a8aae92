import { allocate, reallocate, release, sameBytes } from "../bytes/memory";
import { JsonKey } from "./json-key";
import { readFloat, readInteger } from "./numbers";
import { equalsUnescaped } from "./read";
import { scan, scanCapacity, scanErrorAt, scanNodes, scanTape } from "./scanner";
import {
  FLAG_CHILDREN,
  FLAG_ESCAPED,
  FLAG_KEY,
  HASH_SHIFT,
  metaKind,
  NODE_BYTES,
  nodeEnd,
  nodeMeta,
  nodeNext,
  nodeStart,
} from "./tape";
import { JsonError, JsonKind } from "./types";

export { JsonKey } from "./json-key";
export { JsonError, JsonKind, MAX_NESTING, MAX_NODES } from "./types";

/** Fewest unused nodes that are given back. */
const LEAST_SEALED: i32 = 128;

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
  private tape: usize = 0;
  private nodes: i32 = 0;
  /** A bit for each hash of the root's keys, by its low bits: most members that are looked for there are missing. */
  private rootKeys: u64 = 0;
  /** Nodes that the tape has room for. */
  private capacity: i32 = 0;

  /** Validates and indexes. On an error the document is empty (`root` is -1). The root container's depth is 1. */
  parse(base: usize, length: i32, indexedDepth: i32 = 8): JsonError {
    // Half a node for every 64 bytes to begin with: bodies are mostly text, and the tape doubles when they are not.
    const wanted = 64 + (max(length, 0) >> 7);
    if (this.capacity < wanted) this.resize(wanted);
    this.base = base;
    this.length = length;
    const error = scan(base, length, indexedDepth, this.tape, this.capacity);
    this.tape = scanTape;
    this.capacity = scanCapacity;
    this.nodes = error == JsonError.None ? scanNodes : 0;
    this.rootKeys = hashesOf(this.tape, this.nodes);
    this.errorOffset = error == JsonError.None ? 0 : ((scanErrorAt - base) as i32);
    return error;
  }

  /** Gives back the part of the tape that holds no node, when it is worth copying the others. Nodes stay valid. */
  seal(): void {
    const nodes = this.nodes;
    if (this.capacity - nodes < LEAST_SEALED) return;
    // The allocator keeps a block's size when it is asked to shrink it, so the nodes move into a new block.
    const size = (nodes as usize) * NODE_BYTES;
    const exact = allocate(size);
    memory.copy(exact, this.tape, size);
    release(this.tape);
    this.tape = exact;
    this.capacity = nodes;
  }

  /** Says that the same text now lives at another address. */
  rebase(base: usize): void {
    this.base = base;
  }

  /** Gives the tape back; the document is empty afterwards. May be called more than once. */
  free(): void {
    release(this.tape);
    this.tape = 0;
    this.nodes = 0;
    this.capacity = 0;
  }

  /** The document's value. */
  root(): i32 {
    return this.nodes > 0 ? 0 : -1;
  }

  /** The node's kind; `Null` for -1. */
  kind(node: i32): JsonKind {
    return metaKind(metaOf(this.tape, this.nodes, node));
  }
  isString(node: i32): bool {
    return metaKind(metaOf(this.tape, this.nodes, node)) == JsonKind.String;
  }
  isObject(node: i32): bool {
    return metaKind(metaOf(this.tape, this.nodes, node)) == JsonKind.Object;
  }
  isArray(node: i32): bool {
    return metaKind(metaOf(this.tape, this.nodes, node)) == JsonKind.Array;
  }
  isNumber(node: i32): bool {
    return metaKind(metaOf(this.tape, this.nodes, node)) == JsonKind.Number;
  }
  /** Whether the node is there and is not `null`. */
  isPresent(node: i32): bool {
    return metaKind(metaOf(this.tape, this.nodes, node)) != JsonKind.Null;
  }

  /** Offset of the value's first byte (the quote of a string), relative to `base`. */
  start(node: i32): i32 {
    return isNode(this.nodes, node) ? nodeStart(this.tape, node) : 0;
  }
  /** Offset behind the value's last byte (behind the closing quote of a string). */
  end(node: i32): i32 {
    return isNode(this.nodes, node) ? nodeEnd(this.tape, node) : 0;
  }
  /** Address of the value's first byte as written. */
  rawPointer(node: i32): usize {
    return isNode(this.nodes, node) ? this.base + nodeStart(this.tape, node) : 0;
  }
  /** Bytes of the value as written. */
  rawLength(node: i32): i32 {
    return isNode(this.nodes, node) ? lengthOf(this.tape, node) : 0;
  }
  /** Address of a string's inside (behind the opening quote), still escaped; 0 when the node is no string. */
  textPointer(node: i32): usize {
    const isString = metaKind(metaOf(this.tape, this.nodes, node)) == JsonKind.String;
    return isString ? this.base + nodeStart(this.tape, node) + 1 : 0;
  }
  /** Bytes of a string's inside, still escaped; 0 when the node is no string. */
  textLength(node: i32): i32 {
    const isString = metaKind(metaOf(this.tape, this.nodes, node)) == JsonKind.String;
    return isString ? lengthOf(this.tape, node) - 2 : 0;
  }
  /** Whether a string's inside contains a backslash. */
  hasEscapes(node: i32): bool {
    return (metaOf(this.tape, this.nodes, node) & FLAG_ESCAPED) != 0;
  }

  /** First element of an indexed array, or first key of an indexed object; -1 when empty or opaque. */
  first(container: i32): i32 {
    return firstOf(this.tape, this.nodes, container);
  }
  /** Next element of the array; -1 after the last. */
  nextElement(node: i32): i32 {
    const isElement = isNode(this.nodes, node) && (nodeMeta(this.tape, node) & FLAG_KEY) == 0;
    return isElement ? nodeNext(this.tape, node) : -1;
  }
  /** Next key of the object; -1 after the last. */
  nextKey(key: i32): i32 {
    return metaOf(this.tape, this.nodes, key) & FLAG_KEY ? nodeNext(this.tape, key) : -1;
  }
  /** The value behind a key. */
  valueOf(key: i32): i32 {
    return metaOf(this.tape, this.nodes, key) & FLAG_KEY ? key + 1 : -1;
  }
  /** Number of elements or members of an indexed container; 0 otherwise. Linear. */
  count(container: i32): i32 {
    let count = 0;
    let child = firstOf(this.tape, this.nodes, container);
    for (; child >= 0; child = nodeNext(this.tape, child)) count += 1;
    return count;
  }
  /** The value of a member of an indexed object, or -1. */
  find(object: i32, key: JsonKey): i32 {
    if (object == 0 && (this.rootKeys & bitOf(key.hash)) == 0) return -1;
    const node = findMember(this.base, this.tape, this.nodes, object, key.pointer, key.length, key.hash);
    return node < 0 ? -1 : node + 1;
  }
  /** The key node of a member (for splicing), or -1. */
  findKey(object: i32, key: JsonKey): i32 {
    return findMember(this.base, this.tape, this.nodes, object, key.pointer, key.length, key.hash);
  }
  /** Whether a string or key node, unescaped, is this ASCII text. */
  equals(node: i32, key: JsonKey): bool {
    if (metaKind(metaOf(this.tape, this.nodes, node)) != JsonKind.String) return false;
    return equalsText(this.base, this.tape, node, key.pointer, key.length);
  }
  /** A number as an integer (fraction cut, clamped to the i64 range); `fallback` when the node is no number. Never traps. */
  integer(node: i32, fallback: i64 = 0): i64 {
    if (metaKind(metaOf(this.tape, this.nodes, node)) != JsonKind.Number) return fallback;
    return readInteger(this.base + nodeStart(this.tape, node), lengthOf(this.tape, node));
  }
  /** A number as a double, always finite (clamped); `fallback` when the node is no number. Never traps. */
  float(node: i32, fallback: f64 = 0): f64 {
    if (metaKind(metaOf(this.tape, this.nodes, node)) != JsonKind.Number) return fallback;
    return readFloat(this.base + nodeStart(this.tape, node), lengthOf(this.tape, node));
  }
  /** `true` and `false` as they are; `fallback` for anything else. */
  boolean(node: i32, fallback: bool = false): bool {
    const kind = metaKind(metaOf(this.tape, this.nodes, node));
    if (kind == JsonKind.True) return true;
    return kind == JsonKind.False ? false : fallback;
  }

  private resize(nodes: i32): void {
    this.tape = reallocate(this.tape, (nodes as usize) * NODE_BYTES);
    this.capacity = nodes;
  }
}

/*
 * What the methods share takes plain numbers, because passing a managed `this` on would cost a stack entry for the garbage collector
 * with every look-up.
 */

function isNode(nodes: i32, node: i32): bool {
  return (node as u32) < (nodes as u32);
}

/** A node's meta; 0 (which reads as `null` without flags) for what is no node. */
function metaOf(tape: usize, nodes: i32, node: i32): u32 {
  return isNode(nodes, node) ? nodeMeta(tape, node) : 0;
}

function lengthOf(tape: usize, node: i32): i32 {
  return nodeEnd(tape, node) - nodeStart(tape, node);
}

function firstOf(tape: usize, nodes: i32, container: i32): i32 {
  return metaOf(tape, nodes, container) & FLAG_CHILDREN ? container + 1 : -1;
}

function equalsText(base: usize, tape: usize, node: i32, text: usize, textLength: i32): bool {
  const inside = base + nodeStart(tape, node) + 1;
  const length = lengthOf(tape, node) - 2;
  if (nodeMeta(tape, node) & FLAG_ESCAPED) return equalsUnescaped(inside, length, text, textLength);
  return length == textLength && sameBytes(inside, text, length);
}

function bitOf(hash: u32): u64 {
  return 1 << ((hash & 63) as u64);
}

/** The bits of the root's keys. */
function hashesOf(tape: usize, nodes: i32): u64 {
  let bits: u64 = 0;
  for (let key = firstOf(tape, nodes, 0); key >= 0; key = nodeNext(tape, key)) {
    bits |= bitOf(nodeMeta(tape, key) >> HASH_SHIFT);
  }
  return bits;
}

function findMember(base: usize, tape: usize, nodes: i32, object: i32, name: usize, nameLength: i32, hash: u32): i32 {
  if (metaKind(metaOf(tape, nodes, object)) != JsonKind.Object) return -1;
  for (let node = firstOf(tape, nodes, object); node >= 0; node = nodeNext(tape, node)) {
    if (nodeMeta(tape, node) >> HASH_SHIFT == hash && equalsText(base, tape, node, name, nameLength)) return node;
  }
  return -1;
}
