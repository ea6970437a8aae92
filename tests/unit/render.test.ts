import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { renderCommittedFiles, renderEnvoy, type RenderOptions } from "../../scripts/render";
import { projectPath } from "../../scripts/support/project";

const PLUGIN = {
  role: "gateway",
  providers: [
    { id: "dashscope", type: "qwen", apiTokens: ["${DASHSCOPE_API_KEY}"] },
    { id: "first", type: "openai", cluster: "shared", apiTokens: ["${A}", "${B}"] },
    { id: "second", type: "openai", cluster: "shared", headers: { "x-team": "${TEAM}" } },
  ],
  routes: [{ model: "*", targets: [{ provider: "first" }], fallback: { timeoutMs: 900000 } }],
  limits: { maxBodyBytes: 1000000 },
};

/** The parsed configuration, and shortcuts to its parts. */
function render(plugin: object = PLUGIN, options: RenderOptions = {}) {
  const root = parse(renderEnvoy(plugin, options));
  const listener = root.static_resources.listeners[0];
  const manager = listener.filter_chains[0].filters[0].typed_config;
  const [gateway, router] = manager.http_filters;
  const route = manager.route_config.virtual_hosts[0].routes[0];
  const attempt = router.typed_config.upstream_http_filters[0];
  return { root, listener, manager, route, gateway, attempt, router, clusters: root.static_resources.clusters };
}

describe("the committed configurations", () => {
  for (const { path, text } of renderCommittedFiles()) {
    it(`${path} is not stale (else: npm run render)`, () => {
      expect(readFileSync(projectPath(path), "utf8")).toBe(text);
    });
  }

  it("differ only in where things are", () => {
    const [live, mocks, docker] = renderCommittedFiles().map(({ text }) => parse(text));
    docker.admin.address.socket_address.address = "127.0.0.1";
    docker.static_resources.listeners[0].address.socket_address.address = "127.0.0.1";
    for (const other of [mocks, docker]) {
      expect({ ...other, static_resources: { ...other.static_resources, clusters: [] } }).toEqual({
        ...live,
        static_resources: { ...live.static_resources, clusters: [] },
      });
    }
  });
});

describe("both filters", () => {
  it("share one VM configuration and carry the plugin JSON and the role of an attempt", () => {
    const { gateway, attempt } = render();
    expect(attempt.typed_config.config.vm_config).toEqual(gateway.typed_config.config.vm_config);
    expect(JSON.parse(gateway.typed_config.config.configuration.value)).toEqual(PLUGIN);
    expect(JSON.parse(attempt.typed_config.config.configuration.value)).toEqual({ role: "attempt" });
    for (const filter of [gateway, attempt]) {
      expect(filter.typed_config.config).toMatchObject({
        allow_on_headers_stop_iteration: true,
        failure_policy: "FAIL_RELOAD",
      });
    }
  });

  it("see exactly the variables that the plugin JSON names", () => {
    const { host_env_keys } = render().gateway.typed_config.config.vm_config.environment_variables;
    expect(host_env_keys).toEqual(["A", "B", "DASHSCOPE_API_KEY", "TEAM"]);
    const without = render({ ...PLUGIN, providers: [{ id: "local", type: "openai", apiTokens: ["literal"] }] });
    expect(without.gateway.typed_config.config.vm_config).not.toHaveProperty("environment_variables");
  });

  it("load the module from where it is said to be", () => {
    const { code } = render(PLUGIN, { module: "/other/x.wasm" }).gateway.typed_config.config.vm_config;
    expect(code.local.filename).toBe("/other/x.wasm");
  });
});

describe("the route", () => {
  it("follows the cluster in filter state, one entry per distinct cluster, and asks again on every retry", () => {
    const { route } = render();
    const specifier = route.route.inline_cluster_specifier_plugin.extension.typed_config.cluster_matcher.matcher_tree;
    expect(specifier.input.typed_config.key).toBe("wasm.modelmux_cluster");
    const map = specifier.exact_match_map.map;
    expect(Object.keys(map)).toEqual(["dashscope", "shared"]);
    expect(map.shared.action.typed_config.cluster).toBe("shared");
    expect(route.route).toMatchObject({
      timeout: "0s",
      retry_policy: {
        refresh_cluster_on_retry: true,
        retry_back_off: { base_interval: "0.001s" },
      },
    });
    expect(route.route.retry_policy).not.toHaveProperty("retry_on");
  });

  it("outlives the longest timeout of the plugin JSON", () => {
    expect(render().manager.stream_idle_timeout).toBe("930s");
    expect(render({ ...PLUGIN, routes: [] }).manager.stream_idle_timeout).toBe("630s");
  });
});

