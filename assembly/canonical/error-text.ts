import { trimEnd, trimStart } from "../bytes/ascii";
import { ByteBuffer, copyToText } from "../bytes/buffer";
import { characterLength } from "../bytes/utf8";
import { escapeInto } from "../json/write";

/** Longest error message that is passed on to a client, in bytes of the escaped text. */
export const MAX_MESSAGE_BYTES: i32 = 2000;

/** Appends a managed text as the inside of a JSON string. */
export function writeEscapedText(text: StaticArray<u8>, out: ByteBuffer): void {
  escapeInto(changetype<usize>(text), text.length, out);
}

/** Bytes that the character or escape at `pointer` of an escaped text takes; a surrogate pair in escapes is one. */
function stepLength(pointer: usize, limit: usize): i32 {
  const left = (limit - pointer) as i32;
  const byte = load<u8>(pointer);
  if (byte != 0x5c) return max(characterLength(pointer, limit), 1);
  if (left < 2 || load<u8>(pointer, 1) != 0x75) return 2;
  if (left < 6) return 6;
  const isHigh = (load<u8>(pointer, 2) | 0x20) == 0x64 && isHighDigit(load<u8>(pointer, 3));
  return isHigh && left >= 12 && load<u16>(pointer + 6) == 0x755c ? 12 : 6;
}

/** Whether a hexadecimal digit behind `\ud` begins a high surrogate (8, 9, a, b). */
function isHighDigit(byte: u8): bool {
  const lower = byte | 0x20;
  return byte == 0x38 || byte == 0x39 || lower == 0x61 || lower == 0x62;
}

/** Bytes of the inside of a JSON string that fit into `most` without cutting a character or an escape. */
export function cutLength(pointer: usize, length: i32, most: i32 = MAX_MESSAGE_BYTES): i32 {
  if (length <= most) return length;
  const limit = pointer + length;
  let position = pointer;
  while (position < limit) {
    const next = position + stepLength(position, limit);
    if (((next - pointer) as i32) > most) break;
    position = next;
  }
  return (position - pointer) as i32;
}

/** A managed copy of the inside of a JSON string, cut to the longest message that is passed on. */
export function copyMessage(pointer: usize, length: i32): StaticArray<u8> {
  return copyToText(pointer, cutLength(pointer, length));
}

/**
 * The message for an error body that is not the vendor's JSON (HTML of a load balancer, plain text): its text, trimmed, escaped
 * and cut. Empty when the body is blank: then `statusText` says it (checklist item 15).
 */
export function readBodyText(body: usize, length: i32): StaticArray<u8> {
  const limit = body + max(length, 0);
  const start = trimStart(body, limit);
  const end = trimEnd(start, limit);
  const escaped = new ByteBuffer();
  // Escaping never makes text shorter, so bytes beyond the longest message can never be part of it.
  escapeInto(start, min((end - start) as i32, MAX_MESSAGE_BYTES + 4), escaped);
  const text = copyMessage(escaped.pointer, escaped.length);
  escaped.free();
  return text;
}

/** What a status says by itself (RFC 9110, section 15; 529 is used by vendors). */
export function statusText(status: i32): string {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 529:
      return "Overloaded";
    default:
      return "The provider answered with an error.";
  }
}
