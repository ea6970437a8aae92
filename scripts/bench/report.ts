import { type BenchResults, type Measured, type WorkResult } from "./results";
import { judgeTargets } from "./targets";

const HOW = `Everything runs on one machine over loopback: a mock provider and a load generator of our own (\`scripts/bench/native/\`, C, epoll) on one core,
the proxy alone on another. Every system gets the same bodies, which a seeded generator makes: conversations of different lengths, several scripts,
escapes, numbers, tools, three ways of writing JSON. The mock reads each request whole and judges nothing; its answers are made before.
All proxies run at the same time, each round gives each one its turn, and a ratio is to **bare Envoy in the same round**; medians over the rounds (5 for bare
Envoy and modelmux in rows with a target, else 3, 2 for slow peers). Before a row is measured each system answers one request, and its text is compared with the
provider's; what is wrong then is told below. **cpu** is the proxy's processor time per answer as the kernel's scheduler counts it, over all
of its threads. No system writes an access log. Bare Envoy and the no-op module pass the provider's bytes on: they do no translation.`;

/** The page that a run ends with. */
export function writeReport(results: BenchResults): string {
  return [
    "# What modelmux costs",
    `Written by \`npm run bench\`; do not edit. A [chart](benchmark.html), and [all numbers](benchmark.json).`,
    HOW,
    machineSection(results),
    "## Targets of issue 5",
    table(
      ["work", "wanted", "reached", "", "best peer in the same run"],
      judgeTargets(results).map((target) => [
        target.what,
        target.wanted,
        target.reached,
        target.verdict === "met" ? "met" : `**${target.verdict}**`,
        target.bestPeer,
      ]),
    ),
    "## Answers per second",
    "In brackets the ratio to bare Envoy; below, processor time per answer in microseconds.",
    speedTable(results, speedCell),
    "## Processor time per answer, microseconds",
    speedTable(results, (measured) =>
      measured.cpuUs === undefined ? "" : measured.cpuUs.toFixed(measured.cpuUs < 100 ? 1 : 0),
    ),
    "## Latency, milliseconds",
    latencyTable(results),
    "## Memory and start",
    memoryTable(results),
    leavesSection(results),
    problemsSection(results),
  ]
    .filter((section) => section !== "")
    .join("\n\n");
}

function machineSection({ machine, systems, commit, seed, finishedAt, works }: BenchResults): string {
  const rows = systems.map(({ id, title, version, absent }) => [
    id,
    title,
    absent === null ? (version ?? "") : `absent: ${absent}`,
  ]);
  const seeds = [...new Set(works.map((work) => work.seed))];
  const runs =
    seeds.length === 1
      ? `seed ${seed}`
      : `seeds ${seeds.join(", ")} (rows were measured in several runs, each row in one)`;
  return [
    `Commit \`${commit}\`, ${finishedAt.slice(0, 16).replace("T", " ")} UTC, ${runs}. ${machine.processor}, ${machine.cores} cores, ` +
      `${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${machine.node}; ${machine.pinning}.`,
    table(["name", "system", "version"], rows),
  ].join("\n\n");
}

function columns(results: BenchResults, works: WorkResult[]): { id: string; title: string }[] {
  return results.systems.filter(
    ({ id, absent }) => absent === null && works.some((work) => hasNumbers(work.systems[id])),
  );
}

function hasNumbers(measured: Measured | undefined): boolean {
  return measured !== undefined && measured.absent === undefined;
}

function speedTable(results: BenchResults, cell: (measured: Measured) => string): string {
  const works = results.works.filter((work) => work.systems["bare"]?.perSecond !== undefined);
  const shown = columns(results, works);
  return table(
    ["work", ...shown.map(({ id }) => id)],
    works.map((work) => [work.title, ...shown.map(({ id }) => cellOf(work.systems[id], cell))]),
  );
}

function cellOf(measured: Measured | undefined, cell: (measured: Measured) => string): string {
  if (measured === undefined) return "";
  if (measured.absent !== undefined) return "–";
  return cell(measured) + (measured.wrong === undefined ? "" : " ¹");
}

function speedCell({ perSecond, ratio }: Measured): string {
  if (perSecond === undefined) return "";
  return `${thousands(perSecond)}${ratio === undefined ? "" : ` (${ratio.toFixed(ratio < 0.1 ? 3 : 2)})`}`;
}

