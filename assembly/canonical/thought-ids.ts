import { ByteBuffer, encodeText } from "../bytes/buffer";
import { findText } from "../bytes/find";

/**
 * What stands between the id of a tool call and the signature of the thoughts that led to it. OpenAI's form of a tool call has no place
 * for a signature, and every client sends ids back; the mark is LiteLLM's and agentgateway's, so that histories can move between gateways.
 */
const MARK = encodeText("__thought__");

/** Bytes of a call id without the signature that it may carry. The id may be the inside of a JSON string. */
export function plainIdLength(pointer: usize, length: i32): i32 {
  const offset = findText(pointer, length, MARK);
  return offset <= 0 ? length : offset;
}

/** Bytes of the mark. */
export function thoughtMarkLength(): i32 {
  return MARK.length;
}

/** Appends the mark behind a call id. */
export function writeThoughtMark(out: ByteBuffer): void {
  out.text(MARK);
}
