import { type BenchResults, type Measured, type WorkResult } from "./results";

/** One row of the benchmark for the terminal. */
export function formatWork(work: WorkResult, systems: BenchResults["systems"]): string {
  const lines = systems.flatMap(({ id, title, absent }) => {
    const measured = work.systems[id];
    if (absent !== null || measured === undefined) return [];
    return `  ${title.padEnd(48)}${describe(measured)}\n`;
  });
  return `${work.id}: ${work.title}\n${lines.join("")}`;
}

function describe(measured: Measured): string {
  const { perSecond, ratio, cpuUs, cpuRatio, latencyUs, markerUs, busy, failures, memory, idle, startMs } = measured;
  if (measured.absent !== undefined) return measured.absent;
  const parts: string[] = [];
  if (perSecond !== undefined) parts.push(`${perSecond.toFixed(0).padStart(7)}/s`);
  if (ratio !== undefined) parts.push(`ratio ${ratio.toFixed(2)}`);
  if (cpuUs !== undefined) parts.push(`cpu ${cpuUs.toFixed(1)} us`);
  if (cpuRatio !== undefined) parts.push(`(${cpuRatio.toFixed(2)})`);
  if (busy !== undefined) parts.push(`busy ${(100 * busy).toFixed(0)}%`);
  if ((measured.disturbed ?? 0) > 0.03) parts.push(`DISTURBED ${(100 * (measured.disturbed ?? 0)).toFixed(0)}%`);
  if (latencyUs !== undefined) parts.push(`p50 ${latencyUs.p50.toFixed(0)} p99 ${latencyUs.p99.toFixed(0)} us`);
  if (markerUs !== undefined) parts.push(`first ${markerUs.p50.toFixed(0)} us`);
  if (memory !== undefined) {
    parts.push(`RSS ${toMb(memory.beforeKb)} -> ${toMb(memory.afterKb)} MB over ${memory.requests} requests`);
  }
  if (idle !== undefined) {
    const each = (idle.afterKb - idle.beforeKb) / Math.max(1, idle.streams);
    const wasm = (idle.wasmAfterKb - idle.wasmBeforeKb) / Math.max(1, idle.streams);
    parts.push(
      `${idle.streams} streams, ${each.toFixed(1)} KB each, ${wasm.toFixed(1)} of it Wasm, RSS ${toMb(idle.afterKb)} MB`,
    );
  }
  if (startMs !== undefined) parts.push(`${startMs} ms`);
  if (failures !== undefined && failures > 0) parts.push(`${failures} FAILED`);
  if (measured.wrong !== undefined) parts.push(`WRONG: ${measured.wrong}`);
  return parts.join("  ");
}

function toMb(kb: number): string {
  return (kb / 1024).toFixed(1);
}
