import { ByteBuffer } from "../../bytes/buffer";
import { Part } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { unescapeInto } from "../../json/read";
import { plainIdLength } from "../../canonical/thought-ids";

function isIdByte(byte: u8): bool {
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte == 0x5f || byte == 0x2d;
}

/**
 * Appends the id of a tool call, in quotes. Some vendors take letters, digits, `_` and `-` only; ids of other vendors may hold more
 * (`functions.get_weather:0`), so everything else becomes `_`, the same in the call and in its result. A signature of Gemini's behind
 * an id is cut off. A legacy function has no id: it gets one from its name. An id that was there before gets a number: vendors take
 * every id once.
 */
export function writeCallId(document: JsonDocument, part: Part, out: ByteBuffer): void {
  out.byte(0x22);
  if (part.idFromName) out.ascii("call_");
  const start = out.length;
  const pointer = document.textPointer(part.id);
  unescapeInto(pointer, plainIdLength(pointer, document.textLength(part.id)), out);
  for (let index = start; index < out.length; index++) {
    const address = out.pointer + index;
    if (!isIdByte(load<u8>(address))) store<u8>(address, 0x5f);
  }
  if (out.length == start) out.byte(0x5f);
  if (part.repetition > 0) {
    out.byte(0x5f);
    out.decimal(part.repetition + 1);
  }
  out.byte(0x22);
}
