import { Result } from "./abi";

export type MetricKind = "counter" | "gauge" | "histogram";
const KINDS: readonly MetricKind[] = ["counter", "gauge", "histogram"];

export interface Metric {
  name: string;
  kind: MetricKind;
  /** Of counters and gauges. */
  value: bigint;
  /** Of histograms. */
  samples: bigint[];
  /** Whether it was counted or recorded; Envoy shows no other ones. */
  used: boolean;
}

/** Envoy's statistics as a module sees them. The store outlives a VM; every definition gives a new id, the same name the same metric. */
export class MetricStore {
  readonly byName = new Map<string, Metric>();
  private readonly byId = new Map<number, Metric>();
  private definitions = 0;

  define(kind: number, name: string): { result: number; id: number } {
    const known = KINDS[kind];
    if (known === undefined) return { result: Result.BadArgument, id: 0 };
    const key = `${known}:${name}`;
    const metric = this.byName.get(key) ?? { name, kind: known, value: 0n, samples: [], used: false };
    this.byName.set(key, metric);
    const id = (++this.definitions << 2) | kind;
    this.byId.set(id, metric);
    return { result: Result.Ok, id };
  }
  /** Number of times a module has defined a metric: it should grow with names, not with requests. */
  get definitionCount(): number {
    return this.definitions;
  }
  increment(id: number, offset: bigint): number {
    if ((id & 3) === 2) return Result.BadArgument;
    const metric = this.byId.get(id);
    if (metric === undefined) return Result.NotFound;
    if (metric.kind === "counter" && offset <= 0n) return Result.BadArgument;
    metric.value += offset;
    metric.used = true;
    return Result.Ok;
  }
  record(id: number, value: bigint): number {
    const metric = this.byId.get(id);
    if (metric === undefined) return Result.NotFound;
    metric.used = true;
    if (metric.kind === "counter") metric.value += value;
    else if (metric.kind === "gauge") metric.value = value;
    else metric.samples.push(value);
    return Result.Ok;
  }
  get(id: number): { result: number; value: bigint } {
    if ((id & 3) === 2) return { result: Result.BadArgument, value: 0n };
    const metric = this.byId.get(id);
    return metric === undefined ? { result: Result.NotFound, value: 0n } : { result: Result.Ok, value: metric.value };
  }
  /** Forgets the values; the ids stay good. */
  reset(): void {
    for (const metric of this.byName.values()) {
      metric.value = 0n;
      metric.samples = [];
      metric.used = false;
    }
  }
  /** Names and values; a histogram's value is its samples. */
  snapshot(): Record<string, number | number[]> {
    const all: Record<string, number | number[]> = {};
    for (const metric of this.byName.values())
      if (metric.used)
        all[metric.name] = metric.kind === "histogram" ? metric.samples.map(Number) : Number(metric.value);
    return all;
  }
}
