import { UserError } from "../support/failure";
import { parseFlags } from "../support/options";

/** What the user of the benchmark wants. */
export interface BenchOptions {
  /** Ids of the works, or null for all. */
  only: string[] | null;
  /** Ids of the systems, or null for the usual ones. */
  systems: string[] | null;
  /** Systems that are measured only when asked for. */
  with: string[];
  isQuick: boolean;
  seed: number;
  scale: number;
  rounds: number | null;
  out: string | null;
  publishes: boolean;
  help: boolean;
}

/** Says what the flags are. */
export const BENCH_HELP = `Measures modelmux against bare Envoy and others, on this machine and over loopback only.

  npm run bench                     everything, in less than ten minutes; writes docs/benchmark.{json,md,html}
  npm run bench -- --quick          the most important part, in about a minute; writes to build/bench/ only

  --only ID,ID      these works only (--list names them); a part of an id followed by * is a prefix
  --systems ID,ID   these systems only; bare Envoy is always there
  --with ID,ID      besides: portkey and litellm (installed into .cache/), modelmux-log, native-plain
  --seed N          the seed of all bodies (default: another one each time)
  --scale X         multiplies the length of every round (1)
  --rounds N        at most so many rounds
  --out FILE        where the JSON goes (build/bench/results.json); results of the same commit are merged
  --publish         writes docs/benchmark.* from what is in that file after this run
  --list            names works and systems
`;

/** Reads the flags. */
export function readBenchOptions(parameters: string[]): BenchOptions & { list: boolean } {
  const flags = parseFlags(
    {
      only: { type: "string" },
      systems: { type: "string" },
      with: { type: "string" },
      quick: { type: "boolean", default: false },
      seed: { type: "string" },
      scale: { type: "string" },
      rounds: { type: "string" },
      out: { type: "string" },
      publish: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
    parameters,
  );
  const list = (text: string | undefined): string[] | null => text?.split(",").filter((id) => id !== "") ?? null;
  return {
    only: list(flags.only),
    systems: list(flags.systems),
    with: list(flags.with) ?? [],
    isQuick: flags.quick,
    seed: flags.seed === undefined ? Date.now() % 0x7fffffff : readNumber(flags.seed, "--seed"),
    scale: flags.scale === undefined ? 1 : readNumber(flags.scale, "--scale"),
    rounds: flags.rounds === undefined ? null : readNumber(flags.rounds, "--rounds"),
    out: flags.out ?? null,
    publishes: flags.publish,
    list: flags.list,
    help: flags.help,
  };
}

function readNumber(text: string, name: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new UserError(`${name}: "${text}" is not a number above 0`);
  return number;
}
