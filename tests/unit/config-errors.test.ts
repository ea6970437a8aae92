import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ConfigModule } from "../support/config";
import {
  type Case,
  ENVIRONMENT,
  expectRefused,
  PATTERN_STAR,
  plugin,
  withRoute,
  withTarget,
} from "../support/config-cases";

let module: ConfigModule;

beforeAll(async () => {
  module = await ConfigModule.load();
  module.setEnvironment(ENVIRONMENT);
});

afterEach(() => {
  expect(module.liveBlocks()).toBe(0);
});

const FAILURES =
  "rate-limit, overloaded, server-error, timeout, connect, stream-error, auth, not-found, context-length, content-filter, bad-request";

const TEXT: Case[] = [
  ["nothing", "", ['configuration: is empty; at least {"role":"attempt"} is needed']],
  ["a cut text", '{"role":', ["configuration: is not JSON: it ends too early, byte 8 (line 1, column 9)"]],
  [
    "a comment, with its line",
    '{\n  "role": "gateway", // which one\n}',
    ["configuration: is not JSON: byte 23 (line 2, column 22) (comments and trailing commas are not allowed)"],
  ],
  [
    "a key that stands twice",
    '{"role":"attempt","role":"gateway"}',
    ["configuration: the same key stands twice in one object, byte 18 (line 1, column 19); remove one"],
  ],
  [
    "a key that stands twice, written with an escape",
    '{"role":"attempt","r\\u006fle":"gateway"}',
    ["configuration: the same key stands twice in one object, byte 18 (line 1, column 19); remove one"],
  ],
  [
    "bytes that are not UTF-8",
    new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    ["configuration: is not JSON: it is not UTF-8 text, byte 2 (line 1, column 3)"],
  ],
  [
    "deep nesting",
    "[".repeat(300),
    ["configuration: lists and objects are nested deeper than 256 levels, byte 256 (line 1, column 257)"],
  ],
  ["a list", "[]", ["configuration: must be an object, found a list"]],
  ["null", "null", ["configuration: must be an object, found null"]],
  ["a number", "5", ["configuration: must be an object, found a number"]],
];

const TOP: Case[] = [
  ["no role", { providers: [{ id: "p", type: "openai" }] }, ['role: is missing; use "gateway", "attempt" or "single"']],
  ["an empty object", {}, ['role: is missing; use "gateway", "attempt" or "single"']],
  [
    "a misspelled role",
    plugin({ role: "gatway" }),
    ['role: no role has the name "gatway"; did you mean "gateway"?; use "gateway", "attempt" or "single"'],
  ],
  ["a role that is no string", plugin({ role: 1 }), ["role: must be a string, found a number"]],
  ["an empty role", plugin({ role: "" }), ["role: must not be empty"]],
  ["an unknown key that is close to one", plugin({ route: [] }), ['route: unknown key; did you mean "routes"?']],
  ["a key in other letters", plugin({ Limits: {} }), ['Limits: unknown key; did you mean "limits"?']],
  [
    "an unknown key that is close to none",
    plugin({ logging: true }),
    ["logging: unknown key; known: role, providers, routes, fallback, limits, metrics"],
  ],
  [
    "a key with a line break, on one line",
    plugin({ "a\nb": 1 }),
    ['["a?b"]: unknown key; known: role, providers, routes, fallback, limits, metrics'],
  ],
  [
    "Higress's shape",
    plugin({ provider: {}, activeProviderId: "p", _rules_: [] }),
    ["provider", "activeProviderId", "_rules_"].map(
      (key) =>
        `${key}: Higress's shape of the configuration is not supported yet by this version; use providers and routes`,
    ),
  ],
  [
    "more beside the attempt role",
    { role: "attempt", providers: [], limits: {} },
    ["providers", "limits"].map(
      (key) =>
        `${key}: does not belong here: an attempt filter needs only {"role":"attempt"} and uses the gateway filter's plan`,
    ),
  ],
  ["no providers", { role: "gateway" }, ["providers: is missing; list at least one provider"]],
  ["no providers in single mode", { role: "single" }, ["providers: is missing; list at least one provider"]],
  ["empty providers", { role: "gateway", providers: [] }, ["providers: must list at least one provider"]],
  ["providers that are no list", { role: "gateway", providers: {} }, ["providers: must be a list, found an object"]],
  ["routes that are no list", plugin({ routes: "m" }), ["routes: must be a list, found a string"]],
  ["limits that are no object", plugin({ limits: [] }), ["limits: must be an object, found a list"]],
  ["an unknown limit", plugin({ limits: { maxBody: 1 } }), ["limits.maxBody: unknown key; known: maxBodyBytes"]],
  ...[1023, 536870913, 0, -1, 1024.5, 1e300].map((value): Case => [
    `a body limit of ${value}`,
    plugin({ limits: { maxBodyBytes: value } }),
    ["limits.maxBodyBytes: must be a whole number from 1024 to 536870912"],
  ]),
  [
    "a body limit with an exponent",
    '{"role":"gateway","providers":[{"id":"p","type":"openai"}],"limits":{"maxBodyBytes":1e6}}',
    ["limits.maxBodyBytes: must be a whole number from 1024 to 536870912"],
  ],
  [
    "a body limit as text",
    plugin({ limits: { maxBodyBytes: "1MB" } }),
    ["limits.maxBodyBytes: must be a whole number from 1024 to 536870912, found a string"],
  ],
  ["metrics that are no object", plugin({ metrics: true }), ["metrics: must be an object, found a boolean"]],
  [
    "an unknown metrics key",
    plugin({ metrics: { maxModel: 1 } }),
    ['metrics.maxModel: unknown key; did you mean "maxModels"?'],
  ],
  [
    "too many models in the metrics",
    plugin({ metrics: { maxModels: 10001 } }),
    ["metrics.maxModels: must be a whole number from 0 to 10000"],
  ],
];

