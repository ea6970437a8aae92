import { spawnSync, type ChildProcess } from "node:child_process";
import { connect } from "node:net";
import { UserError } from "../../support/failure";
import { type RunningSystem } from "./system";

/** Runs an installer; what it complains about, or null. */
export function install(command: string, words: string[], limitMs: number): string | null {
  const result = spawnSync(command, words, { encoding: "utf8", timeout: limitMs });
  if (result.error !== undefined) return `${command} does not run: ${result.error.message}`;
  if (result.status === 0) return null;
  const lines = `${result.stdout}\n${result.stderr}`.split("\n").filter((line) => line.trim() !== "");
  return `${command} ${words[0] ?? ""} failed: ${lines.at(-1)?.slice(0, 160) ?? ""}`;
}

const START_LIMIT_MS = 60_000;

/** A program that takes connections at a port. Waits until it does. */
export async function runServer(
  child: ChildProcess,
  name: string,
  port: number,
  address: RunningSystem["address"],
): Promise<RunningSystem> {
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => {
      hasEnded = true;
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await takesConnections(port))) {
    if (hasEnded) throw new UserError(`${name} ended while starting`);
    if (Date.now() > deadline) {
      await stop();
      throw new UserError(`${name} was not ready within ${START_LIMIT_MS / 1000} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { child, address, stop };
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
