import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { listProviderTypes } from "../../assembly/providers/catalogue";
import { ConfigModule, type Config, type Provider } from "../support/config";

let module: ConfigModule;

beforeAll(async () => {
  module = await ConfigModule.load();
  module.setEnvironment({ KEY: "sk-1", OTHER: "sk-2", REGION: "eu", TRICKY: "${KEY}", UMLAUT: "größe" });
});

afterEach(() => {
  expect(module.liveBlocks()).toBe(0);
});

const DEFAULT_ON = ["rate-limit", "overloaded", "server-error", "timeout", "connect", "stream-error"];

/** What types need that have no address without it. */
const NEEDED_MEMBERS: Record<string, Record<string, unknown>> = {
  azure: { azureServiceUrl: "https://r.openai.azure.com", apiVersion: "2024-10-21" },
  cloudflare: { cloudflareAccountId: "account" },
  bedrock: { awsRegion: "us-east-1" },
  deepl: { targetLang: "DE" },
};

function provider(members: Record<string, unknown>): Provider {
  return module.accept({ role: "gateway", providers: [{ id: "p", type: "openai", ...members }] }).providers[0]!;
}

function withRoute(route: Record<string, unknown>, members: Record<string, unknown> = {}): Config {
  const providers = [
    { id: "p", type: "openai" },
    { id: "q", type: "claude" },
  ];
  return module.accept({
    role: "gateway",
    providers,
    routes: [{ model: "m", targets: [{ provider: "p" }], ...route }],
    ...members,
  });
}

describe("the role", () => {
  it.each([
    ["gateway", 1],
    ["single", 3],
  ])("%s", (role, number) => {
    expect(module.accept({ role, providers: [{ id: "p", type: "openai" }] }).role).toBe(number);
  });

  it("attempt needs nothing else", () => {
    const config = module.accept({ role: "attempt" });
    expect(config.role).toBe(2);
    expect(config.providers).toEqual([]);
  });

  it("may be written with escapes and white space", () => {
    expect(module.accept('\n{ "r\\u006fle" :\t"att\\u0065mpt" }\n').role).toBe(2);
  });
});

describe("defaults", () => {
  it("are those of the contract", () => {
    const config = module.accept({ role: "gateway", providers: [{ id: "p", type: "openai" }] });
    expect(config).toMatchObject({ maxBodyBytes: 33554432, maxModels: 200, routes: [] });
    expect(config.fallback).toEqual({
      on: DEFAULT_ON,
      firstTokenTimeoutMs: 30000,
      attemptTimeoutMs: 300000,
      timeoutMs: 600000,
    });
    expect(config.providers[0]).toEqual({
      index: 0,
      id: "p",
      type: "openai",
      cluster: "p",
      authority: "api.openai.com",
      basePath: "/v1",
      apiVersion: "",
      directRoute: "p/*",
      defaultMaxTokens: 4096,
      apiTokens: [],
      modelMapping: [],
      headers: {},
    });
  });

  it.each([
    ["limits", "maxBodyBytes", 1024, "maxBodyBytes"],
    ["limits", "maxBodyBytes", 536870912, "maxBodyBytes"],
    ["metrics", "maxModels", 0, "maxModels"],
    ["metrics", "maxModels", 10000, "maxModels"],
  ] as const)("%s.%s may be %d", (object, name, value, field) => {
    const config = module.accept({
      role: "gateway",
      providers: [{ id: "p", type: "openai" }],
      [object]: { [name]: value },
    });
    expect(config[field]).toBe(value);
  });
});

