/*
 * When garbage is collected. The module is built with AssemblyScript's `minimal` runtime: it collects only when told to, and then
 * knows no references on the Wasm stack, so the one safe moment is the end of a callback of the host, outside any other. In exchange no
 * function keeps a shadow stack, which was a third of the time spent in Wasm (ADR 10).
 *
 * Garbage is not measured but estimated, from above: what a callback allocates grows with the bytes that it was called for.
 */

/** Estimated bytes that any callback leaves behind, and a new context. */
const CALLBACK_BYTES: i64 = 128;
const CONTEXT_BYTES: i64 = 1024;
/** The share of the bytes that a callback is for: most of them are text, which no object is made for. */
const SIZE_SHIFT: i64 = 3;
/** Garbage that may gather before it is collected; more when there are many streams, because marking costs time for each of them. */
const LEAST_BUDGET: i64 = 256 * 1024;
const BUDGET_PER_STREAM: i64 = 1024;

/** Callbacks that run now, one inside the other. */
let depth: i32 = 0;
let estimate: i64 = 0;

/** A callback for `size` bytes begins. */
export function beginCallback(size: i32): void {
  depth += 1;
  // A trailer's callback says "all there is" with a size that is no number of bytes.
  estimate += CALLBACK_BYTES + (size == i32.MAX_VALUE ? 0 : (max(size, 0) as i64) >> SIZE_SHIFT);
}

/** Objects were made that take about so many bytes, more than the size of what is read would let one expect. */
export function noteGarbage(bytes: i64): void {
  estimate += bytes;
}

/** A context was made. */
export function noteContext(): void {
  estimate += CONTEXT_BYTES;
}

/** A callback ends, and holds no reference any more; collects when enough has gathered. `streams`: how many are live. */
export function endCallback(streams: i32): void {
  depth -= 1;
  if (depth > 0 || estimate < LEAST_BUDGET + (streams as i64) * BUDGET_PER_STREAM) return;
  estimate = 0;
  __collect();
}