const ROUTES: Case[] = [
  ["a route that is no object", plugin({ routes: ["m"] }), ["routes[0]: must be an object, found a string"]],
  [
    "an empty route",
    plugin({ routes: [{}] }),
    [
      'routes[0].model: is missing; give a model\'s name, "prefix*" or "*"',
      "routes[0].targets: is missing; list where the model goes",
    ],
  ],
  ["an unknown key in a route", withRoute({ target: [] }), ['routes[0].target: unknown key; did you mean "targets"?']],
  ["a model that is no string", withRoute({ model: ["m"] }), ["routes[0].model: must be a string, found a list"]],
  ["an empty model", withRoute({ model: "" }), ["routes[0].model: must not be empty"]],
  ...["*a", "a*b", "**"].map((model): Case => [
    `the pattern ${model}`,
    withRoute({ model }),
    [`routes[0].model: ${PATTERN_STAR}`],
  ]),
  [
    "a pattern that is too long",
    withRoute({ model: "x".repeat(257) }),
    ["routes[0].model: must be 1 to 256 characters long, without control characters"],
  ],
  [
    "a pattern with a variable",
    withRoute({ model: "${KEY}" }),
    ["routes[0].model: environment variables are not read in patterns; write the name itself"],
  ],
  ...["m", "m-*", "*"].map((model): Case => [
    `the pattern ${model} twice`,
    plugin({ routes: ["other", model, "m*", model].map((name) => ({ model: name, targets: [{ provider: "p" }] })) }),
    [`routes[3].model: routes[1] has the same pattern "${model}"; remove one`],
  ]),
  [
    "targets that are no list",
    withRoute({ targets: { provider: "p" } }),
    ["routes[0].targets: must be a list, found an object"],
  ],
  ["no targets", withRoute({ targets: [] }), ["routes[0].targets: must list at least one target"]],
  ["an empty group", withRoute({ targets: [[]] }), ["routes[0].targets[0]: must list at least one target"]],
  [
    "a group in a group",
    withRoute({ targets: [[[{ provider: "p" }]]] }),
    ["routes[0].targets[0][0]: must be an object, found a list"],
  ],
  ["a target that is no object", withTarget("p"), ["routes[0].targets[0]: must be an object, found a string"]],
  [
    "too many targets",
    withRoute({ targets: new Array(101).fill({ provider: "p" }) }),
    ["routes[0].targets: must not hold more than 100 targets"],
  ],
  [
    "a target without provider",
    withTarget({ model: "x" }),
    ["routes[0].targets[0].provider: is missing; give a provider's id"],
  ],
  [
    "an unknown provider, close to one",
    plugin({
      providers: [
        { id: "dashscope", type: "qwen" },
        { id: "deepseek", type: "deepseek" },
      ],
      routes: [{ model: "m", targets: [[{ provider: "dashscope" }, { provider: "deepsek" }]] }],
    }),
    [
      'routes[0].targets[0][1].provider: no provider has the id "deepsek"; did you mean "deepseek"?; known: dashscope, deepseek',
    ],
  ],
  [
    "an unknown provider, close to none",
    withTarget({ provider: "bedrock" }),
    ['routes[0].targets[0].provider: no provider has the id "bedrock"; known: p'],
  ],
  [
    "a provider that is no string",
    withTarget({ provider: 1 }),
    ["routes[0].targets[0].provider: must be a string, found a number"],
  ],
  [
    "an unknown key in a target",
    withTarget({ provider: "p", models: "x" }),
    ['routes[0].targets[0].models: unknown key; did you mean "model"?'],
  ],
  ...["", "x*", "x\n", "y".repeat(257)].map((model): Case => [
    `the upstream model ${JSON.stringify(model).slice(0, 20)}`,
    withTarget({ provider: "p", model }),
    [
      "routes[0].targets[0].model: must be a model's name, 1 to 256 characters without a star; leave it out for the client's own",
    ],
  ]),
  [
    "an upstream model that is no string",
    withTarget({ provider: "p", model: 4 }),
    ["routes[0].targets[0].model: must be a string, found a number"],
  ],
  ...[-1, 0.5, 1000001].map((weight): Case => [
    `a weight of ${weight}`,
    withTarget({ provider: "p", weight }),
    ["routes[0].targets[0].weight: must be a whole number from 0 to 1000000"],
  ]),
  [
    "a weight as text",
    withTarget({ provider: "p", weight: "80%" }),
    ["routes[0].targets[0].weight: must be a whole number from 0 to 1000000, found a string"],
  ],
];

