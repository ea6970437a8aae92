import { ByteBuffer } from "../bytes/buffer";
import { findByte } from "../bytes/find";
import { hexValue } from "../bytes/hex";
import { appendCodePoint } from "../bytes/utf8";
import { sameBytes } from "../bytes/memory";

const REPLACEMENT: u32 = 0xfffd;

/** The code unit of `\uXXXX` at `pointer` (the backslash), or -1 when there is none before `limit`. */
export function readCodeUnit(pointer: usize, limit: usize): i32 {
  if (limit - pointer < 6 || load<u16>(pointer) != 0x755c) return -1;
  const first = hexValue(load<u8>(pointer, 2));
  const second = hexValue(load<u8>(pointer, 3));
  const third = hexValue(load<u8>(pointer, 4));
  const fourth = hexValue(load<u8>(pointer, 5));
  if ((first | second | third | fourth) < 0) return -1;
  return (first << 12) | (second << 8) | (third << 4) | fourth;
}

/** The byte that `\x` stands for, given x; 0 when it is no such escape. */
export function shortEscape(byte: u8): u8 {
  switch (byte) {
    case 0x22:
    case 0x5c:
    case 0x2f:
      return byte;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    default:
      return 0;
  }
}

/** Appends what the escape at `pointer` stands for and gives the address behind it; a broken escape becomes U+FFFD. */
function unescapeOne(pointer: usize, limit: usize, out: ByteBuffer): usize {
  if (limit - pointer < 2) {
    appendCodePoint(REPLACEMENT, out);
    return limit;
  }
  const plain = shortEscape(load<u8>(pointer, 1));
  if (plain != 0) {
    out.byte(plain);
    return pointer + 2;
  }
  const unit = readCodeUnit(pointer, limit);
  if (unit < 0) {
    appendCodePoint(REPLACEMENT, out);
    return pointer + 2;
  }
  if ((unit & 0xfc00) == 0xd800) {
    const low = readCodeUnit(pointer + 6, limit);
    if (low >= 0 && (low & 0xfc00) == 0xdc00) {
      appendCodePoint(0x10000 + (((unit & 0x3ff) << 10) | (low & 0x3ff)), out);
      return pointer + 12;
    }
  }
  appendCodePoint(unit as u32, out);
  return pointer + 6;
}

/**
 * Appends the UTF-8 text that the inside of a JSON string stands for. Surrogate pairs are joined, a lone surrogate becomes U+FFFD.
 * The bytes must not lie inside `out`.
 */
export function unescapeInto(pointer: usize, length: i32, out: ByteBuffer): void {
  if (length <= 0) return;
  const limit = pointer + length;
  out.reserve(length);
  while (pointer < limit) {
    const end = findByte(pointer, limit, 0x5c);
    out.bytes(pointer, (end - pointer) as i32);
    pointer = end < limit ? unescapeOne(end, limit, out) : limit;
  }
}

/** Whether the inside of a JSON string, unescaped, is the given UTF-8 text. */
export function equalsUnescaped(pointer: usize, length: i32, text: usize, textLength: i32): bool {
  // An escape of 6 bytes stands for at least 1 byte, so lengths that are too far apart need no unescaping.
  if (textLength > length || length > textLength * 6) return false;
  if (findByte(pointer, pointer + length, 0x5c) == pointer + length) {
    return length == textLength && sameBytes(pointer, text, length);
  }
  const plain = new ByteBuffer();
  unescapeInto(pointer, length, plain);
  const same = plain.length == textLength && sameBytes(plain.pointer, text, textLength);
  plain.free();
  return same;
}
