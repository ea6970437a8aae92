import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listProcesses, pauseProcesses, processorTicks } from "./bench/accounting";
import { chooseCores, describeCommit, describeMachine } from "./bench/machine";
import { measureWork, type Bench, type Subject } from "./bench/measure";
import { BENCH_HELP, readBenchOptions, type BenchOptions } from "./bench/options";
import { compilePrograms, Mock } from "./bench/programs";
import { formatWork } from "./bench/print";
import { publishResults } from "./bench/publish";
import { mergeResults, readResults, writeResults, type BenchResults } from "./bench/results";
import { OPTIONAL_SYSTEMS, QUICK_SYSTEMS, SYSTEMS } from "./bench/systems/index";
import { type Surroundings, type System } from "./bench/systems/system";
import { WORKS, type Work } from "./bench/works";
import { findEnvoy } from "./find-envoy";
import { endChildren } from "./support/children";
import { describeError, runProgram, UserError } from "./support/failure";
import { PROJECT_ROOT, projectPath } from "./support/project";

/** A run measures nothing new behind this, so that it ends within ten minutes. */
const TIME_LIMIT_MS = 560_000;
/** Where results are collected. */
const OUTPUT = projectPath("build", "bench", "results.json");

async function main(): Promise<void> {
  const options = readBenchOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(BENCH_HELP);
  if (options.list) return void process.stdout.write(listAll());
  const works = chooseWorks(options);
  const systems = chooseSystems(options);
  const folder = mkdtempSync(join(tmpdir(), "modelmux-bench-"));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      endChildren();
      rmSync(folder, { recursive: true, force: true });
      process.exit(1);
    });
  }
  try {
    await run(options, works, systems, folder);
  } finally {
    endChildren();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(options: BenchOptions, works: Work[], systems: System[], folder: string): Promise<void> {
  const cores = chooseCores();
  const machine = describeMachine(cores);
  say(`${machine.processor}, ${machine.cores} cores; ${machine.pinning}; seed ${options.seed}`);
  const programs = compilePrograms(say);
  const envoy = await findEnvoy({ report: say });
  const mock = await Mock.start(programs, cores);
  const surroundings: Surroundings = { programs, cores, mock, folder, envoy, report: say };
  const { subjects, listed } = await startSystems(systems, surroundings);
  const bench: Bench = {
    surroundings,
    subjects,
    seed: options.seed,
    commit: describeCommit(PROJECT_ROOT),
    scale: options.scale * (options.isQuick ? 0.4 : 1),
    maxRounds: options.rounds ?? (options.isQuick ? 3 : 100),
    isExplicit: options.systems !== null,
    repetitions: works.length * 4,
  };
  const output = options.out ?? OUTPUT;
  const { commit, seed } = bench;
  let results: BenchResults = { schema: 1, commit, seed, finishedAt: "", machine, systems: listed, works: [] };
  await settle(subjects);
  for (const work of works) {
    if (performance.now() > TIME_LIMIT_MS) {
      say(`out of time: ${work.id} and what follows it were not measured`);
      break;
    }
    const result = await measureWork(bench, work);
    process.stdout.write(formatWork(result, listed));
    results = { ...results, works: [...results.works, result], finishedAt: new Date().toISOString() };
    // After every row, so that a run that is cut short has not been for nothing.
    writeResults(output, mergeResults(readResults(output), results));
  }
  for (const { running } of subjects) await running?.stop();
  mock.stop();
  if (!options.publishes && (options.isQuick || options.only !== null || options.out !== null)) return;
  const merged = readResults(output);
  if (merged !== null) say(`wrote ${(await publishResults(inOrder(merged))).join(", ")}`);
}

/** Rows of several runs, in the order of the list. */
function inOrder(results: BenchResults): BenchResults {
  const position = (id: string): number => WORKS.findIndex((work) => work.id === id);
  const order = (id: string): number => SYSTEMS.findIndex((system) => system.id === id);
  return {
    ...results,
    works: [...results.works].sort((left, right) => position(left.id) - position(right.id)),
    systems: [...results.systems].sort((left, right) => order(left.id) - order(right.id)),
  };
}

/** Waits until the engines have compiled what they were given: all proxies share one core. */
async function settle(subjects: Subject[]): Promise<void> {
  const roots = subjects.flatMap(({ running }) => running?.child.pid ?? []);
  const limit = performance.now() + 20_000;
  for (let before = processorTicks(roots.flatMap((root) => listProcesses(root))); performance.now() < limit;) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const now = processorTicks(roots.flatMap((root) => listProcesses(root)));
    // Ticks of 10 ms.
    if (now - before <= 2) break;
    before = now;
  }
  pauseProcesses(
    roots.flatMap((root) => listProcesses(root)),
    true,
  );
}

/** Starts all of them at once, so that every one is measured in every round; those that cannot are told as absent. */
async function startSystems(
  systems: System[],
  surroundings: Surroundings,
): Promise<{ subjects: Subject[]; listed: BenchResults["systems"] }> {
  const subjects: Subject[] = [{ id: "direct", system: null, running: null }];
  const listed: BenchResults["systems"] = [
    { id: "direct", title: "no proxy (ceiling of mock and load generator)", version: "", absent: null },
  ];
  for (const system of systems) {
    const { id, title } = system;
    try {
      const prepared = await system.prepare(surroundings);
      if ("absent" in prepared) throw new UserError(prepared.absent);
      subjects.push({ id, system, running: await system.start(surroundings) });
      listed.push({ id, title, version: prepared.version, absent: null });
      say(`${title} runs`);
    } catch (error) {
      if (id === "bare") throw error;
      say(`${title} is absent: ${describeError(error)}`);
      listed.push({ id, title, version: null, absent: describeError(error) });
    }
  }
  return { subjects, listed };
}

function chooseWorks({ only, isQuick }: BenchOptions): Work[] {
  if (only === null) return WORKS.filter((work) => !isQuick || work.isQuick === true);
  const works = WORKS.filter(({ id }) =>
    only.some((name) => (name.endsWith("*") ? id.startsWith(name.slice(0, -1)) : id === name)),
  );
  const unknown = only.filter((name) => !name.endsWith("*") && !WORKS.some(({ id }) => id === name));
  if (unknown.length > 0 || works.length === 0)
    throw new UserError(`no work is called ${unknown.join(", ")} (see --list)`);
  return works;
}

function chooseSystems(options: BenchOptions): System[] {
  const known = SYSTEMS.map(({ id }) => id);
  const unknown = [...(options.systems ?? []), ...options.with].filter((id) => !known.includes(id));
  if (unknown.length > 0) throw new UserError(`no system is called ${unknown.join(", ")} (see --list)`);
  return SYSTEMS.filter(({ id }) => {
    if (id === "bare" || options.with.includes(id)) return true;
    if (options.systems !== null) return options.systems.includes(id);
    return options.isQuick ? QUICK_SYSTEMS.includes(id) : !OPTIONAL_SYSTEMS.includes(id);
  });
}

function listAll(): string {
  const works = WORKS.map(({ id, title }) => `  ${id.padEnd(24)} ${title}\n`);
  const systems = SYSTEMS.map(({ id, title }) => `  ${id.padEnd(24)} ${title}\n`);
  return `Works:\n${works.join("")}Systems:\n${systems.join("")}`;
}

function say(line: string): void {
  process.stderr.write(`modelmux: ${line}\n`);
}

await runProgram(main);
