import { ByteBuffer } from "../bytes/buffer";
import { hexDigit } from "../bytes/hex";
import { malformedLength, skipNonAscii } from "../bytes/utf8";
import { skipPlain } from "./skip";

/** The letter of a control character's short escape (RFC 8259, section 7), or 0. */
function escapeLetter(byte: u8): u8 {
  switch (byte) {
    case 0x08:
      return 0x62;
    case 0x09:
      return 0x74;
    case 0x0a:
      return 0x6e;
    case 0x0c:
      return 0x66;
    case 0x0d:
      return 0x72;
    case 0x22:
    case 0x5c:
      return byte;
    default:
      return 0;
  }
}

/**
 * Appends bytes as the inside of a JSON string (without the quotes). Also the way to put JSON into a JSON string, such as the arguments
 * of a tool call. What is not UTF-8 becomes `\ufffd`, one for each broken character, so that the output is valid JSON whatever comes
 * in. The bytes must not lie inside `out`.
 */
export function escapeInto(pointer: usize, length: i32, out: ByteBuffer): void {
  if (length <= 0) return;
  const limit = pointer + length;
  out.reserve(length);
  while (pointer < limit) {
    // Runs of text that is not ASCII are looked at twice and copied once, together with what is around them.
    let end = skipPlain(pointer, limit);
    while (end < limit && load<u8>(end) >= 0x80) {
      const next = skipNonAscii(end, limit);
      if (next == end) break;
      end = skipPlain(next, limit);
    }
    out.bytes(pointer, (end - pointer) as i32);
    if (end == limit) return;
    pointer = escapeOne(end, limit, out);
  }
}

/** Appends the escape of what begins at `pointer` and gives the address behind it. */
function escapeOne(pointer: usize, limit: usize, out: ByteBuffer): usize {
  const byte = load<u8>(pointer);
  if (byte >= 0x80) {
    out.ascii("\\ufffd");
    return pointer + (malformedLength(pointer, limit) as usize);
  }
  const letter = escapeLetter(byte);
  if (letter != 0) {
    out.byte(0x5c);
    out.byte(letter);
  } else {
    out.ascii("\\u00");
    out.byte(hexDigit(byte >> 4));
    out.byte(hexDigit(byte & 15));
  }
  return pointer + 1;
}

/** Appends bytes as a JSON string, quotes included; otherwise like `escapeInto`. */
export function writeQuoted(pointer: usize, length: i32, out: ByteBuffer): void {
  out.byte(0x22);
  escapeInto(pointer, length, out);
  out.byte(0x22);
}
