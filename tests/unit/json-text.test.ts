import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { SeededRandom } from "../support/chunking";
import { builds, JsonError, Leaves } from "../support/leaves";

/** A random text of all planes, lone surrogates among them when asked for. */
function randomText(random: SeededRandom, length: number, loneSurrogates = false): string {
  let text = "";
  for (let index = 0; index < length; index++) {
    const kind = random.below(7);
    if (kind === 0) text += String.fromCharCode(random.below(0x20));
    else if (kind === 1) text += random.pick(['"', "\\", "/", "\u007f"]);
    else if (kind === 2) text += "plain text of twenty";
    else if (kind === 3) text += String.fromCodePoint(0x80 + random.below(0xd800 - 0x80));
    else if (kind === 4) text += String.fromCodePoint(0xe000 + random.below(0x110000 - 0xe000));
    else if (loneSurrogates && kind === 5) text += String.fromCharCode(0xd800 + random.below(0x800));
    else text += "x";
  }
  return text;
}

/** The inside of a JSON string that stands for the text, each character spelled in one of its ways. */
function spell(text: string, random: SeededRandom): string {
  return Array.from({ length: text.length }, (_, index) => {
    const unit = text.charCodeAt(index);
    const isSurrogate = unit >= 0xd800 && unit < 0xe000;
    if (unit === 0x2f && random.chance(0.5)) return "\\/";
    if (random.chance(0.3) || isSurrogate) {
      const digits = unit.toString(16).padStart(4, "0");
      return `\\u${random.chance(0.5) ? digits : digits.toUpperCase()}`;
    }
    return JSON.stringify(text[index]).slice(1, -1);
  }).join("");
}

describe.each(builds)("JSON texts ($build)", ({ simd }) => {
  let leaves: Leaves;
  beforeAll(async () => {
    leaves = await Leaves.load(simd);
  });
  afterEach(() => {
    expect(leaves.liveBlocksAfterReset()).toBe(0);
  });

  it("unescapes like JSON.parse", () => {
    const random = new SeededRandom(11);
    for (let round = 0; round < 3000; round++) {
      const inside = spell(randomText(random, random.below(20), true), random);
      // By way of UTF-8, which has no lone surrogates: they become U+FFFD.
      const expected = Buffer.from(JSON.parse(`"${inside}"`) as string).toString();
      expect(leaves.output("jsonUnescape", inside).toString()).toBe(expected);
      expect(leaves.withTexts("jsonEqualsUnescaped", [inside, expected])).toBe(1);
      expect(leaves.withTexts("jsonEqualsUnescaped", [inside, `${expected}x`])).toBe(0);
      if (expected !== "") expect(leaves.withTexts("jsonEqualsUnescaped", [inside, expected.slice(1)])).toBe(0);
    }
  });

  it("[4] joins surrogate pairs and replaces what stands alone", () => {
    const cases: [string, string][] = [
      ["\\ud83d\\ude00", "😀"],
      ["\\uD83D\\uDE00", "😀"],
      ["\\udbff\\udfff", "\u{10ffff}"],
      ["\\ud83d", "\ufffd"],
      ["\\ude00", "\ufffd"],
      ["\\ud83dx", "\ufffdx"],
      ["\\ud83d\\n", "\ufffd\n"],
      ["\\ud83d\\ud83d\\ude00", "\ufffd😀"],
      ["\\ude00\\ud83d", "\ufffd\ufffd"],
      ["\\ud83d\\u0041", "\ufffdA"],
    ];
    for (const [inside, text] of cases) expect(leaves.output("jsonUnescape", inside).toString()).toBe(text);
  });

  it("unescapes what no document would hold without a trap", () => {
    for (const inside of [
      "\\",
      "\\u",
      "\\u1",
      "\\u123",
      "\\ud83d\\u",
      "\\ud83d\\ude0",
      "\\x",
      "\\u12g4",
      "a\\",
      "\\u12\\u0041",
    ]) {
      expect(leaves.output("jsonUnescape", inside).toString()).toContain("\ufffd");
    }
  });

  it("escapes like JSON.stringify", () => {
    const random = new SeededRandom(12);
    for (let code = 0; code < 0x300; code++) {
      const text = String.fromCharCode(code);
      expect(leaves.output("jsonEscape", text).toString()).toBe(JSON.stringify(text).slice(1, -1));
    }
    for (let round = 0; round < 3000; round++) {
      const text = randomText(random, random.below(30));
      expect(leaves.output("jsonQuote", text).toString()).toBe(JSON.stringify(text));
    }
  });

  it("never writes invalid JSON, whatever the bytes", () => {
    const random = new SeededRandom(13);
    for (let round = 0; round < 4000; round++) {
      const pieces = Array.from({ length: random.below(12) }, () =>
        random.chance(0.5)
          ? Buffer.from([
              random.pick([0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xe4, 0xed, 0xf0, 0xf4, 0xf5, 0xff, 0x9f, 0xa0, 0x41]),
            ])
          : Buffer.from(random.pick(["é", "漢", "😀", "plain text that is long enough", '"', "\\"])),
      );
      const bytes = Buffer.concat(pieces);
      const written = leaves.output("jsonQuote", bytes);
      // The decoder of the WHATWG Encoding Standard replaces the same parts.
      expect(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(written))).toBe(
        new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes),
      );
      expect(leaves.parse(written)).toBe(JsonError.None);
    }
  });

  it("round-trips JSON inside a JSON string, as tool calls need it", () => {
    const input = JSON.stringify({ city: 'Zürich "West"', path: "C:\\x\n", list: [1, { a: "😀" }] });
    const quoted = leaves.output("jsonQuote", input).toString();
    expect(JSON.parse(quoted)).toBe(input);
    expect(leaves.output("jsonUnescape", quoted.slice(1, -1)).toString()).toBe(input);
  });
});