const FALLBACKS: Case[] = (
  [
    ["fallback", (fallback: unknown) => plugin({ fallback })],
    ["routes[0].fallback", (fallback: unknown) => withRoute({ fallback })],
  ] as const
).flatMap(([path, place]): Case[] => [
  [`${path} as a list`, place([]), [`${path}: must be an object, found a list`]],
  [`${path} as null`, place(null), [`${path}: must be an object, found null`]],
  [`${path} with an unknown key`, place({ timeout: 1 }), [`${path}.timeout: unknown key; did you mean "timeoutMs"?`]],
  [`${path} on a text`, place({ on: "timeout" }), [`${path}.on: must be a list, found a string`]],
  [
    `${path} on unknown failures`,
    place({ on: ["rate_limit", "ok", "cancelled", "5xx", 429, "timeout", "timeout"] }),
    [
      `${path}.on[0]: no failure has the name "rate_limit"; did you mean "rate-limit"?; known: ${FAILURES}`,
      `${path}.on[1]: no failure has the name "ok"; known: ${FAILURES}`,
      `${path}.on[2]: no failure has the name "cancelled"; known: ${FAILURES}`,
      `${path}.on[3]: no failure has the name "5xx"; known: ${FAILURES}`,
      `${path}.on[4]: must be a string, found a number`,
      `${path}.on[6]: "timeout" stands in the list twice; remove one`,
    ],
  ],
  ...["firstTokenTimeoutMs", "attemptTimeoutMs", "timeoutMs"].flatMap((name): Case[] => [
    ...[0, -1, 86400001, 1.5].map((value): Case => [
      `${path}.${name} of ${value}`,
      place({ [name]: value }),
      [`${path}.${name}: must be a whole number from 1 to 86400000`],
    ]),
    [
      `${path}.${name} as text`,
      place({ [name]: "5s" }),
      [`${path}.${name}: must be a whole number from 1 to 86400000, found a string`],
    ],
  ]),
]);

const GROUPS: Record<string, Case[]> = {
  "the text": TEXT,
  "the top level": TOP,
  routes: ROUTES,
  fallback: FALLBACKS,
};

describe.each(Object.entries(GROUPS))("refuses in %s", (_group, cases) => {
  it.each(cases)("%s", (_name, configuration, errors) => {
    expectRefused(module, configuration, errors);
  });
});

describe("many errors", () => {
  it("gathers them from everywhere", () => {
    const { errors } = module.parse({
      role: "gatewy",
      providers: [{ id: "a", type: "opnai", apiTokens: ["${NOPE}"] }, { id: "b" }],
      routes: [{ model: "a*b", targets: [{ provider: "c", weight: -1 }], fallback: { on: ["x"] } }],
      fallback: { timeoutMs: 0 },
      limits: { maxBodyBytes: 1 },
      extra: 1,
    });
    expect(errors.map((line) => line.slice(0, line.indexOf(": ")))).toEqual([
      "role",
      "extra",
      "fallback.timeoutMs",
      "providers[0].type",
      "providers[0].apiTokens[0]",
      "providers[1].type",
      "routes[0].model",
      "routes[0].targets[0].weight",
      "routes[0].targets[0].provider",
      "routes[0].fallback.on[0]",
      "limits.maxBodyBytes",
    ]);
  });

  it("shows a hundred and counts the rest", () => {
    const { errors } = module.parse(plugin({ routes: new Array(130).fill(1) }));
    expect(errors).toHaveLength(101);
    expect(errors[99]).toBe("routes[99]: must be an object, found a number");
    expect(errors[100]).toBe("configuration: 30 more errors are not shown; correct these first");
  });

  it("shortens long names", () => {
    const { errors } = module.parse(withTarget({ provider: "x".repeat(100_000) }));
    expect(errors).toEqual([`routes[0].targets[0].provider: no provider has the id "${"x".repeat(80)}..."; known: p`]);
  });
});
