import { expect, test } from "vitest";
import { randomSplits, SeededRandom } from "./chunking";
import { mutateBytes, mutateValue } from "./mutations";
import { generateRequest } from "./request-generator";
import { parseStream, type Target, TranslateModule } from "./translate";

/** What a protocol's test of broken bytes starts from. */
export interface BrokenBytesPlan {
  targets: Target[];
  /** A request that the answers belong to, without `stream`. */
  request: Record<string, unknown>;
  /** Streams of events, whole and well; `name` is the event's name. Empty: the vendor cannot stream. */
  streams: { name: string | null; data: unknown }[][];
  /** Whole answers and errors inside a 200. */
  answers: unknown[];
  /** Error bodies. */
  errors: unknown[];
  /** Whether the protocol takes texts only: most requests then lose their tools, media and forms, so that enough of them can be said. */
  narrow?: boolean;
  /** Rounds of each test. */
  rounds?: number;
}

const encoder = new TextEncoder();
/** Milliseconds; a busy machine takes its time. */
const TIME_LIMIT = 120_000;

function writeEvents(events: unknown): Uint8Array {
  const lines = (events as ({ name?: string | null; data?: unknown } | null)[]).map((event) => {
    const data: unknown = event?.data ?? event;
    const name = typeof event?.name === "string" ? `event: ${event.name.replace(/[\r\n]/g, " ")}\n` : "";
    return `${name}data: ${typeof data === "string" ? data.replace(/[\r\n]/g, " ") : JSON.stringify(data)}\n\n`;
  });
  return encoder.encode(lines.join(""));
}

/** A request without tools, media, forms of answers and choices. */
function narrowed(body: Record<string, unknown>): Record<string, unknown> {
  const { messages, ...members } = body as { messages: Record<string, unknown>[] } & Record<string, unknown>;
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

/** Registers tests: broken requests, streams, answers and errors of a protocol never trap, never leak, and end as done or failed. */
export function testBrokenBytes(plan: BrokenBytesPlan): void {
  const rounds = plan.rounds ?? 600;

  test(
    "broken requests give an upstream request that is JSON, or an error; never a trap, never a leak",
    async () => {
      const module = await TranslateModule.load();
      const random = new SeededRandom(45);
      let accepted = 0;
      for (let round = 0; round < rounds; round++) {
        const generated = generateRequest(random).body;
        const body = plan.narrow === true && random.chance(0.9) ? narrowed(generated) : generated;
        const broken = random.chance(0.7)
          ? encoder.encode(JSON.stringify(mutateValue(body, random)))
          : mutateBytes(encoder.encode(JSON.stringify(body)), random);
        const translation = module.translate(random.pick(plan.targets), broken);
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
      expect(accepted).toBeGreaterThan(rounds / 50);
      expect(accepted).toBeLessThan(rounds * 0.9);
    },
    TIME_LIMIT,
  );

  test.runIf(plan.streams.length > 0)(
    "broken streams end as done or failed, with valid events only",
    async () => {
      const module = await TranslateModule.load();
      const random = new SeededRandom(76);
      let failed = 0;
      for (let round = 0; round < rounds; round++) {
        const events = writeEvents(mutateValue(random.pick(plan.streams), random));
        const bytes = random.chance(0.4) ? mutateBytes(events, random) : events;
        const body = { ...plan.request, stream: true, stream_options: { include_usage: true } };
        expect(module.translate(random.pick(plan.targets), body).error).toBeNull();
        const answer = module.answer(true, randomSplits(bytes, random));
        const written = parseStream(answer.text);
        expect(answer.isDone).toBe(answer.failure === null);
        expect(written.filter((event) => event === "[DONE]")).toHaveLength(answer.isDone ? 1 : 0);
        expect(written.at(-1)).toEqual(answer.isDone ? "[DONE]" : answer.failure?.envelope);
        if (answer.failure !== null) failed += 1;
        expect(module.close()).toBe(0);
      }
      expect(failed).toBeGreaterThan(rounds / 50);
      expect(failed).toBeLessThan(rounds * 0.95);
    },
    TIME_LIMIT,
  );

  test(
    "broken whole answers and errors give a completion or an envelope",
    async () => {
      const module = await TranslateModule.load();
      const random = new SeededRandom(69);
      for (let round = 0; round < rounds; round++) {
        const text = JSON.stringify(mutateValue(random.pick(plan.answers), random)) ?? "";
        const bytes = random.chance(0.4) ? mutateBytes(encoder.encode(text), random) : encoder.encode(text);
        expect(module.translate(random.pick(plan.targets), plan.request).error).toBeNull();
        const answer = module.answer(false, randomSplits(bytes, random));
        if (answer.failure === null)
          expect(JSON.parse(answer.text)).toHaveProperty("choices.0.message.role", "assistant");
        else expect(answer.text).toBe("");
        const status = random.pick([400, 401, 429, 500, 529, 302]);
        const broken = mutateBytes(encoder.encode(JSON.stringify(random.pick(plan.errors))), random);
        const failure = module.readError(status, broken);
        expect(failure.status).toBe(status);
        expect(failure.envelope.error.message).not.toBe("");
        expect(module.close()).toBe(0);
      }
    },
    TIME_LIMIT,
  );
}
