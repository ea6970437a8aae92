import { beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../scripts/bench/random";
import { hashKey } from "../../scripts/compiler/key-hash";
import { buildTestModule } from "../support/build";
import { Leaves } from "../support/leaves";

interface Literals {
  chooseText(index: number): number;
  chooseKey(index: number): number;
  keyHash(): number;
  chooseAscii(): number;
  surviveCollections(): number;
  byte(index: number): number;
}

async function load(literals: boolean): Promise<Literals> {
  const module = await buildTestModule("literals", { literals, ownRuntime: true });
  const instance = new WebAssembly.Instance(module, { env: {} });
  (instance.exports["_initialize"] as () => void)();
  return instance.exports as unknown as Literals;
}

function textOf(module: Literals, length: number): string {
  return Buffer.from(Array.from({ length }, (_, index) => module.byte(index))).toString();
}

describe.each([true, false])("literals, made into bytes by the build: %s", (literals) => {
  let module: Literals;
  beforeAll(async () => {
    module = await load(literals);
  }, 300_000);

  test("are the same texts", () => {
    const texts = [0, 1, 2, 3].map((index) => textOf(module, module.chooseText(index)));
    expect(texts).toEqual(["", "x", "anthropic-version", 'quote " back \\ tab \t é 漢 😀']);
  });

  test("are the same keys, hashes included", () => {
    const names = ["", "n", "id", "role", "content", "messages", "max_completion_tokens"];
    names.forEach((name, index) => {
      expect(textOf(module, module.chooseKey(index))).toBe(name);
      expect(module.keyHash()).toBe(hashKey(Buffer.from(name)));
    });
    expect(module.chooseKey(names.length)).toBe(-1);
  });

  test("are appended", () => {
    expect(textOf(module, module.chooseAscii())).toBe('{"id":"a literal of more than sixteen characters{');
  });

  test("survive collections", () => {
    const lengths = [0, 1, 2, 3].map((index) => module.chooseText(index));
    expect(module.surviveCollections()).toBe(25 * lengths.reduce((sum, length) => sum + length, 0));
    expect(textOf(module, module.chooseText(2))).toBe("anthropic-version");
  });
});

describe("the hash of a key", () => {
  let leaves: Leaves;
  beforeAll(async () => {
    leaves = await Leaves.load(true);
  }, 300_000);

  test("is the module's for names of every length", () => {
    const random = new Random(11);
    for (let length = 0; length < 70; length++) {
      const name = Array.from({ length }, () => String.fromCharCode(33 + random.between(0, 90))).join("");
      expect([name, hashKey(Buffer.from(name))]).toEqual([name, leaves.withTexts("keyHash", [name])]);
    }
  });
});
