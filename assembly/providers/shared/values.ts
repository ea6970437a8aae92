import { ByteBuffer } from "../../bytes/buffer";
import { JsonDocument } from "../../json/document";
import { unescapeInto } from "../../json/read";
import { isBlank } from "./text";

/** Appends a value exactly as the client wrote it. */
export function writeRaw(document: JsonDocument, node: i32, out: ByteBuffer): void {
  out.bytes(document.rawPointer(node), document.rawLength(node));
}

function isNull(pointer: usize, length: i32): bool {
  return length == 4 && load<u32>(pointer) == 0x6c6c756e;
}

/** Appends the object behind the arguments of a tool call; none, an empty text and `null` are the empty object. */
export function writeArguments(document: JsonDocument, node: i32, out: ByteBuffer): void {
  const start = out.length;
  unescapeInto(document.textPointer(node), document.textLength(node), out);
  const pointer = out.pointer + start;
  const length = out.length - start;
  if (!isBlank(pointer, length) && !isNull(pointer, length)) return;
  out.length = start;
  out.ascii("{}");
}

/** Appends the arguments of a tool call as the inside of a JSON string; none, an empty text and `null` are the empty object. */
export function escapeArguments(document: JsonDocument, node: i32, out: ByteBuffer): void {
  const pointer = document.textPointer(node);
  const length = document.textLength(node);
  if (isBlank(pointer, length) || isNull(pointer, length)) out.ascii("{}");
  else out.bytes(pointer, length);
}
