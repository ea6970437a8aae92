import ts from "typescript";
import type { Finding, SourceFile } from "./finding";
import { ParsedFile } from "./syntax";

/** Items of the translation checklist that must have a test: all of them. */
export const REQUIRED_ITEMS = range(1, 137);

const SYNTAX = /\[(\d+(?:\s*[,-]\s*\d+)*)\]/g;

/** Checklist items that no test name carries as `[N]`. */
export function findUntestedItems(tests: SourceFile[]): Finding[] {
  const tested = new Set(tests.flatMap((test) => [...listTestedItems(test)]));
  return REQUIRED_ITEMS.filter((item) => !tested.has(item)).map((item) => ({
    file: "tests",
    line: 0,
    rule: "checklist",
    message: `item ${item} of the translation checklist has no test whose name carries [${item}]`,
  }));
}

/** Item numbers at the start of a text, or of a test's name, in a file: `[37]`, `[37] [38]`, `[37, 38]`. */
export function listTestedItems(source: SourceFile): Set<number> {
  const items = new Set<number>();
  new ParsedFile(source).walk((node) => {
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node);
    if (!isText || !/^\s*\[\d/.test(node.text)) return;
    for (const match of node.text.matchAll(SYNTAX)) {
      for (const part of (match[1] ?? "").split(",")) items.add(Number(part.trim()));
    }
  });
  return items;
}

/** Provider folders that the registry does not import. */
export function findUnregisteredProviders(folders: string[], registry: string): Finding[] {
  return folders
    .filter((folder) => !registry.includes(`"./${folder}/`) && !registry.includes(`"./${folder}"`))
    .map((folder) => ({
      file: `assembly/providers/${folder}`,
      line: 0,
      rule: "registered",
      message: "this provider is not in assembly/providers/registry.ts",
    }));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
