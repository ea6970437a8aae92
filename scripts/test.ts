import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { buildModules } from "./build";
import { findEnvoy } from "./find-envoy";
import { reportFailure, UserError } from "./support/failure";
import { isProgram, PROJECT_ROOT, projectPath } from "./support/project";

/** Where vitest writes what happened. */
const REPORT = "build/test-report.json";

/** How many tests ended how. */
export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The parts of vitest's JSON report that are counted. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
}

/**
 * Counts a report. A file that failed before its first test counts as one failed test, and so does a run that vitest calls failed
 * although all of its tests passed (an error outside of any test).
 */
export function countTests(report: Report, exitStatus: number): TestCounts {
  const brokenFiles = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  const failed = report.numFailedTests + brokenFiles.length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitStatus !== 0 && report.numPassedTests > 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** The line that ends a run: `N passed, N failed`, and `, N skipped` when some were. */
export function formatCounts({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** Whether a run is good: something ran, and nothing failed. */
export function isGreen({ passed, failed }: TestCounts): boolean {
  return passed > 0 && failed === 0;
}

async function main(): Promise<void> {
  await buildModules(undefined, (line) => void process.stdout.write(`${line}\n`));
  // Found once, so that no test has to fetch it.
  const envoy = await findEnvoy();
  const status = await runVitest(process.argv.slice(2), envoy);
  const counts = readCounts(status);
  if (counts.passed + counts.failed === 0) process.stderr.write("modelmux: no test ran\n");
  process.stdout.write(`${formatCounts(counts)}\n`);
  process.exitCode = isGreen(counts) ? 0 : 1;
}

function runVitest(filters: string[], envoy: string): Promise<number> {
  mkdirSync(projectPath("build"), { recursive: true });
  rmSync(projectPath(REPORT), { force: true });
  const vitest = projectPath("node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${REPORT}`];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [vitest, "run", ...reporters, ...filters], {
      cwd: PROJECT_ROOT,
      env: { ...process.env, ENVOY_BIN: envoy },
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.on("error", () => reject(new UserError("vitest is missing: run `npm ci` first")));
    child.on("close", (status) => resolve(status ?? 1));
  });
}

function readCounts(status: number): TestCounts {
  try {
    return countTests(JSON.parse(readFileSync(projectPath(REPORT), "utf8")) as Report, status);
  } catch {
    process.stderr.write("modelmux: vitest wrote no report\n");
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** Ends with the line of counts whatever happens, also when the module does not even build. */
async function mainWithCounts(): Promise<void> {
  try {
    await main();
  } catch (error) {
    reportFailure(error);
    process.stdout.write(`${formatCounts({ passed: 0, failed: 1, skipped: 0 })}\n`);
  }
}

if (isProgram(import.meta.url)) await mainWithCounts();
