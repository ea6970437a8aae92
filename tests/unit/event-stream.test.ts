import { crc32 } from "node:zlib";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { allSplits, randomSplits, SeededRandom, splitAt, whole } from "../support/chunking";
import { codec, errorFrame, eventFrame, exceptionFrame, type Message } from "../support/event-stream";
import { builds, Leaves } from "../support/leaves";

/** `Framing.AmazonEventStream` of assembly/sse/frame-decoder.ts. */
const AMAZON_EVENT_STREAM = 3;
const MOST_BYTES = 16 * 1024 * 1024;

/** One header of every type that the format has. */
const ALL_HEADERS: Message["headers"] = {
  yes: { type: "boolean", value: true },
  no: { type: "boolean", value: false },
  byte: { type: "byte", value: -7 },
  short: { type: "short", value: 1234 },
  integer: { type: "integer", value: -123456 },
  ":event-typ": { type: "string", value: "looks alike" },
  binary: { type: "binary", value: new Uint8Array(300).fill(0x3a) },
  ":event-type": { type: "string", value: "metadata" },
  timestamp: { type: "timestamp", value: new Date(1_700_000_000_000) },
  uuid: { type: "uuid", value: "12345678-1234-1234-1234-1234567890ab" },
  ":message-type": { type: "string", value: "event" },
};

function concat(frames: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(frames));
}

/** A frame whose checksums are right, whatever else is wrong with it. */
function rawFrame(headers: Uint8Array, payload: Uint8Array, headerLength = headers.length): Uint8Array {
  const frame = Buffer.alloc(16 + headers.length + payload.length);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(headerLength, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  frame.set(headers, 12);
  frame.set(payload, 12 + headers.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, frame.length - 4)), frame.length - 4);
  return new Uint8Array(frame);
}

