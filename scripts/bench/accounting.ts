import { readdirSync, readFileSync } from "node:fs";

/** A process and all that it has started, as the operating system knows them. */
export function listProcesses(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = /\)\s+\S+\s+(\d+)/.exec(readText(`/proc/${name}/stat`))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const found = [root];
  for (const process of found) {
    for (const [child, parent] of parents) if (parent === process) found.push(child);
  }
  return found;
}

/** Resident memory of processes together, in KB. */
export function residentKb(processes: number[]): number {
  return processes.reduce((sum, process) => {
    const text = /^VmRSS:\s+(\d+) kB/m.exec(readText(`/proc/${process}/status`))?.[1];
    return sum + Number(text ?? 0);
  }, 0);
}

/**
 * Linear memory of the Wasm VMs of processes, in KB. V8 reserves far more addresses for each memory than it may ever have, so what is
 * readable is the memory and what follows it, for gigabytes, is not.
 */
export function wasmMemoryKb(processes: number[]): number {
  return processes.reduce((sum, process) => sum + wasmMemoryOf(readText(`/proc/${process}/maps`)), 0);
}

const LEAST_RESERVATION = 4 * 2 ** 30;

/** The same from the text of `/proc/PID/maps`. */
export function wasmMemoryOf(maps: string): number {
  let bytes = 0;
  let before = 0;
  for (const [, from = "", to = "", access = ""] of maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) (\S{4})/gm)) {
    const size = Number.parseInt(to, 16) - Number.parseInt(from, 16);
    if (access.startsWith("---") && size >= LEAST_RESERVATION) bytes += before;
    before = access.startsWith("rw-") ? size : 0;
  }
  return bytes / 1024;
}

/** Processor time that processes have used so far, in the kernel's ticks (10 ms). */
export function processorTicks(processes: number[]): number {
  return processes.reduce((sum, process) => {
    const fields = readText(`/proc/${process}/stat`).split(") ").at(-1)?.split(" ") ?? [];
    return sum + Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }, 0);
}

/**
 * Stops processes where they are, or lets them go on. All proxies share one core: one that still works off what it was sent before, or
 * collects its garbage, would take time from the one whose turn it is.
 */
export function pauseProcesses(processes: number[], isPaused: boolean): void {
  for (const process of processes) {
    try {
      globalThis.process.kill(process, isPaused ? "SIGSTOP" : "SIGCONT");
    } catch {
      // It has ended.
    }
  }
}

/** How many files and connections processes have open. */
export function countOpenFiles(processes: number[]): number {
  return processes.reduce((sum, process) => {
    try {
      return sum + readdirSync(`/proc/${process}/fd`).length;
    } catch {
      return sum;
    }
  }, 0);
}

/** How many files one process may open. */
export function openFileLimit(): number {
  const line = /^Max open files\s+(\S+)\s+(\S+)/m.exec(readText("/proc/self/limits"));
  return Number(line?.[2] ?? 1024) || 1024;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