function thousands(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

function latencyTable(results: BenchResults): string {
  const ids = ["a-1k-c1", "o-1k-c1", "a-1k-c16", "a-rate-2000"];
  const works = results.works.filter(({ id }) => ids.includes(id));
  const shown = columns(results, works);
  const milliseconds = (value: number): string => (value / 1000).toFixed(value < 10000 ? 2 : 1);
  const rows = works.map((work) => [
    `${work.title}: p50 / p99`,
    ...shown.map(({ id }) =>
      cellOf(work.systems[id], ({ latencyUs }) =>
        latencyUs === undefined ? "" : `${milliseconds(latencyUs.p50)} / ${milliseconds(latencyUs.p99)}`,
      ),
    ),
  ]);
  const first = results.works.find(({ id }) => id === "a-first-event-c1");
  if (first !== undefined) {
    const cells = shown.map(({ id }) =>
      cellOf(first.systems[id], ({ markerUs }) => (markerUs === undefined ? "" : milliseconds(markerUs.p50))),
    );
    rows.push(["first content of a stream, 1 connection: p50", ...cells]);
  }
  return table(["work", ...shown.map(({ id }) => id)], rows);
}

function memoryTable(results: BenchResults): string {
  const find = (id: string): WorkResult | undefined => results.works.find((work) => work.id === id);
  const megabytes = (kb: number): string => (kb / 1024).toFixed(1);
  const rows = results.systems.flatMap(({ id, title }) => {
    const memory = find("a-memory")?.systems[id]?.memory;
    const idle = find("a-idle")?.systems[id]?.idle;
    const start = find("a-start")?.systems[id]?.startMs;
    const pinned = find("a-start-pinned")?.systems[id]?.startMs;
    if (memory === undefined && idle === undefined && start === undefined) return [];
    return [
      [
        title,
        memory === undefined
          ? ""
          : `${megabytes(memory.beforeKb)} -> ${megabytes(memory.afterKb)} (${thousands(memory.requests)})`,
        idle === undefined || idle.streams === 0
          ? ""
          : `${((idle.afterKb - idle.beforeKb) / idle.streams).toFixed(1)}, ${((idle.wasmAfterKb - idle.wasmBeforeKb) / idle.streams).toFixed(1)} (${thousands(idle.streams)})`,
        start === undefined ? "" : String(start),
        pinned === undefined ? "" : String(pinned),
      ],
    ];
  });
  const heads = [
    "system",
    "RSS, MB, before -> after (requests)",
    "KB per idle stream, of it Wasm (streams)",
    "ready after, ms",
    "on one core, ms",
  ];
  return table(heads, rows);
}

function leavesSection({ leaves }: BenchResults): string {
  if (leaves === undefined) return "";
  const number = (value: number | null): string => (value === null ? "" : thousands(value));
  const rows = leaves.results.map(({ leaf, input, by, megabytesPerSecond, nsPerEvent }) => [
    leaf,
    input,
    by,
    number(megabytesPerSecond),
    number(nsPerEvent),
  ]);
  const text = `The module's leaves without a host, in the V8 of Node ${leaves.node} (\`npm run bench:leaves\`), with json-as ${leaves.jsonAs} and V8's own JSON beside. Megabytes are of input.`;
  return ["## The leaves alone", text, table(["leaf", "input", "by", "MB/s", "ns per event"], rows)].join("\n\n");
}

function problemsSection(results: BenchResults): string {
  const lines = new Set<string>();
  for (const work of results.works) {
    for (const { id, title } of results.systems) {
      const measured = work.systems[id];
      if (measured?.wrong !== undefined) lines.add(`- ¹ ${title}, ${work.title}: ${escape(measured.wrong)}`);
      if (measured?.absent !== undefined && measured.absent !== "does not do this")
        lines.add(`- ${title}, ${work.title}: not measured, ${escape(measured.absent)}`);
      const disturbed = measured?.disturbed ?? 0;
      if (disturbed > 0.05 && (id === "bare" || id === "modelmux"))
        lines.add(`- ${title}, ${work.title}: others used ${(100 * disturbed).toFixed(0)} % of the proxy's core`);
      if ((measured?.failures ?? 0) > 0) lines.add(`- ${title}, ${work.title}: ${measured?.failures} failed answers`);
    }
  }
  return lines.size === 0 ? "" : `## What went wrong\n\n${[...lines].join("\n")}`;
}

/** Text of other programs, made harmless for Markdown. */
function escape(text: string): string {
  return `\`${text.replace(/[`\r\n]+/g, " ")}\``;
}

/** A Markdown table. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.map((cell) => cell.replace(/\|/g, "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
