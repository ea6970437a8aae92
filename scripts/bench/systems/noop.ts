import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { projectPath } from "../../support/project";
import { envoyVersion } from "../machine";
import { bootstrap, cluster, listener, router, startEnvoy, twoPorts, virtualHost, wasmFilter } from "./envoy-parts";
import { passingAddress } from "./bare";
import { type System } from "./system";

/** An AssemblyScript module that lets everything through, in both places where modelmux is. */
export const noop: System = {
  id: "noop",
  title: "no-op AssemblyScript module, both filters",
  isTransparent: true,
  isForMain: true,
  prepare({ envoy }) {
    buildModule();
    return Promise.resolve({ version: envoyVersion(envoy) });
  },
  async start(surroundings) {
    const [port, adminPort] = await twoPorts();
    const filter = (name: string): object => wasmFilter(name, modulePath(), {}, "noop");
    const configuration = bootstrap(
      adminPort,
      [listener(port, [virtualHost("provider", ["*"], "provider")], [filter("down"), router([filter("up")])])],
      [cluster("provider", surroundings.mock.port)],
    );
    return startEnvoy(surroundings, "noop", adminPort, configuration, (kind) =>
      kind.isLimited ? null : passingAddress(port, kind),
    );
  },
};

function modulePath(): string {
  return projectPath("build", "bench", "noop.wasm");
}

function buildModule(): void {
  const compiler = projectPath("node_modules", "assemblyscript", "bin", "asc.js");
  const source = join("assembly", "testing", "noop.ts");
  const settings = ["--config", "none", "-O3", "--runtime", "stub", "--exportStart", "_initialize"];
  const abort = ["--use", "abort=assembly/testing/abort/abort", "-o", modulePath()];
  execFileSync(process.execPath, [compiler, source, "assembly/testing/abort.ts", ...settings, ...abort], {
    cwd: projectPath(),
    stdio: ["ignore", "ignore", "inherit"],
  });
}
