import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { countOpenFiles, listProcesses, openFileLimit, pauseProcesses, residentKb, wasmMemoryKb } from "./accounting";
import { FIRST_WORD, makeAnswers, type AnswerFile } from "./answers";
import { probe } from "./probe";
import { Load, type LoadOptions, type LoadResult } from "./programs";
import { Random } from "./random";
import { makeRequestBody, packRequests, type RequestShape } from "./requests";
import { median, type Measured, type WorkResult } from "./results";
import {
  providerPath,
  modelFor,
  type RequestKind,
  type RunningSystem,
  type Surroundings,
  type System,
  type SystemAddress,
} from "./systems/system";
import { type Work } from "./works";

/** A system that runs and is measured. `system` null: the load generator talks to the mock itself. */
export interface Subject {
  id: string;
  system: System | null;
  running: RunningSystem | null;
}

/** What a piece of work is measured with. */
export interface Bench {
  surroundings: Surroundings;
  subjects: Subject[];
  seed: number;
  commit: string;
  /** Multiplies the seconds of every round. */
  scale: number;
  /** At most so many rounds. */
  maxRounds: number;
  /** The systems were named one by one: each is measured everywhere. */
  isExplicit: boolean;
  /** How many turns may still be taken again because of others on the machine. */
  repetitions: number;
}

/** A system that takes this work, and where. */
interface Contender {
  id: string;
  address: SystemAddress;
  requests: string;
  processes: number[];
  measured: Measured;
  system: System | null;
}

/** Measures one piece of work with every system, in turns. */
export async function measureWork(bench: Bench, work: Work): Promise<WorkResult> {
  const { seed, commit } = bench;
  const systems: Record<string, Measured> = {};
  const result = { id: work.id, title: work.title, events: eventsOf(work), measuredAt: "", commit, seed, systems };
  if (work.method.kind === "start") await measureStart(bench, work.method, systems);
  else {
    const answers = await loadAnswers(bench, work, "answers");
    const contenders = await enter(bench, work, answers, systems);
    if (work.method.kind === "memory") await measureMemory(bench, work, contenders);
    else if (work.method.kind === "idle") await measureIdle(bench, work.method.streams, contenders);
    else await measureSpeed(bench, work, contenders);
  }
  return { ...result, measuredAt: new Date().toISOString() };
}

function eventsOf({ answer }: Work): number {
  return answer.kind === "stream" ? answer.events : 0;
}

async function loadAnswers(bench: Bench, work: Work, name: string): Promise<AnswerFile> {
  const answers = makeAnswers(new Random(bench.seed ^ 0x5bd1e995), work.answer);
  const file = join(bench.surroundings.folder, `${name}.bin`);
  writeFileSync(file, answers.bytes);
  await bench.surroundings.mock.load(file, work.pace);
  return answers;
}

/** Different bodies for every request of a while; fewer of the large ones. */
function makeBodies(seed: number, shape: RequestShape, model: string): Buffer[] {
  const random = new Random(seed);
  const count = Math.min(256, Math.max(3, Math.floor((8 << 20) / shape.bytes)));
  return Array.from({ length: count }, () => makeRequestBody(random, shape, model));
}

/** Writes each system's requests and asks each one once, so that nobody is measured for refusing. */
async function enter(
  bench: Bench,
  work: Work,
  answers: AnswerFile,
  systems: Record<string, Measured>,
): Promise<Contender[]> {
  const kind: RequestKind = {
    protocol: work.protocol,
    stream: work.request.stream,
    isLimited: work.isLimited === true,
  };
  const bodies = makeBodies(bench.seed, work.request, modelFor(kind));
  const contenders: Contender[] = [];
  for (const { id, system, running } of bench.subjects) {
    if (system?.isForMain === true && work.isMain !== true && !bench.isExplicit) continue;
    const measured: Measured = {};
    systems[id] = measured;
    const { mock, folder } = bench.surroundings;
    const direct = { port: mock.port, path: providerPath(kind), host: "provider" };
    const address = running === null ? direct : running.address(kind);
    if (address === null) {
      measured.absent = "does not do this";
      continue;
    }
    const processes = running === null ? [] : listProcesses(running.child.pid ?? 0);
    if (work.method.kind !== "idle") {
      const texts =
        system === null || system.isTransparent ? null : answers.texts[kind.isLimited ? "openai" : work.protocol];
      const problem = await inTurn(processes, () => probe(address, bodies[0] ?? Buffer.alloc(0), texts));
      if (problem !== null && "fatal" in problem) {
        measured.absent = problem.fatal;
        continue;
      }
      if (problem !== null) measured.wrong = problem.wrong;
    }
    const requests = join(folder, `requests-${id}.bin`);
    writeFileSync(requests, packRequests(bodies, address));
    contenders.push({ id, address, requests, processes, measured, system });
  }
  return contenders;
}

