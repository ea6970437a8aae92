import { createHash, createHmac } from "node:crypto";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { SeededRandom } from "../support/chunking";
import { type Bytes, builds, Leaves } from "../support/leaves";

const bytes = (byte: number, length: number): Buffer => Buffer.alloc(length, byte);

/** FIPS 180-4's examples: https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values */
const DIGESTS: [message: string, digest: string][] = [
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
  ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
];

/** RFC 4231, section 4. */
const CODES: [key: Buffer, message: Bytes, code: string][] = [
  [bytes(0x0b, 20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
  [
    Buffer.from("Jefe"),
    "what do ya want for nothing?",
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  ],
  [bytes(0xaa, 20), bytes(0xdd, 50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
  [
    bytes(0xaa, 131),
    "Test Using Larger Than Block-Size Key - Hash Key First",
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  ],
];

describe.each(builds)("SHA-256 ($build)", ({ simd }) => {
  let leaves: Leaves;
  beforeAll(async () => {
    leaves = await Leaves.load(simd);
  });
  afterEach(() => expect(leaves.liveBlocksAfterReset()).toBe(0));

  test.each(DIGESTS.map(([message, digest]) => ({ length: message.length, message, digest })))(
    "NIST's example of $length bytes",
    ({ message, digest }) => expect(leaves.output("digestBytes", message).toString()).toBe(digest),
  );

  test.each(CODES)("RFC 4231", (key, message, code) => {
    leaves.withTexts("hmac", [key, message]);
    expect(leaves.takeOutput().toString()).toBe(code);
  });

  test("equals Node's at every length and in every two pieces", () => {
    const random = new SeededRandom(4231);
    for (let length = 0; length < 200; length++) {
      const message = Buffer.from(Array.from({ length }, () => random.below(256)));
      const digest = createHash("sha256").update(message).digest("hex");
      expect(leaves.output("digestBytes", message).toString(), String(length)).toBe(digest);
      leaves.withTexts("digestPieces", [message], random.below(length + 1));
      expect(leaves.takeOutput().toString(), String(length)).toBe(digest);
      const key = message.subarray(0, random.below(length + 1));
      leaves.withTexts("hmac", [key, message]);
      expect(leaves.takeOutput().toString()).toBe(createHmac("sha256", key).update(message).digest("hex"));
    }
  });
});
