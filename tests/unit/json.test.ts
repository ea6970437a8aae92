import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { builds, JsonError, JsonKind, Leaves } from "../support/leaves";

const VALID: string[] = [
  "[]",
  "{}",
  " \n\r\t[ \n\r\t] \n\r\t",
  "0",
  "-0",
  "1",
  "-1",
  "10",
  "1.0",
  "0.5",
  "1e1",
  "1E+1",
  "1e-1",
  "1.5e00",
  "-0.0e-0",
  '""',
  '" "',
  '"\\u0000"',
  '"\\uFFFF"',
  '"\\ud800"',
  '"\\udfff\\ud800"',
  '"\\/"',
  '"\u007f"',
  '"\u2028"',
  '"\ufeff"',
  '"\u0000x"'.replace("\0", " "),
  "null",
  "true",
  "false",
  "[null]",
  '{"":0}',
  '{"a":{"a":1}}',
  '[{"a":1},{"a":1}]',
  "[[],{}]",
  '{"a":[],"b":{}}',
  "[1 ,2 , 3]",
  "123456789012345678901234567890",
  "1e400",
  "-1e-400",
  `"${"x".repeat(100)}"`,
  `[${"0,".repeat(100)}0]`,
];

const INVALID: string[] = [
  "",
  " ",
  "[",
  "]",
  "{",
  "}",
  "[1",
  "[1,",
  "[1,]",
  "[,1]",
  "[1,,2]",
  "[1 2]",
  "{,}",
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '{"a" 1}',
  "{a:1}",
  "{1:1}",
  '{"a":1 "b":2}',
  '{"a":1]',
  "[1}",
  '{"a":1}}',
  "[]]",
  "[] []",
  "1 2",
  "nul",
  "nulL",
  "NULL",
  "True",
  "tru",
  "truee",
  "falsy",
  "undefined",
  "NaN",
  "Infinity",
  "-Infinity",
  "-",
  "+1",
  "--1",
  "01",
  "-01",
  "00",
  "1.",
  ".5",
  "-.5",
  "1.e1",
  "1e",
  "1e+",
  "1e1.5",
  "0x10",
  "1_000",
  "1a",
  "١",
  '"',
  '"a',
  '"\\',
  '"\\"',
  '"\\a"',
  '"\\x41"',
  '"\\u"',
  '"\\u12"',
  '"\\u12G4"',
  '"\\u 123"',
  '"\\U0041"',
  "'a'",
  '"a\nb"',
  '"a\tb"',
  '"a\u0000b"',
  '"\u001f"',
  "\u0000",
  "[]\u0000",
  "[\u0000]",
  "\ufeff[]",
  "\u00a0[]",
  "[\u000b]",
  "[\u000c]",
  "/**/[]",
  "[]//",
  "[1]#",
];

