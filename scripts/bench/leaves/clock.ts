import { median } from "../results";

let warmMs = 120;
let batchMs = 60;
const BATCHES = 5;

/** Measures so briefly that it only shows that everything runs. */
export function beBrief(): void {
  warmMs = 5;
  batchMs = 2;
}

/** Nanoseconds per call: the median of some batches, behind a time in which the engine compiles. */
export function timeCall(call: () => void): number {
  const warmUntil = performance.now() + warmMs;
  let calls = 0;
  while (performance.now() < warmUntil) {
    call();
    calls++;
  }
  const each = Math.max(1, Math.round((calls / warmMs) * batchMs));
  const batches: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const began = process.hrtime.bigint();
    for (let turn = 0; turn < each; turn++) call();
    batches.push(Number(process.hrtime.bigint() - began) / each);
  }
  return median(batches);
}
