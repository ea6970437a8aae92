import { formatJson } from "../support/format-json";
import type { PluginFacts } from "./plugin";
import { bufferLimit, extension, type RenderSettings } from "./settings";
import { renderLocalReplies } from "./local-replies";
import { renderAccessLog } from "./statistics";
import { HTTP_FILTERS, renderAttemptFilters, renderWasmFilter } from "./wasm-filter";

/**
 * Who the client is is none of the vendors' business. The module itself removes `forwarded` and `cookie`, when they are there: for names that
 * Envoy keeps no place for, it would build an index of all headers.
 */
const CLIENT_HEADERS = [
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-forwarded-host",
  "x-envoy-external-address",
  "x-envoy-internal",
];

/**
 * The gateway's listener: connection manager, the module as gateway filter and as attempt filter, one route.
 * `vmConfig` is one object in both filters, which is what makes them share a VM.
 */
export function renderListener(plugin: object, facts: PluginFacts, vmConfig: object, settings: RenderSettings): object {
  const gateway = { ...plugin, role: "gateway" };
  const httpFilters = [
    renderWasmFilter("gateway", `${formatJson(gateway)}\n`, vmConfig),
    extension("envoy.filters.http.router", `${HTTP_FILTERS}.router.v3.Router`, {
      suppress_envoy_headers: true,
      upstream_http_filters: renderAttemptFilters(vmConfig),
    }),
  ];
  return {
    name: "gateway",
    address: { socket_address: { address: settings.address, port_value: settings.port } },
    per_connection_buffer_limit_bytes: bufferLimit(facts.maxBodyBytes),
    filter_chains: [{ filters: [renderConnectionManager(facts, httpFilters, settings)] }],
  };
}

function renderConnectionManager(facts: PluginFacts, httpFilters: object[], settings: RenderSettings): object {
  const name = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
  return extension("envoy.filters.network.http_connection_manager", name, {
    stat_prefix: "gateway",
    // An answer may be silent for as long as the plugin JSON's longest timeout allows; only then is the stream given up.
    stream_idle_timeout: `${Math.ceil(facts.longestTimeoutMs / 1000) + 30}s`,
    // For sending a request, not for its answer: it stops counting when the request is complete.
    request_timeout: "300s",
    request_headers_timeout: "30s",
    common_http_protocol_options: { idle_timeout: "900s", headers_with_underscores_action: "DROP_HEADER" },
    http2_protocol_options: { max_concurrent_streams: 1000 },
    use_remote_address: true,
    skip_xff_append: true,
    normalize_path: true,
    merge_slashes: true,
    server_header_transformation: "PASS_THROUGH",
    access_log: [renderAccessLog(settings.logPath)],
    local_reply_config: renderLocalReplies(),
    route_config: renderRoute(facts),
    http_filters: httpFilters,
  });
}

function renderRoute(facts: PluginFacts): object {
  return {
    name: "gateway",
    virtual_hosts: [
      {
        name: "models",
        domains: ["*"],
        routes: [
          {
            match: { prefix: "/" },
            request_body_buffer_limit: bufferLimit(facts.maxBodyBytes),
            request_headers_to_remove: CLIENT_HEADERS,
            route: {
              timeout: "0s",
              inline_cluster_specifier_plugin: { extension: renderClusterSpecifier(facts) },
              // No retry_on: with one, the router keeps a copy of every body; the module asks for retries by header where there is a next target.
              retry_policy: {
                refresh_cluster_on_retry: true,
                retry_back_off: { base_interval: "0.001s", max_interval: "0.01s" },
              },
            },
          },
        ],
      },
    ],
  };
}

/** Sends every attempt to the cluster that the module named last, in filter state. */
function renderClusterSpecifier(facts: PluginFacts): object {
  const type = "envoy.extensions.router.cluster_specifiers.matcher.v3";
  const entries = facts.clusters.map(({ name }): [string, object] => [
    name,
    { action: extension(name, `${type}.ClusterAction`, { cluster: name }) },
  ]);
  return extension("modelmux-cluster", `${type}.MatcherClusterSpecifier`, {
    cluster_matcher: {
      matcher_tree: {
        input: extension("filter-state", "envoy.extensions.matching.common_inputs.network.v3.FilterStateInput", {
          key: "wasm.modelmux_cluster",
        }),
        exact_match_map: { map: Object.fromEntries(entries) },
      },
    },
  });
}
