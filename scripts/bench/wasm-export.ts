/** Reads an unsigned LEB128 number: the value and where it ends. */
function readLength(bytes: Buffer, at: number): { value: number; end: number } {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, end: at };
  }
}

function writeLength(value: number): Buffer {
  const bytes: number[] = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value = Math.floor(value / 128);
  } while (value > 0);
  return Buffer.from(bytes);
}

const EXPORT_SECTION = 7;
const HEADER_BYTES = 8;

/** A copy of a WebAssembly module in which one export has another name; null when there is no such export. */
export function renameExport(module: Buffer, from: string, to: string): Buffer | null {
  const parts = [module.subarray(0, HEADER_BYTES)];
  let isFound = false;
  for (let at = HEADER_BYTES; at < module.length;) {
    const size = readLength(module, at + 1);
    const end = size.end + size.value;
    const content = module.subarray(size.end, end);
    const renamed = module[at] === EXPORT_SECTION ? renameIn(content, from, to) : null;
    if (renamed === null) parts.push(module.subarray(at, end));
    else {
      isFound = true;
      parts.push(Buffer.from([EXPORT_SECTION]), writeLength(renamed.length), renamed);
    }
    at = end;
  }
  return isFound ? Buffer.concat(parts) : null;
}

function renameIn(section: Buffer, from: string, to: string): Buffer | null {
  const name = Buffer.concat([writeLength(from.length), Buffer.from(from)]);
  const at = section.indexOf(name);
  if (at < 0) return null;
  return Buffer.concat([
    section.subarray(0, at),
    writeLength(to.length),
    Buffer.from(to),
    section.subarray(at + name.length),
  ]);
}
