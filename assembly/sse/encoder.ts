import { ByteBuffer } from "../bytes/buffer";

/**
 * Appends one event with one data line, `data: <bytes>` and a blank line. The bytes must hold no CR and no LF, as JSON on one
 * line does (WHATWG HTML, section 9.2.6).
 */
export function writeEvent(data: usize, length: i32, out: ByteBuffer): void {
  beginEvent(out);
  out.bytes(data, length);
  endEvent(out);
}

/** Appends what comes before an event's data, for writers that make the data in place. */
export function beginEvent(out: ByteBuffer): void {
  out.ascii("data: ");
}

/** Appends what comes behind an event's data. */
export function endEvent(out: ByteBuffer): void {
  out.reserve(2);
  store<u16>(out.pointer + out.length, 0x0a0a);
  out.length += 2;
}
