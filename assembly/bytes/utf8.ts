import { ByteBuffer } from "./buffer";

function isContinuation(byte: u8): bool {
  return (byte & 0xc0) == 0x80;
}

/**
 * Bytes of the UTF-8 character at `pointer`: 1 to 4, or 0 when it is malformed or cut off at `limit`.
 * Follows the table in RFC 3629, section 4: no overlong forms, no surrogates, nothing above U+10FFFF.
 */
export function characterLength(pointer: usize, limit: usize): i32 {
  if (pointer >= limit) return 0;
  const lead = load<u8>(pointer);
  if (lead < 0x80) return 1;
  const left = limit - pointer;
  if (lead < 0xc2 || left < 2) return 0;
  const second = load<u8>(pointer, 1);
  if (lead < 0xe0) return isContinuation(second) ? 2 : 0;
  if (left < 3 || !isContinuation(second) || !isContinuation(load<u8>(pointer, 2))) return 0;
  if (lead < 0xf0) {
    if (lead == 0xe0 && second < 0xa0) return 0;
    if (lead == 0xed && second > 0x9f) return 0;
    return 3;
  }
  if (lead > 0xf4 || left < 4 || !isContinuation(load<u8>(pointer, 3))) return 0;
  if (lead == 0xf0 && second < 0x90) return 0;
  if (lead == 0xf4 && second > 0x8f) return 0;
  return 4;
}

/**
 * Moves over well-formed characters that are not ASCII. Gives the address of the first byte that is ASCII or does not begin
 * a well-formed character, or `limit`.
 */
export function skipNonAscii(pointer: usize, limit: usize): usize {
  while (pointer < limit) {
    // Most text that is not ASCII is three bytes a character: one masked comparison tells the common leads apart.
    if (limit - pointer >= 4) {
      const word = load<u32>(pointer);
      if ((word & 0x00c0c0f0) == 0x008080e0) {
        const head = word & 0x0000200f;
        if (head != 0 && head != 0x200d) {
          pointer += 3;
          continue;
        }
      }
    }
    if (load<u8>(pointer) < 0x80) return pointer;
    const length = characterLength(pointer, limit);
    if (length == 0) return pointer;
    pointer += length;
  }
  return pointer;
}

/** Address of the first byte that is not part of well-formed UTF-8, or `limit` when all of `[pointer, limit)` is. */
export function findMalformed(pointer: usize, limit: usize): usize {
  while (pointer < limit) {
    if (limit - pointer >= 8 && (load<u64>(pointer) & 0x8080808080808080) == 0) {
      pointer += 8;
      continue;
    }
    const length = characterLength(pointer, limit);
    if (length == 0) return pointer;
    pointer += length;
  }
  return limit;
}

/** Appends a code point as UTF-8; a surrogate or a number above U+10FFFF becomes U+FFFD. */
export function appendCodePoint(code: u32, out: ByteBuffer): void {
  if (code < 0x80) {
    out.byte(code as u8);
    return;
  }
  if (code < 0x800) {
    out.byte((0xc0 | (code >> 6)) as u8);
    out.byte((0x80 | (code & 0x3f)) as u8);
    return;
  }
  if (code > 0x10ffff || (code & 0xfffff800) == 0xd800) code = 0xfffd;
  if (code < 0x10000) {
    out.byte((0xe0 | (code >> 12)) as u8);
  } else {
    out.byte((0xf0 | (code >> 18)) as u8);
    out.byte((0x80 | ((code >> 12) & 0x3f)) as u8);
  }
  out.byte((0x80 | ((code >> 6) & 0x3f)) as u8);
  out.byte((0x80 | (code & 0x3f)) as u8);
}
