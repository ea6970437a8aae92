import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../support/build";
import type { SeededRandom } from "../support/chunking";

/** Bytes that break parsers: ends and starts of tokens, escapes, line ends, parts of UTF-8, what frames events. */
const NASTY = [
  "{", "}", "[", "]", '"', ":", ",", "\\", "\\u", "\\ud800", "null", "true", "-", "1e999", "0", "\n", "\r", "\r\n\r\n", "\n\n",
  "data:", "data: [DONE]\n\n", "event: error\n", '{"error":{}}', '"choices":[]', '"type":"message_stop"', "\0", "\ufeff", "é", "😀",
].map((text) => Buffer.from(text)); // prettier-ignore
const BROKEN_UTF8 = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]].map((bytes) =>
  Buffer.from(bytes),
);

/** Changes a text in one to four places: flips, cuts, repeats, inserts. With a chance of one in five it stays as it is. */
export function mutate(bytes: Buffer, random: SeededRandom): Buffer {
  if (random.chance(0.2)) return bytes;
  let result = bytes;
  for (let count = 1 + random.below(4); count > 0; count--) result = mutateOnce(result, random);
  return result;
}

function mutateOnce(bytes: Buffer, random: SeededRandom): Buffer {
  const start = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, start + 1 + random.below(30));
  const before = bytes.subarray(0, start);
  const after = bytes.subarray(end);
  switch (random.below(7)) {
    case 0:
      return Buffer.concat([before, Buffer.from([random.below(256)]), bytes.subarray(start + 1)]);
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return Buffer.concat([before, bytes.subarray(start, end), bytes.subarray(start, end), after]);
    case 3:
      return Buffer.concat([before, random.pick(NASTY), bytes.subarray(start)]);
    case 4:
      return Buffer.concat([before, random.pick(NASTY), after]);
    case 5:
      return Buffer.concat([before, random.pick(BROKEN_UTF8), bytes.subarray(start)]);
    default:
      return before;
  }
}

/** The recorded upstream answers of all providers' fixtures: the well-formed bytes from which mutations start. */
export function recordedAnswers(): { name: string; bytes: Buffer; isStream: boolean }[] {
  const answers = [];
  for (const provider of ["openai", "anthropic"]) {
    const folder = join(projectRoot, "tests", "providers", provider, "fixtures");
    for (const fixture of readdirSync(folder)) {
      for (const file of readdirSync(join(folder, fixture)).filter((name) => name.startsWith("upstream-response."))) {
        const bytes = readFileSync(join(folder, fixture, file));
        answers.push({ name: `${provider}/${fixture}/${file}`, bytes, isStream: file.endsWith(".sse") });
      }
    }
  }
  return answers;
}
