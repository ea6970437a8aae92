import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { allSplits, oneByOne, randomSplits, SeededRandom, splitAt, whole } from "../support/chunking";
import { builds, Leaves } from "../support/leaves";

/** `Framing.JsonLines` of assembly/sse/frame-decoder.ts. */
const JSON_LINES = 2;
const MOST_BYTES = 16 * 1024 * 1024;

/** Texts and the lines that they hold. Every one is decoded whole and at every split. */
const STREAMS: [string, string, string[]][] = [
  ["LF", '{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}']],
  ["CRLF", '{"a":1}\r\n{"b":2}\r\n', ['{"a":1}', '{"b":2}']],
  ["no line end behind the last", '{"a":1}\n{"b":2}', ['{"a":1}', '{"b":2}']],
  ["a return behind the last", '{"a":1}\r', ['{"a":1}']],
  ["empty lines and white space", "\n\r\n \t\n1\n\n\n 2 \r\n \n", ["1", "2"]],
  ["white space inside", '{ "a" : "\t" }\n', ['{ "a" : "\t" }']],
  ["a return inside is white space of JSON", "[1,\r2]\n", ["[1,\r2]"]],
  ["characters of several bytes", '"Grüße 漢 😀"\n', ['"Grüße 漢 😀"']],
  ["nothing", "", []],
  ["only white space", " \n\n \r\n ", []],
];

describe.each(builds)("lines of JSON, $build build", ({ simd }) => {
  let leaves: Leaves;
  beforeAll(async () => {
    leaves = await Leaves.load(simd);
  });
  afterEach(() => {
    leaves.call("sseFree");
    expect(leaves.call("liveBlockCount")).toBe(0);
  });

  const decode = (chunks: Uint8Array[]): string[] =>
    leaves.decodeFrames(JSON_LINES, chunks).map(({ data, name, canonical }) => {
      expect([name, canonical]).toEqual(["", undefined]);
      return data.toString("utf8");
    });

  it.each(STREAMS)("[127] %s", (_, text, lines) => {
    const bytes = new TextEncoder().encode(text);
    expect(decode(whole(bytes))).toEqual(lines);
    expect(decode(oneByOne(bytes))).toEqual(lines);
    for (let offset = 0; offset <= bytes.length; offset++) expect(decode(splitAt(bytes, offset))).toEqual(lines);
  });

  it("[127] many lines at random splits, as JSON.parse reads them", () => {
    const random = new SeededRandom(127);
    for (let round = 0; round < 30; round++) {
      const values = Array.from({ length: random.below(40) }, (_, index) => ({
        index,
        text: "ü\n".repeat(random.below(99)),
      }));
      const ends = ["\n", "\r\n", "\n\n", " \r\n\n"];
      const text = values.map((value) => JSON.stringify(value) + random.pick(ends)).join("");
      for (const { name, chunks } of allSplits(new TextEncoder().encode(text), round)) {
        expect(
          decode(chunks).map((line) => JSON.parse(line) as unknown),
          name,
        ).toEqual(values);
      }
    }
  });

  it("[127] a line that is too large breaks the stream; one of the largest size does not", () => {
    const random = new SeededRandom(1);
    const line = new Uint8Array(MOST_BYTES).fill(0x20);
    line.set(new TextEncoder().encode("[1"));
    line[MOST_BYTES - 1] = 0x5d;
    const after = new TextEncoder().encode("\n2\n");
    const fits = Buffer.concat([line, after]);
    expect(decode(randomSplits(fits, random, 1 << 20)).map((each) => each.length)).toEqual([MOST_BYTES, 1]);
    expect(leaves.call("sseOverflowed")).toBe(0);
    const tooLarge = Buffer.concat([new TextEncoder().encode("1\n "), fits]);
    expect(decode(randomSplits(tooLarge, random, 1 << 20))).toEqual(["1"]);
    expect(leaves.call("sseOverflowed")).toBe(1);
  });
});
