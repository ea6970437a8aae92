import { crc32 } from "node:zlib";

/**
 * One message of AWS's event stream encoding
 * (https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html#streaming-event-stream): lengths, checksum, headers, payload, checksum.
 */
export function writeAwsFrame(eventType: string, payload: object): Buffer {
  const headers = Buffer.concat([
    writeHeader(":event-type", eventType),
    writeHeader(":content-type", "application/json"),
    writeHeader(":message-type", "event"),
  ]);
  const body = Buffer.from(JSON.stringify(payload));
  const frame = Buffer.alloc(16 + headers.length + body.length);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(headers.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  headers.copy(frame, 12);
  body.copy(frame, 12 + headers.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, frame.length - 4)), frame.length - 4);
  return frame;
}

/** Type 7 is a string with a length of 16 bits. */
function writeHeader(name: string, value: string): Buffer {
  const header = Buffer.alloc(1 + name.length + 3 + value.length);
  header.writeUInt8(name.length, 0);
  header.write(name, 1, "latin1");
  header.writeUInt8(7, 1 + name.length);
  header.writeUInt16BE(value.length, 2 + name.length);
  header.write(value, 4 + name.length, "latin1");
  return header;
}
