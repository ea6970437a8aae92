import { bootstrap, cluster, listener, router, startEnvoy, twoPorts, virtualHost } from "./envoy-parts";
import { providerPath, type RequestKind, type System, type SystemAddress } from "./system";
import { envoyVersion } from "../machine";

/** Envoy that only passes on: what everything else is compared with. It retries once where the first answer is 429. */
export const bare: System = {
  id: "bare",
  title: "Envoy, bare",
  isTransparent: true,
  prepare: ({ envoy }) => Promise.resolve({ version: envoyVersion(envoy) }),
  async start(surroundings) {
    const [port, adminPort] = await twoPorts();
    const configuration = bootstrap(
      adminPort,
      [listener(port, passingHosts(), [router()])],
      [cluster("provider", surroundings.mock.port), cluster("limited", surroundings.mock.limitedPort)],
    );
    return startEnvoy(surroundings, "bare", adminPort, configuration, (kind) => passingAddress(port, kind));
  },
};

/** Hosts of a proxy that translates nothing: `limited` is the one whose provider refuses first tries. */
export function passingHosts(): object[] {
  const retry = {
    retry_policy: {
      retry_on: "retriable-status-codes",
      retriable_status_codes: [429],
      num_retries: 1,
      retry_back_off: { base_interval: "0.001s", max_interval: "0.01s" },
    },
  };
  const limited = virtualHost("limited", ["limited"], "limited", retry);
  return [virtualHost("provider", ["*"], "provider"), { ...limited, include_request_attempt_count: true }];
}

/** Where such a proxy takes a request: under the provider's own path. */
export function passingAddress(port: number, kind: RequestKind): SystemAddress {
  return { port, path: providerPath(kind), host: kind.isLimited ? "limited" : "provider" };
}
