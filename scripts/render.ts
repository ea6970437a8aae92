import { writeFileSync } from "node:fs";
import { Document } from "yaml";
import { COMMITTED_FILES } from "./render/committed";
import { renderClusters } from "./render/clusters";
import { renderListener } from "./render/listener";
import { readPluginFacts, type PluginFacts } from "./render/plugin";
import { fillSettings, type RenderOptions, type RenderSettings, extension } from "./render/settings";
import { renderStatistics } from "./render/statistics";
import { describeError, runProgram, UserError } from "./support/failure";
import { assignMockEndpoints, mockPorts } from "./support/mock-providers";
import { parseFlags, readPort } from "./support/options";
import { readPluginFile } from "./support/plugin-file";
import { isProgram, projectPath } from "./support/project";

export type { RenderOptions } from "./render/settings";

const HELP = `Renders a complete Envoy configuration from a plugin JSON.

  npm run render                                           the committed files in envoy/
  npm run render -- --plugin my.json --out my-envoy.yaml   any other

  --plugin FILE          the plugin JSON                        (envoy/gateway.json)
  --out FILE             where to write; - is standard output   (-)
  --live                 the vendors over TLS; this is the default
  --mocks HOST:PORT      the mock providers of tests/mocks/main.ts, started with this port as --port-base
  --endpoint NAME=HOST:PORT   a plain-text endpoint for one cluster; may be repeated
  --address ADDRESS      address of the gateway                 (127.0.0.1)
  --admin-address ADDRESS     address of the admin interface    (127.0.0.1)
  --port PORT            port of the gateway                    (8080)
  --admin-port PORT      port of Envoy's admin interface        (9901)
  --module FILE          the module, as Envoy sees it           (build/modelmux.wasm)
  --log-path FILE        the access log                         (/dev/stdout)
  --ca-path FILE         certificate authorities to trust       (/etc/ssl/certs/ca-certificates.crt)
  --google-token FILE    the access token for Vertex AI without keys, see docs/decisions/0011
`;

/**
 * A complete Envoy configuration (YAML) for a plugin JSON: two Wasm filters in one VM, one route whose cluster the module names,
 * one cluster per distinct provider cluster. Fails with a `UserError` that names the JSON path when it cannot be rendered.
 */
export function renderEnvoy(plugin: object, options: RenderOptions = {}): string {
  const settings = fillSettings(options);
  const facts = readPluginFacts(plugin);
  const vmConfig = renderVmConfig(facts, settings);
  const configuration = {
    // Envoy wants a name before it reads secrets from files.
    ...(settings.googleTokenFile === "" ? {} : { node: { id: "modelmux", cluster: "modelmux" } }),
    admin: { address: { socket_address: { address: settings.adminAddress, port_value: settings.adminPort } } },
    stats_config: renderStatistics(),
    overload_manager: renderOverloadManager(),
    static_resources: {
      listeners: [renderListener(plugin, facts, vmConfig, settings)],
      clusters: renderClusters(facts, vmConfig, settings),
    },
  };
  // The VM's configuration is one object in both filters, so the second one becomes a YAML alias of the first.
  const document = new Document(configuration, { aliasDuplicateObjects: true, anchorPrefix: "vm" });
  if (settings.comment !== "") document.commentBefore = settings.comment.replace(/^/gm, " ");
  return document.toString({ lineWidth: 0 });
}

function renderVmConfig(facts: PluginFacts, settings: RenderSettings): object {
  const names = facts.environmentNames;
  return {
    vm_id: "modelmux",
    runtime: "envoy.wasm.runtime.v8",
    code: { local: { filename: settings.module } },
    ...(names.length > 0 ? { environment_variables: { host_env_keys: names } } : {}),
  };
}

/** An upper bound on clients, so that a flood of connections cannot take all memory. */
function renderOverloadManager(): object {
  const type = "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig";
  const name = "envoy.resource_monitors.global_downstream_max_connections";
  return { resource_monitors: [extension(name, type, { max_active_downstream_connections: 50000 })] };
}

function assignMocks(plugin: object, first: string): Record<string, string> {
  const separator = first.lastIndexOf(":");
  if (separator < 1) throw new UserError(`--mocks: "${first}" is not host:port`);
  const base = readPort(first.slice(separator + 1), "--mocks");
  return assignMockEndpoints(plugin, first.slice(0, separator), mockPorts(base));
}

function readEndpoints(plugin: object, mocks: string | undefined, single: string[]): Record<string, string> {
  const endpoints = mocks === undefined ? {} : assignMocks(plugin, mocks);
  const known = readPluginFacts(plugin).clusters.map(({ name }) => name);
  for (const setting of single) {
    const separator = setting.indexOf("=");
    const name = setting.slice(0, Math.max(separator, 0));
    if (!known.includes(name)) {
      throw new UserError(`--endpoint ${setting}: say CLUSTER=HOST:PORT, with one of ${known.join(", ")}`);
    }
    endpoints[name] = setting.slice(separator + 1);
  }
  return endpoints;
}

/** The committed configurations, as they should be now. */
export function renderCommittedFiles(): { path: string; text: string }[] {
  const plugin = readPluginFile(projectPath("envoy", "gateway.json"));
  return COMMITTED_FILES.map(({ path, options }) => ({ path, text: renderEnvoy(plugin, options(plugin)) }));
}

function main(): void {
  if (process.argv.length === 2) {
    for (const { path, text } of renderCommittedFiles()) {
      writeResult(projectPath(path), text);
      process.stdout.write(`rendered ${path}\n`);
    }
    return;
  }
  const flags = parseFlags({
    plugin: { type: "string", default: "envoy/gateway.json" },
    out: { type: "string", default: "-" },
    live: { type: "boolean", default: false },
    mocks: { type: "string" },
    endpoint: { type: "string", multiple: true, default: [] },
    address: { type: "string" },
    "admin-address": { type: "string" },
    port: { type: "string" },
    "admin-port": { type: "string" },
    module: { type: "string" },
    "log-path": { type: "string" },
    "ca-path": { type: "string" },
    "google-token": { type: "string" },
    help: { type: "boolean", default: false },
  });
  if (flags.help) {
    process.stdout.write(HELP);
    return;
  }
  if (flags.live && flags.mocks !== undefined) throw new UserError("--live and --mocks exclude each other");
  const plugin = readPluginFile(flags.plugin);
  const options: RenderOptions = {
    endpoints: readEndpoints(plugin, flags.mocks, flags.endpoint),
    comment: `Rendered from ${flags.plugin} by \`npm run render\`: change that file and render again.`,
    address: flags.address,
    adminAddress: flags["admin-address"],
    port: flags.port === undefined ? undefined : readPort(flags.port, "--port"),
    adminPort: flags["admin-port"] === undefined ? undefined : readPort(flags["admin-port"], "--admin-port"),
    module: flags.module,
    logPath: flags["log-path"],
    caPath: flags["ca-path"],
    googleTokenFile: flags["google-token"],
  };
  writeResult(flags.out, renderEnvoy(plugin, options));
}

function writeResult(path: string, text: string): void {
  if (path === "-") {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UserError(`cannot write ${path}: ${describeError(error)}`);
  }
}

if (isProgram(import.meta.url)) await runProgram(main);
