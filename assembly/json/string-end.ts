import { skipNonAscii } from "../bytes/utf8";
import { skipEscape, skipPlain } from "./skip";

/**
 * Address of the quote that ends the string whose inside begins at `pointer`; 0 when the string is not valid (RFC 8259, section 7, and
 * RFC 3629) or does not end before `limit`.
 */
export function stringEnd(pointer: usize, limit: usize): usize {
  while (true) {
    pointer = skipPlain(pointer, limit);
    if (pointer >= limit) return 0;
    const byte = load<u8>(pointer);
    if (byte == 0x22) return pointer;
    if (byte == 0x5c) {
      pointer = skipEscape(pointer, limit);
      if (pointer == 0) return 0;
    } else if (byte >= 0x80) {
      pointer = skipNonAscii(pointer, limit);
      if (pointer >= limit || load<u8>(pointer) >= 0x80) return 0;
    } else {
      return 0;
    }
  }
}
