/** The polynomial of CRC-32 as Ethernet, zip and AWS use it, lowest bit first (RFC 1952, section 8). */
const POLYNOMIAL: u32 = 0xedb88320;

function makeTable(): StaticArray<u32> {
  const table = new StaticArray<u32>(256);
  for (let byte: u32 = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >> 1) ^ POLYNOMIAL : remainder >> 1;
    unchecked((table[byte] = remainder));
  }
  return table;
}

const TABLE: StaticArray<u32> = makeTable();

/** The CRC-32 of bytes; `previous` is that of the bytes before them, so that a text may come in pieces. */
export function crc32(pointer: usize, length: i32, previous: u32 = 0): u32 {
  const table = changetype<usize>(TABLE);
  const limit = pointer + max(length, 0);
  let remainder = ~previous;
  for (; pointer < limit; pointer += 1) {
    const index = (remainder ^ load<u8>(pointer)) & 0xff;
    remainder = load<u32>(table + (index << 2)) ^ (remainder >> 8);
  }
  return ~remainder;
}
