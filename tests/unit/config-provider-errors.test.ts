import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { listProviderTypes } from "../../assembly/providers/catalogue";
import { ConfigModule } from "../support/config";
import { type Case, ENVIRONMENT, expectRefused, PATTERN_STAR, plugin, withProvider } from "../support/config-cases";

let module: ConfigModule;

beforeAll(async () => {
  module = await ConfigModule.load();
  module.setEnvironment(ENVIRONMENT);
});

afterEach(() => {
  expect(module.liveBlocks()).toBe(0);
});

const SUPPORTED_TYPES = listProviderTypes().map((type) => type.name);
const SUPPORTED = SUPPORTED_TYPES.join(", ");

const PROVIDERS: Case[] = [
  [
    "a provider that is no object",
    plugin({ providers: ["openai"] }),
    ["providers[0]: must be an object, found a string"],
  ],
  [
    "a provider without id and type",
    plugin({ providers: [{}] }),
    [
      `providers[0].type: is missing; supported: ${SUPPORTED}`,
      "providers[0].id: is missing; give every provider an id of its own",
    ],
  ],
  ...["", "a b", "a/b", "ä", "${KEY}", "x".repeat(65), "a\u0000"].map((id): Case => [
    `the id ${JSON.stringify(id)}`,
    plugin({ providers: [{ id, type: "openai" }] }),
    [
      id === ""
        ? "providers[0].id: must not be empty"
        : "providers[0].id: must be 1 to 64 letters, digits, dots, underscores or hyphens",
    ],
  ]),
  ["an id that is null", withProvider({ id: null }), ["providers[0].id: must be a string, found null"]],
  [
    "an id that stands twice",
    plugin({
      providers: [
        { id: "p", type: "openai" },
        { id: "q", type: "vllm" },
        { id: "p", type: "claude" },
      ],
    }),
    ["providers[2].id: another provider has the same id; every id must be used once"],
  ],
  [
    "a misspelled type",
    withProvider({ type: "deepsek" }),
    [`providers[0].type: no provider type has the name "deepsek"; did you mean "deepseek"?; supported: ${SUPPORTED}`],
  ],
  [
    "a made-up type, and a member that no type has",
    withProvider({ type: "skynet", wieght: 1 }),
    [
      `providers[0].type: no provider type has the name "skynet"; supported: ${SUPPORTED}`,
      "providers[0].wieght: unknown key; known: id, type, cluster, apiTokens, modelMapping, headers, providerDomain, providerBasePath, defaultMaxTokens",
    ],
  ],
  ["a type that is no string", withProvider({ type: 7 }), ["providers[0].type: must be a string, found a number"]],
  [
    "a misspelled member",
    withProvider({ apiToken: [] }),
    ['providers[0].apiToken: unknown key; did you mean "apiTokens"?'],
  ],
  [
    "a member close to one that belongs to the type",
    withProvider({ openaiCustomURl: "x" }),
    ['providers[0].openaiCustomURl: unknown key; did you mean "openaiCustomUrl"?'],
  ],
  ["an empty cluster", withProvider({ cluster: "" }), clusterError()],
  ["a cluster with a space", withProvider({ cluster: "my cluster" }), clusterError()],
  [
    "a cluster that is no string",
    withProvider({ cluster: {} }),
    ["providers[0].cluster: must be a string, found an object"],
  ],
  ...[0, -5, 1.5, 10000001].map((value): Case => [
    `defaultMaxTokens of ${value}`,
    withProvider({ defaultMaxTokens: value }),
    ["providers[0].defaultMaxTokens: must be a whole number from 1 to 10000000"],
  ]),
];

function clusterError(): string[] {
  return ["providers[0].cluster: must be the name of an Envoy cluster: 1 to 255 visible ASCII characters"];
}

