import { ByteBuffer } from "../../bytes/buffer";
import { hash64 } from "../../bytes/hash";
import { Part } from "../../canonical/request";
import { plainIdLength } from "../../canonical/thought-ids";
import { JsonDocument } from "../../json/document";
import { unescapeInto } from "../../json/read";

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
 * other vendors take every id once. A signature of Gemini's behind an id, which they never see, does not make it another one. A result
 * belongs to the first call of its id, signature included, that has none yet. Legacy functions have their name in place of an id.
 */
export class RepeatedIds {
  private calls: Counts = new Counts();
  private results: Counts = new Counts();
  /** The numbers that calls have got, by their whole ids. */
  private numbers: Map<u64, i32[]> = new Map<u64, i32[]>();
  private wholeHash: u64 = 0;
  private plainHash: u64 = 0;

  constructor(private document: JsonDocument) {}

  /** The number of earlier calls with this id. */
  call(part: Part): i32 {
    this.hash(part);
    const earlier = this.calls.of(this.plainHash);
    this.calls.add(this.plainHash);
    if (this.numbers.has(this.wholeHash)) this.numbers.get(this.wholeHash).push(earlier);
    else this.numbers.set(this.wholeHash, [earlier]);
    return earlier;
  }

  /** The number of calls with this id before the one that this result answers. */
  result(part: Part): i32 {
    this.hash(part);
    if (!this.numbers.has(this.wholeHash)) return 0;
    const numbers = this.numbers.get(this.wholeHash);
    const earlier = this.results.of(this.wholeHash);
    this.results.add(this.wholeHash);
    return unchecked(numbers[min(earlier, numbers.length - 1)]);
  }

  /** The same text has the same hash with and without escapes; a name is never taken for an id of the same text. */
  private hash(part: Part): void {
    const document = this.document;
    const text = new ByteBuffer();
    let pointer = document.textPointer(part.id);
    let length = document.textLength(part.id);
    if (document.hasEscapes(part.id)) {
      unescapeInto(pointer, length, text);
      pointer = text.pointer;
      length = text.length;
    }
    const whole = hash64(pointer, length);
    const plainLength = plainIdLength(pointer, length);
    const plain = plainLength == length ? whole : hash64(pointer, plainLength);
    text.free();
    this.wholeHash = part.idFromName ? ~whole : whole;
    this.plainHash = part.idFromName ? ~plain : plain;
  }
}
