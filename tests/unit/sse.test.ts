import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { allSplits, oneByOne, randomSplits, SeededRandom, splitAt, whole } from "../support/chunking";
import { builds, Leaves, type SseEvent } from "../support/leaves";
import { decodeReference } from "../support/sse-reference";

const MARK = "\xef\xbb\xbf";

/** Streams of one character a byte, by what they show. Every one is decoded whole and at every split. */
const STREAMS: [string, string][] = [
  [
    "[1] line ends of all kinds, mixed",
    "data: lf\n\ndata: crlf\r\n\r\ndata: cr\r\rdata: a\rdata: b\r\ndata: c\n\r\ndata: d\n\r",
  ],
  ["[1] a return, then a line feed that is a line of its own", "data: a\r\n\ndata: b\n\r\ndata: c\r\r\n\n\n"],
  ["[2] no space, one space, several", 'data:{"a":1}\n\ndata: {"b":2}\n\ndata:  x\n\ndata:\tx\n\ndata:\n\ndata: \n\n'],
  ["[2] a colon in the value", "data: a:b\n\ndata::\n\ndata: : x\n\n"],
  ["[3] many events", "data: 1\n\ndata: 2\n\ndata: 3\n\ndata: [DONE]\n\n"],
  ["[4] characters of several bytes", `data: {"t":"h\xc3\xa9 \xe6\xbc\xa2 \xf0\x9f\x98\x80 \\uD83D\\uDE00\\n"}\n\n`],
  ["[5] several data lines", "data: {\ndata:  1,\ndata\ndata:\ndata: }\n\n"],
  ["[5] other fields", "event: message_start\nid: 7\nretry: 10\ndata: x\n\nid: 8\n\ndata: y\nevent:a\nevent: b\n\n"],
  [
    "[5] a name without data is forgotten",
    "event: lost\n\ndata: x\n\nevent: found\ndata: y\n\nevent\ndata: z\n\nevent: a\nevent:\ndata: w\n\n",
  ],
  [
    "[5] fields that only look alike",
    "dat: 1\ndata1: 2\nDATA: 3\n data: 4\ndata : 5\nevents: 6\neven: 7\neventx\nd\n\ndata: end\n\n",
  ],
  ["[6] comments", ": keep-alive\n\n: OPENROUTER PROCESSING\n\ndata: x\n: inside\ndata: y\n\n:\n\n::\n\n"],
  ["[6] a byte order mark", `${MARK}data: x\n\n${MARK}data: is no field\n\ndata: y\n\n`],
  ["[6] two byte order marks", `${MARK}${MARK}data: no\n\ndata: y\n\n`],
  ["[6] half a byte order mark", `\xef\xbbdata: no\n\ndata: y\n\n`],
  ["[6] half a byte order mark, then a line end", `\xef\n\ndata: y\n\n`],
  ["[6] only a byte order mark", MARK],
  ["[7] no blank line at the end", "data: a\n\ndata: last\n"],
  ["[7] no line end at the end", "event: e\ndata: a\ndata: last"],
  ["[7] the end inside a field name", "data: a\n\ndat"],
  ["[7] the end behind a field name", "data: a\n\ndata"],
  ["[7] the end behind a return", "data: a\n\ndata: b\r"],
  ["[7] a name and no data at the end", "data: a\n\nevent: x\n"],
  ["empty", ""],
  ["blank lines", "\n\n\r\n\r\r\n"],
  [
    "long lines",
    `data: ${"x".repeat(50)}\ndata: ${"y".repeat(33)}\nevent: ${"n".repeat(40)}\n\n:${"c".repeat(60)}\ndata: end\n\n`,
  ],
];

const bytesOf = (stream: string): Buffer => Buffer.from(stream, "latin1");
const plain = (events: SseEvent[]): { data: string; name: string }[] =>
  events.map(({ data, name }) => ({ data: data.toString("latin1"), name }));