describe("buffers and breakers", () => {
  it("hold a body of the limit, on both sides and for a retry", () => {
    const { listener, route, clusters } = render();
    const limits = [
      listener.per_connection_buffer_limit_bytes,
      route.request_body_buffer_limit,
      ...clusters.map((cluster: { per_connection_buffer_limit_bytes: number }) => {
        return cluster.per_connection_buffer_limit_bytes;
      }),
    ];
    for (const limit of limits) {
      expect(limit).toBeGreaterThan(1000000);
      expect(limit).toBeLessThan(3000000);
    }
    expect(render({ ...PLUGIN, limits: undefined }).listener.per_connection_buffer_limit_bytes).toBeGreaterThan(
      33554432,
    );
  });

  it("allow more concurrent retries than Envoy's three", () => {
    for (const cluster of render().clusters) {
      expect(cluster.circuit_breakers.thresholds).toEqual([
        { max_connections: 100000, max_pending_requests: 100000, max_requests: 100000, max_retries: 100000 },
      ]);
    }
  });
});

describe("clusters", () => {
  it("reach the vendor's own host over verified TLS", () => {
    const [dashscope, shared] = render().clusters;
    expect(dashscope).toMatchObject({ type: "LOGICAL_DNS", connect_timeout: "5s" });
    expect(dashscope.load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address).toEqual({
      address: "dashscope.aliyuncs.com",
      port_value: 443,
    });
    const tls = dashscope.transport_socket.typed_config;
    expect(tls.sni).toBe("dashscope.aliyuncs.com");
    expect(tls.common_tls_context.validation_context).toEqual({
      trusted_ca: { filename: "/etc/ssl/certs/ca-certificates.crt" },
      match_typed_subject_alt_names: [{ san_type: "DNS", matcher: { exact: "dashscope.aliyuncs.com" } }],
    });
    expect(shared.transport_socket.typed_config.sni).toBe("api.openai.com");
  });

  it("take providerDomain before the type's host, with a port when it names one", () => {
    const plugin = (providerDomain: string) => ({
      ...PLUGIN,
      providers: [{ id: "own", type: "vllm", providerDomain }],
    });
    const [plain] = render(plugin("models.example.com")).clusters;
    const [other] = render(plugin("models.example.com:8443")).clusters;
    const address = (cluster: typeof plain) =>
      cluster.load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address;
    expect(address(plain)).toEqual({ address: "models.example.com", port_value: 443 });
    expect(address(other)).toEqual({ address: "models.example.com", port_value: 8443 });
    expect(other.transport_socket.typed_config.sni).toBe("models.example.com");
  });

  const provider = (members: object) => ({ ...PLUGIN, providers: [{ id: "p", ...members }] });
  it.each<[string, object, string, number]>([
    ["a member in its place", { type: "cloudflare", cloudflareAccountId: "a1" }, "api.cloudflare.com", 443],
    [
      "Azure's URL",
      { type: "azure", azureServiceUrl: "https://r.openai.azure.com/openai/v1" },
      "r.openai.azure.com",
      443,
    ],
    [
      "Azure's host",
      { type: "azure", providerDomain: "r.openai.azure.com", apiVersion: "1" },
      "r.openai.azure.com",
      443,
    ],
    ["a URL", { type: "openai", openaiCustomUrl: "https://own.example.com:8443/v1" }, "own.example.com", 8443],
    ["a host", { type: "generic", genericHost: "own.example.com" }, "own.example.com", 443],
    ["a host of a second name", { type: "volcengine", doubaoDomain: "ark.example.com" }, "ark.example.com", 443],
    ["a host and a port", { type: "ollama", ollamaServerHost: "own.example.com" }, "own.example.com", 11434],
    [
      "its own domain first",
      { type: "qwen", qwenDomain: "a.example.com", providerDomain: "b.example.com" },
      "b.example.com",
      443,
    ],
    [
      "a region",
      { type: "vertex", vertexRegion: "europe-west4", vertexProjectId: "p" },
      "europe-west4-aiplatform.googleapis.com",
      443,
    ],
    ["no region", { type: "vertex", vertexRegion: "global", vertexProjectId: "p" }, "aiplatform.googleapis.com", 443],
    ["a variable", { type: "azure", azureServiceUrl: "https://${RENDER_TEST_HOST}/openai/v1" }, "set.example.com", 443],
  ])("take the host from %s", (_name, members, address, port) => {
    process.env["RENDER_TEST_HOST"] = "set.example.com";
    const [cluster] = render(provider(members)).clusters;
    expect(cluster.load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address).toEqual({
      address,
      port_value: port,
    });
    expect(cluster.transport_socket.typed_config.sni).toBe(address);
  });

  it("need no host at all at a given endpoint", () => {
    const azure = provider({ type: "azure", azureServiceUrl: "https://${RENDER_TEST_MISSING}.openai.azure.com" });
    expect(render(azure, { endpoints: { p: "127.0.0.1:1" } }).clusters[0]).toMatchObject({ type: "STATIC" });
  });

  it("are plain text at a given endpoint, by address or by name", () => {
    const endpoints = { dashscope: "127.0.0.1:9103", shared: "mocks:9101" };
    const [byAddress, byName] = render(PLUGIN, { endpoints }).clusters;
    expect(byAddress).toMatchObject({ type: "STATIC" });
    expect(byName).toMatchObject({ type: "STRICT_DNS" });
    expect(byAddress).not.toHaveProperty("transport_socket");
    expect(byName).not.toHaveProperty("transport_socket");
  });
});

