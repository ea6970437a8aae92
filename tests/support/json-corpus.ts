import { type SeededRandom } from "./chunking";

const STRINGS = [
  "",
  "a",
  "model",
  "mod\\u0065l",
  '\\n\\t\\r\\b\\f\\/\\\\\\"',
  "\\u0000",
  "\\ud83d\\ude00",
  "\\ud800",
  "\\udc00x",
  "\\uD83D\\u0041",
  "ü",
  "漢字かな交じり文",
  "😀🚀",
  "\u007f\u0080\u2028\ufeff\uffff",
  "a longer text that is more than sixteen bytes and has no escapes",
  'a longer text \\"with\\" escapes and ümläute, more than 16 bytes',
  "__proto__",
];
const NUMBERS = [
  "0",
  "-0",
  "1",
  "-12",
  "3.25",
  "1e5",
  "1E-7",
  "-2.5e+10",
  "123456789012345678901234567890",
  "1e999",
  "0.1",
];
const SPACES = ["", "", "", " ", "\n", "\t", "\r\n", "            "];

/** A random JSON text, in all the ways that the grammar allows. Keys may come twice. */
export function randomJson(random: SeededRandom, depth = 0): string {
  const space = random.pick(SPACES);
  const kind = random.below(depth > 5 ? 5 : 8);
  if (kind === 0) return `${space}${random.pick(["null", "true", "false"])}`;
  if (kind <= 2) return `${space}${random.pick(NUMBERS)}${random.pick(SPACES)}`;
  if (kind <= 4) return `${space}"${randomInside(random)}"${random.pick(SPACES)}`;
  const items = Array.from({ length: random.below(6) }, (_, index) => {
    if (kind === 5) return randomJson(random, depth + 1);
    // Mostly different keys, or nearly every object would have one twice.
    const key = random.chance(0.05) ? randomInside(random) : `${randomInside(random)}${String(index)}`;
    return `${random.pick(SPACES)}"${key}"${random.pick(SPACES)}:${randomJson(random, depth + 1)}`;
  });
  const inside = items.length === 0 ? random.pick(SPACES) : items.join(",");
  return kind === 5 ? `${space}[${inside}]` : `${space}{${inside}}${random.pick(SPACES)}`;
}

function randomInside(random: SeededRandom): string {
  return Array.from({ length: random.below(3) }, () => random.pick(STRINGS)).join("");
}

/** The bytes with a few random changes: bytes dropped, doubled, replaced or put in, the end cut off. */
export function mutate(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  let result = Buffer.from(bytes);
  for (let count = 1 + random.below(3); count > 0; count--) {
    const at = random.below(result.length + 1);
    const tokens = ['"', "\\", "{", "}", "[", "]", ",", ":", "0", "-", ".", "e", "\n", "\0", "\\u12", "true", "\x1f"];
    const token = random.chance(0.3) ? Buffer.from([random.below(256)]) : Buffer.from(random.pick(tokens));
    const way = random.below(5);
    if (way === 0) result = result.subarray(0, at);
    else if (way === 1) result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1)]);
    else if (way === 2) result = Buffer.concat([result.subarray(0, at), token, result.subarray(at)]);
    else if (way === 3) result = Buffer.concat([result.subarray(0, at), token, result.subarray(at + token.length)]);
    else result = Buffer.concat([result.subarray(0, at), result.subarray(Math.max(0, at - 4))]);
  }
  return result;
}

/** What a strict reader makes of a text. */
export type Reading = { value: unknown } | { rejected: "syntax" | "duplicate" };

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads with `JSON.parse`, and adds what it does not check: UTF-8, and keys that come twice down to a depth. */
export function readStrictly(bytes: Uint8Array, indexedDepth: number): Reading {
  try {
    const text = decoder.decode(bytes);
    const value: unknown = JSON.parse(text);
    return hasDuplicate(text, indexedDepth) ? { rejected: "duplicate" } : { value };
  } catch {
    return { rejected: "syntax" };
  }
}

/** Whether an object in a valid JSON text has a key twice. */
function hasDuplicate(text: string, indexedDepth: number): boolean {
  const open: Set<string>[] = [];
  let last: string | undefined;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (token !== ":") last = token;
    else if (last !== undefined && open.length <= indexedDepth) {
      // By way of UTF-8, which has no lone surrogates: they become U+FFFD.
      const key = Buffer.from(JSON.parse(last) as string).toString();
      const keys = open.at(-1);
      if (keys?.has(key)) return true;
      keys?.add(key);
    }
  }
  return false;
}
