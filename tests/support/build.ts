import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { buildModules } from "../../scripts/build";
import { isFresh, newestTime, putInPlace } from "../../scripts/support/freshness";

/** The repository's top folder. */
export const projectRoot = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

const outputFolder = join(projectRoot, "build", "testing");
const compiler = join(projectRoot, "node_modules", "assemblyscript", "bin", "asc.js");

/** How a test module is built. */
export interface BuildOptions {
  /** False for the build that hosts without SIMD get. */
  simd?: boolean;
  /** Whether memory is managed as in the release build, see asconfig.json; AssemblyScript does it by default. */
  ownRuntime?: boolean;
  /** Whether literals are made into bytes as in the release build (scripts/compiler/literals.ts). */
  literals?: boolean;
}

const modules = new Map<string, Promise<WebAssembly.Module>>();

/** Compiles `assembly/testing/<name>.ts` when a source is newer than its last build, and loads it. */
export function buildTestModule(name: string, options: BuildOptions = {}): Promise<WebAssembly.Module> {
  const simd = options.simd ?? true;
  const variant = `${name}${simd ? "" : ".scalar"}${options.literals === true ? ".literals" : ""}`;
  const output = join(outputFolder, `${variant}.wasm`);
  let module = modules.get(output);
  if (!module) {
    const settings = options.ownRuntime === true ? runtimeSettings() : [];
    if (options.literals === true) settings.push("--transform", "./scripts/compiler/literals.ts");
    module = buildAndLoad(name, simd, output, settings);
    modules.set(output, module);
  }
  return module;
}

/** Builds `build/modelmux.wasm` and `build/modelmux.scalar.wasm` when they are stale; gives their paths. */
export async function buildRelease(): Promise<{ simd: string; scalar: string }> {
  await withLock("release", async () => {
    await buildModules();
  });
  return {
    simd: join(projectRoot, "build", "modelmux.wasm"),
    scalar: join(projectRoot, "build", "modelmux.scalar.wasm"),
  };
}

async function buildAndLoad(
  name: string,
  simd: boolean,
  output: string,
  settings: string[],
): Promise<WebAssembly.Module> {
  await withLock(basename(output), async () => {
    const sourceTime = newestSourceTime(name);
    if (isFresh(output, sourceTime)) return;
    // Compiled beside its place and then moved there: a reader never sees half a module.
    const unfinished = `${output}.${process.pid}`;
    await compile(name, simd, unfinished, settings);
    putInPlace(unfinished, output, sourceTime);
  });
  return WebAssembly.compile(await readFile(output));
}

/** What in asconfig.json puts our own functions in the place of AssemblyScript's runtime. */
function runtimeSettings(): string[] {
  const { options } = JSON.parse(readFileSync(join(projectRoot, "asconfig.json"), "utf8")) as {
    options: { runtime: string; use: string[] };
  };
  const functions = options.use.filter((alias) => alias.startsWith("__"));
  return ["--runtime", options.runtime, ...functions.flatMap((alias) => ["--use", alias])];
}

function compile(name: string, simd: boolean, unfinished: string, more: string[]): Promise<void> {
  const sources = [`assembly/testing/${name}.ts`, "assembly/testing/abort.ts"];
  const settings = ["--config", "none", "-O1", "--exportStart", "_initialize"];
  settings.push("--use", "abort=assembly/testing/abort/abort", "-o", unfinished, ...more);
  if (simd) settings.push("--enable", "simd");
  return new Promise((resolve, reject) => {
    // Transforms are TypeScript.
    const env = { ...process.env, NODE_OPTIONS: `${process.env["NODE_OPTIONS"] ?? ""} --import tsx` };
    execFile(
      process.execPath,
      [compiler, ...sources, ...settings],
      { cwd: projectRoot, env },
      (error, stdout, stderr) => {
        if (error) {
          rmSync(unfinished, { force: true });
          reject(new Error(`assembly/testing/${name}.ts does not compile:\n${stdout}${stderr}`));
          return;
        }
        resolve();
      },
    );
  });
}

/** When the compiler, its settings or a file that the entry imports, however indirectly, changed last, in whole milliseconds. */
function newestSourceTime(name: string): number {
  const waiting = [join(projectRoot, "assembly", "testing", `${name}.ts`)];
  const seen = new Set(waiting);
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    for (const [, path = ""] of readFileSync(file, "utf8").matchAll(/from\s+"(\.[^"]+)"/g)) {
      const plain = resolve(dirname(file), path);
      const imported = existsSync(`${plain}.ts`) ? `${plain}.ts` : join(plain, "index.ts");
      // What is not there is for the compiler to complain about.
      if (seen.has(imported) || !existsSync(imported)) continue;
      seen.add(imported);
      waiting.push(imported);
    }
  }
  const transforms = readdirSync(join(projectRoot, "scripts/compiler")).map((file) =>
    join(projectRoot, "scripts/compiler", file),
  );
  return newestTime([compiler, join(projectRoot, "asconfig.json"), ...transforms, ...seen]);
}

/** Runs `work` while no other process of this machine does the same thing; a lock whose holder died is taken over. */
async function withLock(name: string, work: () => Promise<void>): Promise<void> {
  mkdirSync(outputFolder, { recursive: true });
  const lock = join(outputFolder, `${name}.lock`);
  while (!takeLock(lock)) await sleep(50);
  try {
    await work();
  } finally {
    dropLock(lock);
  }
}

function takeLock(lock: string): boolean {
  // The folder is made under another name first, so that a lock without its holder's id is never seen.
  const own = `${lock}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  mkdirSync(join(own, String(process.pid)), { recursive: true });
  try {
    renameSync(own, lock);
    return true;
  } catch {
    rmSync(own, { recursive: true, force: true });
    if (!isHeld(lock)) dropLock(lock);
    return false;
  }
}

function dropLock(lock: string): void {
  const dropped = `${lock}.dropped.${process.pid}`;
  try {
    // Moved away in one step: a lock that is half deleted could be taken by another process and then be deleted under it.
    renameSync(lock, dropped);
  } catch {
    return;
  }
  rmSync(dropped, { recursive: true, force: true });
}

function isHeld(lock: string): boolean {
  try {
    const holder = Number(readdirSync(lock)[0]);
    // Signal 0 only asks whether the process is there.
    process.kill(holder, 0);
    return true;
  } catch (error) {
    // A lock that is gone was given back a moment ago, which is not a dead holder.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
