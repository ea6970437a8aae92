import { reallocate } from "../bytes/memory";
import { skipNonAscii } from "../bytes/utf8";
import { checkKeys, hashKey, KeyCheck, sameKey } from "./keys";
import { brokenNumberAt, skipEscape, skipNumber, skipPlain, skipSpace } from "./skip";
import { blocksHaveEscapes, skipBlocks } from "./string-blocks";
import {
  endNode,
  FLAG_CHILDREN,
  FLAG_ESCAPED,
  FLAG_KEY,
  HASH_SHIFT,
  NODE_BYTES,
  nodeNext,
  nodeStart,
  setNodeNext,
  writeNode,
} from "./tape";
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

/*
 * One pass over a JSON text: validates it and writes its tape. Cursors are addresses; a function that gives 0 has failed and
 * has set `scanError` and `scanErrorAt`. Nothing recurses, whatever the nesting. The state is kept in globals, because a managed
 * object would cost a stack entry for the garbage collector with every call (a third of the speed).
 */
let textBase: usize = 0;
let textLimit: usize = 0;
let indexedDepth: i32 = 0;
let openDepth: i32 = 0;
/** Address of the innermost open container's frame. */
let openFrame: usize = 0;
/** Whether the string scanned last contains a backslash. */
let sawEscape: bool = false;
let scanError: JsonError = JsonError.None;

/** Address at which the last scan failed. */
export let scanErrorAt: usize = 0;
/** The tape of the last scan: the caller's memory, maybe moved and grown, which is the caller's again. */
export let scanTape: usize = 0;
/** Nodes on it. */
export let scanNodes: i32 = 0;
/** Nodes that it has room for. */
export let scanCapacity: i32 = 0;

/** Scans a whole text. `tapeMemory` has room for `tapeCapacity` nodes and is taken over; its successor is `scanTape`. */
export function scan(text: usize, length: i32, levels: i32, tapeMemory: usize, tapeCapacity: i32): JsonError {
  scanError = JsonError.None;
  textBase = text;
  textLimit = text + max(length, 0);
  indexedDepth = levels;
  openDepth = 0;
  openFrame = frames - FRAME_BYTES;
  scanTape = tapeMemory;
  scanNodes = 0;
  scanCapacity = tapeCapacity;
  let cursor = scanValue(skipSpace(text, textLimit));
  while (cursor != 0 && openDepth > 0) cursor = scanNext(cursor);
  if (cursor != 0) {
    cursor = skipSpace(cursor, textLimit);
    if (cursor < textLimit) fail(JsonError.Syntax, cursor);
  }
  return scanError;
}

function fail(reason: JsonError, at: usize): usize {
  scanError = at >= textLimit && reason == JsonError.Syntax ? JsonError.Truncated : reason;
  scanErrorAt = at;
  return 0;
}

/** Moves over the next member, element or closing bracket of the innermost container. */
function scanNext(cursor: usize): usize {
  const state = load<i32>(openFrame, FRAME_STATE);
  cursor = skipSpace(cursor, textLimit);
  if (cursor >= textLimit) return fail(JsonError.Truncated, textLimit);
  const byte = load<u8>(cursor);
  if (byte == (state & STATE_OBJECT ? 0x7d : 0x5d)) return closeContainer(cursor + 1);
  if (state & STATE_FILLED) {
    if (byte != 0x2c) return fail(JsonError.Syntax, cursor);
    cursor = skipSpace(cursor + 1, textLimit);
  } else {
    store<i32>(openFrame, state | STATE_FILLED, FRAME_STATE);
  }
  return state & STATE_OBJECT ? scanMember(cursor) : scanValue(cursor);
}

function scanMember(cursor: usize): usize {
  if (cursor >= textLimit || load<u8>(cursor) != 0x22) return fail(JsonError.Syntax, cursor);
  const end = scanString(cursor);
  if (end == 0 || !addKey(cursor, end)) return 0;
  cursor = skipSpace(end, textLimit);
  if (cursor >= textLimit || load<u8>(cursor) != 0x3a) return fail(JsonError.Syntax, cursor);
  return scanValue(skipSpace(cursor + 1, textLimit));
}

