import { expect, test } from "vitest";
import { randomSplits, SeededRandom } from "./chunking";
import { mutateBytes, mutateValue } from "./mutations";
import { generateRequest } from "./request-generator";
import { parseStream, type Target, TranslateModule } from "./translate";

/** What the robustness tests break of one protocol. */
export interface RobustnessCase {
  targets: readonly Target[];
  /** A stream with one of everything, and how its events are written. */
  events: readonly unknown[];
  wire: (events: readonly unknown[]) => string | Uint8Array;
  /** A whole answer with one of everything. */
  answer: unknown;
  /** An error answer. */
  error: unknown;
}

/** Milliseconds; a busy machine takes its time. */
const TIME_LIMIT = 120_000;
const ROUNDS = 2000;
const REQUESTS = [
  { model: "m", stream: true, stream_options: { include_usage: true }, messages: [{ role: "user", content: "a" }] },
  { model: "m", response_format: { type: "json_object" }, messages: [{ role: "user", content: "a" }] },
];
const encoder = new TextEncoder();

/** Declares the tests: broken bytes from either side never trap, never leak, and never come out as anything but an error or JSON. */
export function testRobustness(subject: RobustnessCase): void {
  test(
    "broken requests give an upstream request that is JSON, or an error; never a trap, never a leak",
    () => breakRequests(subject),
    TIME_LIMIT,
  );
  test("broken streams end as done or failed, with valid events only", () => breakStreams(subject), TIME_LIMIT);
  test("broken unary answers and errors give a completion or an envelope", () => breakAnswers(subject), TIME_LIMIT);
}

async function breakRequests({ targets }: RobustnessCase): Promise<void> {
  const module = await TranslateModule.load();
  const random = new SeededRandom(45);
  let accepted = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { body } = generateRequest(random);
    const broken = random.chance(0.7)
      ? encoder.encode(JSON.stringify(mutateValue(body, random)))
      : mutateBytes(encoder.encode(JSON.stringify(body)), random);
    const translation = module.translate(random.pick(targets), broken);
    if (translation.error === null) {
      accepted += 1;
      expect(typeof JSON.parse(translation.text)).toBe("object");
      expect(module.writeBodyAgain()).toBe(translation.text);
    } else {
      expect(translation.status).toBe(400);
      expect(translation.error.error).toMatchObject({ type: "invalid_request_error" });
      expect(translation.text).toBe("");
    }
    expect(module.close()).toBe(0);
  }
  // Both outcomes must be common, else the mutations test nothing.
  expect(accepted).toBeGreaterThan(ROUNDS / 20);
  expect(accepted).toBeLessThan(ROUNDS * 0.9);
}

async function breakStreams({ targets, events, wire }: RobustnessCase): Promise<void> {
  const module = await TranslateModule.load();
  const random = new SeededRandom(76);
  let failed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const broken = wire(mutateValue(events, random) as unknown[]);
    const whole = typeof broken === "string" ? encoder.encode(broken) : broken;
    const bytes = random.chance(0.4) ? mutateBytes(whole, random) : whole;
    expect(module.translate(random.pick(targets), random.pick(REQUESTS)).error).toBeNull();
    const answer = module.answer(true, randomSplits(bytes, random));
    const written = parseStream(answer.text);
    expect(answer.isDone).toBe(answer.failure === null);
    expect(written.filter((event) => event === "[DONE]")).toHaveLength(answer.isDone ? 1 : 0);
    expect(written.at(-1)).toEqual(answer.isDone ? "[DONE]" : answer.failure?.envelope);
    if (answer.failure !== null) failed += 1;
    expect(module.close()).toBe(0);
  }
  expect(failed).toBeGreaterThan(ROUNDS / 20);
  expect(failed).toBeLessThan(ROUNDS * 0.9);
}

async function breakAnswers({ targets, answer, error }: RobustnessCase): Promise<void> {
  const module = await TranslateModule.load();
  const random = new SeededRandom(69);
  for (let round = 0; round < ROUNDS; round++) {
    const text = JSON.stringify(mutateValue(random.chance(0.9) ? answer : error, random)) ?? "";
    const bytes = random.chance(0.4) ? mutateBytes(encoder.encode(text), random) : encoder.encode(text);
    expect(module.translate(random.pick(targets), random.pick(REQUESTS)).error).toBeNull();
    const read = module.answer(false, randomSplits(bytes, random));
    if (read.failure === null) expect(JSON.parse(read.text)).toHaveProperty("choices.0.message.role", "assistant");
    else expect(read.text).toBe("");
    const status = random.pick([400, 401, 429, 500, 529, 302]);
    const failure = module.readError(status, mutateBytes(encoder.encode(JSON.stringify(error)), random));
    expect(failure.envelope.error.message).not.toBe("");
    expect(module.close()).toBe(0);
  }
}
