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

/** The base64 digit of a number from 0 to 63, the usual alphabet (RFC 4648, section 4). */
function base64Digit(value: u32): u8 {
  if (value < 26) return (0x41 + value) as u8;
  if (value < 52) return (0x47 + value) as u8;
  if (value < 62) return (value - 4) as u8;
  return value == 62 ? 0x2b : 0x2f;
}

/** Appends bytes as base64 text, padded. */
export function encodeBase64(pointer: usize, length: i32, out: ByteBuffer): void {
  if (length <= 0) return;
  out.reserve(((length + 2) / 3) * 4);
  for (let index = 0; index < length; index += 3) {
    const left = length - index;
    const first = load<u8>(pointer + index) as u32;
    const second = left > 1 ? (load<u8>(pointer + index + 1) as u32) : 0;
    const third = left > 2 ? (load<u8>(pointer + index + 2) as u32) : 0;
    const bits = (first << 16) | (second << 8) | third;
    out.byte(base64Digit(bits >> 18));
    out.byte(base64Digit((bits >> 12) & 63));
    out.byte(left > 1 ? base64Digit((bits >> 6) & 63) : 0x3d);
    out.byte(left > 2 ? base64Digit(bits & 63) : 0x3d);
  }
}
