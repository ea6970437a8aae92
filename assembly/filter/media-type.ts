import { endsWithIgnoringCase, equalsIgnoringCase, trimEnd } from "../bytes/ascii";
import { encodeText } from "../bytes/buffer";

const JSON_TYPE = encodeText("application/json");
const JSON_SUFFIX = encodeText("+json");
const EVENT_STREAM_TYPE = encodeText("text/event-stream");

/** Bytes of a content type without its parameters (RFC 9110, 8.3.1). */
function typeLength(pointer: usize, length: i32): i32 {
  let end = 0;
  while (end < length && load<u8>(pointer + end) != 0x3b) end += 1;
  return (trimEnd(pointer, pointer + end) - pointer) as i32;
}

/** Whether a content type is JSON: `application/json` or anything that ends with `+json`, parameters ignored, in any case. */
export function isJsonType(pointer: usize, length: i32): bool {
  const end = typeLength(pointer, length);
  return equalsIgnoringCase(pointer, end, JSON_TYPE) || endsWithIgnoringCase(pointer, end, JSON_SUFFIX);
}

/** Whether a content type is `text/event-stream`, parameters ignored, in any case. */
export function isEventStreamType(pointer: usize, length: i32): bool {
  return equalsIgnoringCase(pointer, typeLength(pointer, length), EVENT_STREAM_TYPE);
}
