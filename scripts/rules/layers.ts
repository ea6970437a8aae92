import { posix } from "node:path";
import ts from "typescript";
import type { Finding, SourceFile } from "./finding";
import { ParsedFile } from "./syntax";

/** Lesson 5 and the design: a folder may use the folders of a lower rank, those of the same rank only where `PEERS` says so. */
const RANKS: Record<string, number> = {
  runtime: -1,
  bytes: 0,
  json: 1,
  sse: 1,
  canonical: 2,
  clients: 3,
  providers: 3,
  routing: 3,
  metrics: 3,
  config: 3,
  abi: 4,
  filter: 5,
  testing: 6,
};
const PEERS = ["clients", "providers", "routing", "metrics", "config"];
/** The folders that may talk to the host's layer. */
const HOST_USERS = ["filter", "metrics", "testing"];

/** Checks the direction of a file's imports, and that only `assembly/abi` declares what the host offers. */
export function findLayerBreaks(source: SourceFile): Finding[] {
  const file = new ParsedFile(source);
  const from = folderOf(source.path);
  file.walk((node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      const target = node.moduleSpecifier;
      if (target !== undefined && ts.isStringLiteral(target)) checkImport(file, from, target);
    }
    if (from === "abi") return;
    const isExternal = ts.isDecorator(node) && node.getText(file.tree).startsWith("@external");
    const isDeclared = ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(isDeclareKeyword) === true;
    if (isExternal || isDeclared) file.report(node, "host-imports", "only assembly/abi may declare host functions");
  });
  return file.findings;
}

function isDeclareKeyword(modifier: ts.Modifier): boolean {
  return modifier.kind === ts.SyntaxKind.DeclareKeyword;
}

function checkImport(file: ParsedFile, from: string, target: ts.StringLiteral): void {
  if (from === "" || !target.text.startsWith(".")) return;
  const path = posix.join(posix.dirname(file.source.path), target.text);
  const to = folderOf(path);
  if (to === from || to === "") return;
  const complain = (message: string): void => file.report(target, "direction", message);
  if (to === "abi" && !HOST_USERS.includes(from))
    return complain(`${from} may not use abi (only filter and metrics may)`);
  if (from === "metrics" && to === "abi") return;
  if (from === "clients" && /^assembly\/providers\/[^/]+\//.test(path))
    return complain("a client protocol may not know a provider's");
  if (from === "providers" && to === "clients") return complain("a provider protocol may not know a client's");
  const [rankFrom, rankTo] = [RANKS[from], RANKS[to]];
  if (rankFrom === undefined || rankTo === undefined)
    return complain(`folder ${rankTo === undefined ? to : from} has no place in the design`);
  if (rankTo < rankFrom || (PEERS.includes(from) && PEERS.includes(to))) return;
  complain(`${from} may not use ${to}`);
}

/** The folder directly under assembly/, or "" for a file that lies there itself or elsewhere. */
function folderOf(path: string): string {
  return /^assembly\/([^/]+)\//.exec(path)?.[1] ?? "";
}