function scanValue(cursor: usize): usize {
  if (cursor >= textLimit) return fail(JsonError.Truncated, textLimit);
  switch (load<u8>(cursor)) {
    case 0x22: {
      const end = scanString(cursor);
      return end == 0 ? 0 : addLeaf(cursor, end, (JsonKind.String as u32) | (sawEscape ? FLAG_ESCAPED : 0));
    }
    case 0x7b:
      return openContainer(cursor, JsonKind.Object, STATE_OBJECT);
    case 0x5b:
      return openContainer(cursor, JsonKind.Array, 0);
    case 0x74:
      return scanLiteral(cursor, 0x65757274, 4, JsonKind.True);
    case 0x66:
      return scanLiteral(cursor, 0x65736c6166, 5, JsonKind.False);
    case 0x6e:
      return scanLiteral(cursor, 0x6c6c756e, 4, JsonKind.Null);
    default: {
      const byte = load<u8>(cursor);
      if (byte != 0x2d && ((byte - 0x30) as u8) > 9) return fail(JsonError.Syntax, cursor);
      const end = skipNumber(cursor, textLimit);
      return end == 0 ? fail(JsonError.Syntax, brokenNumberAt) : addLeaf(cursor, end, JsonKind.Number as u32);
    }
  }
}

/** Address behind the string at `cursor` (the opening quote). */
function scanString(cursor: usize): usize {
  sawEscape = false;
  cursor = skipPlain(cursor + 1, textLimit);
  if (cursor < textLimit && load<u8>(cursor) == 0x22) return cursor + 1;
  if (ASC_FEATURE_SIMD) {
    cursor = skipBlocks(cursor, textLimit);
    sawEscape = blocksHaveEscapes;
  }
  return scanRest(cursor);
}

/** The rest of a string, from where an escape or a character begins. */
function scanRest(cursor: usize): usize {
  while (true) {
    cursor = skipPlain(cursor, textLimit);
    if (cursor >= textLimit) return fail(JsonError.Truncated, textLimit);
    const byte = load<u8>(cursor);
    if (byte == 0x22) return cursor + 1;
    if (byte == 0x5c) {
      const next = skipEscape(cursor, textLimit);
      if (next == 0) return failEscape(cursor);
      sawEscape = true;
      cursor = next;
    } else if (byte >= 0x80) {
      const next = skipNonAscii(cursor, textLimit);
      if (next < textLimit && load<u8>(next) >= 0x80) return fail(JsonError.Utf8, next);
      cursor = next;
    } else {
      return fail(JsonError.Syntax, cursor);
    }
  }
}

function failEscape(cursor: usize): usize {
  const left = textLimit - cursor;
  const cut = left < 2 || (left < 6 && load<u8>(cursor, 1) == 0x75);
  return fail(cut ? JsonError.Truncated : JsonError.Syntax, cursor);
}

function scanLiteral(cursor: usize, word: u64, length: usize, kind: JsonKind): usize {
  for (let index: usize = 1; index < length; index++) {
    const at = cursor + index;
    if (at >= textLimit || load<u8>(at) != (((word >> (index << 3)) & 0xff) as u8)) {
      return fail(JsonError.Syntax, at);
    }
  }
  return addLeaf(cursor, cursor + length, kind as u32);
}

function addLeaf(start: usize, end: usize, meta: u32): usize {
  addValue(start, end, meta);
  return scanError == JsonError.None ? end : 0;
}