function prelude(total: number, headers: number): Uint8Array {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(total, 0);
  bytes.writeUInt32BE(headers, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  return new Uint8Array(bytes);
}

describe.each(builds)("event stream, $build", ({ simd }) => {
  let leaves: Leaves;

  beforeAll(async () => {
    leaves = await Leaves.load(simd);
  });

  afterEach(() => {
    expect(leaves.liveBlocksAfterReset()).toBe(0);
  });

  function decode(chunks: Uint8Array[]): { events: [name: string, data: string][]; isBroken: boolean } {
    const events = leaves.decodeFrames(AMAZON_EVENT_STREAM, chunks);
    return {
      events: events.map(({ name, data }) => [name, data.toString("utf8")]),
      isBroken: leaves.call("sseOverflowed") !== 0,
    };
  }

  const FRAMES: [Uint8Array, [string, string]][] = [
    [eventFrame("messageStart", { role: "assistant" }), ["messageStart", '{"role":"assistant"}']],
    [eventFrame("empty", ""), ["empty", ""]],
    [codec.encode({ headers: ALL_HEADERS, body: Buffer.from("Grüße 😀") }), ["metadata", "Grüße 😀"]],
    [codec.encode({ headers: {}, body: Buffer.from("{}") }), ["", "{}"]],
    [codec.encode({ headers: {}, body: new Uint8Array() }), ["", ""]],
    [exceptionFrame("throttlingException", { message: "slow" }), ["!throttlingException", '{"message":"slow"}']],
    [errorFrame("InternalFailure", "It broke."), ["!InternalFailure", "It broke."]],
    [errorFrame("NoMessage", ""), ["!NoMessage", ""]],
    [eventFrame("long", "x".repeat(100_000)), ["long", "x".repeat(100_000)]],
  ];
  const STREAM = concat(FRAMES.map(([frame]) => frame));
  const EXPECTED = { events: FRAMES.map(([, event]) => event), isBroken: false };

  it("[111] frames of all kinds, several in one chunk, cut in every way", () => {
    for (const { name, chunks } of allSplits(STREAM)) expect(decode(chunks), name).toEqual(EXPECTED);
  });

  it("[111] split in two at every byte", () => {
    const short = FRAMES.slice(0, 8);
    const stream = concat(short.map(([frame]) => frame));
    const expected = { events: short.map(([, event]) => event), isBroken: false };
    for (let offset = 0; offset <= stream.length; offset++) {
      expect(decode(splitAt(stream, offset)), String(offset)).toEqual(expected);
    }
  });

  it("[111] the vendor's codec reads the same frames", () => {
    for (const [frame, [, data]] of FRAMES.slice(0, 3)) {
      expect(Buffer.from(codec.decode(frame).body).toString("utf8")).toBe(data);
    }
  });

  it("[111] a wrong byte anywhere in a frame breaks the stream, and what came before it stays", () => {
    const [first, second] = [FRAMES[0]![0], FRAMES[2]![0]];
    for (let offset = 0; offset < second.length; offset++) {
      const broken = second.slice();
      broken[offset]! ^= 1 << (offset % 8);
      expect(() => codec.decode(broken)).toThrow();
      const stream = concat([first, broken, first]);
      const answer = decode(randomSplits(stream, new SeededRandom(offset)));
      expect(answer.events, String(offset)).toEqual([FRAMES[0]![1]]);
      // A length that became larger than the stream waits for bytes that never come, unless its checksum says no first.
      expect(answer.isBroken).toBe(true);
    }
  });

  it.each([
    ["a frame over 16 MiB", prelude(MOST_BYTES + 1, 0)],
    ["a frame of 4 GiB", prelude(0xffffffff, 0)],
    ["a frame without room for its checksums", prelude(15, 0)],
    ["headers longer than the frame", prelude(32, 17)],
    ["headers over 128 KiB", prelude(1 << 20, (1 << 17) + 1)],
    ["headers of 4 GiB", prelude(32, 0xffffffff)],
    ["a header that ends inside its name", rawFrame(Buffer.from([5, 0x61]), Buffer.from("{}"))],
    ["a header without a type", rawFrame(Buffer.from([1, 0x61]), Buffer.from("{}"))],
    ["a header of an unknown type", rawFrame(Buffer.from([1, 0x61, 10, 0, 0]), Buffer.from("{}"))],
    ["a text without its length", rawFrame(Buffer.from([1, 0x61, 7, 0]), Buffer.from("{}"))],
    ["a text longer than the headers", rawFrame(Buffer.from([1, 0x61, 7, 0, 9, 0x61]), Buffer.from("{}"))],
    ["a number cut off", rawFrame(Buffer.from([1, 0x61, 5, 0, 0]), Buffer.from("{}"))],
    ["text in place of frames", Buffer.from('{"message":"no frames at all"}')],
  ])("[111] %s breaks the stream", (_, bytes) => {
    const stream = concat([eventFrame("a", "{}"), bytes, eventFrame("b", "{}")]);
    for (const { chunks } of allSplits(stream)) {
      expect(decode(chunks)).toEqual({ events: [["a", "{}"]], isBroken: true });
    }
  });

  it("[111] the largest frame is read, and its memory is given back before the next", () => {
    const headers = Buffer.from([1, 0x61, 0]);
    const payload = Buffer.alloc(MOST_BYTES - 16 - headers.length, 0x20);
    const frame = rawFrame(headers, payload);
    expect(frame.length).toBe(MOST_BYTES);
    const events = leaves.decodeFrames(AMAZON_EVENT_STREAM, [frame.subarray(0, 5), frame.subarray(5), STREAM]);
    expect(events[0]?.data.length).toBe(payload.length);
    expect(events).toHaveLength(1 + FRAMES.length);
  });

  it("[111] a stream that ends inside a frame gives out the whole ones only", () => {
    for (const cut of [1, 11, 12, 13, 40]) {
      const stream = concat([FRAMES[0]![0], FRAMES[2]![0].slice(0, cut)]);
      expect(decode(whole(stream))).toEqual({ events: [FRAMES[0]![1]], isBroken: false });
    }
  });

  it("[111] checksums are those of zlib, in one piece and in several", () => {
    const random = new SeededRandom(111);
    for (let length = 0; length < 70; length++) {
      const bytes = Buffer.from(Array.from({ length }, () => random.below(256)));
      expect(leaves.withTexts("crc", [bytes], 0) >>> 0).toBe(crc32(bytes));
      const cut = random.below(length + 1);
      const first = leaves.withTexts("crc", [bytes.subarray(0, cut)], 0);
      expect(leaves.withTexts("crc", [bytes.subarray(cut)], first) >>> 0).toBe(crc32(bytes));
    }
  });
});
