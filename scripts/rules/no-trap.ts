import ts from "typescript";
import type { Finding, SourceFile } from "./finding";
import { calledName, enclosingFunction, ParsedFile } from "./syntax";

/** Lesson 8: a trap takes the worker's VM down, so nothing in the module may ask for one. */
export function findTraps(source: SourceFile): Finding[] {
  const file = new ParsedFile(source);
  file.walk((node) => {
    if (ts.isThrowStatement(node)) file.report(node, "no-trap", "`throw` traps: return a status instead");
    const called = calledName(node);
    if (called === "assert") file.report(node, "no-trap", "`assert` traps: return a status instead");
    if (called === "unreachable") file.report(node, "no-trap", "`unreachable` traps: return a status instead");
    if (ts.isNonNullExpression(node)) file.report(node, "no-trap", "`!` traps on null: test for null first");
    if (ts.isPropertyDeclaration(node) && node.exclamationToken !== undefined) {
      file.report(node, "no-trap", "`!` on a field traps when it was not set: give it a value");
    }
    if (isUnguardedGet(node, file)) file.report(node, "no-trap", "`.get` traps on a missing key: test `.has` first");
    if (isEncodingInArguments(node)) {
      file.report(
        node,
        "named-before-address",
        "name `String.UTF8.encode(...)` in a local first: it may be collected while in use",
      );
    }
  });
  return file.findings;
}

/** `x.get(key)` in a function that nowhere before asks `x.has(key)`. */
function isUnguardedGet(node: ts.Node, file: ParsedFile): boolean {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const argument = node.arguments[0];
  if (node.expression.name.text !== "get" || node.arguments.length !== 1 || argument === undefined) return false;
  const receiver = node.expression.expression.getText(file.tree);
  const guard = `${receiver}.has(${argument.getText(file.tree)})`;
  const around = enclosingFunction(node) ?? file.tree;
  return !file.source.text.slice(around.getStart(file.tree), node.getStart(file.tree)).includes(guard);
}

/** `f(... String.UTF8.encode(...) ...)`: nothing holds the new object while `f` works on its address. */
function isEncodingInArguments(node: ts.Node): boolean {
  if (!ts.isCallExpression(node) || node.expression.getText() !== "String.UTF8.encode") return false;
  for (let inner: ts.Node = node; ; inner = inner.parent) {
    const outer = inner.parent as ts.Node | undefined;
    if (outer === undefined || ts.isStatement(outer) || ts.isFunctionLike(outer)) return false;
    if (ts.isCallExpression(outer) && outer.arguments.some((argument) => argument === inner)) return true;
  }
}
