import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROJECT_ROOT, projectPath } from "../../scripts/support/project";
import { type LeafReport } from "../../scripts/bench/leaves/report";
import { type BenchResults } from "../../scripts/bench/results";

/** Whether the benchmark runs and says what it should. Speeds are no matter of a test. */
describe("npm run bench", () => {
  const folder = mkdtempSync(join(tmpdir(), "modelmux-bench-test-"));
  const output = join(folder, "results.json");
  let results: BenchResults;

  beforeAll(async () => {
    const works = "o-1k-c16,a-1k-c16,a-stream54-c16,o-fallback-c16,a-first-event-c1";
    await runBench(
      "--only",
      works,
      "--systems",
      "modelmux,noop,native",
      "--scale",
      "0.2",
      "--rounds",
      "2",
      "--out",
      output,
    );
    results = JSON.parse(readFileSync(output, "utf8")) as BenchResults;
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("names commit, seed, machine and systems", () => {
    expect(results).toMatchObject({ schema: 1, seed: 11, machine: { node: process.version } });
    expect(results.commit).toMatch(/^[0-9a-f]{12}\+?$|^unknown$/);
    expect(results.systems.map(({ id }) => id)).toEqual(["direct", "bare", "noop", "modelmux", "native"]);
    for (const { version, absent } of results.systems) expect({ version, absent }).toMatchObject({ absent: null });
  });

  it("measures every system in every row, with right answers and none that failed", () => {
    expect(results.works.map(({ id }) => id)).toEqual([
      "o-1k-c16",
      "a-1k-c16",
      "a-stream54-c16",
      "o-fallback-c16",
      "a-first-event-c1",
    ]);
    for (const { id, systems } of results.works) {
      for (const system of ["bare", "modelmux"]) {
        const measured = systems[system];
        expect(measured, `${id} ${system}`).toMatchObject({ failures: 0 });
        expect(measured?.wrong).toBeUndefined();
        expect(measured?.absent).toBeUndefined();
        expect(measured?.rounds).toHaveLength(2);
        for (const value of [measured?.perSecond, measured?.ratio, measured?.cpuUs, measured?.cpuRatio]) {
          expect(value, `${id} ${system}`).toBeGreaterThan(0);
        }
        expect(measured?.latencyUs?.samples).toBeGreaterThan(0);
      }
      expect(systems["bare"]?.ratio).toBe(1);
    }
    expect(results.works.at(-1)?.systems["modelmux"]?.markerUs?.p50).toBeGreaterThan(0);
  });

  it("refuses what it does not know, in one line", async () => {
    await expect(runBench("--only", "nothing")).rejects.toThrow(/no work is called nothing/);
    await expect(runBench("--systems", "nobody")).rejects.toThrow(/no system is called nobody/);
  });
});

describe("npm run bench:leaves", () => {
  it("measures every protocol that is there, and V8 beside", async () => {
    const folder = mkdtempSync(join(tmpdir(), "modelmux-leaves-test-"));
    const output = join(folder, "leaves.json");
    await runProgram("bench-leaves.ts", "--quick", "--seed", "11", "--out", output);
    const { results } = JSON.parse(readFileSync(output, "utf8")) as LeafReport;
    rmSync(folder, { recursive: true, force: true });
    const leaves = new Set(results.map(({ leaf }) => leaf));
    for (const leaf of ["read a body", "translate to anthropic", "find a stream's events", "stream from openai"]) {
      expect(leaves).toContain(leaf);
    }
    expect(results.some(({ by }) => by.startsWith("JSON.parse"))).toBe(true);
    for (const { by, megabytesPerSecond } of results) {
      expect(megabytesPerSecond, by).toBeGreaterThan(0);
    }
  }, 180_000);
});

function runBench(...words: string[]): Promise<void> {
  return runProgram("bench.ts", "--seed", "11", ...words);
}

function runProgram(name: string, ...words: string[]): Promise<void> {
  const tsx = projectPath("node_modules", "tsx", "dist", "cli.mjs");
  const parameters = [tsx, join("scripts", name), ...words];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, parameters, { cwd: PROJECT_ROOT, timeout: 170_000 }, (error, _, stderr) => {
      if (error === null) resolve();
      else reject(new Error(stderr));
    });
  });
}
