import { type BenchResults, type Measured } from "./results";

/** One thing that issue 5 asks for, and how far it was reached. */
export interface TargetResult {
  what: string;
  wanted: string;
  reached: string;
  bestPeer: string;
  verdict: "met" | "missed" | "not measured";
}

/** A number of one system in one piece of work. */
type Look = (work: string, system?: string) => Measured | undefined;

interface Target {
  what: string;
  wanted: string;
  /** Null: not measured. */
  judge: (look: Look) => { reached: string; isMet: boolean } | null;
  /** Rows whose best peer is told. */
  peerWork?: string;
}

const PEERS = ["native", "native-plain", "higress", "higress-statistics", "portkey", "litellm"];
const OURS = "modelmux";

function ratioTarget(what: string, work: string, least: number): Target {
  return {
    what,
    wanted: `at least ${least.toFixed(2)} of bare`,
    peerWork: work,
    judge: (look) => {
      const measured = look(work);
      if (measured?.ratio === undefined) return null;
      const cpu = measured.cpuRatio === undefined ? "" : ` (by processor time ${measured.cpuRatio.toFixed(2)})`;
      return { reached: `${measured.ratio.toFixed(2)}${cpu}`, isMet: measured.ratio >= least };
    },
  };
}

/** A difference to bare Envoy that may not be larger than `most`. */
function differenceTarget(
  what: string,
  unit: string,
  most: number,
  value: (look: Look, system: string) => number | undefined,
): Target {
  return {
    what,
    wanted: `at most ${most} ${unit}`,
    judge: (look) => {
      const [own, bare] = [value(look, OURS), value(look, "bare")];
      if (own === undefined || bare === undefined) return null;
      const difference = own - bare;
      return { reached: `${difference.toFixed(Math.abs(difference) < 10 ? 2 : 0)} ${unit}`, isMet: difference <= most };
    },
  };
}

const TARGETS: readonly Target[] = [
  ratioTarget("same protocol, 1 KB, 16 connections", "o-1k-c16", 0.5),
  ratioTarget("OpenAI -> Anthropic, 1 KB, 16 connections", "a-1k-c16", 0.45),
  ratioTarget("OpenAI -> Anthropic, stream of 54 events, burst, 6 events per packet", "a-stream54-c16", 0.6),
  ratioTarget("the same, all events in one packet", "a-stream54-packed-c16", 0.6),
  ratioTarget("the same, one packet per event", "a-stream54-single-c16", 0.6),
  ratioTarget("paced streams, 128 at once", "a-paced-c128", 0.95),
  ratioTarget("OpenAI -> Anthropic, 100 KB", "a-100k-c16", 0.4),
  ratioTarget("OpenAI -> Anthropic, 1 MB", "a-1m-c4", 0.28),
  ratioTarget("same protocol, 1 MB", "o-1m-c4", 0.35),
  ratioTarget("fallback on the first attempt's 429, bare Envoy retrying once", "o-fallback-c16", 0.45),
  differenceTarget("latency added with 1 connection, 1 KB translated, p50", "ms", 0.12, (look, system) =>
    scaled(look("a-1k-c1", system)?.latencyUs?.p50, 0.001),
  ),
  differenceTarget("first event later than bare Envoy's, p50", "ms", 0.2, (look, system) =>
    scaled(look("a-first-event-c1", system)?.markerUs?.p50, 0.001),
  ),
  differenceTarget(
    "resident memory over bare Envoy's, one worker, after the requests below",
    "MB",
    40,
    (look, system) => scaled(look("a-memory", system)?.memory?.afterKb, 1 / 1024),
  ),
  {
    what: "growth of resident memory over 50,000 requests",
    wanted: "0 MB (less than 1)",
    judge: (look) => {
      const memory = look("a-memory")?.memory;
      if (memory === undefined) return null;
      const growth = (memory.afterKb - memory.beforeKb) / 1024;
      const bare = look("a-memory", "bare")?.memory;
      const compared = bare === undefined ? "" : `, bare ${((bare.afterKb - bare.beforeKb) / 1024).toFixed(1)} MB`;
      return { reached: `${growth.toFixed(1)} MB over ${memory.requests}${compared}`, isMet: growth < 1 };
    },
  },
  {
    what: "Wasm memory per idle open stream",
    wanted: "at most 8 KB",
    judge: (look) => {
      const idle = look("a-idle")?.idle;
      if (idle === undefined || idle.streams === 0) return null;
      const each = (idle.wasmAfterKb - idle.wasmBeforeKb) / idle.streams;
      return { reached: `${each.toFixed(1)} KB (${idle.streams} streams)`, isMet: each <= 8 };
    },
  },
  differenceTarget("processor time per event of a paced stream, its request included", "us", 1.5, (look, system) =>
    scaled(look("a-paced-c128", system)?.cpuUs, 1 / 54),
  ),
  differenceTarget("the same, without what a 1 KB request costs", "us", 1.5, (look, system) => {
    const [stream, request] = [look("a-paced-c128", system)?.cpuUs, look("a-1k-c16", system)?.cpuUs];
    return stream === undefined || request === undefined ? undefined : (stream - request) / 54;
  }),
  {
    what: "cost of 10 MB, in costs of 1 MB (text, OpenAI -> Anthropic)",
    wanted: "at most 11",
    judge: (look) => {
      const [large, small] = [look("a-10m-c2")?.cpuUs, look("a-1m-c4")?.cpuUs];
      if (large === undefined || small === undefined) return null;
      return { reached: (large / small).toFixed(1), isMet: large / small <= 11 };
    },
  },
  differenceTarget(
    "start to ready, later than bare Envoy",
    "ms",
    300,
    (look, system) => look("a-start", system)?.startMs,
  ),
  differenceTarget("the same, on one core", "ms", 300, (look, system) => look("a-start-pinned", system)?.startMs),
];

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}

/** Judges every target by what was measured. */
export function judgeTargets(results: BenchResults): TargetResult[] {
  const look: Look = (work, system = OURS) => results.works.find(({ id }) => id === work)?.systems[system];
  return TARGETS.map(({ what, wanted, judge, peerWork }) => {
    const outcome = judge(look);
    return {
      what,
      wanted,
      reached: outcome?.reached ?? "",
      bestPeer: peerWork === undefined ? "" : describeBestPeer(look, peerWork, results),
      verdict: outcome === null ? "not measured" : outcome.isMet ? "met" : "missed",
    };
  });
}

function describeBestPeer(look: Look, work: string, results: BenchResults): string {
  const measured = PEERS.flatMap((id) => {
    const ratio = look(work, id)?.ratio;
    const title = results.systems.find((system) => system.id === id)?.title ?? id;
    return ratio === undefined ? [] : [{ title, ratio }];
  });
  const best = measured.sort((left, right) => right.ratio - left.ratio)[0];
  return best === undefined ? "" : `${best.ratio.toFixed(2)} ${best.title}`;
}

/** The least ratio that a row should reach, for the chart. */
export function leastRatio(work: string): number | null {
  const wanted: Record<string, number> = {
    "o-1k-c16": 0.5,
    "a-1k-c16": 0.45,
    "a-stream54-c16": 0.6,
    "a-paced-c128": 0.95,
    "a-100k-c16": 0.4,
    "a-1m-c4": 0.28,
    "o-1m-c4": 0.35,
    "o-fallback-c16": 0.45,
  };
  return wanted[work] ?? null;
}
