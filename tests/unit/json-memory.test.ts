import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { builds, JsonError, JsonKind, Leaves } from "../support/leaves";

const KEYWORD = '{"model":"m","messages":[{"role":"user","content":"';

/** Byte sequences that RFC 3629 forbids, one of each class. */
const MALFORMED: Record<string, number[]> = {
  "continuation alone": [0x80],
  "last continuation alone": [0xbf],
  "two byte lead alone": [0xc3],
  "two byte lead, then a lead": [0xc3, 0xc3, 0xa9],
  "overlong C0": [0xc0, 0x80],
  "overlong C1": [0xc1, 0xbf],
  "three byte lead alone": [0xe4],
  "three bytes cut": [0xe4, 0xbd],
  "overlong E0": [0xe0, 0x9f, 0xbf],
  "first surrogate": [0xed, 0xa0, 0x80],
  "last surrogate": [0xed, 0xbf, 0xbf],
  "third byte missing": [0xe4, 0xbd, 0x41],
  "four byte lead alone": [0xf0],
  "four bytes cut to two": [0xf0, 0x9f],
  "four bytes cut to three": [0xf0, 0x9f, 0x98],
  "overlong F0": [0xf0, 0x8f, 0xbf, 0xbf],
  "above U+10FFFF": [0xf4, 0x90, 0x80, 0x80],
  "lead F5": [0xf5, 0x80, 0x80, 0x80],
  "lead F8": [0xf8, 0x88, 0x80, 0x80, 0x80],
  FE: [0xfe],
  FF: [0xff],
};

/** First and last characters of every row of RFC 3629's table. */
const BORDERS = [
  "\u0080",
  "\u07ff",
  "\u0800",
  "\u0fff",
  "\u1000",
  "\ucfff",
  "\ud7ff",
  "\ue000",
  "\uffff",
  "\u{10000}",
  "\u{3ffff}",
  "\u{40000}",
  "\u{fffff}",
  "\u{100000}",
  "\u{10ffff}",
];

