import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { describe, expect, it } from "vitest";
import { findCertificates } from "../../scripts/up/certificates";
import { describeEnvoyFailure } from "../../scripts/up/envoy-process";
import { listPorts, readUpOptions } from "../../scripts/up/options";
import { preparePluginForMocks, preparePluginForVendors } from "../../scripts/up/providers";
import { VENDOR_NAMES } from "../mocks/types";

const PLUGIN = {
  role: "gateway",
  providers: [
    { id: "dashscope", type: "qwen", apiTokens: ["${DASHSCOPE_API_KEY}"] },
    { id: "deepseek", type: "deepseek", apiTokens: ["${DEEPSEEK_API_KEY}", "${DEEPSEEK_SECOND}"] },
    { id: "claude", type: "claude", apiTokens: ["${ANTHROPIC_API_KEY}"], headers: { "x-team": "${TEAM}" } },
  ],
  routes: [
    { model: "deepseek-chat", targets: [{ provider: "deepseek" }, { provider: "dashscope", model: "qwen-turbo" }] },
    {
      model: "smart",
      targets: [[{ provider: "claude", weight: 80 }, { provider: "dashscope" }], { provider: "claude" }],
    },
    { model: "claude-*", targets: [{ provider: "claude" }] },
    { model: "both", targets: [[{ provider: "claude" }], { provider: "claude" }] },
  ],
};

describe("--live", () => {
  it("keeps the providers with a key and what they can serve, and says what it left out", () => {
    const environment = { DASHSCOPE_API_KEY: "d", DEEPSEEK_SECOND: "s", ANTHROPIC_API_KEY: "a", OTHER_SECRET: "o" };
    const prepared = preparePluginForVendors(PLUGIN, environment);
    expect(prepared.plugin).toEqual({
      role: "gateway",
      providers: [PLUGIN.providers[0], { ...PLUGIN.providers[1], apiTokens: ["${DEEPSEEK_SECOND}"] }],
      routes: [PLUGIN.routes[0], { model: "smart", targets: [[{ provider: "dashscope" }]] }],
    });
    expect(prepared.environment).toEqual({ DASHSCOPE_API_KEY: "d", DEEPSEEK_SECOND: "s" });
    expect(prepared.notes).toEqual([
      "without a key, left out: claude (set TEAM)",
      "models without a provider, left out: claude-*, both",
    ]);
  });

  it("takes an empty variable for none, and needs at least one key", () => {
    expect(() => preparePluginForVendors(PLUGIN, { DASHSCOPE_API_KEY: "" })).toThrow(
      "--live needs the key of at least one provider: set one of ANTHROPIC_API_KEY, DASHSCOPE_API_KEY, DEEPSEEK_API_KEY",
    );
  });

  it("leaves a provider alone that needs no key, and the given object as it was", () => {
    const plugin = {
      providers: [{ id: "own", type: "vllm" }],
      routes: [{ model: "*", targets: [{ provider: "own" }] }],
    };
    const before = structuredClone(plugin);
    expect(preparePluginForVendors(plugin, {})).toEqual({ plugin, environment: {}, notes: [] });
    expect(plugin).toEqual(before);
  });

  it("finds certificate authorities, and brings Node's when the system has none", () => {
    const folder = mkdtempSync(join(tmpdir(), "modelmux-test-"));
    try {
      const chosen = new URL("fixtures/tls/authority.pem", import.meta.url).pathname;
      expect(findCertificates(folder, { SSL_CERT_FILE: chosen })).toBe(chosen);
      const own = findCertificates(folder, {}, []);
      expect(own.startsWith(folder)).toBe(true);
      expect(readFileSync(own, "utf8").match(/BEGIN CERTIFICATE/g)).toHaveLength(rootCertificates.length);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("the mocks", () => {
  it("get their own keys and nothing of the user's", () => {
    const keys = { dashscope: "k1", deepseek: "k2", anthropic: "k3", openai: "k4" };
    const { plugin, environment } = preparePluginForMocks(PLUGIN, keys);
    const tokens = (plugin as typeof PLUGIN).providers.map((provider) => provider.apiTokens);
    expect(tokens).toEqual([["k1"], ["k2"], ["k3"]]);
    expect(environment).toEqual({ TEAM: "mock-TEAM" });
  });
});

describe("options", () => {
  it("have defaults; a variable changes them, a flag wins", () => {
    expect(readUpOptions([], {})).toEqual({
      port: 8080,
      adminPort: 9901,
      mockPort: 9101,
      plugin: "envoy/gateway.json",
      isLive: false,
      googleTokenFile: "",
      logLevel: "warning",
      concurrency: 2,
    });
    const environment = {
      MODELMUX_PORT: "81",
      MODELMUX_ADMIN_PORT: "82",
      MODELMUX_MOCK_PORT: "83",
      MODELMUX_PLUGIN: "x.json",
    };
    expect(readUpOptions([], environment)).toMatchObject({ port: 81, adminPort: 82, mockPort: 83, plugin: "x.json" });
    expect(readUpOptions(["--port", "91", "--live"], environment)).toMatchObject({
      port: 91,
      adminPort: 82,
      isLive: true,
    });
    expect(readUpOptions(["--help"], {})).toBeNull();
  });

  it.each([
    [["--log-level", "loud"], 'log level "loud": say one of trace'],
    [["--concurrency", "0"], "the number of workers (--concurrency) must be 1 to 256"],
    [["--mock-port", "65534"], `--mock-port 65534: the ${VENDOR_NAMES.length} ports from there on do not exist`],
    [["--port", "9102"], `the ports overlap: gateway 9102, admin 9901, mocks 9101 to ${9100 + VENDOR_NAMES.length}`],
  ])("say what is wrong: %j", (flags, message) => {
    expect(() => readUpOptions(flags, {})).toThrow(message);
  });

  it("need no mock ports when live", () => {
    const options = readUpOptions(["--live", "--port", "9102"], {});
    expect(options === null ? [] : listPorts(options).map(({ port }) => port)).toEqual([9102, 9901]);
  });
});

describe("why Envoy did not start", () => {
  const line = (level: string, text: string) =>
    `[2026-01-01 00:00:00.000][1][${level}][wasm] [source/x.cc:1] ${text}\n`;

  it("is what the module says of the plugin JSON, once each, from however many VMs", () => {
    const complaint = line("critical", "wasm log modelmux: modelmux: configuration: routes[0].model: is missing");
    const other = line("critical", "wasm log modelmux: modelmux: configuration: fallback.on[1]: is unknown");
    const log = complaint + other + complaint + line("critical", "Plugin gateway failed to load");
    expect(describeEnvoyFailure(log, "a.json")).toBe("a.json: routes[0].model: is missing; fallback.on[1]: is unknown");
  });

  it("is Envoy's last error otherwise", () => {
    const log = line("info", "hello") + line("critical", "cannot bind '127.0.0.1:8080'") + "cannot bind\n";
    expect(describeEnvoyFailure(log, "a.json")).toBe("Envoy did not start: cannot bind '127.0.0.1:8080'");
    expect(describeEnvoyFailure("GLIBC_2.31 not found\n", "a.json")).toBe("Envoy did not start: GLIBC_2.31 not found");
    expect(describeEnvoyFailure("", "a.json")).toBeNull();
  });
});
