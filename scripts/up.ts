import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startMocks, type Mocks } from "../tests/mocks/index";
import { buildModules } from "./build";
import { findEnvoy } from "./find-envoy";
import { renderEnvoy } from "./render";
import { endChildren } from "./support/children";
import { describeError, runProgram, UserError } from "./support/failure";
import { assignMockEndpoints, mockPorts } from "./support/mock-providers";
import { readPluginFile } from "./support/plugin-file";
import { projectPath } from "./support/project";
import { findCertificates } from "./up/certificates";
import { EnvoyProcess } from "./up/envoy-process";
import { readUpOptions, UP_HELP, type UpOptions } from "./up/options";
import { checkPorts } from "./up/ports";
import { preparePluginForMocks, preparePluginForVendors, type PreparedPlugin } from "./up/providers";
import { tellStory } from "./up/story";

/** What was started, in the order in which it is stopped. */
class Running {
  envoy: EnvoyProcess | null = null;
  mocks: Mocks | null = null;
  folder: string | null = null;
  private isStopped = false;

  /** Stops what runs. May be called again, for what was started in the meantime. */
  async stop(): Promise<void> {
    this.isStopped = true;
    endChildren();
    const { envoy, mocks } = this;
    this.mocks = null;
    await envoy?.stop();
    await mocks?.close();
    this.removeFolder();
  }

  /** For a user who has no patience: synchronous, so that it is done when the process exits. */
  stopAtOnce(): void {
    endChildren();
    this.envoy?.kill();
    this.removeFolder();
  }

  /** Keeps a start that was interrupted from going on. */
  check(): void {
    if (this.isStopped) throw new UserError("interrupted");
  }

  private removeFolder(): void {
    if (this.folder !== null) rmSync(this.folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const options = readUpOptions(process.argv.slice(2), process.env);
  if (options === null) {
    process.stdout.write(UP_HELP);
    return;
  }
  const running = new Running();
  const interrupted = listenForSignals(running);
  const started = start(options, running);
  try {
    const signal = await Promise.race([interrupted, started.then(() => null)]);
    if (signal === null) await runUntilStopped(running, interrupted);
  } finally {
    await running.stop();
    // When a signal came while starting, that start fails at its next step; what it has begun by then is stopped too.
    await started.catch(() => undefined);
    await running.stop();
  }
}

async function start(options: UpOptions, running: Running): Promise<void> {
  const plugin = readPluginFile(options.plugin);
  await checkPorts(options);
  const folder = mkdtempSync(join(tmpdir(), "modelmux-"));
  running.folder = folder;
  await buildModules(["release"], say);
  running.check();
  const binary = await findEnvoy({ report: say });
  running.check();
  const mocks = options.isLive ? null : await startMocks({ ports: mockPorts(options.mockPort) });
  running.mocks = mocks;
  running.check();
  const prepared =
    mocks === null ? preparePluginForVendors(plugin, process.env) : preparePluginForMocks(plugin, mocks.keys);
  const configuration = join(folder, "envoy.yaml");
  writeFileSync(configuration, renderConfiguration(options, prepared, mocks, folder), { mode: 0o600 });

  const { logLevel, concurrency, plugin: pluginPath } = options;
  const { environment } = prepared;
  const showsOutput = true;
  running.envoy = new EnvoyProcess({
    binary,
    configuration,
    environment,
    logLevel,
    concurrency,
    pluginPath,
    showsOutput,
  });
  const list = `http://127.0.0.1:${options.port}/v1/models`;
  await running.envoy.waitUntilReady([`http://127.0.0.1:${options.adminPort}/ready`, list]);
  const deepseekMock = mocks === null ? null : `${mocks.url("deepseek")}/__mock/script`;
  process.stdout.write(tellStory(options, await listModels(list), prepared.notes, deepseekMock));
}

function renderConfiguration(
  options: UpOptions,
  prepared: PreparedPlugin,
  mocks: Mocks | null,
  folder: string,
): string {
  return renderEnvoy(prepared.plugin, {
    port: options.port,
    adminPort: options.adminPort,
    module: projectPath("build", "modelmux.wasm"),
    googleTokenFile: options.googleTokenFile,
    endpoints: mocks === null ? {} : assignMockEndpoints(prepared.plugin, "127.0.0.1", mocks.ports),
    ...(mocks === null ? { caPath: findCertificates(folder, process.env) } : {}),
  });
}

async function listModels(address: string): Promise<string[]> {
  const answer = (await (await fetch(address)).json()) as { data?: { id?: string }[] };
  return (answer.data ?? []).flatMap((model) => (model.id === undefined ? [] : [model.id]));
}

/** Waits for a signal, or for Envoy's end, which nobody has asked for. */
async function runUntilStopped(running: Running, interrupted: Promise<NodeJS.Signals>): Promise<void> {
  const { envoy } = running;
  if (envoy === null) return;
  const signal = await Promise.race([interrupted, envoy.ended.then(() => null)]);
  // On a terminal Ctrl-C reaches Envoy too, which may then end before our own signal is seen.
  if (signal === null && !(await wasInterrupted(interrupted))) {
    throw new UserError(`Envoy ended by itself (${envoy.describeEnd()}); everything else was stopped`);
  }
}

async function wasInterrupted(interrupted: Promise<NodeJS.Signals>): Promise<boolean> {
  const pause = new Promise<null>((resolve) => setTimeout(() => resolve(null), 200));
  return (await Promise.race([interrupted, pause])) !== null;
}

/** One Ctrl-C on a terminal arrives twice: from the terminal, and passed on by npm. */
const SAME_SIGNAL_MS = 500;

/** The first signal stops everything in order; a second one at once. */
function listenForSignals(running: Running): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstAt: number | null = null;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (firstAt !== null) {
          if (Date.now() - firstAt < SAME_SIGNAL_MS) return;
          running.stopAtOnce();
          process.exit(1);
        }
        firstAt = Date.now();
        say("stopping");
        resolve(signal);
      });
    }
    watchNpm(() => resolve("SIGHUP"));
  });
}

/** Under `npm start`: notices when npm was killed in a way that it could not pass on, so that nothing outlives it. */
function watchNpm(stop: () => void): void {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, 250);
  timer.unref();
}

function say(line: string): void {
  process.stderr.write(`modelmux: ${line}\n`);
}

process.on("uncaughtException", (error) => {
  say(`unexpected: ${describeError(error)}`);
  process.exitCode = 1;
});
await runProgram(main);
