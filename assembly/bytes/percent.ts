import { ByteBuffer } from "./buffer";
import { hexValue } from "./hex";

/** Appends the bytes that percent-encoded text stands for (RFC 3986, section 2.1); a `%` without two digits stays as it is. */
export function decodePercent(pointer: usize, length: i32, out: ByteBuffer): void {
  const limit = pointer + length;
  for (; pointer < limit; pointer += 1) {
    const byte = load<u8>(pointer);
    if (byte == 0x25 && limit - pointer >= 3) {
      const high = hexValue(load<u8>(pointer, 1));
      const low = hexValue(load<u8>(pointer, 2));
      if (high >= 0 && low >= 0) {
        out.byte(((high << 4) | low) as u8);
        pointer += 2;
        continue;
      }
    }
    out.byte(byte);
  }
}

/** Appends text as one segment of a path: everything but letters, digits and `-._~` is percent-encoded (RFC 3986, section 2.3). */
export function encodePercent(pointer: usize, length: i32, out: ByteBuffer): void {
  for (let index = 0; index < length; index++) {
    const byte = load<u8>(pointer + index);
    const isLetter = (((byte | 0x20) - 0x61) as u8) < 26;
    const isDigit = ((byte - 0x30) as u8) < 10;
    if (isLetter || isDigit || byte == 0x2d || byte == 0x2e || byte == 0x5f || byte == 0x7e) {
      out.byte(byte);
      continue;
    }
    out.byte(0x25);
    out.byte(upperDigit(byte >> 4));
    out.byte(upperDigit(byte & 15));
  }
}

function upperDigit(value: u8): u8 {
  return value < 10 ? 0x30 + value : 0x37 + value;
}
