import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ConfigModule } from "../support/config";

let module: ConfigModule;

beforeAll(async () => {
  module = await ConfigModule.load();
});

beforeEach(() => {
  module.seed(7n);
});

afterEach(() => {
  expect(module.liveBlocks()).toBe(0);
});

const PROVIDERS = [
  { id: "a", type: "openai" },
  {
    id: "b",
    type: "openai",
    modelMapping: { exact: "mapped", "pre*": "prefixed", "prefix-long*": "long", "keep*": "", "*": "rest" },
  },
  { id: "claude", type: "claude", modelMapping: { "gpt-4o": "claude-sonnet-4-5", "claude-*": "" } },
  { id: "A.b_c-9", type: "vllm" },
  { id: "x".repeat(64), type: "vllm" },
];

function routesTo(...patterns: string[]): unknown[] {
  return patterns.map((model) => ({ model, targets: [{ provider: "a", model: `via ${model}`.replace("*", "+") }] }));
}

function use(routes: unknown[], members: Record<string, unknown> = {}): void {
  module.accept({ role: "gateway", providers: PROVIDERS, routes, ...members });
}

/** The route that a model takes, or null. */
function routeOf(model: string | Uint8Array): string | null {
  return module.select(model)?.route ?? null;
}

/** `provider:model` of each target in order. */
function targetsOf(model: string): string[] {
  return (module.select(model)?.targets ?? []).map((target) => `${target.provider}:${target.model}`);
}

describe("precedence of patterns", () => {
  it.each([
    ["qwen-max", "qwen-max"],
    ["qwen-maxi", "qwen-max*"],
    ["qwen-m", "qwen-*"],
    ["qwen-", "qwen-*"],
    ["qwen", "q*"],
    ["q", "q*"],
    ["r", "*"],
    ["", "*"],
    ["QWEN-MAX", "*"],
    ["qwen-max ", "qwen-max*"],
    ["模型-一", "模型-*"],
    ["模型", "*"],
    ["a-b/c", "a-b/c"],
    ["a-b/d", "a-b/*"],
    ["meta-llama/llama-3", "meta-llama/*"],
    ["x".repeat(100_000), "*"],
    ["q".repeat(100_000), "q*"],
  ])("%.20s takes %s", (model, route) => {
    use(routesTo("*", "q*", "qwen-*", "qwen-max", "qwen-max*", "模型-*", "a-b/c", "a-b/*", "meta-llama/*"));
    expect(routeOf(model)).toBe(route);
  });

  it("does not depend on the order of the routes", () => {
    const patterns = ["*", "q*", "qwen-*", "qwen-max", "qwen-max*"];
    for (let turn = 0; turn < patterns.length; turn++) {
      use(routesTo(...patterns.slice(turn), ...patterns.slice(0, turn)));
      expect(["qwen-max", "qwen-maxi", "qwen-x", "qx", "x"].map(routeOf)).toEqual([
        "qwen-max",
        "qwen-max*",
        "qwen-*",
        "q*",
        "*",
      ]);
    }
  });

  it("compares bytes, also those that are no text", () => {
    use(routesTo("é*", "*"));
    expect(routeOf(new Uint8Array([0xc3, 0xa9, 0xff]))).toBe("é*");
    expect(routeOf(new Uint8Array([0xc3]))).toBe("*");
    expect(routeOf(new Uint8Array([0]))).toBe("*");
  });

  it.each(["none", "", "m", "modelx", "Model", "/", "a", "a/", "b/", "claude/", "/model"])(
    "nobody serves %j",
    (model) => {
      use(routesTo("model"));
      expect(module.select(model)).toBeNull();
    },
  );

  it("serves nothing without routes but provider/model", () => {
    module.accept({ role: "gateway", providers: PROVIDERS });
    expect(module.select("gpt-4o")).toBeNull();
    expect(module.select("exact")).toBeNull();
    expect(targetsOf("claude/gpt-4o")).toEqual(["claude:claude-sonnet-4-5"]);
  });

  it("agrees with a plain search on many random routes", () => {
    const letters = ["a", "b", "-", "/", "é"];
    let state = 12345;
    const random = (bound: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % bound;
    };
    const word = (): string => Array.from({ length: random(7) }, () => letters[random(letters.length)]).join("");
    const patterns = [...new Set(Array.from({ length: 400 }, () => word() + (random(2) ? "*" : "")))].filter(
      (text) => text !== "",
    );
    // Without the providers `a` and `b`, which such names would call directly.
    const providers = [{ id: "only", type: "vllm" }];
    const routes = patterns.map((model) => ({ model, targets: [{ provider: "only" }] }));
    module.accept({ role: "gateway", providers, routes });
    const bytes = (text: string): number => Buffer.byteLength(text);
    for (let round = 0; round < 2000; round++) {
      const model = word();
      const fitting = patterns
        .filter((text) => text.endsWith("*") && model.startsWith(text.slice(0, -1)))
        .sort((left, right) => bytes(right) - bytes(left));
      expect(routeOf(model)).toBe(patterns.includes(model) ? model : (fitting[0] ?? null));
    }
  });
});

