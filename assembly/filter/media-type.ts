import { endsWithIgnoringCase, equalsIgnoringCase, trimEnd } from "../bytes/ascii";
import { encodeText } from "../bytes/buffer";
import { Framing } from "../sse/frame-decoder";

const JSON_TYPE = encodeText("application/json");
const JSON_SUFFIX = encodeText("+json");
const JSON_LINES_TYPES: StaticArray<u8>[] = [
  encodeText("application/x-ndjson"),
  encodeText("application/ndjson"),
  encodeText("application/jsonl"),
];
const AMAZON_EVENT_STREAM_TYPE = encodeText("application/vnd.amazon.eventstream");
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

/** The framing that a content type stands for, parameters ignored, in any case; `None` for anything that is no stream of events. */
export function framingOfType(pointer: usize, length: i32): Framing {
  const end = typeLength(pointer, length);
  if (equalsIgnoringCase(pointer, end, EVENT_STREAM_TYPE)) return Framing.ServerSentEvents;
  if (equalsIgnoringCase(pointer, end, AMAZON_EVENT_STREAM_TYPE)) return Framing.AmazonEventStream;
  for (let index = 0; index < JSON_LINES_TYPES.length; index++) {
    if (equalsIgnoringCase(pointer, end, unchecked(JSON_LINES_TYPES[index]))) return Framing.JsonLines;
  }
  return Framing.None;
}
