import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { trackChild } from "../support/children";
import { UserError } from "../support/failure";
import { projectPath } from "../support/project";

/** Which core runs what; -1 is any. */
export interface Cores {
  proxy: number;
  load: number;
}

/** The benchmark's own programs, compiled. */
export interface Programs {
  mock: string;
  load: string;
  pin: string;
}

/** Compiles the C programs whose sources are newer than they are. */
export function compilePrograms(report: (line: string) => void): Programs {
  const folder = projectPath("build", "bench");
  mkdirSync(folder, { recursive: true });
  const sources = projectPath("scripts", "bench", "native");
  const newest = Math.max(...readdirSync(sources).map((name) => statSync(join(sources, name)).mtimeMs));
  const compile = (name: string): string => {
    const output = join(folder, name);
    if (existsSync(output) && statSync(output).mtimeMs > newest) return output;
    const compiler = process.env["CC"] ?? "cc";
    report(`compiling ${name}.c`);
    const result = spawnSync(compiler, ["-O2", "-o", output, join(sources, `${name}.c`)], { encoding: "utf8" });
    if (result.error !== undefined) {
      throw new UserError(
        `no C compiler ("${compiler}"): install gcc or clang, or set CC; the mock and the load generator are small C programs`,
      );
    }
    if (result.status !== 0) throw new UserError(`${name}.c does not compile:\n${result.stderr}`);
    return output;
  };
  return { mock: compile("mock"), load: compile("load"), pin: compile("pin") };
}

/** Starts a program on a core. It ends at the latest with this process. */
export function spawnPinned(
  programs: Programs,
  core: number,
  command: string[],
  options: { stdio?: ("pipe" | "ignore" | "inherit")[]; environment?: NodeJS.ProcessEnv; folder?: string } = {},
): ChildProcess {
  const child = spawn(programs.pin, [String(core), ...command], {
    stdio: options.stdio ?? ["pipe", "pipe", "inherit"],
    env: options.environment ?? process.env,
    ...(options.folder === undefined ? {} : { cwd: options.folder }),
  });
  return trackChild(child);
}

/** How the mock sends its answers. */
export interface Pace {
  /** Microseconds between two writes of one stream; 0 is as fast as possible. */
  gapUs: number;
  /** Events per write. */
  perWrite: number;
  /** Stays silent for ever after this many events; 0 is never. */
  holdAfter: number;
}

/** The mock provider. */
export class Mock {
  port = 0;
  /** Behind it, the first try of every request is refused with 429. */
  limitedPort = 0;
  private waiting: ((line: string) => void)[] = [];

  private constructor(private readonly child: ChildProcess) {}

  /** Starts it on its core. */
  static async start(programs: Programs, cores: Cores): Promise<Mock> {
    const child = spawnPinned(programs, cores.load, [programs.mock]);
    const mock = new Mock(child);
    if (child.stdout === null) throw new UserError("the mock has no output");
    createInterface({ input: child.stdout }).on("line", (line) => mock.waiting.shift()?.(line));
    child.on("close", () => mock.waiting.splice(0).forEach((tell) => tell("ended")));
    const [port, limited] = (await mock.nextLine()).split(" ").map(Number);
    mock.port = port ?? 0;
    mock.limitedPort = limited ?? 0;
    return mock;
  }

  /** The process. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Answers from now on from this file. */
  async load(file: string, pace: Pace): Promise<void> {
    const answer = await this.tell(`load ${file} ${pace.gapUs} ${pace.perWrite} ${pace.holdAfter}`);
    if (answer !== "ok") throw new UserError(`the mock: ${answer}`);
  }

  /** How many requests it has answered. */
  async count(): Promise<number> {
    return Number(await this.tell("count"));
  }

  /** Ends it. */
  stop(): void {
    this.child.stdin?.end();
    this.child.kill("SIGKILL");
  }

  private tell(command: string): Promise<string> {
    const answer = this.nextLine();
    this.child.stdin?.write(`${command}\n`);
    return answer;
  }

  private nextLine(): Promise<string> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

/** Parts of a distribution, in microseconds. */
export interface Distribution {
  samples: number;
  p50: number;
  p90: number;
  p99: number;
  p999: number;
  max: number;
}

/** What the load generator says. */
export interface LoadResult {
  answers: number;
  /** Answers with another status than 2xx, and the last such status. */
  failures: number;
  failingStatus: number;
  /** Connections that ended inside an answer. */
  broken: number;
  bytesIn: number;
  seconds: number;
  latencyUs: Distribution | null;
  firstUs: Distribution | null;
  markerUs: Distribution | null;
  ownCpuNs: number;
  /** Per watched process. */
  cpuNs: number[];
  /** What each core of the machine did, for whomever. */
  coreBusyNs: number[];
}

/** What the load generator is told, by its option names. */
export type LoadOptions = Partial<
  Record<"connections" | "warm" | "seconds" | "count" | "rate" | "hold" | "patience", number>
> & { marker?: string; watch?: number[] };

/** A load generator that is at work. */
export class Load {
  private output = "";
  private readonly ended: Promise<void>;
  private readonly child: ChildProcess;
  private tellHeld: (count: number) => void = () => undefined;
  /** With `hold`: resolves with the number of open streams. */
  readonly held: Promise<number>;

  constructor(programs: Programs, cores: Cores, port: number, requests: string, options: LoadOptions) {
    const words = Object.entries(options).flatMap(([name, value]) => [name, String(value)]);
    this.child = spawnPinned(programs, cores.load, [programs.load, String(port), requests, ...words]);
    this.held = new Promise((resolve) => (this.tellHeld = resolve));
    this.child.stdout?.on("data", (chunk: Buffer) => {
      this.output += chunk.toString();
      const held = /^held (\d+)$/m.exec(this.output);
      if (held !== null) this.tellHeld(Number(held[1]));
    });
    this.ended = new Promise((resolve) => this.child.once("close", () => resolve()));
  }

  /** Lets go of what is held. */
  release(): void {
    this.child.stdin?.end();
  }

  /** Waits for the end. */
  async result(): Promise<LoadResult> {
    await this.ended;
    this.tellHeld(0);
    const line = this.output.split("\n").find((text) => text.startsWith("{"));
    if (line === undefined)
      throw new UserError(`the load generator ended without a result: ${this.output.slice(0, 200)}`);
    return JSON.parse(line) as LoadResult;
  }
}