describe("providers", () => {
  it.each(listProviderTypes().map((type) => type.name))("may be of the type %s", (type) => {
    expect(provider({ type, ...NEEDED_MEMBERS[type] }).type).toBe(type);
  });

  it.each(["a", "A.b_c-9", "x".repeat(64), "0"])("may have the id %s", (id) => {
    const config = module.accept({ role: "gateway", providers: [{ id, type: "openai" }] });
    expect(config.providers[0]).toMatchObject({ id, cluster: id, directRoute: `${id}/*` });
  });

  it("keep their order and positions", () => {
    const providers = ["c", "a", "b"].map((id) => ({ id, type: "vllm" }));
    const config = module.accept({ role: "gateway", providers });
    expect(config.providers.map(({ id, index }) => [id, index])).toEqual([
      ["c", 0],
      ["a", 1],
      ["b", 2],
    ]);
  });

  it.each([
    ["a cluster", { cluster: "outbound|443||llm.internal.dns" }, { cluster: "outbound|443||llm.internal.dns" }],
    ["a cluster from the environment", { cluster: "openai-${REGION}" }, { cluster: "openai-eu" }],
    ["defaultMaxTokens", { defaultMaxTokens: 8192 }, { defaultMaxTokens: 8192 }],
    ["apiVersion", { type: "claude", apiVersion: "2023-06-01" }, { apiVersion: "2023-06-01" }],
    ["claudeVersion", { type: "anthropic", claudeVersion: "2023-06-01" }, { apiVersion: "2023-06-01" }],
    ["the compatible API of Qwen", { type: "dashscope", qwenEnableCompatible: true }, { type: "dashscope" }],
    ["the compatible API of Ollama", { type: "ollama", ollamaEnableCompatible: true }, { type: "ollama" }],
    [
      "headers in lower case",
      { headers: { "X-Org": "o", authorization: "Key ${KEY}", "x-empty": "" } },
      {
        headers: { "x-org": "o", authorization: "Key sk-1", "x-empty": "" },
      },
    ],
  ])("may have %s", (_name, members, expected) => {
    expect(provider(members)).toMatchObject(expected);
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ["the type's own", { type: "claude" }, "api.anthropic.com", "/v1"],
    ["no host of its own", { type: "vllm" }, "", "/v1"],
    ["providerDomain", { providerDomain: "proxy.example.com:8443" }, "proxy.example.com:8443", "/v1"],
    ["an IPv6 address", { providerDomain: "[::1]:8000" }, "[::1]:8000", "/v1"],
    ["providerDomain from the environment", { providerDomain: "${REGION}.example.com" }, "eu.example.com", "/v1"],
    [
      "members of the configuration in its path",
      { type: "cloudflare", cloudflareAccountId: "0a1b" },
      "api.cloudflare.com",
      "/client/v4/accounts/0a1b/ai/v1",
    ],
    [
      "another path for a plan",
      { type: "zhipuai", zhipuCodePlanMode: true },
      "open.bigmodel.cn",
      "/api/coding/paas/v4",
    ],
    [
      "a member under a second name",
      { type: "volcengine", doubaoDomain: "ark.example.com" },
      "ark.example.com",
      "/api/v3",
    ],
    ["providerBasePath before the type's path", { providerBasePath: "/proxy/" }, "api.openai.com", "/proxy/v1"],
    ["an empty providerDomain", { providerDomain: "" }, "api.openai.com", "/v1"],
    ["an empty custom URL", { openaiCustomUrl: "" }, "api.openai.com", "/v1"],
    ["an empty Ollama host", { type: "ollama", ollamaServerHost: "" }, "", "/v1"],
    ["an empty providerBasePath", { providerBasePath: "" }, "api.openai.com", "/v1"],
    ["providerBasePath of one slash", { providerBasePath: "/" }, "api.openai.com", "/v1"],
    ["a custom base URL", { openaiCustomUrl: "https://h.example.com:8443/api/v3/" }, "h.example.com:8443", "/api/v3"],
    ["a custom URL of the API", { openaiCustomUrl: "http://h/myai/v1/chat/completions" }, "h", "/myai/v1"],
    ["a custom URL without a scheme", { openaiCustomUrl: "h.example.com/v1" }, "h.example.com", "/v1"],
    ["a custom URL without a path", { openaiCustomUrl: "https://h" }, "h", ""],
    ["providerDomain over a custom URL", { openaiCustomUrl: "https://h/v9", providerDomain: "d" }, "d", "/v9"],
    [
      "providerBasePath before a custom URL's path",
      { openaiCustomUrl: "https://h/v9", providerBasePath: "/b" },
      "h",
      "/b/v9",
    ],
    ["vllmCustomUrl", { type: "vllm", vllmCustomUrl: "http://10.0.0.1:8000/v1" }, "10.0.0.1:8000", "/v1"],
    ["vllmServerHost", { type: "vllm", vllmServerHost: "vllm.local:8000" }, "vllm.local:8000", "/v1"],
    ["vllmCustomUrl over vllmServerHost", { type: "vllm", vllmServerHost: "a", vllmCustomUrl: "b/v2" }, "b", "/v2"],
    ["ollamaServerHost", { type: "ollama", ollamaServerHost: "ollama.local" }, "ollama.local:11434", "/v1"],
    ["ollamaServerPort", { type: "ollama", ollamaServerHost: "o", ollamaServerPort: 80 }, "o:80", "/v1"],
    [
      "qwenDomain",
      { type: "qwen", qwenDomain: "dashscope-finance.aliyuncs.com" },
      "dashscope-finance.aliyuncs.com",
      "/compatible-mode/v1",
    ],
    ["genericHost", { type: "generic", genericHost: "g.example.com" }, "g.example.com", "/v1"],
  ])("send to %s", (_name, members, authority, basePath) => {
    expect(provider(members)).toMatchObject({ authority, basePath });
  });

  it.each([
    ["plain", ["a", "b"], ["a", "b"]],
    ["from the environment", ["${KEY}"], ["sk-1"]],
    ["with text around", ["x-${KEY}-y-${OTHER}"], ["x-sk-1-y-sk-2"]],
    ["not replaced twice", ["${TRICKY}"], ["${KEY}"]],
    ["with a dollar and braces that are no reference", ["a$b{c}$", "}{"], ["a$b{c}$", "}{"]],
    ["written with escapes", ["\u0024{KEY}"], ["sk-1"]],
    ["none", [], []],
  ])("take tokens: %s", (_name, apiTokens, expected) => {
    expect(provider({ apiTokens }).apiTokens).toEqual(expected);
  });

  it("order their mapping by how much a pattern says", () => {
    const modelMapping = { "*": "d", "a*": "c", z: "1", "abc*": "a", "ab*": "", b: "${REGION}", "ü*": "${UMLAUT}" };
    expect(provider({ modelMapping }).modelMapping).toEqual([
      ["z", "1"],
      ["b", "eu"],
      ["abc*", "a"],
      ["ab*", ""],
      ["ü*", "größe"],
      ["a*", "c"],
      ["*", "d"],
    ]);
  });
});