describe.each(builds)("server-sent events ($build)", ({ simd }) => {
  let leaves: Leaves;
  beforeAll(async () => {
    leaves = await Leaves.load(simd);
  });
  afterEach(() => {
    expect(leaves.liveBlocksAfterReset()).toBe(0);
  });

  function check(stream: string, chunks: Uint8Array[], largest?: number): void {
    const events = leaves.decodeStream(chunks, largest);
    const sizes = chunks.map((chunk) => chunk.length).join();
    expect({ sizes, events: plain(events) }).toEqual({ sizes, events: decodeReference(stream) });
    for (const { data, canonical } of events) {
      if (canonical) expect(canonical.toString("latin1")).toBe(`data: ${data.toString("latin1")}\n\n`);
    }
    expect(leaves.call("ssePendingBytes")).toBe(0);
  }

  it.each(STREAMS)("%s: %j", (_, stream) => {
    const bytes = bytesOf(stream);
    check(stream, whole(bytes));
    check(stream, oneByOne(bytes));
    for (let first = 0; first <= bytes.length; first++) {
      check(stream, splitAt(bytes, first));
      const rest = bytes.subarray(first);
      check(stream, [bytes.subarray(0, first), ...oneByOne(rest.subarray(0, 3)), rest.subarray(3)]);
    }
    for (const { chunks } of allSplits(bytes)) check(stream, chunks);
  });

  it("[3] decodes random streams like the standard, however they are cut", () => {
    const random = new SeededRandom(31);
    const pieces = [
      "data",
      "event",
      "id",
      ":",
      ": ",
      " ",
      "\n",
      "\n",
      "\n\n",
      "\r",
      "\r\n",
      "\r\n\r\n",
      "x",
      "data: {}\n\n",
      "data: long enough for a block of 16\n",
      MARK,
      "\xef",
      "\xc3\xa9",
      "\0",
    ];
    for (let round = 0; round < 4000; round++) {
      const stream = Array.from({ length: random.below(25) }, () => random.pick(pieces)).join("");
      const bytes = bytesOf(stream);
      check(stream, whole(bytes));
      check(stream, randomSplits(bytes, random, random.pick([1, 3, 12, 60])));
    }
  });

  it("says which events are framed exactly so that their bytes may go on", () => {
    const cases: [string, (string | undefined)[]][] = [
      ["data: a\n\n", ["data: a\n\n"]],
      ["data: a\n\ndata: \n\ndata:  b\n\n", ["data: a\n\n", "data: \n\n", "data:  b\n\n"]],
      ["\n\n: c\n\ndata: a\n\n", ["data: a\n\n"]],
      [`${MARK}data: a\n\n`, ["data: a\n\n"]],
      ["data:a\n\n", [undefined]],
      ["data\n\n", [undefined]],
      ["data:\n\n", [undefined]],
      ["data: a\r\n\r\n", [undefined]],
      ["data: a\n\r\ndata: b\n\n", [undefined, "data: b\n\n"]],
      ["data: a\r\ndata: b\n\n", [undefined]],
      ["data: a\r\n\n", [undefined]],
      ["data: a\r\n\r\ndata: b\n\n", [undefined, "data: b\n\n"]],
      [": c\ndata: a\n\n", [undefined]],
      ["data: a\n: c\n\n", [undefined]],
      ["event: e\ndata: a\n\n", [undefined]],
      ["data: a\nevent: e\n\n", [undefined]],
      ["data: a\ndata: b\n\n", [undefined]],
      ["id: 1\n\ndata: a\n\n", ["data: a\n\n"]],
      ["data: a\n", [undefined]],
    ];
    for (const [stream, expected] of cases) {
      const found = leaves.decodeStream([bytesOf(stream)]).map(({ canonical }) => canonical?.toString("latin1"));
      expect({ stream, found }).toEqual({ stream, found: expected });
    }
  });

  it("calls no event canonical of which something came in an earlier chunk", () => {
    const bytes = bytesOf("data: a\n\ndata: b\n\n");
    for (let cut = 0; cut <= bytes.length; cut++) {
      const found = leaves.decodeStream(splitAt(bytes, cut)).map(({ canonical }) => canonical !== undefined);
      expect({ cut, found }).toEqual({ cut, found: [cut === 0 || cut >= 9, cut <= 9 || cut === 18] });
    }
    // The LF of a CRLF comes with the next chunk and belongs to no event.
    const events = leaves.decodeStream([bytesOf("data: a\r\n\r"), bytesOf("\ndata: b\n\n")]);
    expect(events.map(({ canonical }) => canonical?.toString())).toEqual([undefined, "data: b\n\n"]);
  });

  it("stops at an event that is too large, at the same place for all splits", () => {
    const fits = `data: ${"x".repeat(94)}\n\n`;
    const streams: [string, number][] = [
      [fits + fits, 2],
      [`${fits}data: ${"x".repeat(95)}\n\n${fits}`, 1],
      [`${fits}data: ${"x".repeat(60)}\ndata: ${"x".repeat(60)}\n\n${fits}`, 1],
      [`${fits}event: ${"n".repeat(60)}\ndata: ${"x".repeat(60)}\n\n`, 1],
      [`${fits}: ${"c".repeat(120)}\n\n`, 1],
      [`: ${"c".repeat(50)}\n`.repeat(20) + fits, 1],
      ["x".repeat(1000), 0],
    ];
    for (const [stream, count] of streams) {
      const isFine = decodeReference(stream).length === count && !/[xc]{101}/.test(stream);
      for (const { chunks } of allSplits(bytesOf(stream), count + 1)) {
        expect(leaves.decodeStream(chunks, 100)).toHaveLength(count);
        expect(leaves.call("sseOverflowed")).toBe(isFine ? 0 : 1);
        expect(leaves.call("sseNext")).toBe(0);
        if (!isFine) expect(leaves.call("ssePendingBytes")).toBe(0);
      }
    }
  });

  it("takes a line of a megabyte byte by byte in linear time", () => {
    const data = "x".repeat(1_000_000);
    const chunk = leaves.put("x");
    leaves.call("sseReset", 1 << 24);
    for (const text of ["data: ", data, "\n", "\n"]) {
      for (let index = 0; index < text.length; index++) {
        leaves.view(chunk, 1)[0] = text.charCodeAt(index);
        leaves.call("sseFeed", chunk, 1);
        if (text !== "\n") leaves.call("sseNext");
        else if (leaves.call("sseNext")) expect(leaves.call("sseDataLength")).toBe(data.length);
      }
      if (text === data) expect(leaves.call("ssePendingBytes")).toBe(data.length + 6);
    }
    expect(leaves.call("sseNext")).toBe(0);
    leaves.call("release", chunk);
    // What one large event needed is not kept for the rest of the stream: three buffers are empty.
    expect(leaves.call("liveBlockCount")).toBe(0);
  });

  it("writes events that it reads back", () => {
    const written = leaves.output("sseEncode", '{"a":"é"}');
    expect(written.toString()).toBe('data: {"a":"é"}\n\n');
    expect(leaves.decodeStream([written])).toMatchObject([{ data: Buffer.from('{"a":"é"}'), canonical: written }]);
  });
});
