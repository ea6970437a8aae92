import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildModules } from "../../scripts/build";
import { PROJECT_ROOT, projectPath } from "../../scripts/support/project";

/** `scripts/up.ts` as a process of its own, as `npm start` runs it. */
class Up {
  output = "";
  readonly child: ChildProcess;
  readonly status: Promise<number | null>;

  constructor(flags: string[], environment: Record<string, string> = {}) {
    this.child = spawn(process.execPath, ["--import", "tsx", projectPath("scripts", "up.ts"), ...flags], {
      cwd: PROJECT_ROOT,
      env: { ...withoutKeys(), TMPDIR: folder, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout?.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    this.child.stderr?.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    this.status = new Promise((resolve) => this.child.once("close", resolve));
    running.push(this);
  }

  async waitFor(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`ended before "${text}":\n${this.output}`);
      await delay(50);
    }
  }
}

let folder: string;
let port: number;
let running: Up[] = [];
const others: Server[] = [];

// As on a machine where `npm run build` has run; a build takes longer than a test may.
beforeAll(async () => void (await buildModules(["release"])), 600_000);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "modelmux-up-test-"));
  port = await findFreePorts(6);
});

afterEach(async () => {
  for (const up of running) {
    up.child.kill("SIGTERM");
    await up.status;
  }
  running = [];
  for (const server of others.splice(0)) server.close();
  rmSync(folder, { recursive: true, force: true });
});

function withoutKeys(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/_API_KEY$|^MODELMUX_/.test(name)));
}

function portFlags(): string[] {
  return ["--port", String(port), "--admin-port", String(port + 1), "--mock-port", String(port + 2)];
}

/** The first of some successive ports that are free now, below those that the system gives to clients at any moment (from 32768 up). */
async function findFreePorts(count: number): Promise<number> {
  for (let first = 20000 + Math.floor(Math.random() * 12000); ; first += count) {
    const results = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)));
    if (results.every(Boolean)) return first;
  }
}

