import { type ChildProcess } from "node:child_process";

const children = new Set<ChildProcess>();

/** Remembers a helper process (compiler, pip) until it ends, so that an interrupted program can end it too. */
export function trackChild<T extends ChildProcess>(child: T): T {
  children.add(child);
  child.once("close", () => children.delete(child));
  child.once("error", () => children.delete(child));
  return child;
}

/** Ends all helper processes that still run. */
export function endChildren(): void {
  for (const child of children) child.kill("SIGTERM");
}
