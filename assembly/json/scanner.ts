import { skipNonAscii } from "../bytes/utf8";
import { checkKeys, hashKey, KeyCheck, sameKey } from "./keys";
import { brokenNumberAt, skipEscape, skipNumber, skipPlain, skipSpace } from "./skip";
import { FLAG_CHILDREN, FLAG_ESCAPED, FLAG_KEY, HASH_SHIFT, Tape } from "./tape";
import { JsonError, JsonKind, MAX_NESTING, MAX_NODES } from "./types";

/** An open container: node i32 (-1 when opaque), last child i32, keys i32, state i32, key filter u64. */
const FRAME_BYTES: usize = 24;
const FRAME_NODE: usize = 0;
const FRAME_LAST: usize = 4;
const FRAME_KEYS: usize = 8;
const FRAME_STATE: usize = 12;
const FRAME_FILTER: usize = 16;

const STATE_OBJECT: i32 = 1;
/** Set once the container has a child. */
const STATE_FILLED: i32 = 2;

/** Objects with more keys than this are checked for duplicates with a hash table when they end. */
const PAIRWISE_KEYS: i32 = 32;

/** One stack for all documents: a scan calls nobody who could start another one. */
const frames: usize = memory.data(256 * 24, 8);

/**
 * One pass over a JSON text: validates it and writes its tape. Cursors are addresses; a method that gives 0 has failed and
 * has set `error` and `errorAt`. Nothing recurses, whatever the nesting.
 */
class JsonScanner {
  error: JsonError = JsonError.None;
  /** Address at which the scan failed. */
  errorAt: usize = 0;
  private base: usize = 0;
  private limit: usize = 0;
  private indexedDepth: i32 = 0;
  private depth: i32 = 0;
  /** Address of the innermost open container's frame. */
  private frame: usize = 0;
  /** Whether the string scanned last contains a backslash. */
  private escaped: bool = false;
  private tape: Tape = new Tape();

  /** Scans the whole text; the tape is empty before. */
  scan(base: usize, length: i32, indexedDepth: i32, tape: Tape): JsonError {
    this.error = JsonError.None;
    this.base = base;
    this.limit = base + max(length, 0);
    this.indexedDepth = indexedDepth;
    this.depth = 0;
    this.frame = frames - FRAME_BYTES;
    this.tape = tape;
    let cursor = this.value(skipSpace(base, this.limit));
    while (cursor != 0 && this.depth > 0) cursor = this.step(cursor);
    if (cursor != 0) {
      cursor = skipSpace(cursor, this.limit);
      if (cursor < this.limit) this.fail(JsonError.Syntax, cursor);
    }
    return this.error;
  }

  private fail(error: JsonError, at: usize): usize {
    this.error = at >= this.limit && error == JsonError.Syntax ? JsonError.Truncated : error;
    this.errorAt = at;
    return 0;
  }

  /** Moves over the next member, element or closing bracket of the innermost container. */
  private step(cursor: usize): usize {
    const limit = this.limit;
    const frame = this.frame;
    const state = load<i32>(frame, FRAME_STATE);
    cursor = skipSpace(cursor, limit);
    if (cursor >= limit) return this.fail(JsonError.Truncated, limit);
    const byte = load<u8>(cursor);
    if (byte == (state & STATE_OBJECT ? 0x7d : 0x5d)) return this.close(cursor + 1);
    if (state & STATE_FILLED) {
      if (byte != 0x2c) return this.fail(JsonError.Syntax, cursor);
      cursor = skipSpace(cursor + 1, limit);
    } else {
      store<i32>(frame, state | STATE_FILLED, FRAME_STATE);
    }
    return state & STATE_OBJECT ? this.member(cursor) : this.value(cursor);
  }

  private member(cursor: usize): usize {
    const limit = this.limit;
    if (cursor >= limit || load<u8>(cursor) != 0x22) return this.fail(JsonError.Syntax, cursor);
    const end = this.string(cursor);
    if (end == 0 || !this.addKey(cursor, end)) return 0;
    cursor = skipSpace(end, limit);
    if (cursor >= limit || load<u8>(cursor) != 0x3a) return this.fail(JsonError.Syntax, cursor);
    return this.value(skipSpace(cursor + 1, limit));
  }

  private value(cursor: usize): usize {
    if (cursor >= this.limit) return this.fail(JsonError.Truncated, this.limit);
    switch (load<u8>(cursor)) {
      case 0x22: {
        const end = this.string(cursor);
        return end == 0 ? 0 : this.leaf(cursor, end, (JsonKind.String as u32) | (this.escaped ? FLAG_ESCAPED : 0));
      }
      case 0x7b:
        return this.open(cursor, JsonKind.Object, STATE_OBJECT);
      case 0x5b:
        return this.open(cursor, JsonKind.Array, 0);
      case 0x74:
        return this.literal(cursor, 0x65757274, 4, JsonKind.True);
      case 0x66:
        return this.literal(cursor, 0x65736c6166, 5, JsonKind.False);
      case 0x6e:
        return this.literal(cursor, 0x6c6c756e, 4, JsonKind.Null);
      default: {
        const byte = load<u8>(cursor);
        if (byte != 0x2d && ((byte - 0x30) as u8) > 9) return this.fail(JsonError.Syntax, cursor);
        const end = skipNumber(cursor, this.limit);
        return end == 0 ? this.fail(JsonError.Syntax, brokenNumberAt) : this.leaf(cursor, end, JsonKind.Number as u32);
      }
    }
  }

