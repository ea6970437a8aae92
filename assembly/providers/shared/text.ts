import { readCodeUnit } from "../../json/read";

/** Unicode's White_Space property, plus U+FEFF: what vendors trim before they say that a text is empty. */
function isWhiteSpace(code: u32): bool {
  if (code <= 0x20) return code == 0x20 || (code >= 0x09 && code <= 0x0d) || code >= 0x1c;
  if (code < 0x1680) return code == 0x85 || code == 0xa0;
  if (code >= 0x2000 && code <= 0x200a) return true;
  switch (code) {
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202f:
    case 0x205f:
    case 0x3000:
    case 0xfeff:
      return true;
    default:
      return false;
  }
}

/** Bytes that the white-space character at `pointer` takes inside a JSON string, plain or escaped; 0 when it is something else. */
function whiteSpaceLength(pointer: usize, limit: usize): i32 {
  const byte = load<u8>(pointer);
  if (byte == 0x20) return 1;
  const left = limit - pointer;
  if (byte == 0x5c && left >= 2) {
    const escape = load<u8>(pointer, 1);
    if (escape == 0x6e || escape == 0x74 || escape == 0x72 || escape == 0x66) return 2;
    const unit = escape == 0x75 ? readCodeUnit(pointer, limit) : -1;
    return unit >= 0 && isWhiteSpace(unit as u32) ? 6 : 0;
  }
  if (byte < 0xc2 || left < 2) return 0;
  const second = (load<u8>(pointer, 1) & 0x3f) as u32;
  if (byte < 0xe0) return isWhiteSpace((((byte & 0x1f) as u32) << 6) | second) ? 2 : 0;
  if (byte > 0xef || left < 3) return 0;
  const code = (((byte & 0x0f) as u32) << 12) | (second << 6) | ((load<u8>(pointer, 2) & 0x3f) as u32);
  return isWhiteSpace(code) ? 3 : 0;
}

/** Whether the inside of a JSON string is empty or only white space, escaped white space included. */
export function isBlank(pointer: usize, length: i32): bool {
  const limit = pointer + length;
  while (pointer < limit) {
    const step = whiteSpaceLength(pointer, limit);
    if (step == 0) return false;
    pointer += step;
  }
  return true;
}

/** Bytes of the inside of a JSON string that are left when white space at its end, escaped or not, is cut off. */
export function trimmedLength(pointer: usize, length: i32): i32 {
  const start = pointer;
  const limit = pointer + length;
  let end = pointer;
  while (pointer < limit) {
    const space = whiteSpaceLength(pointer, limit);
    if (space > 0) {
      pointer += space;
      continue;
    }
    // Both bytes of an escape are one step, so that the second one is never taken for the beginning of another escape.
    pointer += load<u8>(pointer) == 0x5c ? 2 : 1;
    end = pointer < limit ? pointer : limit;
  }
  return (end - start) as i32;
}
