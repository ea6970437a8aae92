import { ByteBuffer } from "./buffer";

/** Value of a base64 digit (RFC 4648, sections 4 and 5: both alphabets), or -1. */
function digitValue(byte: u8): i32 {
  const lower = byte | 0x20;
  if (lower >= 0x61 && lower <= 0x7a) return byte < 0x61 ? byte - 0x41 : byte - 0x47;
  if (byte >= 0x30 && byte <= 0x39) return byte + 4;
  if (byte == 0x2b || byte == 0x2d) return 62;
  if (byte == 0x2f || byte == 0x5f) return 63;
  return -1;
}

/** Bytes of the digits, without the padding; -1 when length and padding do not fit together. */
function digitCount(pointer: usize, length: i32): i32 {
  let digits = length;
  while (digits > 0 && length - digits < 2 && load<u8>(pointer + digits - 1) == 0x3d) digits -= 1;
  const isPadded = digits < length;
  if (digits % 4 == 1 || (isPadded && length % 4 != 0)) return -1;
  return digits;
}

/**
 * Whether bytes are base64 (RFC 4648), in the standard or the URL-safe alphabet, with full padding or none, without white space.
 * Unused bits of the last digit may have any value, as decoders in use accept them.
 */
export function isBase64(pointer: usize, length: i32): bool {
  const digits = digitCount(pointer, length);
  if (digits < 0) return false;
  for (let index = 0; index < digits; index++) {
    if (digitValue(load<u8>(pointer + index)) < 0) return false;
  }
  return true;
}

/** Appends the bytes that base64 stands for; gives false and appends nothing when it is none (see `isBase64`). */
export function decodeBase64(pointer: usize, length: i32, out: ByteBuffer): bool {
  const digits = digitCount(pointer, length);
  if (digits < 0) return false;
  const before = out.length;
  out.reserve((digits / 4) * 3 + 2);
  let bits: u32 = 0;
  let invalid: i32 = 0;
  for (let index = 0; index < digits; index++) {
    const value = digitValue(load<u8>(pointer + index));
    invalid |= value;
    bits = (bits << 6) | (value & 63);
    const place = index & 3;
    // Digits 2, 3 and 4 of a group complete a byte; 4, 2 and 0 bits of them are left over.
    if (place != 0) out.byte((bits >> (6 - (place << 1))) as u8);
  }
  if (invalid >= 0) return true;
  out.length = before;
  return false;
}
