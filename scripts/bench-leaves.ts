import { mkdirSync, writeFileSync } from "node:fs";
import { makeInputs, measureJavaScript, measureScan, measureStreams, measureTranslation } from "./bench/leaves/cases";
import { jsonAsVersion, loadJsonAs, loadLeaves } from "./bench/leaves/modules";
import { beBrief } from "./bench/leaves/clock";
import { LEAVES_OUTPUT, type LeafReport, type LeafResult } from "./bench/leaves/report";
import { describeCommit } from "./bench/machine";
import { parseFlags } from "./support/options";
import { runProgram } from "./support/failure";
import { PROJECT_ROOT, projectPath } from "./support/project";

const HELP = `Measures the leaves of the module in Node's V8: reading JSON, splicing, translating, streams.

  npm run bench:leaves [-- --seed N]     prints a table, writes build/bench/leaves.json

  --quick      only to see that everything runs
  --out FILE   where the JSON goes
`;

async function main(): Promise<void> {
  const flags = parseFlags({
    seed: { type: "string" },
    quick: { type: "boolean", default: false },
    out: { type: "string" },
    help: { type: "boolean", default: false },
  });
  if (flags.quick) beBrief();
  if (flags.help) return void process.stdout.write(HELP);
  const seed = flags.seed === undefined ? Date.now() % 0x7fffffff : Number(flags.seed);
  const leaves = await loadLeaves("leaves", !flags.quick);
  const translate = await loadLeaves("translate", !flags.quick);
  const jsonAs = flags.quick ? "not in --quick" : await loadJsonAs();
  if (typeof jsonAs === "string") process.stderr.write(`modelmux: json-as ${jsonAsVersion()} is absent: ${jsonAs}\n`);
  const inputs = makeInputs(seed);
  const results: LeafResult[] = [];
  const add = (more: LeafResult[]): void => {
    results.push(...more);
    for (const result of more) process.stdout.write(formatLeaf(result));
  };
  add(measureScan(leaves, typeof jsonAs === "string" ? null : jsonAs, inputs));
  add(measureTranslation(translate, inputs));
  add(measureJavaScript(inputs));
  add(measureStreams(leaves, translate, seed));
  mkdirSync(projectPath("build", "bench"), { recursive: true });
  const report: LeafReport = {
    commit: describeCommit(PROJECT_ROOT),
    seed,
    node: process.version,
    jsonAs: jsonAsVersion(),
    results,
  };
  writeFileSync(flags.out ?? LEAVES_OUTPUT, `${JSON.stringify(report, null, 2)}\n`);
}

function formatLeaf({ leaf, input, by, megabytesPerSecond, nsPerEvent }: LeafResult): string {
  const speed = megabytesPerSecond === null ? "" : `${megabytesPerSecond.toFixed(0).padStart(6)} MB/s`;
  const events = nsPerEvent === null ? "" : `  ${nsPerEvent.toFixed(0).padStart(5)} ns per event`;
  return `${leaf.padEnd(24)} ${input.padEnd(40)} ${by.padEnd(52)} ${speed}${events}\n`;
}

await runProgram(main);
