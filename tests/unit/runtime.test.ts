import { beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../scripts/bench/random";
import { buildTestModule } from "../support/build";

interface Runtime {
  memory: WebAssembly.Memory;
  allocateBlock(size: number): number;
  reallocateBlock(block: number, size: number): number;
  freeBlock(block: number): void;
  collect(): void;
  allocatedBytes(): number;
  liveBytes(): number;
  grow(slot: number, size: number, children: number, depth: number): void;
  drop(slot: number): void;
  count(slot: number, size: number): number;
  hangOn(index: number, size: number, fill: number): void;
  hangs(index: number, size: number, fill: number): number;
}

describe.each([true, false])("the runtime, SIMD %s", (simd) => {
  let module: WebAssembly.Module;
  beforeAll(async () => {
    module = await buildTestModule("runtime", { simd, ownRuntime: true });
  }, 300_000);

  function start(): Runtime {
    const instance = new WebAssembly.Instance(module, { env: {} });
    (instance.exports["_initialize"] as () => void)();
    return instance.exports as unknown as Runtime;
  }

  test("blocks of all sizes keep their bytes while others come, grow and go", () => {
    const runtime = start();
    const random = new Random(11);
    const blocks: { address: number; size: number; fill: number }[] = [];
    const bytes = () => new Uint8Array(runtime.memory.buffer);
    const write = (block: { address: number; size: number; fill: number }) =>
      bytes().fill(block.fill, block.address, block.address + block.size);
    for (let round = 0; round < 5000; round++) {
      const size = random.between(1, 2 ** random.between(1, 17));
      const choice = random.between(0, 9);
      if (choice < 4 || blocks.length === 0) {
        const block = { address: runtime.allocateBlock(size), size, fill: random.between(0, 255) };
        expect(block.address % 16).toBe(0);
        write(block);
        blocks.push(block);
        continue;
      }
      const index = random.between(0, blocks.length - 1);
      const block = blocks[index]!;
      const kept = bytes().subarray(block.address, block.address + block.size);
      expect(kept.every((byte) => byte === block.fill)).toBe(true);
      if (choice < 6) {
        block.address = runtime.reallocateBlock(block.address, size);
        const common = bytes().subarray(block.address, block.address + Math.min(size, block.size));
        expect(common.every((byte) => byte === block.fill)).toBe(true);
        block.size = size;
        write(block);
      } else {
        runtime.freeBlock(block.address);
        blocks.splice(index, 1);
      }
    }
  });

  test("blocks that were given back are used again, also for other sizes", () => {
    const runtime = start();
    const fill = (size: number, total: number) => {
      const blocks = Array.from({ length: Math.floor(total / size) }, () => runtime.allocateBlock(size));
      for (const block of blocks) runtime.freeBlock(block);
    };
    fill(100, 4_000_000);
    const before = runtime.memory.buffer.byteLength;
    for (const size of [28, 300, 5000, 60_000, 3_000_000, 100]) fill(size, 3_000_000);
    expect(runtime.memory.buffer.byteLength).toBe(before);
  });

  test("the collector keeps what can be reached, whole, and nothing else", () => {
    const runtime = start();
    const random = new Random(5);
    const slots = Array.from({ length: 40 }, () => ({ size: 0, objects: 0 }));
    for (let round = 0; round < 400; round++) {
      const slot = random.between(0, 39);
      if (random.between(0, 2) === 0) {
        runtime.drop(slot);
        slots[slot] = { size: 0, objects: 0 };
      } else {
        const size = random.between(0, 2 ** random.between(1, 13));
        const [children, depth] = [random.between(0, 19), random.between(0, 19)];
        runtime.grow(slot, size, children, depth);
        slots[slot] = { size, objects: 1 + children + depth };
      }
      if (random.between(0, 3) === 0) runtime.collect();
      for (const [index, { size, objects }] of slots.entries()) expect(runtime.count(index, size)).toBe(objects);
    }
    for (let slot = 0; slot < 40; slot++) runtime.drop(slot);
    runtime.collect();
    expect(runtime.liveBytes()).toBeLessThan(2000);
    expect(runtime.allocatedBytes()).toBe(0);
  });

  test("a chain of a million objects is no problem, and its memory serves others afterwards", () => {
    const runtime = start();
    runtime.grow(0, 4, 0, 1_000_000);
    runtime.collect();
    expect(runtime.count(0, 4)).toBe(1_000_001);
    runtime.drop(0);
    runtime.collect();
    const before = runtime.memory.buffer.byteLength;
    runtime.grow(1, 200_000, 0, 400);
    runtime.drop(1);
    runtime.collect();
    runtime.grow(2, 500, 0, 100_000);
    expect(runtime.memory.buffer.byteLength).toBe(before);
  });

  test("a constant of the module leads to objects, also after collections that did not find it", () => {
    const runtime = start();
    for (let round = 1; round < 50; round++) {
      runtime.hangOn(round % 2, 30, round);
      runtime.collect();
      runtime.grow(0, 30, 50, 50);
      expect(runtime.hangs(round % 2, 30, round)).toBe(1);
    }
  });
});
