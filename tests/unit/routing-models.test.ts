import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ConfigModule } from "../support/config";

let module: ConfigModule;

beforeAll(async () => {
  module = await ConfigModule.load();
});

afterEach(() => {
  expect(module.liveBlocks()).toBe(0);
});

const PROVIDERS = [
  { id: "a", type: "openai", modelMapping: { "gpt-4o": "x", small: "", "pre*": "y", "a/direct": "z" } },
  { id: "b", type: "claude", modelMapping: { "gpt-4o": "claude", opus: "claude-opus" } },
  { id: "c", type: "vllm", modelMapping: { llama: "" } },
];

function modelsFor(routes: [model: string, ...targets: unknown[]][]): [string, string][] {
  module.accept({
    role: "gateway",
    providers: PROVIDERS,
    routes: routes.map(([model, ...targets]) => ({ model, targets })),
  });
  return module.models();
}

const [A, B, C] = ["a", "b", "c"].map((provider) => ({ provider }));

describe("the shown models", () => {
  it("are none without routes", () => {
    expect(modelsFor([])).toEqual([]);
  });

  it("are exact patterns in written order, with the first target's provider", () => {
    expect(
      modelsFor([
        ["z", B, A],
        ["pre*", A],
        ["m", [C, A], B],
      ]),
    ).toEqual([
      ["z", "b"],
      ["m", "c"],
    ]);
  });

  it("hold the exact keys of mappings behind a star", () => {
    expect(modelsFor([["*", A]])).toEqual([
      ["gpt-4o", "a"],
      ["small", "a"],
    ]);
  });

  it("hold the keys of all providers of the route, once, owned by the first target", () => {
    expect(modelsFor([["*", B, [C, A]]])).toEqual([
      ["gpt-4o", "b"],
      ["small", "b"],
      ["opus", "b"],
      ["llama", "b"],
    ]);
  });

  it("hold only keys that the prefix takes", () => {
    expect(
      modelsFor([
        ["gpt-*", A],
        ["op*", B],
        ["o*", A],
      ]),
    ).toEqual([
      ["gpt-4o", "a"],
      ["opus", "b"],
    ]);
  });

  it("do not hold keys that an exact route takes elsewhere, nor any name twice", () => {
    expect(
      modelsFor([
        ["*", A],
        ["small", C],
        ["gpt-4o", B],
      ]),
    ).toEqual([
      ["small", "c"],
      ["gpt-4o", "b"],
    ]);
  });

  it("do not hold keys that the route's own model overrides", () => {
    expect(modelsFor([["*", { provider: "b", model: "fixed" }, C]])).toEqual([["llama", "b"]]);
  });

  it("do not hold keys that are a provider/model name", () => {
    expect(modelsFor([["*", A]]).map(([model]) => model)).not.toContain("a/direct");
  });
});
