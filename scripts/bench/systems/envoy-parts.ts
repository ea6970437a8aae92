import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../ports";
import { UserError } from "../../support/failure";
import { extension, typeUrl } from "../../render/settings";
import { spawnPinned } from "../programs";
import { type RunningSystem, type Surroundings } from "./system";

/** Above the largest body, for listeners, clusters and routes. */
export const BUFFER_LIMIT = 33 * 1024 * 1024;
const HTTP = "envoy.extensions.filters.http";

/** The router, with filters that run once per attempt. */
export function router(upstreamFilters: object[] = []): object {
  const codec = extension("envoy.filters.http.upstream_codec", `${HTTP}.upstream_codec.v3.UpstreamCodec`);
  return extension("envoy.filters.http.router", `${HTTP}.router.v3.Router`, {
    suppress_envoy_headers: true,
    ...(upstreamFilters.length > 0 ? { upstream_http_filters: [...upstreamFilters, codec] } : {}),
  });
}

/** A Wasm filter. */
export function wasmFilter(name: string, module: string, configuration: object, vmId: string): object {
  return extension("envoy.filters.http.wasm", `${HTTP}.wasm.v3.Wasm`, {
    config: {
      name,
      allow_on_headers_stop_iteration: true,
      failure_policy: "FAIL_RELOAD",
      configuration: { "@type": typeUrl("google.protobuf.StringValue"), value: JSON.stringify(configuration) },
      vm_config: { vm_id: vmId, runtime: "envoy.wasm.runtime.v8", code: { local: { filename: module } } },
    },
  });
}

/** A listener with the least that an HTTP proxy needs. */
export function listener(port: number, virtualHosts: object[], httpFilters: object[]): object {
  const name = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
  const manager = extension("envoy.filters.network.http_connection_manager", name, {
    stat_prefix: `port_${port}`,
    route_config: { virtual_hosts: virtualHosts },
    http_filters: httpFilters,
  });
  return {
    address: { socket_address: { address: "127.0.0.1", port_value: port } },
    per_connection_buffer_limit_bytes: BUFFER_LIMIT,
    filter_chains: [{ filters: [manager] }],
  };
}

/** A plain-text cluster on this machine. */
export function cluster(name: string, port: number): object {
  const address = { socket_address: { address: "127.0.0.1", port_value: port } };
  const limit = 100000;
  return {
    name,
    type: "STATIC",
    connect_timeout: "5s",
    per_connection_buffer_limit_bytes: BUFFER_LIMIT,
    circuit_breakers: {
      thresholds: [{ max_connections: limit, max_pending_requests: limit, max_requests: limit, max_retries: limit }],
    },
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
  };
}

/** A virtual host that sends everything to one cluster. */
export function virtualHost(
  name: string,
  domains: string[],
  clusterName: string,
  route: object = {},
  rest: object = {},
): object {
  return {
    name,
    domains,
    routes: [
      {
        match: { prefix: "/" },
        request_body_buffer_limit: BUFFER_LIMIT,
        route: { cluster: clusterName, timeout: "0s", ...route },
        ...rest,
      },
    ],
  };
}

/** Starts an Envoy with one worker on the proxies' core, and waits until it is ready. */
export async function startEnvoy(
  surroundings: Surroundings,
  name: string,
  adminPort: number,
  configuration: object,
  address: RunningSystem["address"],
): Promise<RunningSystem> {
  const { programs, cores, folder, envoy } = surroundings;
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(configuration));
  const command = [envoy, "-c", file, "-l", "error", "--concurrency", "1", "--use-dynamic-base-id"];
  const child = spawnPinned(programs, cores.proxy, command, { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => (log = (log + chunk.toString()).slice(-20000)));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  let hasEnded = false;
  void ended.then(() => (hasEnded = true));
  await waitUntilReady(adminPort, () => {
    if (hasEnded) throw new UserError(`${name} did not start: ${lastWords(log)}`);
  });
  return { child, address, stop };
}

function lastWords(log: string): string {
  const lines = log.split("\n").filter((line) => line.trim() !== "");
  return (lines.filter((line) => /critical|error/.test(line)).at(-1) ?? lines.at(-1) ?? "it said nothing").slice(
    0,
    600,
  );
}

const START_LIMIT_MS = 60_000;

/** Asks Envoy's admin interface until it says that it is ready. */
async function waitUntilReady(adminPort: number, check: () => void): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    check();
    if (Date.now() > deadline) throw new UserError(`an Envoy was not ready within ${START_LIMIT_MS / 1000} s`);
    try {
      const answer = await fetch(`http://127.0.0.1:${adminPort}/ready`, { signal: AbortSignal.timeout(2000) });
      await answer.arrayBuffer();
      if (answer.status === 200) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A complete configuration. */
export function bootstrap(adminPort: number, listeners: object[], clusters: object[]): object {
  return {
    admin: { address: { socket_address: { address: "127.0.0.1", port_value: adminPort } } },
    static_resources: { listeners, clusters },
  };
}

/** Two free ports: for requests and for the admin interface. */
export async function twoPorts(): Promise<[number, number]> {
  return [await freePort(), await freePort()];
}
