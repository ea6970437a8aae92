import { expect, test } from "vitest";
import { randomSplits, SeededRandom } from "./chunking";
import type { Member } from "./messages";
import { mutateBytes, mutateValue } from "./mutations";
import { generateRequest } from "./request-generator";
import { type Answer, parseStream, type Target, TranslateModule } from "./translate";

/** What the robustness tests break of one protocol. */
export interface RobustnessCase {
  targets: readonly Target[];
  /** Requests that the answers belong to, without `stream`; when not given, a plain one and (unless `narrow`) one that asks for JSON. */
  requests?: readonly Member[];
  /** Streams that are whole and well, together with one of everything. Empty: the vendor cannot stream. */
  streams: readonly (readonly unknown[])[];
  /** How the events of a stream are written, whatever has become of them; `writeNamedEvents` when not given. */
  wire?: (events: readonly unknown[]) => string | Uint8Array;
  /** Whole answers, together with one of everything, and errors inside a 200. */
  answers: readonly unknown[];
  /** Set when the vendor streams whatever is asked: what comes whole is an error. */
  alwaysStreams?: boolean;
  /** Bodies of error answers. */
  errors: readonly unknown[];
  /** Whether the protocol takes texts only: most requests then lose their tools, media and forms, so that enough of them can be said. */
  narrow?: boolean;
}

/** Milliseconds; a busy machine takes its time. */
const TIME_LIMIT = 120_000;
const ROUNDS = 1500;
const PLAIN = { model: "m", messages: [{ role: "user", content: "a" }] };
const encoder = new TextEncoder();

/** Declares the tests: broken bytes from either side never trap, never leak, and never come out as anything but an error or JSON. */
export function testRobustness(subject: RobustnessCase): void {
  test(
    "broken requests give an upstream request that is JSON, or an error; never a trap, never a leak",
    () => breakRequests(subject),
    TIME_LIMIT,
  );
  if (subject.streams.length > 0)
    test("broken streams end as done or failed, with valid events only", () => breakStreams(subject), TIME_LIMIT);
  test("broken unary answers and errors give a completion or an envelope", () => breakAnswers(subject), TIME_LIMIT);
}

/** Writes `{name, data}` as server-sent events; `data` is JSON, or text as it is. */
function writeNamedEvents(events: readonly unknown[]): string {
  const lines = (events as ({ name?: unknown; data?: unknown } | null)[]).map((event) => {
    const data: unknown = event?.data ?? event;
    const name = typeof event?.name === "string" ? `event: ${event.name.replace(/[\r\n]/g, " ")}\n` : "";
    return `${name}data: ${typeof data === "string" ? data.replace(/[\r\n]/g, " ") : JSON.stringify(data)}\n\n`;
  });
  return lines.join("");
}

/** A request without tools, media, forms of answers and choices. */
function narrowed(body: Member): Member {
  const { messages, ...members } = body as { messages: Member[] } & Member;
  for (const name of ["tools", "tool_choice", "functions", "function_call", "response_format", "n"])
    Reflect.deleteProperty(members, name);
  const texts = messages
    .filter(({ role }) => role !== "tool" && role !== "function")
    .map((message) => ({
      ...message,
      tool_calls: null,
      function_call: null,
      content: Array.isArray(message["content"])
        ? (message["content"] as { type?: string }[]).filter((part) => part?.type === "text")
        : message["content"],
    }));
  return { ...members, messages: [...texts, { role: "user", content: "Hi" }] };
}

function requestsOf({ requests, narrow }: RobustnessCase): readonly Member[] {
  if (requests !== undefined) return requests;
  return narrow === true ? [PLAIN] : [PLAIN, { ...PLAIN, response_format: { type: "json_object" } }];
}

async function breakRequests({ targets, narrow }: RobustnessCase): Promise<void> {
  const module = await TranslateModule.load();
  const random = new SeededRandom(45);
  let accepted = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const generated = generateRequest(random).body;
    const body = narrow === true && random.chance(0.9) ? narrowed(generated) : generated;
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

async function breakStreams(subject: RobustnessCase): Promise<void> {
  const module = await TranslateModule.load();
  const random = new SeededRandom(76);
  const wire = subject.wire ?? writeNamedEvents;
  let failed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const broken = wire(mutateValue(random.pick(subject.streams), random) as unknown[]);
    const whole = typeof broken === "string" ? encoder.encode(broken) : broken;
    const bytes = random.chance(0.4) ? mutateBytes(whole, random) : whole;
    // Some vendors stream to clients that do not.
    const isStream = random.chance(0.8);
    const more = isStream ? { stream: true, stream_options: { include_usage: true } } : {};
    const body = { ...random.pick(requestsOf(subject)), ...more };
    expect(module.translate(random.pick(subject.targets), body).error).toBeNull();
    const answer = module.answer(isStream, randomSplits(bytes, random), true);
    expect(answer.isDone).toBe(answer.failure === null);
    if (isStream) checkStream(answer);
    else checkWhole(answer);
    if (answer.failure !== null) failed += 1;
    expect(module.close()).toBe(0);
  }
  expect(failed).toBeGreaterThan(ROUNDS / 20);
  expect(failed).toBeLessThan(ROUNDS * 0.9);
}

function checkStream({ text, isDone, failure }: Answer): void {
  const written = parseStream(text);
  expect(written.filter((event) => event === "[DONE]")).toHaveLength(isDone ? 1 : 0);
  expect(written.at(-1)).toEqual(isDone ? "[DONE]" : failure?.envelope);
}

function checkWhole({ text, failure }: Answer): void {
  if (failure === null) expect(JSON.parse(text)).toHaveProperty("choices.0.message.role", "assistant");
  else expect(text).toBe("");
}

async function breakAnswers(subject: RobustnessCase): Promise<void> {
  const module = await TranslateModule.load();
  const random = new SeededRandom(69);
  let completed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const text = JSON.stringify(mutateValue(random.pick(subject.answers), random)) ?? "";
    const bytes = random.chance(0.4) ? mutateBytes(encoder.encode(text), random) : encoder.encode(text);
    expect(module.translate(random.pick(subject.targets), random.pick(requestsOf(subject))).error).toBeNull();
    const read = module.answer(false, randomSplits(bytes, random));
    checkWhole(read);
    if (read.failure === null) completed += 1;
    const status = random.pick([400, 401, 429, 500, 529, 302]);
    const error = encoder.encode(JSON.stringify(random.pick(subject.errors)));
    const failure = module.readError(status, mutateBytes(error, random));
    expect(failure.status).toBe(status);
    expect(failure.envelope.error.message).not.toBe("");
    expect(module.close()).toBe(0);
  }
  if (subject.alwaysStreams !== true) expect(completed).toBeGreaterThan(ROUNDS / 20);
  expect(completed).toBeLessThan(ROUNDS * 0.9);
}
