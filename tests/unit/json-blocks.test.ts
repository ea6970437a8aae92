import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { SeededRandom } from "../support/chunking";
import { builds, JsonError, Leaves } from "../support/leaves";

/** What may stand in a JSON string, as bytes (latin1): RFC 8259, section 7, and the table of RFC 3629, section 4. */
const RIGHT = new RegExp(
  [
    String.raw`[\x20\x21\x23-\x5b\x5d-\x7f]`,
    String.raw`\\["\\/bfnrt]`,
    String.raw`\\u[0-9a-fA-F]{4}`,
    String.raw`[\xc2-\xdf][\x80-\xbf]`,
    String.raw`\xe0[\xa0-\xbf][\x80-\xbf]`,
    String.raw`[\xe1-\xec\xee\xef][\x80-\xbf]{2}`,
    String.raw`\xed[\x80-\x9f][\x80-\xbf]`,
    String.raw`\xf0[\x90-\xbf][\x80-\xbf]{2}`,
    String.raw`[\xf1-\xf3][\x80-\xbf]{3}`,
    String.raw`\xf4[\x80-\x8f][\x80-\xbf]{2}`,
  ].join("|"),
  "y",
);

interface Verdict {
  error: number;
  offset: number;
}

/** Judges the text `["...` character by character: the string's end, or the first thing that is wrong with it. */
function judge(text: Buffer): Verdict {
  const bytes = text.toString("latin1");
  let at = 2;
  for (;;) {
    RIGHT.lastIndex = at;
    const found = RIGHT.exec(bytes);
    if (found === null) break;
    at += found[0].length;
  }
  const left = bytes.length - at;
  if (left === 0) return { error: JsonError.Truncated, offset: at };
  if (bytes[at] === '"') return { error: JsonError.None, offset: at + 1 };
  if ((text[at] ?? 0) >= 0x80) return { error: JsonError.Utf8, offset: at };
  const isCut = bytes[at] === "\\" && (left < 2 || (left < 6 && bytes[at + 1] === "u"));
  return { error: isCut ? JsonError.Truncated : JsonError.Syntax, offset: at };
}

/** Lead bytes with everything that may stand behind them, and what may not. */
const LEADS = [
  0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
];
const SECONDS = [0x22, 0x41, 0x5c, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc3, 0xe4];

/** All sequences of these bytes that may be wrong: each place cut, overlong, surrogates, too large, and right ones among them. */
const SEQUENCES = LEADS.flatMap((lead) => [
  [lead],
  ...SECONDS.flatMap((second) => [
    [lead, second],
    [lead, second, 0x80],
    [lead, second, 0x80, 0xbf],
    [lead, second, 0xbf, 0x41],
    [lead, second, 0x22],
  ]),
]).map((bytes) => Buffer.from(bytes));

const ESCAPES = [
  "",
  '"',
  "\\",
  "/",
  "b",
  "f",
  "n",
  "r",
  "t",
  "u",
  "u1",
  "u12",
  "u123",
  "u1234",
  "uaBcD",
  "uD83D\\ude00",
]
  .concat([
    "u123g",
    "u12\\n",
    "u1:34",
    "uG000",
    "U0041",
    "x",
    "0",
    "N",
    "\u007f",
    "\n",
    "é",
    "u00é",
    "\\\\",
    '\\"',
    "\\\\\\",
  ])
  .map((behind) => Buffer.from(`\\${behind}`));

describe.each(builds)("JSON strings in blocks ($build)", ({ simd }) => {
  let leaves: Leaves;
  beforeAll(async () => {
    leaves = await Leaves.load(simd);
  });
  afterEach(() => {
    expect(leaves.liveBlocksAfterReset()).toBe(0);
  });

  /** Parses `["` + inside, which is ended and continued by `rest`, and compares with the reference. */
  function compare(inside: Buffer[], rest: string): void {
    const text = Buffer.concat([Buffer.from('["'), ...inside, Buffer.from(rest)]);
    const expected = judge(text);
    const error = leaves.parse(text);
    if (expected.error !== JsonError.None) {
      const actual = { error, offset: leaves.call("jsonErrorOffset"), text: text.toString("latin1") };
      expect(actual).toEqual({ ...expected, text: text.toString("latin1") });
      return;
    }
    // A quote inside has ended it, and what follows may be anything.
    if (rest === "" || text.subarray(expected.offset).toString() !== rest.slice(1)) return;
    const raw = text.subarray(1, expected.offset);
    expect([error, leaves.raw(1).toString("latin1")]).toEqual([JsonError.None, raw.toString("latin1")]);
    expect(leaves.call("jsonHasEscapes", 1)).toBe(raw.includes(0x5c) ? 1 : 0);
  }

  const ENDS = ['"]', `${"y".repeat(80)}"]`, `",${" ".repeat(80)}"é\\n"]`];
  /** What makes the blocks begin: the first byte of the string that is not plain. */
  const STARTS = ["é", "\\n"].map((start) => Buffer.from(start));

  it("[4] judges every kind of UTF-8 at every place of a block", () => {
    for (let offset = 0; offset <= 68; offset++) {
      const before = Buffer.concat([STARTS[offset % 2] ?? Buffer.of(), Buffer.alloc(offset, "x")]);
      const ends = offset >= 58 ? ENDS : ENDS.slice(offset % 3, (offset % 3) + 1);
      for (const sequence of SEQUENCES) for (const end of ends) compare([before, sequence], end);
    }
    for (const sequence of SEQUENCES) for (const end of ENDS) compare([sequence], end);
  });

  it("judges every escape at every place of a block", () => {
    for (let offset = 0; offset <= 130; offset++) {
      for (const filler of ["x", "\\\\", "ü", "\\u00e4"]) {
        const before = Buffer.from(`${"z".repeat(offset % 7)}${filler.repeat(offset / filler.length)}`);
        for (const start of STARTS) {
          for (const escape of ESCAPES) compare([start, before, escape], ENDS[offset % ENDS.length] ?? "");
        }
      }
    }
  });

  it("ends strings and finds control characters at every place of a block", () => {
    for (let offset = 0; offset <= 130; offset++) {
      for (const filler of ["x", "é", "漢", "😀", "\\n", "\\\\", '\\"', "\\ud83d"]) {
        const inside = Buffer.from(`${"\\t".repeat(offset % 2)}${filler.repeat(offset)}`);
        for (const end of ENDS) {
          compare([inside], end);
          for (const control of [0x00, 0x1f, 0x0a]) compare([inside, Buffer.from([control])], end);
        }
      }
    }
  });

  it("says the same as the reference of random strings, whole and cut anywhere", () => {
    const random = new SeededRandom(20);
    const right = [
      "plain text",
      "x",
      "é",
      "漢字",
      "😀",
      "\\n",
      "\\u00e9",
      "\\\\",
      '\\"',
      "a longer piece of text without anything",
    ];
    const wrong = [...SEQUENCES, ...ESCAPES, Buffer.from("\n"), Buffer.from([0])];
    for (let round = 0; round < 3000; round++) {
      const pieces = Array.from({ length: random.below(30) }, () => Buffer.from(random.pick(right)));
      if (random.chance(0.5)) pieces.splice(random.below(pieces.length + 1), 0, random.pick(wrong));
      compare(pieces, random.pick(ENDS));
      const whole = Buffer.concat(pieces);
      for (let cut = 0; cut < 4; cut++) compare([whole.subarray(0, random.below(whole.length + 1))], "");
    }
  });
});
