import { writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { projectPath } from "../support/project";
import { writeChartPage } from "./chart";
import { writeReport } from "./report";
import { readLeaves } from "./leaves/report";
import { type BenchResults } from "./results";

/** Writes docs/benchmark.json, .md and .html, in the form that the project's formatter wants; gives their paths. */
export async function publishResults(measured: BenchResults, folder = projectPath("docs")): Promise<string[]> {
  const leaves = readLeaves(measured.commit);
  const results = leaves === null ? measured : { ...measured, leaves };
  const files = [
    { name: "benchmark.json", parser: "json", text: JSON.stringify(results) },
    { name: "benchmark.md", parser: "markdown", text: writeReport(results) },
    { name: "benchmark.html", parser: "html", text: writeChartPage(results) },
  ];
  const paths: string[] = [];
  for (const { name, parser, text } of files) {
    const path = `${folder}/${name}`;
    const config = await resolveConfig(projectPath("docs", name));
    writeFileSync(path, await format(text, { ...config, parser }));
    paths.push(path);
  }
  return paths;
}
