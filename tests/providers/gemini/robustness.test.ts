import { expect, test } from "vitest";
import { randomSplits, SeededRandom } from "../../support/chunking";
import { mutateBytes, mutateValue } from "../../support/mutations";
import { generateRequest } from "../../support/request-generator";
import { parseStream, type Target, TranslateModule } from "../../support/translate";
import { call, candidate, stop, toBytes } from "./answer";
import { studio, vertex } from "./request";

const TARGETS: Target[] = [
  ...["gemini-2.0-flash", "gemini-2.5-pro", "gemini-3-pro-preview", "other"].map((model) => studio(model)),
  vertex("gemini-3.8-flash"),
];
/** Milliseconds; a busy machine takes its time. */
const TIME_LIMIT = 120_000;
const encoder = new TextEncoder();

const USAGE = {
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2, thoughtsTokenCount: 1, cachedContentTokenCount: 4 },
};
const LOGPROBS = {
  chosenCandidates: [{ token: "H", logProbability: -0.5 }],
  topCandidates: [{ candidates: [{ token: "H", logProbability: -0.5 }] }],
};
const GROUNDING = {
  groundingChunks: [{ web: { uri: "https://a.example", title: "A" } }],
  groundingSupports: [{ segment: { startIndex: 0, endIndex: 2 }, groundingChunkIndices: [0] }],
};

/** A stream with one of everything. */
const EVENTS = [
  candidate([{ text: "Hm 😀", thought: true, thoughtSignature: "QUFB" }], {}, USAGE),
  candidate([{ text: 'Grüße\n"x"' }], { logprobsResult: LOGPROBS }),
  candidate([{ inlineData: { mimeType: "image/png", data: "AAAA" } }, { executableCode: { code: "1" } }]),
  candidate([call("f", { a: [1, { b: 'x"\\' }] }, { thoughtSignature: "QUFB" }), call("json_tool_call", {})]),
  candidate([{ text: "" }], { ...stop, groundingMetadata: GROUNDING }, USAGE),
];
const ANSWER = candidate(
  [{ text: "Hm", thought: true }, { text: "Grüße" }, call("f", { a: [1] }), { codeExecutionResult: { output: "1" } }],
  { ...stop, logprobsResult: LOGPROBS, groundingMetadata: GROUNDING },
  USAGE,
);
const REQUESTS = [
  { model: "m", stream: true, stream_options: { include_usage: true }, messages: [{ role: "user", content: "a" }] },
  {
    model: "m",
    response_format: { type: "json_object" },
    tools: [{ type: "function", function: { name: "f" } }],
    messages: [{ role: "user", content: "a" }],
  },
];

test(
  "broken requests give an upstream request that is JSON, or an error; never a trap, never a leak",
  async () => {
    const module = await TranslateModule.load();
    const random = new SeededRandom(81);
    let accepted = 0;
    for (let round = 0; round < 3000; round++) {
      const { body } = generateRequest(random);
      const broken = random.chance(0.7)
        ? encoder.encode(JSON.stringify(mutateValue(body, random)))
        : mutateBytes(encoder.encode(JSON.stringify(body)), random);
      const translation = module.translate(random.pick(TARGETS), broken);
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
    expect(accepted).toBeGreaterThan(500);
    expect(accepted).toBeLessThan(2500);
  },
  TIME_LIMIT,
);

test(
  "broken streams end as done or failed, with valid events only",
  async () => {
    const module = await TranslateModule.load();
    const random = new SeededRandom(98);
    let failed = 0;
    for (let round = 0; round < 3000; round++) {
      const events = toBytes(mutateValue(EVENTS, random) as object[]);
      const bytes = random.chance(0.4) ? mutateBytes(events, random) : events;
      expect(module.translate(random.pick(TARGETS), random.pick(REQUESTS)).error).toBeNull();
      const answer = module.answer(true, randomSplits(bytes, random));
      const written = parseStream(answer.text);
      expect(answer.isDone).toBe(answer.failure === null);
      expect(written.filter((event) => event === "[DONE]")).toHaveLength(answer.isDone ? 1 : 0);
      expect(written.at(-1)).toEqual(answer.isDone ? "[DONE]" : answer.failure?.envelope);
      if (answer.failure !== null) failed += 1;
      expect(module.close()).toBe(0);
    }
    expect(failed).toBeGreaterThan(300);
    expect(failed).toBeLessThan(2700);
  },
  TIME_LIMIT,
);

test(
  "broken unary answers and errors give a completion or an envelope",
  async () => {
    const module = await TranslateModule.load();
    const random = new SeededRandom(99);
    const details = [{ retryDelay: "3.5s" }, { reason: "API_KEY_INVALID" }];
    const error = { error: { code: 429, message: "Over\nloaded", status: "RESOURCE_EXHAUSTED", details } };
    for (let round = 0; round < 3000; round++) {
      const value = random.pick<unknown>([ANSWER, ANSWER, EVENTS, error, [error]]);
      const text = JSON.stringify(mutateValue(value, random)) ?? "";
      const bytes = random.chance(0.4) ? mutateBytes(encoder.encode(text), random) : encoder.encode(text);
      expect(module.translate(random.pick(TARGETS), random.pick(REQUESTS)).error).toBeNull();
      const answer = module.answer(false, randomSplits(bytes, random));
      if (answer.failure === null)
        expect(JSON.parse(answer.text)).toHaveProperty("choices.0.message.role", "assistant");
      else expect(answer.text).toBe("");
      const status = random.pick([400, 401, 429, 500, 503, 302]);
      const failure = module.readError(status, mutateBytes(encoder.encode(JSON.stringify(error)), random));
      expect(failure.status).toBe(status);
      expect(failure.envelope.error.message).not.toBe("");
      expect(module.close()).toBe(0);
    }
  },
  TIME_LIMIT,
);

test("a schema that grows without end is cut", async () => {
  const module = await TranslateModule.load();
  const names = Array.from({ length: 60 }, (_, index) => `p${String(index)}`);
  const properties = Object.fromEntries(names.map((name) => [name, { $ref: "#/$defs/a" }]));
  const schema = { type: "object", properties, $defs: { a: { type: "object", properties } } };
  const deep = JSON.parse('{"items":'.repeat(100) + "{}" + "}".repeat(100)) as object;
  for (const parameters of [schema, { type: "object", properties: { deep } }]) {
    const body = { ...REQUESTS[0], tools: [{ type: "function", function: { name: "f", parameters } }] };
    const { error, text } = module.translate(studio("gemini-2.0-flash"), body);
    expect(error).toBeNull();
    expect(JSON.parse(text)).toHaveProperty("tools");
    expect(text.length).toBeLessThan(500_000);
    expect(module.close()).toBe(0);
  }
});