/** Rounds in which every system has its turn, each time beginning with another one. */
async function measureSpeed(bench: Bench, work: Work, contenders: Contender[]): Promise<void> {
  const { method } = work;
  if (method.kind !== "closed" && method.kind !== "rate") return;
  const rounds: Map<string, LoadResult>[] = [];
  const count = Math.min(method.rounds, bench.maxRounds);
  for (let round = 0; round < count; round++) {
    const results = new Map<string, LoadResult>();
    for (let turn = 0; turn < contenders.length; turn++) {
      const contender = contenders[(turn + round) % contenders.length];
      if (contender === undefined || round >= roundsOf(contender, count)) continue;
      results.set(contender.id, await runUndisturbed(bench, work, contender));
    }
    rounds.push(results);
  }
  for (const { id, measured } of contenders) summarise(bench, id, measured, rounds);
}

/** Engines that compile while they run need longer until they are as fast as they can be. */
function warmUp({ system }: Contender, seconds: number): number {
  return system?.isSlow === true ? seconds : Math.min(0.2, seconds / 4);
}

/** Wakes a proxy for as long as it works. */
async function inTurn<T>(processes: number[], work: () => Promise<T>): Promise<T> {
  pauseProcesses(processes, false);
  try {
    return await work();
  } finally {
    pauseProcesses(processes, true);
  }
}

/** Above this part of the time a turn is taken again, for as long as there are repetitions left. */
const DISTURBANCE_LIMIT = 0.06;
const TRIES = 3;

/** One turn; again when somebody else used the proxy's core meanwhile. The least disturbed one counts. */
async function runUndisturbed(bench: Bench, work: Work, contender: Contender): Promise<LoadResult> {
  let best: { result: LoadResult; disturbance: number } | null = null;
  for (let attempt = 1; ; attempt++) {
    const result = await inTurn(contender.processes, () => runLoad(bench, work, contender));
    const disturbance = disturbanceOf(bench, result);
    if (best === null || disturbance < best.disturbance) best = { result, disturbance };
    const isGood = best.disturbance <= DISTURBANCE_LIMIT || contender.processes.length === 0;
    if (isGood || attempt >= TRIES || bench.repetitions <= 0) return best.result;
    bench.repetitions--;
  }
}

function disturbanceOf({ surroundings }: Bench, result: LoadResult): number {
  const busy = result.coreBusyNs[surroundings.cores.proxy];
  if (busy === undefined || result.cpuNs.length === 0) return 0;
  return Math.max(0, busy - sum(result.cpuNs)) / (result.seconds * 1e9);
}

/** The ceiling is known after one round, and who is many times slower after two; only the two that targets compare need more than three. */
function roundsOf({ id, system }: Contender, count: number): number {
  if (system === null) return 1;
  if (system.isSlow === true) return Math.min(count, 2);
  return id === "bare" || id.startsWith("modelmux") ? count : Math.min(count, 3);
}

function runLoad(bench: Bench, { method, request, answer }: Work, contender: Contender): Promise<LoadResult> {
  if (method.kind !== "closed" && method.kind !== "rate") throw new Error("not a measurement of speed");
  const seconds = method.seconds * bench.scale;
  const options: LoadOptions = {
    connections: method.connections,
    warm: method.warm ?? warmUp(contender, seconds),
    seconds,
    patience: seconds + 10,
  };
  if (method.kind === "rate") options.rate = method.perSecond;
  if (request.stream && answer.kind === "stream" && method.connections === 1) options.marker = FIRST_WORD;
  if (contender.processes.length > 0) options.watch = contender.processes;
  return new Load(
    bench.surroundings.programs,
    bench.surroundings.cores,
    contender.address.port,
    contender.requests,
    options,
  ).result();
}

function summarise(bench: Bench, id: string, measured: Measured, rounds: Map<string, LoadResult>[]): void {
  const own = rounds.flatMap((round) => round.get(id) ?? []);
  const speeds = own.map((result) => (result.answers - result.failures) / result.seconds);
  measured.rounds = speeds.map((speed) => round(speed, 1));
  measured.perSecond = round(median(speeds), 1);
  measured.failures = own.reduce((sum, result) => sum + result.failures + result.broken, 0);
  const pairs = rounds.flatMap((results) => {
    const [mine, bare] = [results.get(id), results.get("bare")];
    return mine === undefined || bare === undefined || id === "direct" ? [] : [{ mine, bare }];
  });
  if (pairs.length > 0) measured.ratio = round(median(pairs.map(({ mine, bare }) => speedOf(mine) / speedOf(bare))), 3);
  if (own.some((result) => result.cpuNs.length > 0)) {
    measured.cpuUs = round(median(own.map((result) => cpuOf(result))), 2);
    measured.busy = round(median(own.map((result) => sum(result.cpuNs) / (result.seconds * 1e9))), 3);
    measured.disturbed = round(median(own.map((result) => disturbanceOf(bench, result))), 3);
    if (pairs.length > 0)
      measured.cpuRatio = round(median(pairs.map(({ mine, bare }) => cpuOf(bare) / cpuOf(mine))), 3);
  }
  for (const name of ["latencyUs", "firstUs", "markerUs"] as const) {
    const found = own.flatMap((result) => result[name] ?? []);
    if (found.length === 0) continue;
    const part = (key: "p50" | "p90" | "p99" | "p999" | "max"): number =>
      round(median(found.map((one) => one[key])), 1);
    const samples = found.reduce((total, one) => total + one.samples, 0);
    measured[name] = {
      samples,
      p50: part("p50"),
      p90: part("p90"),
      p99: part("p99"),
      p999: part("p999"),
      max: part("max"),
    };
  }
}

