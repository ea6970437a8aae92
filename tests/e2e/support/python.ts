import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectPath } from "../../../scripts/support/project";

const run = promisify(execFile);

/** The version that these tests were written with. */
export const OPENAI_VERSION = "3.54.0";

/** A Python with the openai package in a virtual environment of its own, made once under `.cache/`. */
export async function findPython(): Promise<string> {
  const folder = projectPath(".cache", `python-openai-${OPENAI_VERSION}`);
  const python = join(folder, "bin", "python");
  if (existsSync(python)) return python;
  const work = `${folder}.${process.pid}`;
  mkdirSync(projectPath(".cache"), { recursive: true });
  try {
    await step("python3 cannot make a virtual environment; it needs its venv module", "python3", ["-m", "venv", work]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `openai==${OPENAI_VERSION}`];
    await step(
      `pip cannot install openai==${OPENAI_VERSION}; it needs a package index`,
      join(work, "bin", "python"),
      pip,
    );
    renameSync(work, folder);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    if (existsSync(python)) return python;
    throw error;
  }
  return python;
}

async function step(complaint: string, command: string, flags: string[]): Promise<void> {
  try {
    await run(command, flags, { timeout: 180_000 });
  } catch (error) {
    const details = error as { stderr?: string; message: string };
    throw new Error(`${complaint}:\n${(details.stderr ?? "").slice(-1500) || details.message}`);
  }
}

/** Runs a Python program with JSON on its standard input; gives the JSON that it prints. */
export function runPython(python: string, program: string, input: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, [program], { stdio: ["pipe", "pipe", "pipe"], timeout: 120_000 });
    let output = "";
    let complaints = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(output));
      else reject(new Error(`${program} ended with ${code}:\n${complaints.slice(-3000)}`));
    });
    child.stdin.end(JSON.stringify(input));
  });
}
