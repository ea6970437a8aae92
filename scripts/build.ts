import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { trackChild } from "./support/children";
import { describeError, runProgram, UserError } from "./support/failure";
import { isFresh, newestTime, putInPlace } from "./support/freshness";
import { isProgram, PROJECT_ROOT, projectPath } from "./support/project";
import { findForbiddenImports } from "./support/wasm-module";

/** The release module may not be larger than this, in bytes. */
export const RELEASE_SIZE_LIMIT = 600 * 1024;

/** The targets of asconfig.json that are built, with the files they end up in. */
const FILES = { release: "build/modelmux.wasm", scalar: "build/modelmux.scalar.wasm" };

/** What the compiler hands its sources and its module to, in this order. The paths have to begin with `./`. */
const TRANSFORMS = ["./scripts/compiler/literals.ts", "./scripts/compiler/optimizer.ts"];

/** A target of asconfig.json. */
export type BuildTarget = keyof typeof FILES;

/** One built module. */
export interface BuiltModule {
  target: BuildTarget;
  /** Path relative to the project. */
  file: string;
  bytes: number;
  /** False when nothing had changed since the last build. */
  isFresh: boolean;
}

/** Builds the modules that are older than their sources, at the same time, and checks them all: size and imports. */
export async function buildModules(
  targets: BuildTarget[] = ["release", "scalar"],
  report: (line: string) => void = () => undefined,
): Promise<BuiltModule[]> {
  const sourceTime = findNewestChange();
  return Promise.all(
    targets.map(async (target) => {
      const file = FILES[target];
      const path = projectPath(file);
      const isBuilt = !isFresh(path, sourceTime);
      if (isBuilt) {
        report(`building ${file}`);
        await compileTarget(target, file, sourceTime);
      }
      const module = { target, file, bytes: statSync(path).size, isFresh: isBuilt };
      await checkModule(module);
      return module;
    }),
  );
}

/** Whether a file under assembly/ can change the release build (test entries cannot). */
function isSource(path: string): boolean {
  return path.endsWith(".ts") && !relative(PROJECT_ROOT, path).startsWith(join("assembly", "testing"));
}

function findNewestChange(): number {
  const files = readdirSync(projectPath("assembly"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(isSource);
  // The compiler's own version counts too, so that an upgrade rebuilds; a rename or deletion shows in the folder's time.
  const folders = [...new Set(files.map((file) => dirname(file)))];
  const compiler = readdirSync(projectPath("scripts/compiler")).map((name) => projectPath("scripts/compiler", name));
  const others = [projectPath("asconfig.json"), projectPath("package-lock.json"), ...compiler];
  return newestTime([...files, ...folders, ...others]);
}

async function compileTarget(target: BuildTarget, file: string, sourceTime: number): Promise<void> {
  mkdirSync(projectPath("build"), { recursive: true });
  // Compiled beside the place it goes to, so that nobody ever loads half a module.
  const temporary = `${file}.${process.pid}.tmp.wasm`;
  const compiler = projectPath("node_modules", "assemblyscript", "bin", "asc.js");
  if (!existsSync(compiler)) throw new UserError("the AssemblyScript compiler is missing: run `npm ci` first");
  const { status, output } = await runQuietly(compiler, [
    ...["--target", target, "--outFile", temporary],
    ...TRANSFORMS.flatMap((path) => ["--transform", path]),
  ]);
  if (status !== 0) {
    rmSync(projectPath(temporary), { force: true });
    process.stderr.write(output);
    const first = output.split("\n").find((line) => line.includes("ERROR")) ?? "see the compiler's output above";
    throw new UserError(`the module does not compile (target ${target}): ${first.trim()}`);
  }
  putInPlace(projectPath(temporary), projectPath(file), sourceTime);
}

function runQuietly(script: string, parameters: string[]): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...parameters], {
      cwd: PROJECT_ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      // The compiler loads the transforms, which are TypeScript.
      env: { ...process.env, NODE_OPTIONS: `${process.env["NODE_OPTIONS"] ?? ""} --import tsx` },
    });
    trackChild(child);
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", (error) => reject(new UserError(`cannot run the compiler: ${describeError(error)}`)));
    child.on("close", (status) => resolve({ status, output }));
  });
}

async function checkModule(module: BuiltModule): Promise<void> {
  const forbidden = await findForbiddenImports(projectPath(module.file));
  if (forbidden.length > 0) {
    throw new UserError(`${module.file} imports what stock Envoy 1.40 does not have: ${forbidden.join(", ")}`);
  }
  if (module.target === "release" && module.bytes > RELEASE_SIZE_LIMIT) {
    throw new UserError(`${module.file} has ${module.bytes} bytes, the limit is ${RELEASE_SIZE_LIMIT}`);
  }
}

async function main(): Promise<void> {
  for (const module of await buildModules()) {
    const size = `${(module.bytes / 1024).toFixed(1)} KB`;
    process.stdout.write(`${module.file}  ${size}${module.isFresh ? "" : "  (up to date)"}\n`);
  }
}

if (isProgram(import.meta.url)) await runProgram(main);
