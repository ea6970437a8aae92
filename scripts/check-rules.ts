import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { findUnregisteredProviders, findUntestedItems } from "./rules/coverage";
import { findMissingDocstrings } from "./rules/docstrings";
import type { Finding, SourceFile } from "./rules/finding";
import { findLayerBreaks } from "./rules/layers";
import { findLeaks } from "./rules/leaks";
import { findTraps } from "./rules/no-trap";
import { findLongFile, findLongFunctions } from "./rules/sizes";
import { runProgram, UserError } from "./support/failure";
import { isProgram, PROJECT_ROOT, projectPath } from "./support/project";

const BINARY = /\.(png|jpe?g|gif|webp|pdf|wasm|ico|gz)$/;

/** Checks the house rules over all files of the project. */
export function checkRules(): Finding[] {
  const files = listProjectFiles().map((path): SourceFile => ({ path, text: readFileSync(projectPath(path), "utf8") }));
  return [
    ...files.flatMap((file) => checkFile(file)),
    ...findUntestedItems(files.filter(({ path }) => isUnder(path, ["tests"]) && !path.startsWith("tests/mocks/"))),
    ...findUnregisteredProviders(listProviderFolders(), readRegistry()),
  ];
}

/** The rules that look at one file alone. */
export function checkFile(file: SourceFile): Finding[] {
  const findings = findLeaks(file);
  if (!file.path.endsWith(".ts") || file.path.endsWith(".d.ts")) return findings;
  const isModule = isUnder(file.path, ["assembly"]);
  const isShipped = isModule && !isUnder(file.path, ["assembly/testing"]);
  if (isUnder(file.path, ["assembly", "scripts", "tests"])) findings.push(...findLongFile(file));
  if (isUnder(file.path, ["assembly", "scripts"])) findings.push(...findLongFunctions(file));
  if (isModule) findings.push(...findLayerBreaks(file));
  if (isShipped && !isUnder(file.path, ["assembly/abi"])) findings.push(...findTraps(file));
  if (isShipped) findings.push(...findMissingDocstrings(file));
  return findings;
}

function isUnder(path: string, folders: string[]): boolean {
  return folders.some((folder) => path.startsWith(`${folder}/`));
}

/** Files that git tracks or would track. */
function listProjectFiles(): string[] {
  const parameters = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  let output: string;
  try {
    output = execFileSync("git", parameters, { cwd: PROJECT_ROOT, encoding: "utf8", maxBuffer: 1 << 26 });
  } catch {
    throw new UserError("the house rules need git, to know which files belong to the project");
  }
  return output.split("\0").filter((path) => path !== "" && !BINARY.test(path) && existsSync(projectPath(path)));
}

/** The folders of protocols: those with an entry file. Building blocks that protocols share have none. */
function listProviderFolders(): string[] {
  return readdirSync(projectPath("assembly", "providers"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(projectPath("assembly", "providers", entry.name, "index.ts")))
    .map((entry) => entry.name);
}

function readRegistry(): string {
  const path = projectPath("assembly", "providers", "registry.ts");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

function main(): void {
  const findings = checkRules();
  for (const { file, line, rule, message } of findings) {
    process.stdout.write(`${file}:${line} ${rule} ${message}\n`);
  }
  if (findings.length === 0) return;
  throw new UserError(`${findings.length} house rule${findings.length === 1 ? " is" : "s are"} broken`);
}

if (isProgram(import.meta.url)) await runProgram(main);
