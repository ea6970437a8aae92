import { ByteBuffer } from "../bytes/buffer";
import { beginEvent, endEvent } from "../sse/encoder";

/** `[DONE]` as two numbers, little endian. */
const DONE_START: u32 = 0x4e4f445b;
const DONE_END: u16 = 0x5d45;

/** Whether an event is the end marker `[DONE]`; white space around it is allowed. */
export function isDoneMarker(data: usize, length: i32): bool {
  while (length > 6 && load<u8>(data + length - 1) <= 0x20) length -= 1;
  while (length > 6 && load<u8>(data) <= 0x20) {
    data += 1;
    length -= 1;
  }
  return length == 6 && load<u32>(data) == DONE_START && load<u16>(data, 4) == DONE_END;
}

/** Writes the event that ends an OpenAI stream (checklist item 8). */
export function writeDoneMarker(out: ByteBuffer): void {
  beginEvent(out);
  out.ascii("[DONE]");
  endEvent(out);
}
