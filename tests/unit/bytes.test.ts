import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { SeededRandom } from "../support/chunking";
import { builds, Leaves } from "../support/leaves";

describe.each(builds)("bytes ($build)", ({ simd }) => {
  let leaves: Leaves;
  beforeAll(async () => {
    leaves = await Leaves.load(simd);
  });
  afterEach(() => {
    expect(leaves.liveBlocksAfterReset()).toBe(0);
  });

  const randomBytes = (random: SeededRandom, length: number): Buffer =>
    Buffer.from(Array.from({ length }, () => random.below(256)));

  it("finds bytes and line ends at every offset", () => {
    for (let length = 0; length < 70; length++) {
      for (let at = 0; at <= length; at++) {
        const text = Buffer.alloc(length, "x");
        // Bytes that differ in one bit, and the sought one twice.
        text.fill(0x0b, 0, Math.min(3, at));
        if (at < length) text.fill(0x0a, at, Math.min(at + 2, length));
        expect(leaves.withTexts("findByteOffset", [text], 0x0a)).toBe(at);
        expect(leaves.withTexts("findLineEndOffset", [text])).toBe(at);
        text.fill(0x0d, at, Math.min(at + 1, length));
        expect(leaves.withTexts("findLineEndOffset", [text])).toBe(at);
      }
    }
    const high = Buffer.from(Array.from({ length: 128 }, (_, index) => index + 0x80));
    expect(leaves.withTexts("findLineEndOffset", [high])).toBe(128);
    expect(leaves.withTexts("findByteOffset", [high], 0xff)).toBe(127);
  });

  it("finds texts", () => {
    const find = (text: string, wanted: string): number => leaves.withTexts("findTextOffset", [text, wanted]);
    for (const [text, wanted] of [
      ["aab", "ab"],
      ["ab", "abc"],
      ["xab", "b"],
      ["", "a"],
      ["abab", "ab"],
      ["aaa", "ab"],
      ["aa", ""],
    ] as const) {
      expect(find(text, wanted)).toBe(text.indexOf(wanted));
    }
  });

  it("undoes percent-encoding and leaves broken escapes alone", () => {
    const decode = (text: string): string => leaves.output("percentDecode", text).toString();
    expect(decode("a%20%C3%a9%2Fb")).toBe("a é/b");
    for (const text of ["", "%", "%2", "%zz", "%2g", "100%", "%%"]) expect(decode(text)).toBe(text);
  });

  it("compares and trims ASCII", () => {
    const same = (left: string, right: string): number => leaves.withTexts("asciiEquals", [left, right]);
    expect([same("Content-Type", "content-type"), same("AZaz09-_", "azAZ09-_"), same("", "")]).toEqual([1, 1, 1]);
    expect([same("a", "b"), same("ab", "a"), same("@", "`"), same("[", "{"), same("é", "É"), same("a", "")]).toEqual([
      0, 0, 0, 0, 0, 0,
    ]);
    const starts = (left: string, right: string): number => leaves.withTexts("asciiStartsWith", [left, right]);
    expect([starts("Bearer x", "bearer "), starts("data:", "DATA:"), starts("dat", "data"), starts("", "")]).toEqual([
      1, 1, 0, 1,
    ]);
    const ends = (left: string, right: string): number => leaves.withTexts("asciiEndsWith", [left, right]);
    expect([ends("a.PDF", ".pdf"), ends(".pdf", ".PDF"), ends("pdf", ".pdf"), ends("x", "")]).toEqual([1, 1, 0, 1]);
    for (const text of ["", " ", "a", "  a b \t\r\n", "\v\fx", "\u00a0x", " \n "]) {
      const trimmed = text.replace(/^[\t-\r ]+|[\t-\r ]+$/g, "");
      expect(leaves.output("asciiTrim", text).toString()).toBe(trimmed);
    }
  });

  it("validates UTF-8 like the decoder of the platform", () => {
    const random = new SeededRandom(3);
    const strict = new TextDecoder("utf-8", { fatal: true });
    const isWellFormed = (bytes: Buffer): boolean => {
      try {
        strict.decode(bytes);
        return true;
      } catch {
        return false;
      }
    };
    for (let round = 0; round < 5000; round++) {
      const pieces = Array.from({ length: random.below(8) }, () =>
        random.chance(0.15)
          ? randomBytes(random, 1)
          : Buffer.from(random.pick(["plain ASCII text", "é", "漢字", "😀", "\u07ff\u0800\uffff"])),
      );
      const bytes = Buffer.concat(pieces);
      const offset = leaves.withTexts("findMalformedOffset", [bytes]);
      expect(offset === bytes.length).toBe(isWellFormed(bytes));
      expect(isWellFormed(bytes.subarray(0, offset))).toBe(true);
    }
  });

  it("writes every kind of code point", () => {
    for (const code of [0, 0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff]) {
      leaves.call("codePoint", code);
      expect(leaves.takeOutput().toString()).toBe(String.fromCodePoint(code));
    }
    for (const code of [0xd800, 0xdbff, 0xdc00, 0xdfff, 0x110000, 0xffffffff]) {
      leaves.call("codePoint", code);
      expect(leaves.takeOutput().toString()).toBe("\ufffd");
    }
  });

  it("gathers bytes in a buffer that grows", () => {
    const random = new SeededRandom(4);
    let expected = Buffer.alloc(0);
    for (let round = 0; round < 500; round++) {
      const bytes = randomBytes(random, random.below(300));
      leaves.withTexts("bufferBytes", [bytes]);
      leaves.call("bufferByte", round & 255);
      expected = Buffer.concat([expected, bytes, Buffer.from([round & 255])]);
      if (random.chance(0.2)) {
        const count = random.below(400);
        leaves.call("bufferDropFront", count);
        expected = expected.subarray(count);
      }
    }
    expect(leaves.takeOutput().equals(expected)).toBe(true);
    for (let length = 0; length < 50; length++) {
      const text = "~The quick brown fox jumps over the lazy dog 0123456789".slice(0, length);
      expect(leaves.output("bufferAscii", text).toString()).toBe(text);
    }
    for (const value of [0n, 7n, -1n, 10n, 99n, 100n, 2n ** 63n - 1n, -(2n ** 63n), 1234567890123456789n]) {
      leaves.call("bufferDecimal", value);
      expect(leaves.takeOutput().toString()).toBe(String(value));
    }
    leaves.call("bufferByte", 1);
    leaves.call("bufferClear", 100_000);
    expect([leaves.call("outLength"), leaves.call("bufferCapacity")]).toEqual([0, 256]);
    leaves.call("bufferClear", 100);
    expect(leaves.call("bufferCapacity")).toBe(0);
  });
});
