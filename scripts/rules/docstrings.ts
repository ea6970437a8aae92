import ts from "typescript";
import type { Finding, SourceFile } from "./finding";
import { ParsedFile } from "./syntax";

/** Lesson 14: every exported symbol says in a docstring what it is. */
export function findMissingDocstrings(source: SourceFile): Finding[] {
  const file = new ParsedFile(source);
  for (const statement of file.tree.statements) {
    if (!ts.canHaveModifiers(statement)) continue;
    const isExported = ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);
    if (isExported !== true || isExplainedElsewhere(statement, source.text)) continue;
    if (!hasDocstring(statement, source.text)) {
      file.report(statement, "docstring", `exported ${nameOf(statement)} needs a docstring`);
    }
  }
  return file.findings;
}

/** The ABI documents its host functions and callbacks; a table of constants by the comment that stands before it. */
function isExplainedElsewhere(statement: ts.Statement & ts.HasModifiers, text: string): boolean {
  if (ts.isVariableStatement(statement) && /^[A-Z0-9_]+$/.test(nameOf(statement))) {
    return text.slice(0, statement.getStart()).includes("/*");
  }
  const isDeclared = ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) === true;
  return isDeclared || nameOf(statement).startsWith("proxy_");
}

function hasDocstring(node: ts.Node, text: string): boolean {
  const comments = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
  return comments.some(({ pos }) => text.startsWith("/**", pos));
}

function nameOf(statement: ts.Statement): string {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0]?.name.getText() ?? "value";
  const { name } = statement as ts.Statement & { name?: ts.Node };
  return name?.getText() ?? "symbol";
}
