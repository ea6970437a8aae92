import { isDeepStrictEqual } from "node:util";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { SeededRandom } from "../support/chunking";
import { mutate, randomJson, readStrictly } from "../support/json-corpus";
import { builds, JsonError, Leaves } from "../support/leaves";

/** Random documents per build; every one is tried valid and twice mutated. */
const DOCUMENTS = 8000;

describe.each(builds)("random JSON against JSON.parse ($build)", ({ simd }) => {
  let leaves: Leaves;
  beforeAll(async () => {
    leaves = await Leaves.load(simd);
  });
  afterEach(() => {
    expect(leaves.liveBlocksAfterReset()).toBe(0);
  });

  /** Compares one document; gives whether it was accepted. */
  function compare(bytes: Uint8Array, indexedDepth: number): boolean {
    const expected = readStrictly(bytes, indexedDepth);
    const error = leaves.parse(bytes, indexedDepth);
    const shown = `${JSON.stringify(Buffer.from(bytes).toString("latin1"))} at depth ${String(indexedDepth)}`;
    if ("rejected" in expected) {
      const isRight = expected.rejected === "duplicate" ? error === JsonError.DuplicateKey : error !== JsonError.None;
      if (!isRight) expect.fail(`${expected.rejected} expected, error is ${String(error)}: ${shown}`);
      expect(leaves.call("jsonRoot")).toBe(-1);
      return false;
    }
    if (error !== JsonError.None) expect.fail(`refused with error ${String(error)}: ${shown}`);
    const value = leaves.value(leaves.call("jsonRoot"));
    if (!isDeepStrictEqual(value, expected.value)) expect.fail(`other value ${JSON.stringify(value)}: ${shown}`);
    return true;
  }

  it("accepts, refuses and understands the same documents", () => {
    const random = new SeededRandom(20261122);
    let accepted = 0;
    let refused = 0;
    for (let round = 0; round < DOCUMENTS; round++) {
      const bytes = Buffer.from(randomJson(random));
      const depth = random.pick([0, 1, 2, 3, 8]);
      for (const variant of [bytes, mutate(bytes, random), mutate(bytes, random)]) {
        if (compare(variant, depth)) accepted += 1;
        else refused += 1;
      }
    }
    // A corpus that is nearly all of one kind would prove little.
    expect(accepted).toBeGreaterThan(DOCUMENTS);
    expect(refused).toBeGreaterThan(DOCUMENTS / 2);
  });

  it("finds every member of random objects, and nothing else", () => {
    const random = new SeededRandom(7);
    for (let round = 0; round < 1500; round++) {
      const members = new Map<string, number>();
      for (let index = random.below(60); index >= 0; index--) members.set(`k${String(random.below(200))}é`, index);
      const spelled = [...members].map(([key, value]) => {
        const name = random.chance(0.3) ? `\\u006b${key.slice(1)}` : key;
        return `"${name}":${String(value)}`;
      });
      expect(leaves.parse(`{${spelled.join(",")}}`)).toBe(JsonError.None);
      for (let index = 0; index < 10; index++) {
        const key = `k${String(random.below(200))}é`;
        const node = leaves.find(0, key);
        expect(node < 0 ? undefined : leaves.call("jsonInteger", node, -1n)).toEqual(
          members.has(key) ? BigInt(members.get(key) ?? 0) : undefined,
        );
      }
      expect(leaves.call("jsonCount", 0)).toBe(members.size);
    }
  });
});
