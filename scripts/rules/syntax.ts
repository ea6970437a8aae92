import ts from "typescript";
import type { Finding, SourceFile } from "./finding";

/** A parsed file with a way to report places in it. AssemblyScript is close enough to TypeScript for its parser. */
export class ParsedFile {
  readonly tree: ts.SourceFile;
  readonly findings: Finding[] = [];

  constructor(readonly source: SourceFile) {
    this.tree = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.Latest, true);
  }

  /** Line of a node, from 1. */
  lineOf(position: number): number {
    return this.tree.getLineAndCharacterOfPosition(position).line + 1;
  }

  report(node: ts.Node, rule: string, message: string): void {
    const line = this.lineOf(node.getStart(this.tree));
    this.findings.push({ file: this.source.path, line, rule, message });
  }

  /** Calls `visit` for every node of the file. */
  walk(visit: (node: ts.Node) => void): void {
    const step = (node: ts.Node): void => {
      visit(node);
      ts.forEachChild(node, step);
    };
    step(this.tree);
  }
}

/** The name of the function that a call calls, when it is a plain name. */
export function calledName(node: ts.Node): string | null {
  return ts.isCallExpression(node) && ts.isIdentifier(node.expression) ? node.expression.text : null;
}

/** The innermost function around a node, or null. */
export function enclosingFunction(node: ts.Node): ts.Node | null {
  for (let outer: ts.Node | undefined = node.parent; outer !== undefined; outer = outer.parent) {
    if (ts.isFunctionLike(outer)) return outer;
  }
  return null;
}