describe("provider/model", () => {
  it.each([
    ["a/gpt-4o", "a:gpt-4o", "a/*"],
    ["a/meta-llama/llama-3", "a:meta-llama/llama-3", "a/*"],
    ["a//", "a:/", "a/*"],
    ["a/ ", "a: ", "a/*"],
    ["b/exact", "b:mapped", "b/*"],
    ["b/other", "b:rest", "b/*"],
    ["b/keep-this", "b:keep-this", "b/*"],
    ["claude/gpt-4o", "claude:claude-sonnet-4-5", "claude/*"],
    ["claude/claude-x", "claude:claude-x", "claude/*"],
    ["A.b_c-9/m", "A.b_c-9:m", "A.b_c-9/*"],
    [`${"x".repeat(64)}/m`, `${"x".repeat(64)}:m`, `${"x".repeat(64)}/*`],
  ])("%s goes to %s", (model, target, route) => {
    use(routesTo("*", "a/gpt-4o", "a/*", "b/exact", "claude/*"));
    expect(targetsOf(model)).toEqual([target]);
    expect(routeOf(model)).toBe(route);
  });

  it("uses the top-level policy", () => {
    use(routesTo("*"), { fallback: { on: ["auth"], timeoutMs: 5 } });
    expect(module.select("a/m")?.policy).toMatchObject({ on: ["auth"], timeoutMs: 5 });
  });

  it.each(["a/", "b/", "claude/"])("%s names no model, whatever the routes are", (model) => {
    use(routesTo("*", "a/*"));
    expect(module.select(model)).toBeNull();
  });

  it.each(["A/m", "aa/m", "/m", "a\\m", `${"x".repeat(65)}/m`, "a%2Fm"])("%.10s names no provider", (model) => {
    use(routesTo("*"));
    expect(routeOf(model)).toBe("*");
  });
});

describe("upstream models", () => {
  it.each([
    ["exact", "mapped"],
    ["exactly", "rest"],
    ["pre", "prefixed"],
    ["prefix", "prefixed"],
    ["prefix-long", "long"],
    ["prefix-longer", "long"],
    ["keep", "keep"],
    ["keep-模型", "keep-模型"],
    ["z", "rest"],
  ])("maps %s to %s", (model, upstream) => {
    use([{ model: "*", targets: [{ provider: "b" }] }]);
    expect(targetsOf(model)).toEqual([`b:${upstream}`]);
  });

  it("maps once", () => {
    const providers = [{ id: "p", type: "openai", modelMapping: { one: "two", two: "three" } }];
    module.accept({ role: "gateway", providers, routes: [{ model: "*", targets: [{ provider: "p" }] }] });
    expect(targetsOf("one")).toEqual(["p:two"]);
  });

  it("does not map a target's own model", () => {
    use([{ model: "m", targets: [{ provider: "b", model: "exact" }] }]);
    expect(targetsOf("m")).toEqual(["b:exact"]);
  });

  it("maps for each target on its own", () => {
    use([
      {
        model: "gpt-4o",
        targets: [{ provider: "a" }, { provider: "claude" }, { provider: "b" }, { provider: "a", model: "y" }],
      },
    ]);
    expect(targetsOf("gpt-4o")).toEqual(["a:gpt-4o", "claude:claude-sonnet-4-5", "b:rest", "a:y"]);
  });

  it("keeps a name that no entry fits", () => {
    use([{ model: "*", targets: [{ provider: "claude" }] }]);
    expect(targetsOf('we"ird\\name\u0001')).toEqual(['claude:we"ird\\name\u0001']);
  });
});

describe("the route's policy", () => {
  it("goes along", () => {
    use([{ model: "m", targets: [{ provider: "a" }], fallback: { on: ["timeout"], firstTokenTimeoutMs: 5000 } }]);
    expect(module.select("m")?.policy).toEqual({
      on: ["timeout"],
      firstTokenTimeoutMs: 5000,
      attemptTimeoutMs: 300000,
      timeoutMs: 600000,
    });
  });
});

describe("tokens", () => {
  const tokensOf = (model: string): string[] => (module.select(model)?.targets ?? []).map((target) => target.apiToken);

  it("take turns, per provider", () => {
    const providers = [
      { id: "a", type: "openai", apiTokens: ["a1", "a2", "a3"] },
      { id: "b", type: "openai", apiTokens: ["b1"] },
      { id: "c", type: "vllm" },
    ];
    const routes = [{ model: "m", targets: [{ provider: "a" }, { provider: "b" }, { provider: "c" }] }];
    module.accept({ role: "gateway", providers, routes });
    expect([1, 2, 3, 4].map(() => tokensOf("m"))).toEqual([
      ["a1", "b1", ""],
      ["a2", "b1", ""],
      ["a3", "b1", ""],
      ["a1", "b1", ""],
    ]);
    expect(tokensOf("a/x")).toEqual(["a2"]);
  });

  it("differ between two targets of one provider", () => {
    const providers = [{ id: "a", type: "openai", apiTokens: ["a1", "a2"] }];
    const routes = [{ model: "m", targets: [{ provider: "a" }, { provider: "a" }] }];
    module.accept({ role: "gateway", providers, routes });
    expect(tokensOf("m")).toEqual(["a1", "a2"]);
  });
});

describe("the cost of a look-up", () => {
  /** The best of several measurements, in ms; a busy machine only ever adds. */
  function fastest(model: string): number {
    return Math.min(...Array.from({ length: 5 }, () => module.measureSelect(model, 5_000)));
  }

  it("does not grow with the number of routes", () => {
    const models = ["model-1-exact", "prefix-1-x", "nobody"];
    const routes = (count: number): unknown[] =>
      Array.from({ length: count }, (_, index) => [`model-${index}-exact`, `prefix-${index}-*`])
        .flat()
        .map((model) => ({ model, targets: [{ provider: "a" }] }));
    use(routes(2));
    const few = models.map(fastest);
    use(routes(4000));
    const many = models.map(fastest);
    // A search through 8,000 patterns takes some ten thousand steps; the bound leaves room for a noisy machine.
    models.forEach((_, index) => expect(many[index]).toBeLessThan(few[index]! * 8 + 2));
  });
});