function speedOf(result: LoadResult): number {
  return (result.answers - result.failures) / result.seconds;
}

function cpuOf(result: LoadResult): number {
  return sum(result.cpuNs) / 1000 / Math.max(1, result.answers);
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** A phase of the memory row ends behind so many seconds, for those that do not get as far as the others. */
const MEMORY_PATIENCE_S = 9;

/** Half of the requests are unary, half streams; a tenth as many before, so that pools and caches are full. */
async function measureMemory(bench: Bench, work: Work, contenders: Contender[]): Promise<void> {
  if (work.method.kind !== "memory") return;
  const { requests, connections } = work.method;
  const total = Math.round(requests * bench.scale);
  const streamed: Work = {
    ...work,
    request: { ...work.request, stream: true },
    answer: { kind: "stream", events: 12 },
  };
  const done = new Map<string, number>(contenders.map(({ id }) => [id, 0]));
  const phases = [
    { phase: work, count: total / 20 },
    { phase: streamed, count: total / 20 },
    { phase: work, count: total / 2 },
    { phase: streamed, count: total / 2 },
  ];
  for (const [index, { phase, count }] of phases.entries()) {
    const answers = await loadAnswers(bench, phase, "answers-memory");
    const again = await enter(bench, phase, answers, {});
    for (const contender of contenders) {
      const same = again.find(({ id }) => id === contender.id);
      if (same === undefined || contender.processes.length === 0) continue;
      if (index === 2) {
        contender.measured.memory = { beforeKb: residentKb(contender.processes), afterKb: 0, requests: 0 };
      }
      const patience = contender.system?.isSlow === true ? 3 : MEMORY_PATIENCE_S;
      const options: LoadOptions = { connections, count: Math.round(count), patience };
      const { programs, cores } = bench.surroundings;
      const load = (): Promise<LoadResult> =>
        new Load(programs, cores, same.address.port, same.requests, options).result();
      const result = await inTurn(contender.processes, load);
      if (index < 2) continue;
      done.set(contender.id, (done.get(contender.id) ?? 0) + result.answers);
      const { memory } = contender.measured;
      if (memory !== undefined) {
        memory.afterKb = residentKb(contender.processes);
        memory.requests = done.get(contender.id) ?? 0;
      }
    }
  }
}

/** Opens streams that stay silent behind their first events, and looks at the memory. */
async function measureIdle(bench: Bench, wanted: number, contenders: Contender[]): Promise<void> {
  // A proxy has two connections per stream.
  const streams = Math.min(Math.round(wanted * bench.scale), Math.floor((openFileLimit() - 500) / 2));
  const { programs, cores } = bench.surroundings;
  for (const { address, requests, processes, measured } of contenders) {
    if (processes.length === 0) continue;
    await inTurn(processes, async () => {
      const [beforeKb, wasmBeforeKb] = [residentKb(processes), wasmMemoryKb(processes)];
      const filesBefore = countOpenFiles(processes);
      const load = new Load(programs, cores, address.port, requests, { hold: streams, patience: 40 });
      const held = await load.held;
      await new Promise((resolve) => setTimeout(resolve, 500));
      const [afterKb, wasmAfterKb] = [residentKb(processes), wasmMemoryKb(processes)];
      measured.idle = { beforeKb, afterKb, wasmBeforeKb, wasmAfterKb, streams: held };
      load.release();
      await load.result();
      // It must have closed its connections to the mock before it is stopped: the mock has no more room than for one proxy's.
      const deadline = performance.now() + 10_000;
      while (countOpenFiles(processes) > filesBefore + 100 && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    });
  }
}

/** Starts each system anew, some times, while the others idle. */
async function measureStart(
  bench: Bench,
  { rounds, isPinned }: { rounds: number; isPinned: boolean },
  systems: Record<string, Measured>,
): Promise<void> {
  const { surroundings } = bench;
  const around = isPinned ? surroundings : { ...surroundings, cores: { ...surroundings.cores, proxy: -1 } };
  const times = new Map<string, number[]>();
  const starters = bench.subjects.flatMap(({ id, system }) =>
    system === null || system.isSlow === true ? [] : [{ id, system }],
  );
  for (let turn = 0; turn < Math.min(rounds, bench.maxRounds); turn++) {
    for (const { id, system } of starters) {
      const began = performance.now();
      const running = await system.start(around);
      times.set(id, [...(times.get(id) ?? []), performance.now() - began]);
      await running.stop();
    }
  }
  for (const [id, all] of times) systems[id] = { startMs: round(median(all), 0) };
}
