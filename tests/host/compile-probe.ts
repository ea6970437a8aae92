import { readFileSync } from "node:fs";
import asc from "assemblyscript/asc";

/** Compiles an AssemblyScript text to WebAssembly in memory, the way the release build is compiled (`_initialize`, no `env.abort`). */
export async function compileAssembly(source: string, extra: string[] = []): Promise<Uint8Array> {
  let binary: Uint8Array | null = null;
  const messages: string[] = [];
  const options = ["entry.ts", "--config", "none", "-O1", "--use", "abort=entry/abort", "--outFile", "entry.wasm"];
  const { error } = await asc.main([...options, ...(extra.length > 0 ? extra : ["--exportStart", "_initialize"])], {
    readFile: (name) => (name === "entry.ts" ? source : null),
    writeFile: (name, contents) => {
      if (name === "entry.wasm") binary = contents as Uint8Array;
    },
    listFiles: () => [],
    stderr: { write: (text: string | Uint8Array) => void messages.push(String(text)) },
  });
  if (error !== null || binary === null) throw new Error(`the probe does not compile:\n${messages.join("")}`);
  return binary;
}

/** The probe filter (`fixtures/probe.as`). */
export async function compileProbe(): Promise<Uint8Array> {
  return compileAssembly(readFileSync(new URL("./fixtures/probe.as", import.meta.url), "utf8"));
}