describe.each(builds)("JSON documents in memory ($build)", ({ simd }) => {
  let leaves: Leaves;
  beforeAll(async () => {
    leaves = await Leaves.load(simd);
  });
  afterEach(() => {
    expect(leaves.liveBlocksAfterReset()).toBe(0);
  });

  it.each(Object.entries(MALFORMED))("refuses bytes that are not UTF-8 at every offset: %s", (_, bytes) => {
    for (const before of ["a", "é", "漢", "\\n"]) {
      for (let offset = 0; offset <= 40; offset++) {
        const filler = before.repeat(offset);
        for (const after of ["", "x", "é漢", "z".repeat(40)]) {
          const text = Buffer.concat([Buffer.from(`["${filler}`), Buffer.from(bytes), Buffer.from(`${after}"]`)]);
          expect(leaves.parse(text)).toBe(JsonError.Utf8);
          expect(leaves.call("jsonErrorOffset")).toBe(2 + Buffer.byteLength(filler));
        }
      }
    }
    expect(leaves.parse(Buffer.concat([Buffer.from("["), Buffer.from(bytes), Buffer.from("]")]))).toBe(
      JsonError.Syntax,
    );
  });

  it("accepts the characters at every border of UTF-8, at every offset", () => {
    for (const character of BORDERS) {
      for (let offset = 0; offset <= 40; offset++) {
        for (const filler of ["a", "ü", "文", "😀"]) {
          const text = filler.repeat(offset) + character + filler.repeat(offset % 7);
          expect(leaves.parse(`["${text}","${character}"]`)).toBe(JsonError.None);
          expect(leaves.raw(1).toString()).toBe(`"${text}"`);
        }
      }
    }
  });

  it("finds what ends or breaks a string at every offset", () => {
    for (let offset = 0; offset <= 70; offset++) {
      const filler = "x".repeat(offset);
      expect(leaves.parse(`["${filler}",1]`)).toBe(JsonError.None);
      expect(leaves.raw(1).length).toBe(offset + 2);
      expect(leaves.parse(`["${filler}\\"${filler}"]`)).toBe(JsonError.None);
      expect(leaves.raw(1).length).toBe(2 * offset + 4);
      for (const control of ["\0", "\x1f", "\n"]) {
        expect(leaves.parse(`["${filler}${control}y"]`)).toBe(JsonError.Syntax);
        expect(leaves.call("jsonErrorOffset")).toBe(2 + offset);
      }
      expect(leaves.parse(`["${filler}`)).toBe(JsonError.Truncated);
      expect(leaves.parse(`["${filler}\\`)).toBe(JsonError.Truncated);
    }
  });

  it("reads nothing behind the text, up to the last byte of memory", () => {
    leaves.parse("[]");
    // This page is the test's: the allocator does not know it, and one byte more is a trap.
    leaves.wasm.memory.grow(1);
    const end = leaves.wasm.memory.buffer.byteLength;
    const texts = ["1", "12.5e3", "true", '"', '"abc', '"\\', '"\\u12', '["é', "[1,", "[  ", "{", '{"a"', "tru"];
    for (let length = 0; length < 70; length++) {
      for (const tail of ['"', "", "é", "\\n", "漢", "😀"])
        texts.push(`"${"x".repeat(length)}${tail}`, `["${"é".repeat(length)}${tail}`);
      for (const filler of ["x", "é\\n", "\\u00e9", "漢"])
        texts.push(`["\\t${filler.repeat(length)}"]`, `["\\t${filler.repeat(length)}`);
      texts.push(`${" ".repeat(length)}`, `[${"1".repeat(length)}`);
    }
    for (const text of texts) {
      const bytes = Buffer.from(text);
      for (let cut = 0; cut < Math.min(5, bytes.length); cut++) {
        const part = bytes.subarray(0, bytes.length - cut);
        const pointer = end - part.length;
        leaves.view(pointer, part.length).set(part);
        leaves.call("jsonParse", pointer, part.length, 8);
        for (const name of ["jsonUnescape", "jsonEscape"]) {
          leaves.call(name, pointer, part.length);
          leaves.call("outFree");
        }
        leaves.call("sseFeed", pointer, part.length);
        expect(leaves.call("sseNext")).toBe(0);
        leaves.call("sseFree");
        leaves.call("findByteOffset", pointer, part.length, 0x7f);
        leaves.call("findMalformedOffset", pointer, part.length);
      }
    }
    expect(leaves.wasm.memory.buffer.byteLength).toBe(end);
  });

  it("takes a string of 10 MB and an array of 200,000", () => {
    const text = "The quick brown fox, 狐, jumps. ".repeat(300_000);
    expect(leaves.parse(`${KEYWORD}${text}"}]}`)).toBe(JsonError.None);
    const message = leaves.call("jsonFirst", leaves.find(0, "messages"));
    const content = leaves.find(message, "content");
    expect(leaves.raw(content).length).toBe(Buffer.byteLength(text) + 2);
    expect(leaves.parse(`[${"[1,{}],".repeat(199_999)}[]]`)).toBe(JsonError.None);
    expect(leaves.call("jsonCount", 0)).toBe(200_000);
  });

  it("limits the nodes, not the bytes", () => {
    expect(leaves.parse(`[${"1,".repeat(1_999_998)}1]`)).toBe(JsonError.None);
    expect(leaves.call("jsonCount", 0)).toBe(1_999_999);
    expect(leaves.parse(`[${"1,".repeat(1_999_999)}1]`)).toBe(JsonError.TooLarge);
    expect(leaves.parse(`[${"1,".repeat(1_999_999)}1]`, 0)).toBe(JsonError.None);
    expect(leaves.parse(`{"a":1}`)).toBe(JsonError.None);
  });

  it("keeps documents apart, and valid when they are sealed or moved", () => {
    expect(leaves.parse('{"a":[1,2,3],"b":"\\u0078"}')).toBe(JsonError.None);
    const second = leaves.put(`[${"0,".repeat(500)}0]`);
    expect(leaves.call("otherParse", second, 1003)).toBe(JsonError.None);
    leaves.call("release", second);
    leaves.call("jsonSeal");
    expect(leaves.call("otherCount")).toBe(501);
    expect(leaves.value(0)).toEqual({ a: [1, 2, 3], b: "x" });
    const before = leaves.call("liveBlockCount");
    leaves.call("jsonSeal");
    expect(leaves.call("liveBlockCount")).toBe(before);
    const moved = leaves.put('{"a":[7,8,9],"b":"\\u0079"}');
    leaves.call("jsonRebase", moved);
    expect(leaves.call("jsonInteger", leaves.call("jsonFirst", leaves.find(0, "a")), 0n)).toBe(7n);
    leaves.call("release", moved);
    // A sealed tape has no room; the next text needs more.
    expect(leaves.parse(`[${"0,".repeat(500)}0]`)).toBe(JsonError.None);
    expect(leaves.call("jsonCount", 0)).toBe(501);
    expect(leaves.parse("[")).toBe(JsonError.Truncated);
    expect([leaves.call("jsonRoot"), leaves.call("jsonKind", 0)]).toEqual([-1, JsonKind.Null]);
    leaves.call("jsonSeal");
    expect(leaves.parse("[[]]")).toBe(JsonError.None);
  });
});