/** All types of Higress's ai-proxy. */
const HIGRESS_TYPES =
  "openai azure moonshot ai360 github qwen groq grok baichuan yi deepseek zhipuai ollama claude baidu hunyuan stepfun minimax cloudflare spark gemini deepl mistral cohere doubao coze together-ai dify bedrock vertex triton openrouter longcat fireworks galadriel vllm generic kling".split(
    " ",
  );

const HIGRESS_FIELDS: Case[] = [
  ...(
    [
      ["awsRegion", "bedrock"],
      ["azureServiceUrl", "azure"],
      ["vertexProjectId", "vertex"],
      ["vertexRegion", "vertex"],
      ["apiVersion", "claude, gemini, vertex, azure"],
      ["claudeVersion", "claude"],
      ["qwenDomain", "qwen"],
      ["qwenEnableCompatible", "qwen"],
      ["ollamaServerHost", "ollama"],
      ["vllmCustomUrl", "vllm"],
      ["geminiSafetySetting", "gemini, vertex"],
      ["klingAccessKey", "kling"],
    ] as const
  ).map(([field, owners]): Case => [
    `${field} at another type`,
    // The value fits, so that only its place is wrong.
    withProvider({ [field]: field === "qwenEnableCompatible" ? true : field === "vllmCustomUrl" ? "h/v1" : "host" }),
    [`providers[0].${field}: belongs to the type ${owners}, not to openai; remove it`],
  ]),
  [
    "openaiCustomUrl at vllm",
    withProvider({ type: "vllm", openaiCustomUrl: "https://h/v1" }),
    ["providers[0].openaiCustomUrl: belongs to the type openai, not to vllm; remove it"],
  ],
  [
    "a member that is not read yet",
    withProvider({ type: "claude", claudeCodeMode: true }),
    ["providers[0].claudeCodeMode: is known but not supported yet by this version; remove it"],
  ],
  [
    "Higress's failover",
    withProvider({ failover: { enabled: true } }),
    [
      "providers[0].failover: is known but not supported yet by this version; list several targets in a route and set its fallback instead",
    ],
  ],
  [
    "Higress's first byte timeout",
    withProvider({ firstByteTimeout: 1 }),
    [
      "providers[0].firstByteTimeout: is known but not supported yet by this version; set fallback.firstTokenTimeoutMs instead",
    ],
  ],
  [
    "a switch that is no boolean",
    withProvider({ type: "qwen", qwenEnableCompatible: "false" }),
    ["providers[0].qwenEnableCompatible: must be true or false, found a string"],
  ],
  [
    "both names of Claude's version",
    withProvider({ type: "claude", apiVersion: "2023-06-01", claudeVersion: "2023-06-01" }),
    ["providers[0].claudeVersion: says the same as apiVersion; remove one"],
  ],
  [
    "a version with a line break",
    withProvider({ type: "claude", apiVersion: "a\r\nb" }),
    ["providers[0].apiVersion: must be a version as the vendor writes it, such as 2023-06-01"],
  ],
];

const ADDRESSES: Case[] = [
  ...["https://h", "h/v1", "a b", "user@h", "h:0", "h:65536", "h:x", ":80", "[::1", "h\r\n", "[]:80"].map(
    (host): Case => [
      `providerDomain ${JSON.stringify(host)}`,
      withProvider({ providerDomain: host }),
      ["providers[0].providerDomain: must be a host, with or without :port, such as api.example.com"],
    ],
  ),
  ...["v1", "/a?b", "/a#b", "/a b", "/ä", "https://h/v1"].map((path): Case => [
    `providerBasePath ${JSON.stringify(path)}`,
    withProvider({ providerBasePath: path }),
    ["providers[0].providerBasePath: must be a path that begins with a slash, without query and fragment"],
  ]),
  ...["https://", "https:///v1", "https://user:password@h/v1", "https://h/v1?key=secret", "ftp://h/", "h/v1#x"].map(
    (url): Case => [
      `openaiCustomUrl ${JSON.stringify(url)}`,
      withProvider({ openaiCustomUrl: url }),
      [
        "providers[0].openaiCustomUrl: must be a URL such as https://api.example.com/v1, without user, query and fragment",
      ],
    ],
  ),
  [
    "an Ollama port without a host",
    withProvider({ type: "ollama", ollamaServerPort: 11434 }),
    ["providers[0].ollamaServerPort: needs ollamaServerHost beside it"],
  ],
  [
    "an Ollama host with a port",
    withProvider({ type: "ollama", ollamaServerHost: "h:1" }),
    ["providers[0].ollamaServerHost: must be a host without a port, such as ollama.example.com"],
  ],
  [
    "an Ollama port out of range",
    withProvider({ type: "ollama", ollamaServerHost: "h", ollamaServerPort: 70000 }),
    ["providers[0].ollamaServerPort: must be a whole number from 1 to 65535"],
  ],
];

