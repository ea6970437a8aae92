import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type LeafReport } from "./leaves/report";
import { type Machine } from "./machine";
import { type Distribution } from "./programs";

/** What one system did in one piece of work: medians over the rounds. */
export interface Measured {
  /** Answers per second. */
  perSecond?: number;
  /** To bare Envoy's in the same round. */
  ratio?: number;
  /** Every round's answers per second, to show how they spread. */
  rounds?: number[];
  /** Processor time of the proxy per answer, in microseconds. */
  cpuUs?: number;
  /** Bare Envoy's divided by it, in the same round. */
  cpuRatio?: number;
  latencyUs?: Distribution;
  firstUs?: Distribution;
  markerUs?: Distribution;
  /** Part of the time for which the proxy's core was busy, 0 to 1; below about 0.9 something else was the bottleneck. */
  busy?: number;
  /** Part of the time for which somebody else used the proxy's core, 0 to 1. */
  disturbed?: number;
  /** Answers other than 2xx, and connections that broke. */
  failures?: number;
  memory?: { beforeKb: number; afterKb: number; requests: number };
  /** With so many open streams: resident memory, and the linear memory of all Wasm VMs. */
  idle?: { beforeKb: number; afterKb: number; wasmBeforeKb: number; wasmAfterKb: number; streams: number };
  startMs?: number;
  /** What is wrong with the answers, when measured all the same. */
  wrong?: string;
  /** Why it was not measured. */
  absent?: string;
}

/** One piece of work and all systems. */
export interface WorkResult {
  id: string;
  title: string;
  /** Events per stream; 0 for other answers. */
  events: number;
  measuredAt: string;
  commit: string;
  seed: number;
  systems: Record<string, Measured>;
}

/** A whole run. */
export interface BenchResults {
  schema: 1;
  commit: string;
  seed: number;
  finishedAt: string;
  machine: Machine;
  systems: { id: string; title: string; version: string | null; absent: string | null }[];
  works: WorkResult[];
  /** The leaves alone, in Node's V8 (`npm run bench:leaves`). */
  leaves?: LeafReport;
}

/** The middle one; of two middle ones their mean. */
export function median(values: number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** Reads results, or null when there are none that can be understood. */
export function readResults(path: string): BenchResults | null {
  if (!existsSync(path)) return null;
  try {
    const value = JSON.parse(readFileSync(path, "utf8")) as BenchResults;
    return value.schema === 1 ? value : null;
  } catch {
    return null;
  }
}

/** Writes results. */
export function writeResults(path: string, results: BenchResults): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
}

/**
 * Adds what was measured now to what was measured before of the same commit: a piece of work that was measured again takes the old one's place,
 * whole, because ratios hold within one run only.
 */
export function mergeResults(before: BenchResults | null, now: BenchResults): BenchResults {
  if (before === null || before.commit !== now.commit) return now;
  const works = new Map(before.works.map((work) => [work.id, work]));
  for (const work of now.works) works.set(work.id, work);
  const systems = new Map(before.systems.map((system) => [system.id, system]));
  for (const system of now.systems) systems.set(system.id, system);
  return { ...now, works: [...works.values()], systems: [...systems.values()] };
}
