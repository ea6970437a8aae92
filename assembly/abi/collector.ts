import { allocatedBytes, liveBytes } from "../runtime/objects";

/*
 * When garbage is collected. The collector knows no references on the Wasm stack, so the one safe moment is the end of a callback of the
 * host, outside any other. In exchange no function keeps a shadow stack, which was a third of the time spent in Wasm (ADR 10).
 */

/** Bytes of new objects that may gather before garbage is collected, so that they stay in a processor's cache. */
const LEAST_BUDGET: usize = 64 * 1024;
/** More when much is alive, because marking costs time for all of it: a fourth of that. */
const LIVE_SHIFT: usize = 2;

/** Callbacks that run now, one inside the other. */
let depth: i32 = 0;

/** A callback begins. */
export function beginCallback(): void {
  depth += 1;
}

/** A callback ends, and holds no reference any more; collects when enough has gathered. */
export function endCallback(): void {
  depth -= 1;
  if (depth > 0 || allocatedBytes() < LEAST_BUDGET + (liveBytes() >> LIVE_SHIFT)) return;
  __collect();
}
