import { ByteBuffer } from "../bytes/buffer";
import { allocate, release, sameBytes } from "../bytes/memory";
import { equalsUnescaped, unescapeInto } from "./read";
import { FLAG_ESCAPED, HASH_SHIFT, nodeEnd, nodeMeta, nodeNext, nodeStart } from "./tape";

const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;

/** Up to 7 bytes as one number. */
function loadShort(pointer: usize, length: i32): u64 {
  let word: u64 = 0;
  if (length >= 4) {
    word = (load<u32>(pointer) as u64) | ((load<u32>(pointer + length - 4) as u64) << 32);
  } else if (length > 0) {
    const middle = load<u8>(pointer + (length >> 1)) as u64;
    word = (load<u8>(pointer) as u64) | (middle << 8) | ((load<u8>(pointer + length - 1) as u64) << 16);
  }
  return word;
}

/** A 24-bit hash of an unescaped key. */
export function hashBytes(pointer: usize, length: i32): u32 {
  let hash = (length as u64) * MULTIPLIER;
  while (length >= 8) {
    hash = (hash ^ load<u64>(pointer)) * MULTIPLIER;
    hash ^= hash >> 29;
    pointer += 8;
    length -= 8;
  }
  hash = (hash ^ loadShort(pointer, length)) * MULTIPLIER;
  // A product's low bits know nothing of a word's high bits: they are folded down and spread once more.
  return (((hash ^ (hash >> 32)) * MULTIPLIER) >> 40) as u32;
}

/** A 24-bit hash of the inside of a JSON string; the same for all ways to escape it. */
export function hashKey(pointer: usize, length: i32, escaped: bool): u32 {
  if (!escaped) return hashBytes(pointer, length);
  const plain = new ByteBuffer();
  unescapeInto(pointer, length, plain);
  const hash = hashBytes(plain.pointer, plain.length);
  plain.free();
  return hash;
}

/** Whether two key nodes are the same text. */
export function sameKey(tape: usize, base: usize, left: i32, right: i32): bool {
  const leftMeta = nodeMeta(tape, left);
  const rightMeta = nodeMeta(tape, right);
  if (leftMeta >> HASH_SHIFT != rightMeta >> HASH_SHIFT) return false;
  const leftText = base + nodeStart(tape, left) + 1;
  const leftLength = nodeEnd(tape, left) - nodeStart(tape, left) - 2;
  const rightText = base + nodeStart(tape, right) + 1;
  const rightLength = nodeEnd(tape, right) - nodeStart(tape, right) - 2;
  if (!((leftMeta | rightMeta) & FLAG_ESCAPED)) {
    return leftLength == rightLength && sameBytes(leftText, rightText, leftLength);
  }
  const plain = new ByteBuffer();
  unescapeInto(rightText, rightLength, plain);
  const same = equalsUnescaped(leftText, leftLength, plain.pointer, plain.length);
  plain.free();
  return same;
}

/** What `checkKeys` found. */
export const enum KeyCheck {
  Unique = 0,
  Duplicate = 1,
  /** So many keys share a hash that they were made to be slow to compare. */
  TooSlow = 2,
}

/**
 * Looks for the same key twice in an object with many keys: linear, with a hash table in scratch memory. The hash has no
 * secret, so keys may be made to collide on purpose; a bound on all comparisons keeps that from costing more than a parse.
 */
export function checkKeys(tape: usize, base: usize, firstKey: i32, count: i32): KeyCheck {
  let slots: i32 = 64;
  while (slots < count * 2) slots <<= 1;
  const size = (slots as usize) * 4;
  const table = allocate(size);
  memory.fill(table, 0xff, size);
  let budget = count * 16;
  let result = KeyCheck.Unique;
  for (let key = firstKey; key >= 0 && result == KeyCheck.Unique; key = nodeNext(tape, key)) {
    let slot = (nodeMeta(tape, key) >> HASH_SHIFT) & (slots - 1);
    while (true) {
      const address = table + ((slot as usize) << 2);
      const other = load<i32>(address);
      if (other < 0) {
        store<i32>(address, key);
        break;
      }
      if (sameKey(tape, base, key, other)) {
        result = KeyCheck.Duplicate;
        break;
      }
      if (--budget < 0) {
        result = KeyCheck.TooSlow;
        break;
      }
      slot = (slot + 1) & (slots - 1);
    }
  }
  release(table);
  return result;
}
