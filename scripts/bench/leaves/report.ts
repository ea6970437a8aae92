import { existsSync, readFileSync } from "node:fs";
import { projectPath } from "../../support/project";

/** Where the results of the leaves are kept. */
export const LEAVES_OUTPUT = projectPath("build", "bench", "leaves.json");

/** What one leaf costs. */
export interface LeafResult {
  leaf: string;
  input: string;
  /** Who did it. */
  by: string;
  /** Megabytes of input per second. */
  megabytesPerSecond: number | null;
  nsPerEvent: number | null;
}

/** A run over all leaves. */
export interface LeafReport {
  commit: string;
  seed: number;
  node: string;
  jsonAs: string;
  results: LeafResult[];
}

/** The leaves of a commit, or null when they were not measured at it. */
export function readLeaves(commit: string): LeafReport | null {
  if (!existsSync(LEAVES_OUTPUT)) return null;
  const report = JSON.parse(readFileSync(LEAVES_OUTPUT, "utf8")) as LeafReport;
  return report.commit === commit ? report : null;
}
