/** The polynomial of CRC-32 as Ethernet, zip and AWS use it, lowest bit first (RFC 1952, section 8). */
const POLYNOMIAL: u32 = 0xedb88320;

/** Bytes that one step takes, each by a table of its own. */
const STEP: i32 = 8;

/** The remainders of a byte, and of a byte with 1 to 7 zero bytes behind it. */
function makeTables(): StaticArray<u32> {
  const tables = new StaticArray<u32>(STEP << 8);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte as u32;
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >> 1) ^ POLYNOMIAL : remainder >> 1;
    unchecked((tables[byte] = remainder));
  }
  for (let index = 256; index < tables.length; index++) {
    const remainder = unchecked(tables[index - 256]);
    unchecked((tables[index] = (remainder >> 8) ^ unchecked(tables[remainder & 0xff])));
  }
  return tables;
}

const TABLES: StaticArray<u32> = makeTables();

/** What a byte with `zeros` bytes behind it leaves. */
// @ts-ignore: decorator
@inline
function remainderOf(tables: usize, byte: u32, zeros: usize): u32 {
  return load<u32>(tables + (zeros << 10) + ((byte & 0xff) << 2));
}

/** The CRC-32 of bytes; `previous` is that of the bytes before them, so that a text may come in pieces. */
export function crc32(pointer: usize, length: i32, previous: u32 = 0): u32 {
  const tables = changetype<usize>(TABLES);
  const limit = pointer + max(length, 0);
  let remainder = ~previous;
  for (; ((limit - pointer) as i32) >= STEP; pointer += STEP) {
    const low = remainder ^ load<u32>(pointer);
    const high = load<u32>(pointer, 4);
    remainder =
      remainderOf(tables, low, 7) ^
      remainderOf(tables, low >> 8, 6) ^
      remainderOf(tables, low >> 16, 5) ^
      remainderOf(tables, low >> 24, 4) ^
      remainderOf(tables, high, 3) ^
      remainderOf(tables, high >> 8, 2) ^
      remainderOf(tables, high >> 16, 1) ^
      remainderOf(tables, high >> 24, 0);
  }
  for (; pointer < limit; pointer += 1) {
    remainder = remainderOf(tables, remainder ^ (load<u8>(pointer) as u32), 0) ^ (remainder >> 8);
  }
  return ~remainder;
}
