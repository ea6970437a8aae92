import { type BenchResults, type Measured, type WorkResult } from "./results";
import { leastRatio } from "./targets";

const COLOURS: Record<string, string> = {
  noop: "#9aa5b1",
  modelmux: "#2563eb",
  "modelmux-log": "#60a5fa",
  native: "#d97706",
  "native-plain": "#fbbf24",
  higress: "#059669",
  "higress-statistics": "#6ee7b7",
  portkey: "#9333ea",
  litellm: "#db2777",
};
const BAR = 13;
const GAP = 18;
const LEFT = 375;
const WIDTH = 1000;
const PLOT = WIDTH - LEFT - 70;

/** One chart: rows of bars. */
interface Chart {
  title: string;
  note: string;
  rows: { label: string; bars: { system: string; value: number; text: string }[]; tick: number | null }[];
  most: number;
}

/** A page with the results as charts: no script, nothing from elsewhere. */
export function writeChartPage(results: BenchResults): string {
  const systems = results.systems.filter(({ id }) => COLOURS[id] !== undefined);
  const shown = systems.filter(({ id }) => results.works.some((work) => work.systems[id]?.perSecond !== undefined));
  const legend = shown
    .map(({ id, title }) => `<li><span style="background:${COLOURS[id]}"></span>${escapeHtml(title)}</li>`)
    .join("");
  const charts = [ratioChart(results, "openai"), ratioChart(results, "translated"), latencyChart(results)];
  const { machine, commit, finishedAt } = results;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What modelmux costs</title>
<style>
:root { color-scheme: light dark; --text: #1f2937; --faint: #6b7280; --line: #d1d5db; --page: #ffffff; --target: #dc2626; }
@media (prefers-color-scheme: dark) { :root { --text: #e5e7eb; --faint: #9ca3af; --line: #374151; --page: #111827; --target: #f87171; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); max-width: 1040px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 2.5rem 0 0; } p { color: var(--faint); margin: 0.3rem 0 0.8rem; }
ul { list-style: none; padding: 0.6rem 0; margin: 0; display: flex; flex-wrap: wrap; gap: 0.2rem 1.4rem; position: sticky; top: 0; background: var(--page); }
li span { display: inline-block; width: 0.8rem; height: 0.8rem; border-radius: 2px; margin-right: 0.4rem; }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--text); font: 12px system-ui, sans-serif; }
svg .faint { fill: var(--faint); font-size: 11px; } svg .line { stroke: var(--line); } svg .target { stroke: var(--target); stroke-width: 2; }
</style>
</head>
<body>
<h1>What modelmux costs</h1>
<p>Commit ${escapeHtml(commit)}, ${finishedAt.slice(0, 10)}; ${escapeHtml(machine.processor)}, ${machine.cores} cores; ${escapeHtml(machine.pinning)}.
How it was measured and the tables: <a href="benchmark.md">benchmark.md</a>.</p>
<ul>${legend}</ul>
${charts.map((chart) => drawChart(chart)).join("\n")}
</body>
</html>
`;
}

function ratioChart(results: BenchResults, which: "openai" | "translated"): Chart {
  const works = results.works.filter(
    (work) => work.systems["modelmux"]?.ratio !== undefined && work.id.startsWith("o-") === (which === "openai"),
  );
  const rows = works.map((work) => ({
    label: shorten(work),
    bars: bars(
      results,
      work,
      ({ ratio }) => ratio,
      (value) => value.toFixed(value < 0.1 ? 3 : 2),
    ),
    tick: leastRatio(work.id),
  }));
  return {
    title: `Answers per second, as a part of bare Envoy's: ${which === "openai" ? "same protocol" : "translated"}`,
    note: "1 is Envoy without any filter in the same round. Longer is better; the red mark is the target where there is one.",
    rows,
    most: Math.max(1, ...rows.flatMap(({ bars: all }) => all.map(({ value }) => Math.min(value, 1.3)))),
  };
}

function latencyChart(results: BenchResults): Chart {
  const added = (id: string, read: (measured: Measured) => number | undefined, label: string): Chart["rows"] => {
    const work = results.works.find((one) => one.id === id);
    const bare = read(work?.systems["bare"] ?? {});
    if (work === undefined || bare === undefined) return [];
    const value = (measured: Measured): number | undefined => {
      const own = read(measured);
      return own === undefined ? undefined : Math.max(0, (own - bare) / 1000);
    };
    return [{ label, bars: bars(results, work, value, (number) => `${number.toFixed(2)} ms`), tick: null }];
  };
  const rows = [
    ...added("a-1k-c1", ({ latencyUs }) => latencyUs?.p50, "OpenAI -> Anthropic, 1 KB, 1 connection"),
    ...added("o-1k-c1", ({ latencyUs }) => latencyUs?.p50, "same protocol, 1 KB, 1 connection"),
    ...added("a-first-event-c1", ({ markerUs }) => markerUs?.p50, "first content of a stream, 1 connection"),
  ];
  const values = rows.flatMap(({ bars: all }) => all.map(({ value }) => value)).sort((left, right) => left - right);
  return {
    title: "Latency added to bare Envoy's, median",
    note: "Shorter is better; bars that do not fit are cut.",
    rows,
    most: Math.max(0.1, Math.min(values.at(-1) ?? 1, 4 * (values[values.length >> 1] ?? 1))),
  };
}

function shorten({ title }: WorkResult): string {
  return title
    .replace(/^OpenAI -> (OpenAI, )?/, "")
    .replace(" connections", " conn.")
    .replace(" connection", " conn.");
}

function bars(
  results: BenchResults,
  work: WorkResult,
  read: (measured: Measured) => number | undefined,
  text: (value: number) => string,
): Chart["rows"][number]["bars"] {
  return results.systems.flatMap(({ id }) => {
    const measured = work.systems[id];
    const value = measured === undefined || COLOURS[id] === undefined ? undefined : read(measured);
    return value === undefined ? [] : [{ system: id, value, text: text(value) }];
  });
}

function drawChart({ title, note, rows, most }: Chart): string {
  if (rows.length === 0) return "";
  const parts: string[] = [];
  let y = 8;
  for (const { label, bars: all, tick } of rows) {
    const height = all.length * BAR;
    parts.push(`<text x="${LEFT - 10}" y="${y + height / 2 + 4}" text-anchor="end">${escapeHtml(label)}</text>`);
    all.forEach(({ system, value, text }, index) => {
      const length = Math.max(1, (Math.min(value, most) / most) * PLOT);
      const top = y + index * BAR;
      parts.push(
        `<rect x="${LEFT}" y="${top + 1}" width="${length.toFixed(1)}" height="${BAR - 2}" rx="2" fill="${COLOURS[system]}"/>`,
      );
      parts.push(`<text class="faint" x="${(LEFT + length + 5).toFixed(1)}" y="${top + BAR - 3}">${text}</text>`);
    });
    if (tick !== null && tick <= most) {
      const x = (LEFT + (tick / most) * PLOT).toFixed(1);
      parts.push(`<line class="target" x1="${x}" x2="${x}" y1="${y - 3}" y2="${y + height + 3}"/>`);
    }
    y += height + GAP;
  }
  parts.unshift(`<line class="line" x1="${LEFT}" x2="${LEFT}" y1="0" y2="${y - GAP / 2}"/>`);
  const picture = `<svg viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="${escapeHtml(title)}">${parts.join("")}</svg>`;
  return `<h2>${escapeHtml(title)}</h2>\n<p>${escapeHtml(note)}</p>\n${picture}`;
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