const NOT_PRINTABLE = "must be printable ASCII without line breaks and without spaces at its ends";

const SECRETS: Case[] = [
  [
    "one token instead of a list",
    withProvider({ apiTokens: "sk-secret" }),
    ["providers[0].apiTokens: must be a list, found a string"],
  ],
  [
    "tokens of wrong types",
    withProvider({ apiTokens: [1, null, ["sk-secret"]] }),
    [
      "providers[0].apiTokens[0]: must be a string, found a number",
      "providers[0].apiTokens[1]: must be a string, found null",
      "providers[0].apiTokens[2]: must be a string, found a list",
    ],
  ],
  ...[
    "sk-secret\n",
    "sk-secret\r\nx: y",
    " sk-secret",
    "sk-secret ",
    "sk-secret\u0000",
    "sk-secret-ä",
    "${BROKEN}",
    "${SPACED}",
  ].map((token): Case => [
    `the token ${JSON.stringify(token)}`,
    withProvider({ apiTokens: ["ok", token] }),
    [`providers[0].apiTokens[1]: ${NOT_PRINTABLE}`],
  ]),
  ...["", "${EMPTY}"].map((token): Case => [
    `the empty token ${JSON.stringify(token)}`,
    withProvider({ apiTokens: [token] }),
    ["providers[0].apiTokens[0]: is empty; give the key, or remove it when the provider needs none"],
  ]),
  [
    "missing variables, each one",
    withProvider({ apiTokens: ["${NOPE}", "a${KEY}b${NEITHER}${NOR}"] }),
    [
      ["providers[0].apiTokens[0]", "NOPE"],
      ["providers[0].apiTokens[1]", "NEITHER"],
      ["providers[0].apiTokens[1]", "NOR"],
    ].map(
      ([path, name]) =>
        `${path}: the environment variable ${name} is not set; set it and hand it to the Wasm VM (vm_config.environment_variables)`,
    ),
  ],
  ...["${", "${}", "${KEY", "${1KEY}", "${MY KEY}", "${sk-secret}", "${KEY:-secret}", "${${KEY}}"].map(
    (token): Case => [
      `the malformed reference ${token}`,
      withProvider({ apiTokens: [token] }),
      ["providers[0].apiTokens[0]: has a malformed ${...}; write ${NAME} with letters, digits and underscores"],
    ],
  ),
  ["headers that are a list", withProvider({ headers: [] }), ["providers[0].headers: must be an object, found a list"]],
  [
    "header values of wrong types and contents",
    withProvider({ headers: { a: 1, b: "x\ny", c: "${NOPE}" } }),
    [
      "providers[0].headers.a: must be a string, found a number",
      `providers[0].headers.b: ${NOT_PRINTABLE}`,
      "providers[0].headers.c: the environment variable NOPE is not set; set it and hand it to the Wasm VM (vm_config.environment_variables)",
    ],
  ],
  ...["", "a b", "Authorization: Bearer sk-secret", "ä", "a\n", "\u212Aey", "(x)", ":", ":a b"].map((name): Case => [
    `the header name ${JSON.stringify(name)}`,
    withProvider({ headers: { [name]: "v" } }),
    ['providers[0].headers: holds a name that is no HTTP header name; write { "name": "value" }'],
  ]),
  [
    "a pseudo header",
    withProvider({ headers: { ":authority": "h" } }),
    ['providers[0].headers[":authority"]: pseudo headers cannot be set here; use providerDomain and providerBasePath'],
  ],
  [
    "the host header",
    withProvider({ headers: { Host: "h" } }),
    ["providers[0].headers.host: cannot be set here; use providerDomain"],
  ],
  ...["Transfer-Encoding", "connection", "TE", "upgrade", "keep-alive"].map((name): Case => [
    `the header ${name}`,
    withProvider({ headers: { [name]: "v" } }),
    [`${headerPath(name)}: belongs to the connection and cannot be set`],
  ]),
  ...["Content-Length", "content-type", "accept-encoding", "content-encoding"].map((name): Case => [
    `the header ${name}`,
    withProvider({ headers: { [name]: "1" } }),
    [`${headerPath(name)}: is set by the gateway and cannot be set here`],
  ]),
  [
    "a header that stands twice",
    withProvider({ headers: { "X-A": "1", "x-a": "2" } }),
    ['providers[0].headers["x-a"]: stands here twice: upper and lower case are the same'],
  ],
];

