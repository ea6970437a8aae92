import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findEnvoy } from "../../../scripts/find-envoy";
import { renderEnvoy } from "../../../scripts/render";
import { assignMockEndpoints } from "../../../scripts/support/mock-providers";
import { projectPath } from "../../../scripts/support/project";
import { type Mocks, startMocks, VENDOR_NAMES, type VendorName } from "../../mocks/index";
import { basePlugin, KEY_VARIABLES, type Plugin } from "./plugin";
import { parsePrometheus, type Sample } from "./prometheus";

/** The module under test; the variable serves to try another build, such as the scalar one. */
const MODULE = process.env["MODELMUX_MODULE"] ?? projectPath("build", "modelmux.wasm");
const START_MS = 30_000;
const STOP_MS = 5_000;

export interface GatewayOptions {
  /** Changes the base plugin JSON before it is rendered. */
  change?: (plugin: Plugin) => void;
  /** More variables of Envoy's environment. */
  environment?: (mocks: Mocks) => Record<string, string>;
  /** The mocks behind clusters whose types have another one. */
  vendors?: Record<string, VendorName>;
  /** Worker threads; 2 when not given, so that tests see more than one VM. */
  concurrency?: number;
}

/** A real Envoy with the module and the rendered configuration, in front of the mocks. */
export interface Gateway {
  /** `http://127.0.0.1:port` of the listener. */
  url: string;
  port: number;
  mocks: Mocks;
  plugin: Plugin;
  /** All samples of `/stats/prometheus`. */
  samples(): Promise<Sample[]>;
  /** A path of Envoy's admin interface, as text. */
  admin(path: string): Promise<string>;
  /** The access log's lines so far, parsed; waits until there are at least `count`. */
  accessLog(count: number): Promise<Record<string, unknown>[]>;
  /** What Envoy has written to its own log. */
  log(): string;
  close(): Promise<void>;
}

/** Starts the mocks and an Envoy on free loopback ports. Whatever fails, nothing stays behind. */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  if (!existsSync(MODULE)) throw new Error(`${MODULE} is missing: run \`npm run build\` first`);
  const binary = await findEnvoy();
  const plugin = basePlugin();
  options.change?.(plugin);
  const mocks = await startMocks({ journalSize: 5000 });
  const folder = mkdtempSync(join(tmpdir(), "modelmux-e2e-"));
  try {
    const [port, adminPort, deadPort] = await freePorts(3);
    const started = await startEnvoy(binary, folder, plugin, mocks, { port, adminPort, deadPort }, options);
    return describeGateway(started, folder, plugin, mocks, port, adminPort);
  } catch (error) {
    await mocks.close();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

interface Ports {
  port: number;
  adminPort: number;
  /** A port where nobody listens. */
  deadPort: number;
}

async function startEnvoy(
  binary: string,
  folder: string,
  plugin: Plugin,
  mocks: Mocks,
  ports: Ports,
  options: GatewayOptions,
): Promise<ChildProcess> {
  const endpoints = assignMockEndpoints(plugin, "127.0.0.1", mocks.ports);
  for (const [name, vendor] of Object.entries(options.vendors ?? {}))
    endpoints[name] = `127.0.0.1:${mocks.ports[vendor]}`;
  for (const name of Object.keys(endpoints))
    if (name.startsWith("dead-")) endpoints[name] = `127.0.0.1:${ports.deadPort}`;
  const keys = Object.fromEntries(VENDOR_NAMES.map((vendor) => [KEY_VARIABLES[vendor], mocks.keys[vendor]]));
  const environment = { ...keys, ...options.environment?.(mocks) };
  return launchEnvoy(binary, folder, plugin, endpoints, environment, ports, options.concurrency ?? 2);
}

async function launchEnvoy(
  binary: string,
  folder: string,
  plugin: object,
  endpoints: Record<string, string>,
  keys: Record<string, string>,
  ports: Ports,
  concurrency: number,
): Promise<ChildProcess> {
  const yaml = renderEnvoy(plugin, {
    port: ports.port,
    adminPort: ports.adminPort,
    module: MODULE,
    logPath: join(folder, "access.log"),
    endpoints,
  });
  writeFileSync(join(folder, "envoy.yaml"), yaml);
  const output = openSync(join(folder, "envoy.log"), "a");
  const workers = String(concurrency);
  const flags = [
    "-c",
    join(folder, "envoy.yaml"),
    "--concurrency",
    workers,
    "--log-level",
    "warning",
    "--disable-hot-restart",
  ];
  const envoy = spawn(binary, flags, { env: { ...process.env, ...keys }, stdio: ["ignore", output, output] });
  closeSync(output);
  await waitUntilReady(envoy, folder, ports);
  return envoy;
}

/** An Envoy with a plugin JSON and servers of the test's own behind its clusters. */
export interface BareGateway {
  url: string;
  log(): string;
  close(): Promise<void>;
}

/** Starts an Envoy in front of given endpoints (`host:port` by cluster); `keys` are variables of its environment. */
export async function startBareGateway(
  plugin: object,
  endpoints: Record<string, string>,
  keys: Record<string, string>,
): Promise<BareGateway> {
  if (!existsSync(MODULE)) throw new Error(`${MODULE} is missing: run \`npm run build\` first`);
  const binary = await findEnvoy();
  const folder = mkdtempSync(join(tmpdir(), "modelmux-e2e-"));
  try {
    const [port, adminPort, deadPort] = await freePorts(3);
    const envoy = await launchEnvoy(binary, folder, plugin, endpoints, keys, { port, adminPort, deadPort }, 2);
    return {
      url: `http://127.0.0.1:${port}`,
      log: () => readLog(folder),
      close: async () => {
        await stop(envoy);
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function waitUntilReady(envoy: ChildProcess, folder: string, ports: Ports): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline && envoy.exitCode === null && envoy.signalCode === null) {
    if (
      (await answers(`http://127.0.0.1:${ports.adminPort}/ready`)) &&
      (await answers(`http://127.0.0.1:${ports.port}/v1/models`))
    )
      return;
    await delay(50);
  }
  await stop(envoy);
  throw new Error(`Envoy did not start:\n${readLog(folder).slice(-4000)}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

async function stop(envoy: ChildProcess): Promise<void> {
  if (envoy.exitCode !== null || envoy.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => envoy.once("exit", () => resolve()));
  envoy.kill("SIGTERM");
  if ((await Promise.race([ended.then(() => true), delay(STOP_MS, false)])) === false) {
    envoy.kill("SIGKILL");
    await ended;
  }
}

function readLog(folder: string): string {
  return readFileSync(join(folder, "envoy.log"), "utf8");
}

function describeGateway(
  envoy: ChildProcess,
  folder: string,
  plugin: Plugin,
  mocks: Mocks,
  port: number,
  adminPort: number,
): Gateway {
  const admin = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${adminPort}${path}`)).text();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    mocks,
    plugin,
    admin,
    samples: async () => parsePrometheus(await admin("/stats/prometheus")),
    accessLog: (count) => readAccessLog(join(folder, "access.log"), count),
    log: () => readLog(folder),
    close: async () => {
      await stop(envoy);
      await mocks.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Envoy writes the file every second or so, when its buffer is not full before. */
async function readAccessLog(path: string, count: number): Promise<Record<string, unknown>[]> {
  for (let waited = 0; ; waited += 100) {
    const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
    if (lines.length >= count || waited > 15_000)
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    await delay(100);
  }
}

/** Ports that nobody listens on at the moment, all different. */
async function freePorts(count: 3): Promise<[number, number, number]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as [number, number, number];
}
