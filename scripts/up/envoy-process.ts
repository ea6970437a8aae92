import { spawn, type ChildProcess } from "node:child_process";
import { UserError } from "../support/failure";

/** How to run Envoy. */
export interface EnvoyStart {
  binary: string;
  /** Path of the configuration. */
  configuration: string;
  environment: Record<string, string>;
  logLevel: string;
  concurrency: number;
  /** Named in messages about the plugin JSON. */
  pluginPath: string;
  /** Whether what Envoy writes to its standard output (the access log) is shown on ours. */
  showsOutput: boolean;
}

/** How long Envoy may take until it is ready, in ms; live clusters wait for DNS. */
const START_TIMEOUT_MS = 30_000;
/** How long Envoy may take to stop before it is killed, in ms. */
const STOP_TIMEOUT_MS = 3_000;

/** A running Envoy. Its log goes to our standard error once it is ready. */
export class EnvoyProcess {
  private readonly child: ChildProcess;
  private readonly pluginPath: string;
  private log = "";
  private isReady = false;
  private isStopping = false;
  /** Resolves when the process has ended, however. */
  readonly ended: Promise<void>;

  constructor(start: EnvoyStart) {
    this.pluginPath = start.pluginPath;
    const parameters = ["-c", start.configuration, "-l", start.logLevel, "--concurrency", String(start.concurrency)];
    // Several Envoys may run on one machine; and a line of the access log should not wait ten seconds.
    parameters.push("--use-dynamic-base-id", "--file-flush-interval-msec", "200");
    this.child = spawn(start.binary, parameters, {
      env: { PATH: process.env["PATH"] ?? "", ...start.environment },
      stdio: ["ignore", start.showsOutput ? "inherit" : "ignore", "pipe"],
    });
    this.child.stderr?.on("data", (chunk: Buffer) => {
      if (this.isReady) process.stderr.write(chunk);
      else if (!this.isStopping) this.log += chunk.toString();
    });
    this.ended = new Promise((resolve) => {
      this.child.once("error", (error) => {
        this.log += `${error.message}\n`;
        resolve();
      });
      this.child.once("close", () => resolve());
    });
  }

  /** Waits until all of the addresses answer with status 200. Fails with what Envoy says is wrong. */
  async waitUntilReady(addresses: string[]): Promise<void> {
    let hasEnded = false;
    void this.ended.then(() => (hasEnded = true));
    const deadline = Date.now() + START_TIMEOUT_MS;
    const waiting = [...addresses];
    while (waiting[0] !== undefined) {
      if (hasEnded) throw new UserError(this.describeFailure());
      if (Date.now() > deadline) throw new UserError(`Envoy does not answer at ${waiting[0]} (${START_TIMEOUT_MS} ms)`);
      if (await answers(waiting[0])) waiting.shift();
      else await new Promise((resolve) => setTimeout(resolve, 50));
    }
    this.isReady = true;
    process.stderr.write(this.log);
  }

  /** Stops the process, by force when it does not stop by itself. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.isReady = false;
    const force = setTimeout(() => this.kill(), STOP_TIMEOUT_MS);
    this.child.kill("SIGTERM");
    await this.ended;
    clearTimeout(force);
  }

  /** Ends the process at once. */
  kill(): void {
    this.child.kill("SIGKILL");
  }

  /** How the process ended, for the user. */
  describeEnd(): string {
    const { exitCode, signalCode } = this.child;
    return signalCode === null ? `status ${exitCode}` : `signal ${signalCode}`;
  }

  private describeFailure(): string {
    return describeEnvoyFailure(this.log, this.pluginPath) ?? `Envoy ended (${this.describeEnd()}) without saying why`;
  }
}

/**
 * Says in one line why Envoy did not start: the module's complaints about the plugin JSON when there are any,
 * else Envoy's own last words. Null when there is nothing to say.
 */
export function describeEnvoyFailure(log: string, pluginPath: string): string | null {
  const lines = log.split("\n");
  const complaints = new Set<string>();
  for (const line of lines) {
    const complaint = /\bmodelmux: configuration: (.*)$/.exec(line)?.[1];
    if (complaint !== undefined) complaints.add(complaint.trim());
  }
  if (complaints.size > 0) return `${pluginPath}: ${[...complaints].join("; ")}`;
  const own = lines.filter((line) => /\[(critical|error)\]/.test(line)).at(-1) ?? lines.filter(Boolean).at(-1);
  return own === undefined ? null : `Envoy did not start: ${own.replace(/^(\[[^\]]*\]\s*)+/, "").trim()}`;
}

async function answers(address: string): Promise<boolean> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}
