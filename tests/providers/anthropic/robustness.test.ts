import { expect, test } from "vitest";
import { randomSplits, SeededRandom } from "../../support/chunking";
import { mutateBytes, mutateValue } from "../../support/mutations";
import { generateRequest } from "../../support/request-generator";
import { parseStream, TranslateModule } from "../../support/translate";
import {
  blockDelta,
  blockStart,
  blockStop,
  ending,
  messageStart,
  textBlock,
  toBytes,
  toolBlock,
  type VendorEvent,
} from "./answer";

const TARGETS = ["claude-sonnet-4-20250514", "claude-sonnet-4-5", "claude-sonnet-5-5", "other"].map((model) => ({
  type: "claude",
  model,
}));
/** Milliseconds; a busy machine takes its time. */
const TIME_LIMIT = 120_000;
const encoder = new TextEncoder();

/** A stream with one of everything. */
const EVENTS: VendorEvent[] = [
  messageStart({ cache_read_input_tokens: 5, output_tokens_details: { thinking_tokens: 1 } }),
  { type: "ping" },
  blockStart(0, { type: "thinking", thinking: "", signature: "" }),
  blockDelta(0, { type: "thinking_delta", thinking: "Hm 😀" }),
  blockDelta(0, { type: "signature_delta", signature: "c2ln" }),
  blockStop(0),
  blockStart(1, { type: "redacted_thinking", data: "b3Bh" }),
  blockStop(1),
  ...textBlock(2, "Grüße\n", '"x"'),
  ...toolBlock(3, "toolu_1", "f", '{"a":', '"b"}'),
  ...toolBlock(4, "toolu_2", "json_tool_call", "{}"),
  ...ending("tool_use"),
];
const MESSAGE = {
  id: "msg_1",
  type: "message",
  model: "claude-x",
  content: [
    { type: "thinking", thinking: "Hm", signature: "c2ln" },
    { type: "redacted_thinking", data: "b3Bh" },
    { type: "text", text: "Grüße" },
    { type: "tool_use", id: "t", name: "f", input: { a: [1, { b: 'x"\\' }] } },
    { type: "tool_use", id: "u", name: "json_tool_call", input: {} },
  ],
  stop_reason: "tool_use",
  usage: { input_tokens: 1, cache_read_input_tokens: 2, output_tokens: 3 },
};
const REQUESTS = [
  { model: "m", stream: true, stream_options: { include_usage: true }, messages: [{ role: "user", content: "a" }] },
  { model: "m", response_format: { type: "json_object" }, messages: [{ role: "user", content: "a" }] },
];

test(
  "broken requests give an upstream request that is JSON, or an error; never a trap, never a leak",
  async () => {
    const module = await TranslateModule.load();
    const random = new SeededRandom(45);
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
    const random = new SeededRandom(76);
    let failed = 0;
    for (let round = 0; round < 3000; round++) {
      const mutated = mutateValue(EVENTS, random) as VendorEvent[];
      const events = toBytes(mutated.map((event) => (event?.type ? event : `data: ${JSON.stringify(event)}\n\n`)));
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
    const random = new SeededRandom(69);
    const error = { type: "error", error: { type: "overloaded_error", message: "Over\nloaded" }, request_id: "r" };
    for (let round = 0; round < 3000; round++) {
      const text = JSON.stringify(mutateValue(random.chance(0.9) ? MESSAGE : error, random)) ?? "";
      const bytes = random.chance(0.4) ? mutateBytes(encoder.encode(text), random) : encoder.encode(text);
      expect(module.translate(random.pick(TARGETS), random.pick(REQUESTS)).error).toBeNull();
      const answer = module.answer(false, randomSplits(bytes, random));
      if (answer.failure === null)
        expect(JSON.parse(answer.text)).toHaveProperty("choices.0.message.role", "assistant");
      else expect(answer.text).toBe("");
      const status = random.pick([400, 401, 429, 500, 529, 302]);
      const failure = module.readError(status, mutateBytes(encoder.encode(JSON.stringify(error)), random));
      expect(failure.status).toBe(status);
      expect(failure.envelope.error.message).not.toBe("");
      expect(module.close()).toBe(0);
    }
  },
  TIME_LIMIT,
);

test.each([
  ["signatures", { type: "thinking", thinking: "" }, { type: "signature_delta", signature: "s".repeat(1 << 20) }, 0],
  ["inputs of tool calls", { type: "tool_use", id: "t", name: "f", input: { a: "s".repeat(1 << 20) } }, null, 1],
])("%s that are never used cannot fill the memory", async (_, block, delta, step) => {
  const module = await TranslateModule.load();
  expect(module.translate(TARGETS[0]!, REQUESTS[0]!).error).toBeNull();
  const events = Array.from({ length: 17 }, (_, number) => ({
    ...(delta === null || number === 0
      ? { type: "content_block_start", content_block: block }
      : { type: "content_block_delta", delta }),
    index: number * step,
  }));
  const wire = [...events, events.at(-1)].map((event) => `data: ${JSON.stringify(event)}\n\n`);
  const answer = module.answer(
    true,
    wire.map((event) => encoder.encode(event)),
  );
  expect(answer.failure).toMatchObject({ reason: "stream-error", status: 502 });
  expect(answer.failure?.envelope.error.message).toContain("too large");
  expect(module.close()).toBe(0);
});