describe("what is seen from outside", () => {
  it("is on loopback unless something else is asked for", () => {
    const { root, listener } = render();
    expect(root.admin.address.socket_address).toEqual({ address: "127.0.0.1", port_value: 9901 });
    expect(listener.address.socket_address).toEqual({ address: "127.0.0.1", port_value: 8080 });
    const other = render(PLUGIN, { port: 81, adminPort: 82 });
    expect(other.root.admin.address.socket_address.port_value).toBe(82);
    expect(other.listener.address.socket_address.port_value).toBe(81);
  });

  it("turns the labels in the module's metric names into Prometheus labels", () => {
    const tags = render().root.stats_config.stats_tags as { tag_name: string; regex: string }[];
    const name = "wasmcustom.modelmux_fallbacks_total;route=qwen-*;from=deepseek;to=dashscope;reason=rate-limit";
    const labels = tags.flatMap(({ tag_name, regex }) => {
      const value = new RegExp(regex).exec(name)?.[2];
      return value === undefined ? [] : [[tag_name, value]];
    });
    expect(Object.fromEntries(labels)).toEqual({
      route: "qwen-*",
      from: "deepseek",
      to: "dashscope",
      reason: "rate-limit",
    });
    expect(tags.map((tag) => tag.tag_name)).toEqual([
      "route",
      "provider",
      "model",
      "outcome",
      "type",
      "from",
      "to",
      "reason",
    ]);
  });

  it("logs no header but the request id, and no query", () => {
    const log = render().manager.access_log[0].typed_config.log_format.json_format as Record<string, string>;
    expect(log["modelmux"]).toBe("%FILTER_STATE(wasm.modelmux:PLAIN)%");
    expect(log["path"]).toBe("%PATH(NQ)%");
    expect(Object.values(log).filter((value) => /%RE[QS]P?\(/.test(value))).toEqual([
      "%REQ(:METHOD)%",
      "%REQ(X-REQUEST-ID)%",
    ]);
    const { access_log } = render(PLUGIN, { logPath: "access.log" }).manager;
    expect(access_log[0].typed_config.path).toBe("access.log");
  });
});

describe("a plugin JSON that cannot be rendered", () => {
  const cases: [string, object, string][] = [
    ["no providers", { role: "gateway" }, "plugin JSON: providers: must be a list"],
    ["an empty list", { providers: [] }, "plugin JSON: providers: at least one provider is needed"],
    ["a provider that is a text", { providers: ["x"] }, "plugin JSON: providers[0]: must be an object"],
    ["no id", { providers: [{ type: "openai" }] }, "plugin JSON: providers[0].id: must be a text that is not empty"],
    [
      "an unknown type",
      { providers: [{ id: "a", type: "opnai" }] },
      'plugin JSON: providers[0].type: unknown provider type "opnai" (known: openai,',
    ],
    [
      "a type without a host",
      { providers: [{ id: "a", type: "vllm" }] },
      'plugin JSON: providers[0]: type "vllm" has no host of its own: set providerDomain',
    ],
    [
      "a member that its host needs",
      { providers: [{ id: "a", type: "azure" }] },
      "plugin JSON: providers[0].azureServiceUrl: is missing; the type azure needs it for its host",
    ],
    [
      "a variable that is not set",
      { providers: [{ id: "a", type: "azure", azureServiceUrl: "https://${RENDER_TEST_MISSING}.openai.azure.com" }] },
      "plugin JSON: providers[0]: its host is known once RENDER_TEST_MISSING is set in the environment",
    ],
    [
      "one cluster for two Azure resources",
      {
        providers: [
          { id: "a", type: "azure", cluster: "c", azureServiceUrl: "https://one.openai.azure.com" },
          { id: "b", type: "azure", cluster: "c", azureServiceUrl: "https://two.openai.azure.com" },
        ],
      },
      "plugin JSON: providers[1]: cluster c already goes to another host, for providers[0]",
    ],
    [
      "one cluster for two hosts",
      {
        providers: [
          { id: "a", type: "openai", cluster: "c" },
          { id: "b", type: "qwen", cluster: "c" },
        ],
      },
      "plugin JSON: providers[1]: cluster c already goes to another host, for providers[0]",
    ],
    [
      "a limit that is no number",
      { ...PLUGIN, limits: { maxBodyBytes: "1" } },
      "plugin JSON: limits.maxBodyBytes: must be a positive integer",
    ],
    [
      "a timeout that is no number",
      { ...PLUGIN, routes: [{ fallback: { timeoutMs: -1 } }] },
      "plugin JSON: routes[0].fallback.timeoutMs: must be a positive integer",
    ],
  ];
  for (const [name, plugin, message] of cases) {
    it(`says where: ${name}`, () => {
      expect(() => renderEnvoy(plugin)).toThrow(message);
    });
  }
});