  /** Address behind the string at `cursor` (the opening quote). */
  private string(cursor: usize): usize {
    const limit = this.limit;
    let escaped = false;
    cursor += 1;
    while (true) {
      cursor = skipPlain(cursor, limit);
      if (cursor >= limit) return this.fail(JsonError.Truncated, limit);
      const byte = load<u8>(cursor);
      if (byte == 0x22) break;
      if (byte == 0x5c) {
        const next = skipEscape(cursor, limit);
        if (next == 0) return this.failEscape(cursor);
        escaped = true;
        cursor = next;
      } else if (byte >= 0x80) {
        const next = skipNonAscii(cursor, limit);
        if (next < limit && load<u8>(next) >= 0x80) return this.fail(JsonError.Utf8, next);
        cursor = next;
      } else {
        return this.fail(JsonError.Syntax, cursor);
      }
    }
    this.escaped = escaped;
    return cursor + 1;
  }

  private failEscape(cursor: usize): usize {
    const left = this.limit - cursor;
    const cut = left < 2 || (left < 6 && load<u8>(cursor, 1) == 0x75);
    return this.fail(cut ? JsonError.Truncated : JsonError.Syntax, cursor);
  }

  private literal(cursor: usize, word: u64, length: usize, kind: JsonKind): usize {
    for (let index: usize = 1; index < length; index++) {
      const at = cursor + index;
      if (at >= this.limit || load<u8>(at) != (((word >> (index << 3)) & 0xff) as u8)) {
        return this.fail(JsonError.Syntax, at);
      }
    }
    return this.leaf(cursor, cursor + length, kind as u32);
  }

  private leaf(start: usize, end: usize, meta: u32): usize {
    this.addValue(start, end, meta);
    return this.error == JsonError.None ? end : 0;
  }

  private open(cursor: usize, kind: JsonKind, state: i32): usize {
    if (this.depth == MAX_NESTING) return this.fail(JsonError.Depth, cursor);
    const node = this.addValue(cursor, cursor + 1, kind as u32);
    if (this.error != JsonError.None) return 0;
    const frame = this.frame + FRAME_BYTES;
    this.frame = frame;
    this.depth += 1;
    store<i32>(frame, node, FRAME_NODE);
    store<i32>(frame, -1, FRAME_LAST);
    store<i32>(frame, 0, FRAME_KEYS);
    store<i32>(frame, state, FRAME_STATE);
    store<u64>(frame, 0, FRAME_FILTER);
    return cursor + 1;
  }

  private close(cursor: usize): usize {
    const frame = this.frame;
    const node = load<i32>(frame, FRAME_NODE);
    this.frame = frame - FRAME_BYTES;
    this.depth -= 1;
    if (node < 0) return cursor;
    this.tape.setEnd(node, (cursor - this.base) as i32);
    if (load<i32>(frame, FRAME_LAST) < 0) return cursor;
    this.tape.addFlag(node, FLAG_CHILDREN);
    const keys = load<i32>(frame, FRAME_KEYS);
    if (keys <= PAIRWISE_KEYS) return cursor;
    const check = checkKeys(this.tape, this.base, node + 1, keys);
    if (check == KeyCheck.Unique) return cursor;
    const error = check == KeyCheck.Duplicate ? JsonError.DuplicateKey : JsonError.TooLarge;
    return this.fail(error, this.base + this.tape.start(node));
  }

  /** Adds a value to the tape when its container is indexed; gives the node or -1. */
  private addValue(start: usize, end: usize, meta: u32): i32 {
    if (this.depth > this.indexedDepth) return -1;
    const node = this.addNode(start, end, meta);
    if (node >= 0 && this.depth > 0 && !(load<i32>(this.frame, FRAME_STATE) & STATE_OBJECT)) this.link(node);
    return node;
  }

  /** Adds a key to the tape when its object is indexed; false when the scan has failed. */
  private addKey(start: usize, end: usize): bool {
    if (this.depth > this.indexedDepth) return true;
    const hash = hashKey(start + 1, ((end - start) as i32) - 2, this.escaped);
    const flags = FLAG_KEY | (this.escaped ? FLAG_ESCAPED : 0);
    const node = this.addNode(start, end, (JsonKind.String as u32) | flags | (hash << HASH_SHIFT));
    if (node < 0) return false;
    const frame = this.frame;
    const keys = load<i32>(frame, FRAME_KEYS) + 1;
    store<i32>(frame, keys, FRAME_KEYS);
    if (keys <= PAIRWISE_KEYS) {
      const filter = load<u64>(frame, FRAME_FILTER);
      const bit = (1 as u64) << (hash & 63);
      if (filter & bit && this.isDuplicate(node)) {
        this.fail(JsonError.DuplicateKey, start);
        return false;
      }
      store<u64>(frame, filter | bit, FRAME_FILTER);
    }
    this.link(node);
    return true;
  }

  private isDuplicate(node: i32): bool {
    let key = load<i32>(this.frame, FRAME_NODE) + 1;
    while (key >= 0) {
      if (sameKey(this.tape, this.base, key, node)) return true;
      key = this.tape.next(key);
    }
    return false;
  }

  private addNode(start: usize, end: usize, meta: u32): i32 {
    if (this.tape.count >= MAX_NODES) {
      this.fail(JsonError.TooLarge, start);
      return -1;
    }
    return this.tape.add((start - this.base) as i32, (end - this.base) as i32, meta);
  }

  /** Makes a node the next child of the innermost container. */
  private link(node: i32): void {
    const last = load<i32>(this.frame, FRAME_LAST);
    if (last >= 0) this.tape.setNext(last, node);
    store<i32>(this.frame, node, FRAME_LAST);
  }
}

/** The scanner of this module; it holds no state between scans. */
export const scanner: JsonScanner = new JsonScanner();
