import { JsonKind } from "./types";

/*
 * The tape: a document's nodes in the order of the text, a container before its children, a key before its value. Plain functions over
 * an address, because a managed tape would cost a stack entry for the garbage collector with every call of the scan.
 */

/** Bytes of a node: start u32, end u32, next i32, meta u32 (kind, flags, hash of a key). */
export const NODE_BYTES: usize = 16;
const START: usize = 0;
const END: usize = 4;
const NEXT: usize = 8;
const META: usize = 12;

const KIND_MASK: u32 = 7;
/** Set on a string or key whose inside contains a backslash. */
export const FLAG_ESCAPED: u32 = 8;
/** Set on a key. */
export const FLAG_KEY: u32 = 16;
/** Set on a container whose children are on the tape; the first one is the next node. */
export const FLAG_CHILDREN: u32 = 32;
/** The hash of a key takes the bits from here up. */
export const HASH_SHIFT: u32 = 8;

/** Writes a node that has no next one. */
export function writeNode(tape: usize, node: i32, start: i32, end: i32, meta: u32): void {
  const address = addressOf(tape, node);
  store<i32>(address, start, START);
  store<i32>(address, end, END);
  store<i32>(address, -1, NEXT);
  store<u32>(address, meta, META);
}

/** Offset of a node's first byte in the text. */
export function nodeStart(tape: usize, node: i32): i32 {
  return load<i32>(addressOf(tape, node), START);
}

/** Offset behind a node's last byte. */
export function nodeEnd(tape: usize, node: i32): i32 {
  return load<i32>(addressOf(tape, node), END);
}

/** The next element of an array, the next key of an object, or -1. */
export function nodeNext(tape: usize, node: i32): i32 {
  return load<i32>(addressOf(tape, node), NEXT);
}

/** Kind, flags and hash. */
export function nodeMeta(tape: usize, node: i32): u32 {
  return load<u32>(addressOf(tape, node), META);
}

/** The kind in a node's meta. */
export function metaKind(meta: u32): JsonKind {
  return (meta & KIND_MASK) as JsonKind;
}

/** Says which node follows in the same container. */
export function setNodeNext(tape: usize, node: i32, next: i32): void {
  store<i32>(addressOf(tape, node), next, NEXT);
}

/** Ends a container. */
export function endNode(tape: usize, node: i32, end: i32, flags: u32): void {
  const address = addressOf(tape, node);
  store<i32>(address, end, END);
  store<u32>(address, load<u32>(address, META) | flags, META);
}

function addressOf(tape: usize, node: i32): usize {
  return tape + (node as usize) * NODE_BYTES;
}