describe.each(builds)("JSON ($build)", ({ simd }) => {
  let leaves: Leaves;
  beforeAll(async () => {
    leaves = await Leaves.load(simd);
  });
  afterEach(() => {
    expect(leaves.liveBlocksAfterReset()).toBe(0);
  });

  const at = (node: number, name: string): number => leaves.find(node, name);
  const textOf = (node: number): string => leaves.raw(node).toString();

  it.each(VALID)("accepts %j", (text) => {
    expect(leaves.parse(text)).toBe(JsonError.None);
    expect(leaves.value(0)).toStrictEqual(JSON.parse(text));
  });

  it.each(INVALID)("refuses %j", (text) => {
    // The list itself is checked too; a byte order mark is the only thing here that JSON.parse is given after decoding.
    expect(() => JSON.parse(text) as unknown).toThrow();
    expect([JsonError.Syntax, JsonError.Truncated]).toContain(leaves.parse(text));
    expect(leaves.call("jsonRoot")).toBe(-1);
  });

  it.each([
    ['{"a":1,}', 7],
    ["[1,2", 4],
    ['["a\nb"]', 3],
    ["[tru3]", 4],
    ["[1.x]", 3],
    ["{} x", 3],
    ['["\\q"]', 2],
  ])("says where %j breaks", (text, offset) => {
    expect(leaves.parse(text)).not.toBe(JsonError.None);
    expect(leaves.call("jsonErrorOffset")).toBe(offset);
  });

  it("says that a document was cut off, wherever that is", () => {
    const text = '{"a": [1.5e+3, -20, true, false, null], "kéy\\u00e9\\n": {"漢": "x😀y", "z": [[], {}]}, "t": "end"} ';
    const bytes = Buffer.from(text);
    expect(leaves.parse(bytes)).toBe(JsonError.None);
    for (let length = 0; length < bytes.length - 1; length++) {
      const isInsideCharacter = ((bytes[length] ?? 0) & 0xc0) === 0x80;
      const error = leaves.parse(bytes.subarray(0, length));
      expect({ length, error }).toEqual({ length, error: isInsideCharacter ? JsonError.Utf8 : JsonError.Truncated });
    }
  });

  it("accepts 256 levels and no more", () => {
    const nested = (levels: number, open: string, close: string): string => open.repeat(levels) + close.repeat(levels);
    for (const indexedDepth of [0, 8, 300]) {
      expect(leaves.parse(nested(256, "[", "]"), indexedDepth)).toBe(JsonError.None);
      expect(leaves.parse(nested(257, "[", "]"), indexedDepth)).toBe(JsonError.Depth);
      expect(leaves.parse(nested(128, '[{"a":', "}]").replace("}]", "0}]"), indexedDepth)).toBe(JsonError.None);
      expect(leaves.parse(nested(129, '[{"a":', "}]"), indexedDepth)).toBe(JsonError.Depth);
    }
    expect(leaves.parse("[".repeat(1_000_000))).toBe(JsonError.Depth);
    expect(leaves.parse(`[${"[],".repeat(1000)}[]]`)).toBe(JsonError.None);
  });

  it("indexes down to the depth asked for and keeps the rest as spans", () => {
    expect(leaves.parse('{"a":{"b":{"c":[1]}},"d":[2]}', 2)).toBe(JsonError.None);
    const b = at(at(0, "a"), "b");
    expect(textOf(b)).toBe('{"c":[1]}');
    expect([leaves.call("jsonFirst", b), at(b, "c"), leaves.call("jsonCount", b)]).toEqual([-1, -1, 0]);
    expect(textOf(leaves.call("jsonFirst", at(0, "d")))).toBe("2");
    expect(leaves.parse('{"a":1}', 0)).toBe(JsonError.None);
    expect([leaves.call("jsonKind", 0), leaves.call("jsonFirst", 0)]).toEqual([JsonKind.Object, -1]);
  });

  it("finds keys however they are escaped", () => {
    const text = '{"mod\\u0065l":"x","\\ud83d\\ude00":2,"é":3,"":4,"\\u006d\\u006f\\u0064\\u0065\\u006c2":5}';
    expect(leaves.parse(text)).toBe(JsonError.None);
    expect(["model", "😀", "é", "", "model2"].map((name) => textOf(at(0, name)))).toEqual(['"x"', "2", "3", "4", "5"]);
    expect(["mod", "modelx", "mod\\u0065l", "x"].map((name) => at(0, name))).toEqual([-1, -1, -1, -1]);
    const key = leaves.findKey(0, "model");
    expect([textOf(key), leaves.call("jsonHasEscapes", key)]).toEqual(['"mod\\u0065l"', 1]);
    expect(leaves.call("jsonValueOf", key)).toBe(at(0, "model"));
    expect(leaves.withTexts("jsonEqualsKey", ["model"], key)).toBe(1);
    expect(leaves.withTexts("jsonEqualsKey", ["mode"], key)).toBe(0);
  });

  it.each([
    ['{"a":1,"a":2}', 1],
    ['{"a":1,"\\u0061":2}', 1],
    ['{"\\u0061":1,"b":0,"\\u0061":2}', 1],
    ['{"😀":1,"\\ud83d\\ude00":2}', 1],
    ['[{"x":{"é":1,"y":2,"\\u00e9":3}}]', 1],
    ['{"a":1,"A":2,"a ":3,"aa":4,"\\u0001":5,"\\\\u0001":6}', 0],
    ['{"a":{"b":1},"b":{"b":1}}', 0],
  ])("compares the keys of %s", (text, isDuplicate) => {
    expect(leaves.parse(text)).toBe(isDuplicate ? JsonError.DuplicateKey : JsonError.None);
    expect(leaves.parse(text, 0)).toBe(JsonError.None);
  });

  it("compares the keys of large objects", () => {
    for (const count of [31, 32, 33, 34, 1000, 100_000]) {
      const members = Array.from({ length: count }, (_, index) => `"key${String(index)}":${String(index)}`);
      expect(leaves.parse(`{${members.join(",")}}`)).toBe(JsonError.None);
      for (const spelled of ['"key0"', '"k\\u0065y30"', `"key${String(count - 1)}"`]) {
        expect(leaves.parse(`{${[...members, `${spelled}:0`].join(",")}}`)).toBe(JsonError.DuplicateKey);
        expect(leaves.parse(`[{${[...members, `${spelled}:0`, '"last":1'].join(",")}}]`, 1)).toBe(JsonError.None);
      }
    }
  });

  it("spreads the hashes of keys that differ in one place only", () => {
    for (const [before, after] of [
      ["", ""],
      ["k", ""],
      ["", "_suffix"],
      ["a_long_common_prefix_", ""],
      ["prefix_", "_and_suffix"],
      ["é", "é"],
    ] as const) {
      const hashes = new Set<number>();
      for (let index = 0; index < 20_000; index++) {
        hashes.add(leaves.withTexts("keyHash", [`${before}${String(index)}${after}`]) & 0xffff);
      }
      // 20,000 random values of 16 bits would fill about 17,200 of them.
      expect(hashes.size).toBeGreaterThan(16_500);
    }
  });

  it("refuses keys that were made to collide before they cost time", () => {
    const keys: string[] = [];
    for (let index = 0; keys.length < 60; index++) {
      const key = `k${String(index)}`;
      if ((leaves.withTexts("keyHash", [key]) & 127) === 5) keys.push(key);
    }
    const objectOf = (names: string[]): string => `{${names.map((name) => `"${name}":0`).join(",")}}`;
    expect(leaves.parse(objectOf(keys.slice(0, 32)))).toBe(JsonError.None);
    expect(leaves.parse(objectOf(keys))).toBe(JsonError.TooLarge);
    // Among many others they cost little, so they are taken.
    const others = Array.from({ length: 5000 }, (_, index) => `other${String(index)}`);
    expect(leaves.parse(objectOf([...others, ...keys]))).toBe(JsonError.None);
  });

  it("keeps numbers as they are written, and reads them without a trap", () => {
    const largest = 2n ** 63n - 1n;
    const smallest = -(2n ** 63n);
    const integers: [string, bigint][] = [
      ["0", 0n],
      ["-0", 0n],
      ["7", 7n],
      ["-12", -12n],
      ["1.99", 1n],
      ["-1.99", -1n],
      ["1e3", 1000n],
      ["1.5e1", 15n],
      ["12345e-2", 123n],
      ["0.0005e4", 5n],
      ["0.05e1", 0n],
      ["9223372036854775807", largest],
      ["9223372036854775808", largest],
      ["-9223372036854775808", smallest],
      ["-9223372036854775809", smallest],
      ["9223372036854775807.9", largest],
      ["922337203685477580.7e1", largest],
      ["1e18", 10n ** 18n],
      ["1e19", largest],
      ["-1e400", smallest],
      ["1e-400", 0n],
      ["0e99999999999999999999", 0n],
      ["1e99999999999999999999", largest],
      ["1e-99999999999999999999", 0n],
      [`0.${"0".repeat(5000)}12e5002`, 12n],
      [`${"9".repeat(5000)}e-4998`, 99n],
      [`1${"0".repeat(5000)}`, largest],
    ];
    for (const [text, value] of integers) {
      expect(leaves.parse(`[${text}]`)).toBe(JsonError.None);
      expect(textOf(1)).toBe(text);
      expect({ text, value: leaves.call("jsonInteger", 1, -7n) }).toEqual({ text, value });
    }
    for (const text of [
      "0",
      "-0.0",
      "1",
      "0.1",
      "3.14159",
      "1e22",
      "123456789.125",
      "1e-7",
      "2.5e-5",
      "1e300",
      "1e-300",
      "5e-324",
      "12345678901234567890123",
      "0.000000000000000000000001234",
      `0.${"0".repeat(400)}5e400`,
    ]) {
      expect(leaves.parse(text)).toBe(JsonError.None);
      const value = leaves.call("jsonFloat", 0, -7);
      expect(Math.abs(value - Number(text))).toBeLessThanOrEqual(Math.abs(Number(text)) * 4e-15 + 5e-324);
    }
    for (const [text, value] of [
      ["1e999", Number.MAX_VALUE],
      ["-1e309", -Number.MAX_VALUE],
      ["1e-999", 0],
      ["1e99999999999999999999", Number.MAX_VALUE],
      ["0.5", 0.5],
      ["1e22", 1e22],
      ["-123.75", -123.75],
    ] as const) {
      expect(leaves.parse(text)).toBe(JsonError.None);
      expect(leaves.call("jsonFloat", 0, -7)).toBe(value);
    }
  });

  it("answers for nodes that are not there or of another kind", () => {
    expect(leaves.parse('{"a":"x","b":[1,true]}')).toBe(JsonError.None);
    for (const node of [-1, -2, 99, 2 ** 31 - 1, -(2 ** 31)]) {
      for (const name of [
        "jsonKind",
        "jsonStart",
        "jsonEnd",
        "jsonHasEscapes",
        "jsonCount",
        "jsonTextPointer",
        "jsonTextLength",
        "jsonRawPointer",
        "jsonRawLength",
        "jsonIsPresent",
      ]) {
        expect(leaves.call(name, node)).toBe(0);
      }
      for (const name of ["jsonFirst", "jsonNextElement", "jsonNextKey", "jsonValueOf"])
        expect(leaves.call(name, node)).toBe(-1);
      expect([at(node, "a"), leaves.findKey(node, "a")]).toEqual([-1, -1]);
    }
    const text = at(0, "a");
    const list = at(0, "b");
    const key = leaves.findKey(0, "a");
    expect([
      leaves.call("jsonInteger", text, 5n),
      leaves.call("jsonFloat", list, 1.5),
      leaves.call("jsonBoolean", text, 1),
    ]).toEqual([5n, 1.5, 1]);
    expect([
      at(list, "a"),
      leaves.call("jsonNextElement", key),
      leaves.call("jsonNextKey", text),
      leaves.call("jsonValueOf", text),
    ]).toEqual([-1, -1, -1, -1]);
    expect([leaves.call("jsonTextPointer", list), leaves.call("jsonTextLength", list)]).toEqual([0, 0]);
    expect([leaves.call("jsonNextElement", text), leaves.call("jsonNextElement", list)]).toEqual([-1, -1]);
    const second = leaves.call("jsonNextElement", leaves.call("jsonFirst", list));
    expect([leaves.call("jsonBoolean", second, 0), leaves.call("jsonIsPresent", second)]).toEqual([1, 1]);
    leaves.call("jsonFree");
    leaves.call("jsonFree");
    expect([leaves.call("jsonRoot"), leaves.call("jsonKind", 0), at(0, "a")]).toEqual([-1, 0, -1]);
  });
});
