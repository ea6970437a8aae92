/** A byte with the ASCII capital letters made small; other bytes stay as they are. */
function lowerCase(byte: u8): u8 {
  return ((byte - 0x41) as u8) < 26 ? byte | 0x20 : byte;
}

/** Whether `length` bytes at `pointer` are the text, no matter the case of ASCII letters. */
export function equalsIgnoringCase(pointer: usize, length: i32, text: StaticArray<u8>): bool {
  return length == text.length && startsWithIgnoringCase(pointer, length, text);
}

/** Whether the bytes begin with the text, no matter the case of ASCII letters. */
export function startsWithIgnoringCase(pointer: usize, length: i32, text: StaticArray<u8>): bool {
  const wanted = text.length;
  if (length < wanted) return false;
  const start = changetype<usize>(text);
  for (let index = 0; index < wanted; index++) {
    if (lowerCase(load<u8>(pointer + index)) != lowerCase(load<u8>(start + index))) return false;
  }
  return true;
}

/** Whether the bytes end with the text, no matter the case of ASCII letters. */
export function endsWithIgnoringCase(pointer: usize, length: i32, text: StaticArray<u8>): bool {
  const rest = length - text.length;
  return rest >= 0 && startsWithIgnoringCase(pointer + rest, text.length, text);
}

function isSpace(byte: u8): bool {
  return byte == 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/** Address of the first byte in `[pointer, limit)` that is no ASCII white space, or `limit`. */
export function trimStart(pointer: usize, limit: usize): usize {
  while (pointer < limit && isSpace(load<u8>(pointer))) pointer += 1;
  return pointer;
}

/** Address behind the last byte in `[pointer, limit)` that is no ASCII white space, or `pointer`. */
export function trimEnd(pointer: usize, limit: usize): usize {
  while (limit > pointer && isSpace(load<u8>(limit - 1))) limit -= 1;
  return limit;
}
