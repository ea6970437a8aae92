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
