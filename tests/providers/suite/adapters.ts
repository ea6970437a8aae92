import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectPath } from "../../../scripts/support/project";
import type { ProtocolAdapter } from "./adapter";

const TESTS = projectPath("tests", "providers");

/** Folders of `assembly/providers/` that the registry imports as a protocol. */
export function listProtocolFolders(): string[] {
  const registry = readFileSync(projectPath("assembly", "providers", "registry.ts"), "utf8");
  return [...registry.matchAll(/^import .* from "\.\/([^/"]+)\/index";$/gm)].map((match) => match[1] ?? "").sort();
}

/** Folders of `tests/providers/` that have an adapter. */
export function listAdapterFolders(): string[] {
  return readdirSync(TESTS)
    .filter((folder) => folder !== "suite" && existsSync(join(TESTS, folder, "adapter.ts")))
    .sort();
}

/** Every protocol's adapter, by folder. */
export async function loadAdapters(): Promise<ProtocolAdapter[]> {
  const adapters: ProtocolAdapter[] = [];
  for (const folder of listAdapterFolders()) {
    const url = pathToFileURL(join(TESTS, folder, "adapter.ts")).href;
    const { adapter } = (await import(/* @vite-ignore */ url)) as { adapter: ProtocolAdapter };
    adapters.push(adapter);
  }
  return adapters;
}
