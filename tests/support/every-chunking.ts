import { expect } from "vitest";
import { allSplits } from "./chunking";
import type { Answer, Target, TranslateModule } from "./translate";

/**
 * Streams the bytes of a provider's answer to a request's client whole, byte by byte and at random splits. Every chunking must give the
 * same answer and leave nothing behind.
 */
export function streamInEveryChunking(
  module: TranslateModule,
  target: Target,
  body: unknown,
  bytes: Uint8Array,
): Answer {
  const answers = allSplits(bytes).map(({ name, chunks }) => {
    expect(module.translate(target, body).error).toBeNull();
    const answer = module.answer(true, chunks);
    expect(module.close(), name).toBe(0);
    return answer;
  });
  const [first] = answers;
  if (first === undefined) throw new Error("no answer");
  for (const answer of answers) expect(answer).toEqual(first);
  return first;
}
