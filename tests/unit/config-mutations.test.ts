import { beforeAll, describe, expect, it } from "vitest";
import { SeededRandom } from "../support/chunking";
import { ConfigModule } from "../support/config";

/*
 * Whatever the bytes are: no trap, nothing left behind, a configuration or errors, and never a secret in an error.
 */

const SECRET = "sk-never-in-an-error";

const GOOD = new TextEncoder().encode(
  JSON.stringify({
    role: "gateway",
    providers: [
      {
        id: "dashscope",
        type: "qwen",
        cluster: "d",
        apiTokens: ["${KEY}", "${KEY}x"],
        qwenDomain: "h",
        providerBasePath: "/b",
      },
      {
        id: "openai",
        type: "openai",
        openaiCustomUrl: "https://h:1/v1",
        headers: { "x-a": "b ${KEY}" },
        defaultMaxTokens: 10,
      },
      {
        id: "claude",
        type: "claude",
        modelMapping: { "gpt-4o": "claude-sonnet-4-5", "claude-*": "", "*": "claude-haiku-4-5" },
      },
    ],
    routes: [
      {
        model: "deepseek-chat",
        targets: [{ provider: "openai" }, { provider: "dashscope", model: "qwen-turbo" }],
        fallback: { on: ["rate-limit", "timeout"], firstTokenTimeoutMs: 5000 },
      },
      {
        model: "smart",
        targets: [
          [
            { provider: "claude", weight: 80 },
            { provider: "dashscope", weight: 0 },
          ],
          { provider: "openai" },
        ],
      },
      { model: "qwen-*", targets: [{ provider: "dashscope" }] },
      { model: "模型\\u00e9*", targets: [{ provider: "claude" }] },
    ],
    fallback: { on: [], timeoutMs: 600000 },
    limits: { maxBodyBytes: 33554432 },
    metrics: { maxModels: 5 },
  }),
);

/** Pieces that a mutation may put in, beside single bytes. */
const PIECES = [
  '"',
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "null",
  "-1",
  "1e400",
  "${",
  "${KEY}",
  "\\u0000",
  "\\ud800",
  "*",
  "/",
  '"":',
  "é",
  "\xff",
];

function mutate(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  let current = [...bytes];
  const count = 1 + random.below(4);
  for (let edit = 0; edit < count; edit++) {
    const position = random.below(current.length + 1);
    const length = random.below(3) === 0 ? random.below(40) : random.below(2);
    const kind = random.below(5);
    const piece = [...Buffer.from(random.pick(PIECES), random.below(2) === 0 ? "utf8" : "latin1")];
    if (kind === 0) current.splice(position, length);
    else if (kind === 1) current.splice(position, 1, random.below(256));
    else if (kind === 2) current.splice(position, length, ...piece);
    else if (kind === 3)
      current.splice(position, 0, ...current.slice(random.below(current.length + 1)).slice(0, random.below(60)));
    else current = current.slice(0, position);
  }
  return Uint8Array.from(current);
}

let module: ConfigModule;

beforeAll(async () => {
  module = await ConfigModule.load();
  module.setEnvironment({ KEY: SECRET });
});

/** Parses, selects, lists, and gives whether the text was accepted. */
function exercise(bytes: Uint8Array): boolean {
  const { errors, config } = module.parse(bytes);
  expect(config === null).toBe(errors.length > 0);
  for (const line of errors) {
    expect(line).not.toContain(SECRET);
    expect(line).toMatch(/^[^\n\r]+: [^\n\r]+$/);
  }
  for (const model of ["deepseek-chat", "smart", "qwen-max", "claude/gpt-4o", "none", ""]) module.select(model);
  module.models();
  return config !== null;
}

describe("a mutated configuration", () => {
  it("is accepted unchanged", () => {
    expect(exercise(GOOD)).toBe(true);
    expect(module.liveBlocks()).toBe(0);
  });

  it.each([1, 2, 3, 4])("never traps and leaves nothing behind, seed %d", (seed) => {
    const random = new SeededRandom(seed);
    let accepted = 0;
    const rounds = 1500;
    for (let round = 0; round < rounds; round++) if (exercise(mutate(GOOD, random))) accepted += 1;
    expect(module.liveBlocks()).toBe(0);
    // Both outcomes must occur, or the mutations test nothing.
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThan(rounds / 2);
  });

  it("never traps when it is cut anywhere", () => {
    for (let length = 0; length < GOOD.length; length++) expect(exercise(GOOD.subarray(0, length))).toBe(false);
    expect(module.liveBlocks()).toBe(0);
  });

  it("never traps on values of every kind in every place", () => {
    const values = [
      null,
      true,
      0,
      -1.5,
      1e300,
      "",
      "*",
      "${KEY}",
      "${NOPE}",
      [],
      [[]],
      {},
      { a: 1 },
      [null],
      "\u0000\ud800",
    ];
    const paths: (string | number)[][] = [];
    const collect = (value: unknown, path: (string | number)[]): void => {
      if (path.length > 0) paths.push(path);
      if (typeof value !== "object" || value === null) return;
      for (const key of Object.keys(value)) {
        collect((value as Record<string, unknown>)[key], [...path, Array.isArray(value) ? Number(key) : key]);
      }
    };
    const text = new TextDecoder().decode(GOOD);
    collect(JSON.parse(text), []);
    expect(paths.length).toBeGreaterThan(60);
    for (const path of paths) {
      for (const value of values) {
        const copy = JSON.parse(text) as Record<string | number, unknown>;
        let parent = copy;
        for (const key of path.slice(0, -1)) parent = parent[key] as Record<string | number, unknown>;
        parent[path.at(-1)] = value;
        exercise(new TextEncoder().encode(JSON.stringify(copy)));
      }
    }
    expect(module.liveBlocks()).toBe(0);
  });

  it.each([
    ["40,000 variables in one value", { apiTokens: ["${KEY}".repeat(40_000)] }, []],
    [
      "2,000 routes to providers that nobody knows",
      {},
      Array.from({ length: 2000 }, (_, index) => ({ model: `m${index}`, targets: [{ provider: `q${index}` }] })),
    ],
  ])("%s take time in proportion", (_, members, routes) => {
    const others = Array.from({ length: routes.length }, (_, index) => ({ id: `p${index}`, type: "openai" }));
    const started = performance.now();
    module.parse({ role: "gateway", providers: [{ id: "a", type: "openai", ...members }, ...others], routes });
    // Without the bounds this takes 10 to 20 s.
    expect(performance.now() - started).toBeLessThan(4000);
    expect(module.liveBlocks()).toBe(0);
  });
});
