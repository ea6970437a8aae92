import { hash64 } from "../../bytes/hash";
import { JsonDocument } from "../../json/document";

/** How often each id has come. */
class Counts {
  private seen: Map<u64, i32> = new Map<u64, i32>();

  of(hash: u64): i32 {
    return this.seen.has(hash) ? this.seen.get(hash) : 0;
  }

  add(hash: u64): void {
    this.seen.set(hash, this.of(hash) + 1);
  }
}

/**
 * Tells tool calls of one conversation apart that have the same id: some servers count the calls of each answer anew (`call_0`), and
 * other vendors take every id once. A result belongs to the first call of its id that has none yet.
 */
export class RepeatedIds {
  private calls: Counts = new Counts();
  private results: Counts = new Counts();

  constructor(private document: JsonDocument) {}

  /** The number of earlier calls with this id. */
  call(id: i32): i32 {
    const hash = this.hash(id);
    const earlier = this.calls.of(hash);
    this.calls.add(hash);
    return earlier;
  }

  /** The number of calls with this id before the one that this result answers. */
  result(id: i32): i32 {
    const hash = this.hash(id);
    const earlier = this.results.of(hash);
    this.results.add(hash);
    return max(min(earlier, this.calls.of(hash) - 1), 0);
  }

  private hash(id: i32): u64 {
    return hash64(this.document.textPointer(id), this.document.textLength(id));
  }
}
