import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../support/failure";
import { projectPath } from "../../support/project";
import { install } from "../systems/installed";

/** Exports that all of the modules have, and those that are looked up by name. */
export type Exports = Record<string, (...values: (number | bigint)[]) => number> & { memory: WebAssembly.Memory };

/** A test entry, optimised as the release is, or little, which is sooner done. */
export async function loadLeaves(name: string, isOptimised: boolean): Promise<Exports> {
  const output = projectPath("build", "bench", `${name}.wasm`);
  mkdirSync(projectPath("build", "bench"), { recursive: true });
  const sources = [`assembly/testing/${name}.ts`, "assembly/testing/abort.ts"];
  const level = isOptimised ? ["-O3", "--shrinkLevel", "1", "--converge"] : ["-O1"];
  const settings = ["--config", "none", ...level, "--exportStart", "_initialize"];
  const rest = ["--use", "abort=assembly/testing/abort/abort", "--enable", "simd", "-o", output];
  const problem = runCompiler([...sources, ...settings, ...rest], projectPath());
  if (problem !== null) throw new UserError(`${name} does not compile: ${problem}`);
  return instantiate(output);
}

const JSON_AS_VERSION = "1.6.0";

/** json-as, compiled with its own transform; or why it is not there. */
export async function loadJsonAs(): Promise<Exports | string> {
  const folder = projectPath(".cache", "bench", `json-as-${JSON_AS_VERSION}`);
  if (!existsSync(join(folder, "node_modules", "json-as"))) {
    mkdirSync(folder, { recursive: true });
    const words = [
      "install",
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
      "--prefix",
      folder,
      `json-as@${JSON_AS_VERSION}`,
    ];
    const problem = install("npm", words, 100_000);
    if (problem !== null) return problem;
  }
  copyFileSync(projectPath("assembly", "testing", "json-as-peer.ts"), join(folder, "peer.ts"));
  const output = join(folder, "peer.wasm");
  const settings = ["--config", "none", "-O3", "--converge", "--exportStart", "_initialize", "--enable", "simd"];
  const problem = runCompiler(["peer.ts", ...settings, "--transform", "json-as/transform", "-o", output], folder);
  if (problem !== null) return `does not compile with this AssemblyScript: ${problem}`;
  try {
    return await instantiate(output);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The version that `loadJsonAs` takes. */
export function jsonAsVersion(): string {
  return JSON_AS_VERSION;
}

async function instantiate(path: string): Promise<Exports> {
  const imports = {
    env: {
      abort: () => {
        throw new Error("the module aborted");
      },
      "Date.now": () => Date.now(),
      seed: () => 1,
      "console.log": () => undefined,
    },
  };
  const { instance } = await WebAssembly.instantiate(new Uint8Array(readFileSync(path)), imports);
  const exports = instance.exports as Exports;
  exports["_initialize"]?.();
  return exports;
}

function runCompiler(words: string[], folder: string): string | null {
  const compiler = projectPath("node_modules", "assemblyscript", "bin", "asc.js");
  const result = spawnSync(process.execPath, [compiler, ...words], { cwd: folder, encoding: "utf8", timeout: 120_000 });
  if (result.status === 0) return null;
  const lines = `${result.stderr}\n${result.stdout}`.split("\n");
  return (lines.find((line) => line.includes("ERROR")) ?? lines.find((line) => line.trim() !== "") ?? "").slice(0, 200);
}
