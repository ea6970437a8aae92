import { UserError } from "../support/failure";
import { findType, listTypeNames } from "../support/provider-types";
import { listOpenVariables } from "./address";
import type { PluginFacts, ProviderCluster } from "./plugin";
import { renderCredentialFilters } from "./credentials";
import { renderGoogleToken } from "./google-token";
import { bufferLimit, extension, typeUrl, type RenderSettings } from "./settings";
import { renderAttemptFilters } from "./wasm-filter";

/** Envoy's defaults (1024; 3 concurrent retries) would stop fallbacks exactly under load. */
const BREAKER_LIMIT = 100000;

/**
 * One Envoy cluster per distinct provider cluster: the vendor over TLS, or a plain-text endpoint. Where Envoy adds credentials, the
 * cluster has its own filters, which then take the place of the router's; `vmConfig` is the listener's.
 */
export function renderClusters(facts: PluginFacts, vmConfig: object, settings: RenderSettings): object[] {
  return facts.clusters.map((cluster) => {
    const endpoint = settings.endpoints[cluster.name];
    const shared = {
      name: cluster.name,
      connect_timeout: "5s",
      per_connection_buffer_limit_bytes: bufferLimit(facts.maxBodyBytes),
      circuit_breakers: { thresholds: renderBreakers() },
    };
    const credentials = [...renderCredentialFilters(cluster), ...renderGoogleToken(cluster, settings.googleTokenFile)];
    const filters = credentials.length > 0 ? { http_filters: renderAttemptFilters(vmConfig, credentials) } : {};
    if (endpoint !== undefined) return { ...shared, ...renderPlainCluster(cluster, endpoint, filters) };
    return { ...shared, ...renderTlsCluster(cluster, settings.caPath, filters) };
  });
}

function renderBreakers(): object[] {
  return [
    {
      max_connections: BREAKER_LIMIT,
      max_pending_requests: BREAKER_LIMIT,
      max_requests: BREAKER_LIMIT,
      max_retries: BREAKER_LIMIT,
    },
  ];
}

function renderPlainCluster(cluster: ProviderCluster, endpoint: string, filters: object): object {
  const { host, port } = splitEndpoint(endpoint, cluster.name);
  const isAddress = /^[0-9.]+$/.test(host) || host.includes(":");
  return {
    ...(isAddress ? { type: "STATIC" } : { type: "STRICT_DNS", dns_lookup_family: "V4_PREFERRED" }),
    typed_extension_protocol_options: renderProtocolOptions({
      explicit_http_config: { http_protocol_options: {} },
      ...filters,
    }),
    load_assignment: renderAssignment(cluster.name, host, port),
  };
}

function renderTlsCluster(cluster: ProviderCluster, caPath: string, filters: object): object {
  const { host, port } = findVendor(cluster);
  return {
    type: "LOGICAL_DNS",
    dns_lookup_family: "V4_PREFERRED",
    // HTTP/2 where the vendor's ALPN answer says so, else HTTP/1.1.
    typed_extension_protocol_options: renderProtocolOptions({
      auto_config: { http_protocol_options: {}, http2_protocol_options: {} },
      ...filters,
    }),
    upstream_connection_options: { tcp_keepalive: { keepalive_time: 30, keepalive_interval: 10, keepalive_probes: 3 } },
    load_assignment: renderAssignment(cluster.name, host, port),
    // The name is fixed here, not taken from the request: Envoy derives it once per request, before a fallback changes the vendor.
    transport_socket: extension(
      "envoy.transport_sockets.tls",
      "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
      {
        sni: host,
        common_tls_context: {
          tls_params: { tls_minimum_protocol_version: "TLSv1_2" },
          validation_context: {
            trusted_ca: { filename: caPath },
            match_typed_subject_alt_names: [{ san_type: "DNS", matcher: { exact: host } }],
          },
        },
      },
    ),
  };
}

function renderProtocolOptions(protocol: object): object {
  const name = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  return {
    [name]: {
      "@type": typeUrl(name),
      // Shorter than what vendors' load balancers allow, so that a request seldom meets a connection that is just being closed.
      common_http_protocol_options: { idle_timeout: "50s" },
      ...protocol,
    },
  };
}

function renderAssignment(cluster: string, host: string, port: number): object {
  const address = { socket_address: { address: host, port_value: port } };
  return { cluster_name: cluster, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] };
}

function findVendor(cluster: ProviderCluster): { host: string; port: number } {
  const type = findType(cluster.type);
  if (type === null) {
    const known = listTypeNames().join(", ");
    throw new UserError(`plugin JSON: ${cluster.path}.type: unknown provider type "${cluster.type}" (known: ${known})`);
  }
  const { host } = cluster;
  if (host === null) {
    throw new UserError(
      `plugin JSON: ${cluster.path}: type "${cluster.type}" has no host of its own: set providerDomain, or give --endpoint ${cluster.name}=HOST:PORT`,
    );
  }
  const open = listOpenVariables(host);
  if (open.length > 0) {
    throw new UserError(
      `plugin JSON: ${cluster.path}: its host is known once ${open.join(", ")} is set in the environment; or give --endpoint ${cluster.name}=HOST:PORT`,
    );
  }
  return host.includes(":") ? splitEndpoint(host, cluster.name) : { host, port: 443 };
}

function splitEndpoint(endpoint: string, cluster: string): { host: string; port: number } {
  const match = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(endpoint);
  const port = Number(match?.[2] ?? 0);
  if (match === null || match[1] === undefined || port < 1 || port > 65535) {
    throw new UserError(`cluster ${cluster}: "${endpoint}" is not host:port`);
  }
  return { host: match[1], port };
}
