import { type Random } from "./random";

/** What people write to models: several scripts, code, JSON in text, what needs escapes in JSON, and numbers. */
const WORDS = [
  "the",
  "a",
  "please",
  "explain",
  "why",
  "function",
  "returns",
  "memory",
  "stream",
  "café",
  "naïve",
  "Straße",
  "über",
  "niño",
  "данные",
  "запрос",
  "模型",
  "请解释",
  "网关",
  "データ",
  "お願いします",
  "한국어",
  "שלום",
  "مرحبا",
  "🙂",
  "🚀",
  "👩‍💻",
  "∑",
  "≤",
  "3.14159",
  "42",
  "1e-7",
  "-0.5",
  "C:\\temp\\x",
  '"quoted"',
  "it's",
  "{",
  "}",
  '{"a":1}',
  "[0,1]",
  "</script>",
  "a/b",
  "x\ty",
  "\u0001",
  "http://127.0.0.1/?q=1&r=%20",
  "```ts\nconst x = 1;\n```",
];

/** The plain part of a text: most of what is written has no special letters at all. */
const PLAIN = (
  "we have to look at the code and see how requests flow through it when many clients ask for answers at once because every " +
  "copy of the body costs time and memory that nobody wants to pay for in a proxy which should only pass bytes along"
).split(" ");

/** A few words, at least as many bytes as wanted and seldom many more. */
export function writeText(random: Random, bytes: number): string {
  const parts: string[] = [];
  let length = 0;
  // Texts differ in how much of them is out of the ordinary: mail in English has none, Chinese is all of it.
  const strangeness = random.pick([0.02, 0.1, 0.4]);
  while (length < bytes) {
    const word = random.chance(strangeness) ? random.pick(WORDS) : random.pick(PLAIN);
    const separator = random.chance(0.06) ? "\n" : " ";
    parts.push(word, separator);
    length += Buffer.byteLength(word) + 1;
  }
  return parts.join("");
}
