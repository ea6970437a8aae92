import ts from "typescript";
import type { Finding, SourceFile } from "./finding";
import { ParsedFile } from "./syntax";

/** Lesson 15. */
export const FILE_LINES = 400;
export const FUNCTION_LINES = 60;

/** Files over 400 lines. */
export function findLongFile(source: SourceFile): Finding[] {
  const lines = source.text.split("\n").length - (source.text.endsWith("\n") ? 1 : 0);
  if (lines <= FILE_LINES) return [];
  return [
    { file: source.path, line: FILE_LINES + 1, rule: "file-length", message: `${lines} lines, at most ${FILE_LINES}` },
  ];
}

/** Functions and methods over 60 lines. */
export function findLongFunctions(source: SourceFile): Finding[] {
  const file = new ParsedFile(source);
  file.walk((node) => {
    if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) return;
    const lines = file.lineOf(node.getEnd()) - file.lineOf(node.getStart(file.tree)) + 1;
    if (lines > FUNCTION_LINES) file.report(node, "function-length", `${lines} lines, at most ${FUNCTION_LINES}`);
  });
  return file.findings;
}
