/** A seeded source of numbers (mulberry32): the same seed gives the same tests everywhere. */
export class SeededRandom {
  constructor(private state: number) {}

  /** A number in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000;
  }

  /** A whole number in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** One of the items. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }
}

/** All bytes in one chunk. */
export function whole(bytes: Uint8Array): Uint8Array[] {
  return [bytes];
}

/** One byte at a time. */
export function oneByOne(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
}

/** Cut in two at an offset. */
export function splitAt(bytes: Uint8Array, offset: number): Uint8Array[] {
  return [bytes.subarray(0, offset), bytes.subarray(offset)];
}

/** Cut at random places into chunks of up to `largest` bytes, empty ones among them. */
export function randomSplits(bytes: Uint8Array, random: SeededRandom, largest = 40): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const size = random.below(largest + 1);
    chunks.push(bytes.subarray(start, start + size));
    start += size;
  }
  return chunks;
}

/** The ways that every stream test cuts its bytes: whole, one by one, and three times at random. */
export function allSplits(bytes: Uint8Array, seed = 1): { name: string; chunks: Uint8Array[] }[] {
  const random = new SeededRandom(seed);
  const splits = [1, 2, 3].map((round) => ({
    name: `random ${String(round)}`,
    chunks: randomSplits(bytes, random, [5, 40, 400][round - 1]),
  }));
  return [{ name: "whole", chunks: whole(bytes) }, { name: "one by one", chunks: oneByOne(bytes) }, ...splits];
}
