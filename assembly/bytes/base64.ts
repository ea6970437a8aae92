import { ByteBuffer } from "./buffer";

/** Value of a base64 digit (RFC 4648, both alphabets), or -1. */
function base64Value(byte: u8): i32 {
  if (byte >= 0x41 && byte <= 0x5a) return byte - 0x41;
  if (byte >= 0x61 && byte <= 0x7a) return byte - 0x47;
  if (byte >= 0x30 && byte <= 0x39) return byte + 4;
  if (byte == 0x2b || byte == 0x2d) return 62;
  return byte == 0x2f || byte == 0x5f ? 63 : -1;
}

/** Appends the bytes that base64 text stands for; white space is skipped. False when the text is not base64. */
export function decodeBase64(pointer: usize, length: i32, out: ByteBuffer): bool {
  const limit = pointer + length;
  let bits: u32 = 0;
  let count = 0;
  let padding = 0;
  for (; pointer < limit; pointer += 1) {
    const byte = load<u8>(pointer);
    if (byte == 0x20 || (byte >= 0x09 && byte <= 0x0d)) continue;
    if (byte == 0x3d) {
      padding += 1;
      continue;
    }
    const value = base64Value(byte);
    if (value < 0 || padding > 0) return false;
    bits = (bits << 6) | (value as u32);
    count += 1;
    if ((count & 3) == 0) {
      out.byte((bits >> 16) as u8);
      out.byte((bits >> 8) as u8);
      out.byte(bits as u8);
    }
  }
  const rest = count & 3;
  if (rest == 1 || padding > 2) return false;
  if (rest >= 2) out.byte((rest == 2 ? bits >> 4 : bits >> 10) as u8);
  if (rest == 3) out.byte((bits >> 2) as u8);
  return true;
}