describe("routes", () => {
  it("keep pattern, groups, models and weights", () => {
    const config = withRoute({
      model: "s-*",
      targets: [
        [
          { provider: "p", weight: 80 },
          { provider: "q", model: "up", weight: 0 },
        ],
        { provider: "q", weight: 7 },
      ],
    });
    expect(config.routes).toMatchObject([
      {
        index: 0,
        pattern: "s-*",
        prefix: "s-",
        isPrefix: true,
        groups: [
          [
            { provider: "p", model: "", weight: 80 },
            { provider: "q", model: "up", weight: 0 },
          ],
          [{ provider: "q", model: "", weight: 7 }],
        ],
      },
    ]);
  });

  it.each([
    ["exact", "m", "m", false],
    ["*", "*", "", true],
    ["with other scripts", "模型-*", "模型-", true],
    ["of 256 characters", "x".repeat(256), "x".repeat(256), false],
  ])("may have a pattern %s", (_name, model, prefix, isPrefix) => {
    expect(withRoute({ model }).routes[0]).toMatchObject({ pattern: model, prefix, isPrefix });
  });

  it("may have a prefix and an exact pattern of the same text", () => {
    const targets = [{ provider: "p" }];
    const routes = ["m", "m*", "m-", "*"].map((model) => ({ model, targets }));
    expect(module.accept({ role: "gateway", providers: [{ id: "p", type: "openai" }], routes }).routes).toHaveLength(4);
  });

  it("read a target's model from the environment", () => {
    const config = withRoute({ targets: [{ provider: "p", model: "gpt-${REGION}" }] });
    expect(config.routes[0]!.groups[0]![0]!.model).toBe("gpt-eu");
  });

  it("may have a hundred targets", () => {
    expect(withRoute({ targets: new Array(100).fill({ provider: "p" }) }).routes[0]!.groups).toHaveLength(100);
  });
});

describe("fallback", () => {
  it("is the top-level one when a route says nothing", () => {
    const fallback = { on: ["auth", "not-found"], firstTokenTimeoutMs: 1, attemptTimeoutMs: 2, timeoutMs: 86400000 };
    expect(withRoute({}, { fallback }).routes[0]!.fallback).toEqual(fallback);
  });

  it("of a route overrides single fields, whatever the order of the keys is", () => {
    const routes = [{ model: "m", targets: [{ provider: "p" }], fallback: { firstTokenTimeoutMs: 5000 } }];
    const rest = { providers: [{ id: "p", type: "openai" }], fallback: { timeoutMs: 7, on: ["timeout"] } };
    for (const plugin of [
      { role: "gateway", routes, ...rest },
      { ...rest, routes, role: "gateway" },
    ]) {
      const config = module.accept(plugin);
      expect(config.fallback).toEqual({
        on: ["timeout"],
        firstTokenTimeoutMs: 30000,
        attemptTimeoutMs: 300000,
        timeoutMs: 7,
      });
      expect(config.routes[0]!.fallback).toEqual({ ...config.fallback, firstTokenTimeoutMs: 5000 });
    }
  });

  it("on nothing is no fallback", () => {
    const config = withRoute({ fallback: { on: [] } });
    expect(config.routes[0]!.fallback.on).toEqual([]);
    expect(config.fallback.on).toEqual(DEFAULT_ON);
  });

  it("knows all names of failures", () => {
    const on = [...DEFAULT_ON, "auth", "not-found", "context-length", "content-filter", "bad-request"];
    expect(withRoute({ fallback: { on } }).routes[0]!.fallback.on).toEqual(on);
  });
});

describe("memory", () => {
  it("stays bounded when a configuration is read again and again", () => {
    const plugin = {
      role: "gateway",
      providers: [{ id: "p", type: "openai", apiTokens: ["${KEY}"], modelMapping: { a: "b", "c*": "" } }],
      routes: [{ model: "m", targets: [{ provider: "p" }] }],
    };
    for (let round = 0; round < 200; round++) module.accept(plugin);
    module.collectGarbage();
    const before = module.memoryBytes();
    for (let round = 0; round < 2000; round++) module.accept(plugin);
    module.collectGarbage();
    expect(module.memoryBytes()).toBe(before);
  });
});
