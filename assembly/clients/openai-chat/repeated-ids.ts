import { ByteBuffer } from "../../bytes/buffer";
import { hash64 } from "../../bytes/hash";
import { Part } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { unescapeInto } from "../../json/read";

/** The same text has the same hash with and without escapes. */
function hashText(document: JsonDocument, node: i32): u64 {
  const pointer = document.textPointer(node);
  const length = document.textLength(node);
  if (!document.hasEscapes(node)) return hash64(pointer, length);
  const plain = new ByteBuffer();
  unescapeInto(pointer, length, plain);
  const hash = hash64(plain.pointer, plain.length);
  plain.free();
  return hash;
}

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
 * other vendors take every id once. A result belongs to the first call of its id that has none yet. Legacy functions have their name
 * in place of an id.
 */
export class RepeatedIds {
  private calls: Counts = new Counts();
  private results: Counts = new Counts();

  constructor(private document: JsonDocument) {}

  /** The number of earlier calls with this id. */
  call(part: Part): i32 {
    const hash = this.hash(part);
    const earlier = this.calls.of(hash);
    this.calls.add(hash);
    return earlier;
  }

  /** The number of calls with this id before the one that this result answers. */
  result(part: Part): i32 {
    const hash = this.hash(part);
    const earlier = this.results.of(hash);
    this.results.add(hash);
    return max(min(earlier, this.calls.of(hash) - 1), 0);
  }

  /** A name is never taken for an id of the same text. */
  private hash(part: Part): u64 {
    const hash = hashText(this.document, part.id);
    return part.idFromName ? ~hash : hash;
  }
}
