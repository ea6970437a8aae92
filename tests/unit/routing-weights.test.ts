import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ConfigModule } from "../support/config";

let module: ConfigModule;

beforeAll(async () => {
  module = await ConfigModule.load();
});

afterEach(() => {
  expect(module.liveBlocks()).toBe(0);
});

/** A route `m` with one group of the given weights (models `0`, `1`, ...), and more positions before and after. */
function useGroup(weights: (number | undefined)[], before: unknown[] = [], after: unknown[] = []): void {
  const group = weights.map((weight, index) => ({ provider: "p", model: String(index), weight }));
  const targets = [...before, group, ...after];
  module.accept({ role: "gateway", providers: [{ id: "p", type: "openai" }], routes: [{ model: "m", targets }] });
}

/** The models of the targets in order. */
function order(): string[] {
  return module.select("m")!.targets.map((target) => target.model);
}

function sample(times: number): string[][] {
  return Array.from({ length: times }, order);
}

/** The chi-square statistic of how often each model came at a position, against expected shares. */
function chiSquare(orders: string[][], position: number, shares: number[]): number {
  const counts = shares.map((_, index) => orders.filter((models) => models[position] === String(index)).length);
  return shares.reduce((sum, share, index) => {
    const expected = share * orders.length;
    return sum + (counts[index]! - expected) ** 2 / expected;
  }, 0);
}

/** The 99.9 % points of the chi-square distribution for 1 to 4 degrees of freedom. */
const LIMITS = [10.83, 13.82, 16.27, 18.47];

describe("a weighted group", () => {
  it.each([
    ["80 : 20", [80, 20]],
    ["equal by default", [undefined, undefined, undefined]],
    ["5 : 3 : 1 : 1", [5, 3, 1, 1]],
    ["1 : 99", [1, 99]],
    ["large numbers", [1_000_000, 1_000_000, 500_000]],
    ["five", [1, 2, 3, 4, 5]],
  ])("puts each target first as often as its weight says: %s", (_name, weights) => {
    for (const seed of [1n, 42n, 0xffff_ffff_ffff_ffffn]) {
      module.seed(seed);
      useGroup(weights);
      const numbers = weights.map((weight) => weight ?? 1);
      const total = numbers.reduce((sum, weight) => sum + weight, 0);
      const shares = numbers.map((weight) => weight / total);
      expect(chiSquare(sample(2000), 0, shares)).toBeLessThan(LIMITS[weights.length - 2]!);
    }
  });

  it("draws the second place from the rest, by weight", () => {
    const weights = [5, 3, 2];
    module.seed(3n);
    useGroup(weights);
    const shares = weights.map((weight, index) =>
      weights.reduce(
        (sum, first, firstIndex) => (firstIndex === index ? sum : sum + (first / 10) * (weight / (10 - first))),
        0,
      ),
    );
    expect(chiSquare(sample(2000), 1, shares)).toBeLessThan(LIMITS[1]!);
  });

  it("names every target exactly once", () => {
    module.seed(5n);
    useGroup([5, 0, 3, 1, 0, 7]);
    for (const models of sample(500)) expect([...models].sort()).toEqual(["0", "1", "2", "3", "4", "5"]);
  });

  it("keeps its place between the other positions", () => {
    module.seed(5n);
    useGroup([1, 1], [{ provider: "p", model: "first" }], [{ provider: "p", model: "last" }]);
    const orders = sample(100);
    expect(new Set(orders.map((models) => models.join(" ")))).toEqual(new Set(["first 0 1 last", "first 1 0 last"]));
  });

  it("leaves weight 0 to the end, in written order", () => {
    module.seed(5n);
    useGroup([0, 4, 0, 1, 0], [], [{ provider: "p", model: "next" }]);
    for (const models of sample(300)) expect(models.slice(2)).toEqual(["0", "2", "4", "next"]);
  });

  it("of nothing but weight 0 is tried in written order", () => {
    module.seed(5n);
    useGroup([0, 0, 0]);
    for (const models of sample(50)) expect(models).toEqual(["0", "1", "2"]);
  });

  it("of one needs no choice, whatever its weight is", () => {
    useGroup([0], [{ provider: "p", model: "first", weight: 9 }]);
    expect(order()).toEqual(["first", "0"]);
  });

  it("may hold a hundred targets", () => {
    module.seed(5n);
    useGroup(new Array(100).fill(1_000_000));
    expect(new Set(order()).size).toBe(100);
  });

  it("gives the same orders for the same seed", () => {
    useGroup([5, 3, 2, 1]);
    const [first, again, other] = [9n, 9n, 10n].map((seed) => {
      module.seed(seed);
      return sample(50);
    });
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });
});

describe("the random numbers", () => {
  const MASK = (1n << 64n) - 1n;

  /** xorshift64* in plain integers. */
  function peer(seed: bigint): () => bigint {
    let state = seed;
    return () => {
      state ^= state >> 12n;
      state = (state ^ (state << 25n)) & MASK;
      state ^= state >> 27n;
      return (state * 0x2545f4914f6cdd1dn) & MASK;
    };
  }

  it.each([1n, 2n, 0x0123_4567_89ab_cdefn, MASK])("are those of xorshift64*, seed %d", (seed) => {
    module.seed(seed);
    const next = peer(seed);
    for (let index = 0; index < 200; index++) {
      expect(module.random(0x7fff_ffff)).toBe(Number(((next() >> 32n) * 0x7fff_ffffn) >> 32n));
    }
  });

  it("stay below their bound, and a seed of 0 works", () => {
    module.seed(0n);
    const seen = new Set(Array.from({ length: 1000 }, () => module.random(10)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(module.random(1)).toBe(0);
    expect(module.random(0)).toBe(0);
  });
});
