import { ByteBuffer } from "./buffer";

function isContinuation(byte: u8): bool {
  return (byte & 0xc0) == 0x80;
}

/** Whether a lead byte from 0xc2 to 0xf4 may have this second byte (RFC 3629, section 4: no overlong forms, no surrogates, no more than U+10FFFF). */
function isSecond(lead: u8, second: u8): bool {
  if (!isContinuation(second)) return false;
  switch (lead) {
    case 0xe0:
      return second >= 0xa0;
    case 0xed:
      return second <= 0x9f;
    case 0xf0:
      return second >= 0x90;
    case 0xf4:
      return second <= 0x8f;
    default:
      return true;
  }
}

/** Bytes of the UTF-8 character at `pointer`: 1 to 4, or 0 when it is malformed or cut off at `limit`. */
export function characterLength(pointer: usize, limit: usize): i32 {
  if (pointer >= limit) return 0;
  const lead = load<u8>(pointer);
  if (lead < 0x80) return 1;
  const left = limit - pointer;
  if (lead < 0xc2 || lead > 0xf4 || left < 2 || !isSecond(lead, load<u8>(pointer, 1))) return 0;
  if (lead < 0xe0) return 2;
  if (left < 3 || !isContinuation(load<u8>(pointer, 2))) return 0;
  if (lead < 0xf0) return 3;
  return left >= 4 && isContinuation(load<u8>(pointer, 3)) ? 4 : 0;
}

/**
 * Bytes at `pointer` that one U+FFFD takes the place of, where `characterLength` gives 0 (and `pointer` is below `limit`): as much as could
 * begin a character, as in the WHATWG Encoding Standard's UTF-8 decoder.
 */
export function malformedLength(pointer: usize, limit: usize): i32 {
  const lead = load<u8>(pointer);
  const left = limit - pointer;
  if (lead < 0xe0 || lead > 0xf4 || left < 2 || !isSecond(lead, load<u8>(pointer, 1))) return 1;
  return lead >= 0xf0 && left >= 3 && isContinuation(load<u8>(pointer, 2)) ? 3 : 2;
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
