import { assignMockEndpoints, mockPorts } from "../support/mock-providers";
import type { RenderOptions } from "./settings";

/** A configuration in envoy/ that is rendered from envoy/gateway.json and committed. */
export interface CommittedFile {
  /** Path relative to the project. */
  path: string;
  options: (plugin: object) => RenderOptions;
}

const PORTS = mockPorts(9101);

/** The committed configurations; `npm run render` without flags writes them, and a test fails when one is stale. */
export const COMMITTED_FILES: CommittedFile[] = [
  {
    path: "envoy/envoy.yaml",
    options: () => ({
      comment: comment("The real vendors over TLS. Their keys come from Envoy's environment (host_env_keys below)."),
    }),
  },
  {
    path: "envoy/envoy.mocks.yaml",
    options: (plugin) => ({
      endpoints: assignMockEndpoints(plugin, "127.0.0.1", PORTS),
      comment: comment("For the mock providers: npx tsx tests/mocks/main.ts --port-base 9101"),
    }),
  },
  {
    path: "envoy/envoy.docker.yaml",
    options: (plugin) => ({
      // Inside of the container; docker-compose.yml publishes both on 127.0.0.1 only.
      address: "0.0.0.0",
      adminAddress: "0.0.0.0",
      endpoints: assignMockEndpoints(plugin, "mocks", PORTS),
      comment: comment("For docker-compose.yml, whose service `mocks` runs the mock providers."),
    }),
  },
];

function comment(purpose: string): string {
  return `Rendered from envoy/gateway.json by \`npm run render\`: change that file and render again.\n${purpose}`;
}
