import { expect, test } from "vitest";
import { testRobustness } from "../../support/robustness";
import { TranslateModule } from "../../support/translate";
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
const ERROR = { type: "error", error: { type: "overloaded_error", message: "Over\nloaded" }, request_id: "r" };

/** Whatever became of an event is framed as one, with its name when it still has one. */
const wire = (events: readonly unknown[]): Uint8Array =>
  toBytes(
    (events as (VendorEvent | null)[]).map((event) => (event?.type ? event : `data: ${JSON.stringify(event)}\n\n`)),
  );

testRobustness({
  targets: TARGETS,
  streams: [EVENTS],
  wire,
  answers: [MESSAGE, MESSAGE, ERROR],
  errors: [ERROR],
});

test.each([
  ["signatures", { type: "thinking", thinking: "" }, { type: "signature_delta", signature: "s".repeat(1 << 20) }, 0],
  ["inputs of tool calls", { type: "tool_use", id: "t", name: "f", input: { a: "s".repeat(1 << 20) } }, null, 1],
])("%s that are never used cannot fill the memory", async (_, block, delta, step) => {
  const module = await TranslateModule.load();
  expect(
    module.translate(TARGETS[0]!, { model: "m", stream: true, messages: [{ role: "user", content: "a" }] }).error,
  ).toBeNull();
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