function headerPath(name: string): string {
  const lower = name.toLowerCase();
  return lower.includes("-") ? `providers[0].headers["${lower}"]` : `providers[0].headers.${lower}`;
}

const MAPPED = "must be a model's name without a star and control characters, or empty to keep the name";

const MAPPINGS: Case[] = [
  [
    "a mapping that is a list",
    withProvider({ modelMapping: [] }),
    ["providers[0].modelMapping: must be an object, found a list"],
  ],
  ...["*x", "a*b", "**", "a**"].map((from): Case => [
    `the mapped pattern ${from}`,
    withProvider({ modelMapping: { [from]: "m" } }),
    [`providers[0].modelMapping["${from}"]: ${PATTERN_STAR}`],
  ]),
  [
    "a pattern that stands twice",
    '{"role":"gateway","providers":[{"id":"p","type":"openai","modelMapping":{"a*":"x","b":"","a*":"y"}}]}',
    ["configuration: the same key stands twice in one object, byte 89 (line 1, column 90); remove one"],
  ],
  [
    "an empty pattern",
    withProvider({ modelMapping: { "": "m" } }),
    ['providers[0].modelMapping[""]: must be 1 to 256 characters long, without control characters'],
  ],
  [
    "a variable in a pattern",
    withProvider({ modelMapping: { "${KEY}": "m" } }),
    ['providers[0].modelMapping["${KEY}"]: environment variables are not read in patterns; write the name itself'],
  ],
  [
    "mapped values that are no names",
    withProvider({ modelMapping: { a: 1, b: "x*", c: "x\n", d: "y".repeat(257), "e-f": "${NOPE}" } }),
    [
      "providers[0].modelMapping.a: must be a string, found a number",
      `providers[0].modelMapping.b: ${MAPPED}`,
      `providers[0].modelMapping.c: ${MAPPED}`,
      `providers[0].modelMapping.d: ${MAPPED}`,
      'providers[0].modelMapping["e-f"]: the environment variable NOPE is not set; set it and hand it to the Wasm VM (vm_config.environment_variables)',
    ],
  ],
];

const GROUPS: Record<string, Case[]> = {
  providers: PROVIDERS,
  "members of other types": HIGRESS_FIELDS,
  "hosts and paths": ADDRESSES,
  "tokens and headers": SECRETS,
  modelMapping: MAPPINGS,
};

it("supports all 38 types of Higress", () => {
  expect(new Set(HIGRESS_TYPES).size).toBe(38);
  expect(HIGRESS_TYPES.filter((type) => !SUPPORTED_TYPES.includes(type))).toEqual([]);
});

describe.each(Object.entries(GROUPS))("refuses in %s", (_group, cases) => {
  it.each(cases)("%s", (_name, configuration, errors) => {
    expectRefused(module, configuration, errors);
  });
});