function isFree(candidate: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(candidate, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

async function expectNothingLeft(): Promise<void> {
  for (let index = 0; index < 6; index++) expect(await isFree(port + index), `port ${port + index}`).toBe(true);
  // What tsx caches for itself is not ours.
  expect(readdirSync(folder).filter((name) => !name.startsWith("tsx-"))).toEqual([]);
}

/** The lines that a failed start wrote, without the progress of building. */
function complaints(up: Up): string[] {
  return up.output.split("\n").filter((line) => line !== "" && !line.startsWith("modelmux: building "));
}

async function expectComplaint(up: Up, message: string | RegExp): Promise<void> {
  expect(await up.status).toBe(1);
  const lines = complaints(up);
  expect(lines, up.output).toHaveLength(1);
  expect(lines[0]).toMatch(message);
  await expectNothingLeft();
}

describe("npm start", () => {
  it("starts everything, tells the story, answers it, and leaves nothing behind after Ctrl-C", async () => {
    const up = new Up(portFlags(), { DEEPSEEK_API_KEY: "a real key" });
    await up.waitFor("Ctrl-C stops everything.");
    expect(up.output).toContain(`http://localhost:${port}/v1`);
    expect(up.output).toMatch(/^models +qwen-max, .*deepseek-chat.*claude-sonnet-4-5/m);
    const commands = [...up.output.matchAll(/^ {2}(curl .*)$/gm)].map((match) => match[1] ?? "");
    expect(commands).toHaveLength(3);
    const [plain, streaming, fallback] = await Promise.all(commands.map(runShell));
    expect(JSON.parse(plain ?? "").choices[0].message.content).toContain("qwen-max");
    expect(streaming).toMatch(/^data: \{.*"object":"chat.completion.chunk"/);
    expect(streaming?.trim()).toMatch(/data: \[DONE\]$/);
    expect(fallback).toMatch(/^x-modelmux-provider: dashscope\r?$/m);
    expect(fallback).toMatch(/^x-modelmux-attempts: 2\r?$/m);

    const metrics = await (await fetch(`http://127.0.0.1:${port + 1}/stats/prometheus`)).text();
    expect(metrics).toMatch(/^modelmux_requests_total\{.*provider="dashscope".*\} \d/m);
    const journal = await (await fetch(`http://127.0.0.1:${port + 3}/__mock/requests`)).text();
    expect(journal).not.toContain("a real key");

    up.child.kill("SIGINT");
    expect(await up.status).toBe(0);
    await expectNothingLeft();
    const log = up.output.split("\n").filter((line) => line.startsWith("{"));
    expect(log.map((line) => JSON.parse(line).status)).toContain(200);
  });

  it("stops after SIGTERM as well, and at once after a second signal", async () => {
    const up = new Up(portFlags());
    await up.waitFor("Ctrl-C stops everything.");
    up.child.kill("SIGTERM");
    await up.waitFor("modelmux: stopping");
    up.child.kill("SIGINT");
    await up.status;
    await expectNothingLeft();
  });

  it("stops everything when Envoy dies, and says so", async () => {
    const up = new Up(portFlags());
    await up.waitFor("Ctrl-C stops everything.");
    await fetch(`http://127.0.0.1:${port + 1}/quitquitquit`, { method: "POST" });
    expect(await up.status).toBe(1);
    expect(up.output).toContain("modelmux: Envoy ended by itself (status 0); everything else was stopped");
    await expectNothingLeft();
  });

  it("can be interrupted while it starts", async () => {
    const up = new Up(portFlags());
    await delay(900);
    up.child.kill("SIGINT");
    await up.status;
    await expectNothingLeft();
  });
});

describe("one clear line, and status 1", () => {
  it("for a taken port, whichever it is", async () => {
    for (const [offset, hint] of [
      [0, "--port or MODELMUX_PORT"],
      [1, "--admin-port or MODELMUX_ADMIN_PORT"],
      [4, "--mock-port or MODELMUX_MOCK_PORT"],
    ] as const) {
      const server = createServer().listen(port + offset, "127.0.0.1");
      others.push(server);
      await new Promise((resolve) => server.once("listening", resolve));
      const up = new Up(portFlags());
      expect(await up.status).toBe(1);
      expect(complaints(up)).toEqual([
        `modelmux: port ${port + offset} is taken: stop what uses it, or choose another one with ${hint}`,
      ]);
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("for a plugin JSON that is missing, not JSON, or wrong", async () => {
    const file = join(folder, "plugin.json");
    await expectComplaint(
      new Up([...portFlags(), "--plugin", join(folder, "nothing.json")]),
      /cannot read the plugin JSON/,
    );
    writeFileSync(file, '{\n  "role": "gateway",\n  oops\n}');
    const broken = new Up([...portFlags(), "--plugin", file]);
    expect(await broken.status).toBe(1);
    expect(complaints(broken)).toEqual([expect.stringMatching(/plugin\.json is not JSON: line 3, column 3: /)]);
    const provider = { id: "openai", type: "openai", apiTokens: ["x"] };
    const target = { provider: "opnai" };
    writeFileSync(
      file,
      JSON.stringify({ role: "gateway", providers: [provider], routes: [{ model: "*", targets: [target] }] }),
    );
    const wrong = new Up([...portFlags(), "--plugin", file]);
    expect(await wrong.status).toBe(1);
    expect(complaints(wrong)).toEqual([expect.stringMatching(/plugin\.json: routes\[0\]\.targets\[0\]\.provider: /)]);
    rmSync(file);
    await expectNothingLeft();
  });

  it("for --live without any key", async () => {
    await expectComplaint(
      new Up([...portFlags(), "--live"]),
      /--live needs the key of at least one provider: set one of ANTHROPIC_API_KEY, /,
    );
  });

  it("for an Envoy that is none, a flag that is none, a port that is none", async () => {
    await expectComplaint(
      new Up(portFlags(), { ENVOY_BIN: "/bin/echo" }),
      "ENVOY_BIN is set to /bin/echo, which is not an Envoy",
    );
    await expectComplaint(new Up(["--prot", "1"]), /Unknown option '--prot'/);
    await expectComplaint(new Up(["--port", "http"]), /"http" is not a port/);
    await expectComplaint(new Up([], { MODELMUX_PORT: "70000" }), /MODELMUX_PORT: "70000" is not a port/);
  });
});

function runShell(command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const shell = spawn("sh", ["-c", command], { stdio: ["ignore", "pipe", "ignore"] });
    let output = "";
    shell.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    shell.once("error", reject);
    shell.once("close", () => resolve(output));
  });
}
