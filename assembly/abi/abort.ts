import { LogLevel } from "./enums";
import { proxyLog } from "./imports";

/**
 * What AssemblyScript calls on a failed run-time check: one critical log line, then the trap. Reaching this is a defect of this
 * module, since a trap takes the worker's whole VM down. Nothing is allocated here.
 */
export function abort(message: string | null, fileName: string | null, lineNumber: u32, columnNumber: u32): void {
  const text = memory.data(160);
  let length = copyAscii(text, 0, "modelmux trapped: ");
  if (message) length = copyAscii(text, length, message);
  if (fileName) {
    length = copyAscii(text, length, " at ");
    length = copyAscii(text, length, fileName);
  }
  length = copyAscii(text, length, ":");
  let divisor: u32 = 100000;
  while (divisor > 1 && lineNumber / divisor == 0) divisor /= 10;
  for (; divisor > 0 && length < 160; divisor /= 10) {
    store<u8>(text + length, (0x30 + ((lineNumber / divisor) % 10)) as u8);
    length += 1;
  }
  proxyLog(LogLevel.Critical, text, length);
  unreachable();
}

function copyAscii(target: usize, offset: i32, text: string): i32 {
  const source = changetype<usize>(text);
  for (let index = 0; index < text.length && offset < 150; index++) {
    store<u8>(target + offset, load<u8>(source + (index << 1)));
    offset += 1;
  }
  return offset;
}