function openContainer(cursor: usize, kind: JsonKind, state: i32): usize {
  if (openDepth == MAX_NESTING) return fail(JsonError.Depth, cursor);
  const node = addValue(cursor, cursor + 1, kind as u32);
  if (scanError != JsonError.None) return 0;
  openFrame += FRAME_BYTES;
  openDepth += 1;
  store<i32>(openFrame, node, FRAME_NODE);
  store<i32>(openFrame, -1, FRAME_LAST);
  store<i32>(openFrame, 0, FRAME_KEYS);
  store<i32>(openFrame, state, FRAME_STATE);
  store<u64>(openFrame, 0, FRAME_FILTER);
  return cursor + 1;
}

function closeContainer(cursor: usize): usize {
  const node = load<i32>(openFrame, FRAME_NODE);
  const keys = load<i32>(openFrame, FRAME_KEYS);
  const isFilled = load<i32>(openFrame, FRAME_LAST) >= 0;
  openFrame -= FRAME_BYTES;
  openDepth -= 1;
  if (node < 0) return cursor;
  endNode(scanTape, node, (cursor - textBase) as i32, isFilled ? FLAG_CHILDREN : 0);
  if (keys <= PAIRWISE_KEYS) return cursor;
  const check = checkKeys(scanTape, textBase, node + 1, keys);
  if (check == KeyCheck.Unique) return cursor;
  const reason = check == KeyCheck.Duplicate ? JsonError.DuplicateKey : JsonError.TooLarge;
  return fail(reason, textBase + nodeStart(scanTape, node));
}

/** Adds a value to the tape when its container is indexed; gives the node or -1. */
function addValue(start: usize, end: usize, meta: u32): i32 {
  if (openDepth > indexedDepth) return -1;
  const node = addNode(start, end, meta);
  if (node >= 0 && openDepth > 0 && !(load<i32>(openFrame, FRAME_STATE) & STATE_OBJECT)) linkChild(node);
  return node;
}

/** Adds a key to the tape when its object is indexed; false when the scan has failed. */
function addKey(start: usize, end: usize): bool {
  if (openDepth > indexedDepth) return true;
  const hash = hashKey(start + 1, ((end - start) as i32) - 2, sawEscape);
  const flags = FLAG_KEY | (sawEscape ? FLAG_ESCAPED : 0);
  const node = addNode(start, end, (JsonKind.String as u32) | flags | (hash << HASH_SHIFT));
  if (node < 0) return false;
  const keys = load<i32>(openFrame, FRAME_KEYS) + 1;
  store<i32>(openFrame, keys, FRAME_KEYS);
  if (keys <= PAIRWISE_KEYS) {
    const filter = load<u64>(openFrame, FRAME_FILTER);
    const bit = (1 as u64) << (hash & 63);
    if (filter & bit && isDuplicate(node)) {
      fail(JsonError.DuplicateKey, start);
      return false;
    }
    store<u64>(openFrame, filter | bit, FRAME_FILTER);
  }
  linkChild(node);
  return true;
}

function isDuplicate(node: i32): bool {
  let key = load<i32>(openFrame, FRAME_NODE) + 1;
  while (key >= 0) {
    if (sameKey(scanTape, textBase, key, node)) return true;
    key = nodeNext(scanTape, key);
  }
  return false;
}

function addNode(start: usize, end: usize, meta: u32): i32 {
  const node = scanNodes;
  if (node >= MAX_NODES) {
    fail(JsonError.TooLarge, start);
    return -1;
  }
  if (node == scanCapacity) {
    scanCapacity = min(max(node * 2, 64), MAX_NODES);
    scanTape = reallocate(scanTape, (scanCapacity as usize) * NODE_BYTES);
  }
  writeNode(scanTape, node, (start - textBase) as i32, (end - textBase) as i32, meta);
  scanNodes = node + 1;
  return node;
}

/** Makes a node the next child of the innermost container. */
function linkChild(node: i32): void {
  const last = load<i32>(openFrame, FRAME_LAST);
  if (last >= 0) setNodeNext(scanTape, last, node);
  store<i32>(openFrame, node, FRAME_LAST);
}
