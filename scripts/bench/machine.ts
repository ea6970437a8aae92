import { spawnSync } from "node:child_process";
import { cpus, release, totalmem } from "node:os";
import { type Cores } from "./programs";

/** What the measurements were made on. */
export interface Machine {
  processor: string;
  cores: number;
  memoryGb: number;
  kernel: string;
  node: string;
  /** How the proxies were kept apart from mock and load generator. */
  pinning: string;
}

/** One core for the proxy and another for the rest, where there are two and they can be chosen. */
export function chooseCores(): Cores {
  const canPin = process.platform === "linux" && cpus().length >= 2;
  return canPin ? { proxy: 0, load: 1 } : { proxy: -1, load: -1 };
}

/** Describes this machine. */
export function describeMachine(cores: Cores): Machine {
  return {
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
    node: process.version,
    pinning:
      cores.proxy < 0
        ? "NOT pinned (fewer than two cores, or not Linux): the numbers are not comparable"
        : `proxy on core ${cores.proxy}, mock and load generator on core ${cores.load}`,
  };
}

/** `Envoy 1.40.0`. */
export function envoyVersion(binary: string): string {
  const answer = spawnSync(binary, ["--version"], { encoding: "utf8", timeout: 20_000 });
  const version = /\bversion: [0-9a-f]+\/([^/]+)\//.exec(answer.stdout ?? "")?.[1];
  return version === undefined ? "an unknown Envoy" : `Envoy ${version}`;
}

/** The commit of the working tree; `+` when it has changes. */
export function describeCommit(folder: string): string {
  const git = (...words: string[]): string =>
    spawnSync("git", words, { cwd: folder, encoding: "utf8" }).stdout?.trim() ?? "";
  const commit = git("rev-parse", "--short=12", "HEAD");
  if (commit === "") return "unknown";
  return git("status", "--porcelain", "--", "assembly", "asconfig.json", "package.json") === "" ? commit : `${commit}+`;
}
