import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectPath } from "../../support/project";
import { type Protocol } from "../answers";
import { freePort } from "../ports";
import { spawnPinned } from "../programs";
import { install, runServer } from "./installed";
import { modelFor, type Surroundings, type System } from "./system";

/** The last version whose parts are all on the Python package index. */
const VERSION = "1.106.12";

const PROVIDERS: Partial<Record<Protocol, { prefix: string; base: string }>> = {
  openai: { prefix: "openai", base: "/v1" },
  anthropic: { prefix: "anthropic", base: "" },
};

/** LiteLLM's proxy (Python), one worker. */
export const litellm: System = {
  id: "litellm",
  title: "LiteLLM (Python)",
  isTransparent: false,
  isSlow: true,
  prepare({ report }) {
    const version = `litellm ${VERSION}`;
    if (existsSync(program("litellm"))) return Promise.resolve({ version });
    report(`installing ${version} with pip (once, some minutes)`);
    const problem =
      install("python3", ["-m", "venv", folder()], 60_000) ??
      install(program("pip"), ["install", "-q", "--disable-pip-version-check", `litellm[proxy]==${VERSION}`], 400_000);
    return Promise.resolve(problem === null ? { version } : { absent: problem });
  },
  async start(surroundings) {
    const { programs, cores, folder: work } = surroundings;
    const port = await freePort();
    const configuration = join(work, "litellm.json");
    writeFileSync(configuration, JSON.stringify(makeConfiguration(surroundings)));
    const words = ["--config", configuration, "--host", "127.0.0.1", "--port", String(port), "--num_workers", "1"];
    // It would else ask a server for prices and tell another one that it runs.
    const environment = {
      PATH: process.env["PATH"],
      HOME: work,
      LITELLM_LOCAL_MODEL_COST_MAP: "True",
      LITELLM_TELEMETRY: "False",
      LITELLM_LOG: "ERROR",
      NO_PROXY: "*",
      // Reachable from this machine only, and without keys like everybody else here.
      LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY: "true",
    };
    const command = [program("litellm"), ...words, "--telemetry", "False"];
    const child = spawnPinned(programs, cores.proxy, command, { stdio: ["ignore", "ignore", "ignore"], environment });
    return runServer(child, "LiteLLM", port, ({ protocol, isLimited }) =>
      isLimited || PROVIDERS[protocol] === undefined ? null : { port, path: "/v1/chat/completions", host: "gateway" },
    );
  },
};

function makeConfiguration({ mock }: Surroundings): object {
  const protocols = Object.entries(PROVIDERS) as [Protocol, { prefix: string; base: string }][];
  return {
    model_list: protocols.map(([protocol, { prefix, base }]) => {
      const name = modelFor({ protocol, stream: false, isLimited: false });
      const parameters = {
        model: `${prefix}/${name}`,
        api_base: `http://127.0.0.1:${mock.port}${base}`,
        api_key: "key",
      };
      return { model_name: name, litellm_params: parameters };
    }),
    litellm_settings: { drop_params: true, telemetry: false },
  };
}

function folder(): string {
  return projectPath(".cache", "bench", `litellm-${VERSION}`);
}

function program(name: string): string {
  return join(folder(), "bin", name);
}
