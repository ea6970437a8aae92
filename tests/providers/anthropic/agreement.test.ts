import { expect, test } from "vitest";
import { SeededRandom } from "../../support/chunking";
import {
  blockDelta,
  blockStart,
  blockStop,
  complete,
  messageDelta,
  messageStart,
  messageStop,
  stream,
  type VendorEvent,
} from "./answer";

const TEXTS = ["Hello", "a\nb", 'say "hi" \\', "日本語", "😀👩‍👩‍👧", "x".repeat(200), "</script>"];
const INPUTS = [{}, { a: 1 }, { text: 'x"y\\z\n', list: [1, null, { b: "é😀" }] }, { json: '{"in":"side"}' }];
const REASONS = ["end_turn", "max_tokens", "tool_use", "refusal", "stop_sequence", "made_up"];

/** Milliseconds; a busy machine takes its time. */
const TIME_LIMIT = 120_000;

type Block = Record<string, unknown> & { type: string };

function randomBlock(random: SeededRandom, number: number): Block {
  const id = `toolu_${String(number)}`;
  return random.pick<Block>([
    { type: "text", text: random.pick(TEXTS) },
    { type: "thinking", thinking: random.pick(TEXTS), signature: "c2lnbmF0dXJl" },
    { type: "redacted_thinking", data: "b3BhcXVl" },
    { type: "tool_use", id, name: random.pick(["f", "g", "json_tool_call"]), input: random.pick(INPUTS) },
    { type: "server_tool_use", id, name: "web_search", input: {} },
    { type: "made_up", value: 1 },
  ]);
}

/** Cuts a text between characters. */
function pieces(text: string, random: SeededRandom): string[] {
  const characters = Array.from(text);
  const cut: string[] = [];
  while (characters.length > 0) cut.push(characters.splice(0, random.below(20)).join(""));
  return cut;
}

function streamBlock(block: Block, index: number, random: SeededRandom): VendorEvent[] {
  const deltas = (type: string, member: string, text: string) =>
    pieces(text, random).map((piece) => blockDelta(index, { type, [member]: piece }));
  switch (block.type) {
    case "text":
      return [
        blockStart(index, { ...block, text: "" }),
        ...deltas("text_delta", "text", block["text"] as string),
        blockStop(index),
      ];
    case "thinking":
      return [
        blockStart(index, { type: "thinking", thinking: "", signature: "" }),
        ...deltas("thinking_delta", "thinking", block["thinking"] as string),
        ...deltas("signature_delta", "signature", block["signature"] as string),
        blockStop(index),
      ];
    case "tool_use": {
      const text = JSON.stringify(block["input"]);
      // The vendor sends no delta for an empty input.
      const parts = text === "{}" && random.chance(0.5) ? [] : deltas("input_json_delta", "partial_json", text);
      return [blockStart(index, { ...block, input: {} }), ...parts, blockStop(index)];
    }
    default:
      return [blockStart(index, block), blockStop(index)];
  }
}

/** Puts a streamed answer together as a client does. */
function assemble(deltas: Record<string, unknown>[]) {
  type Call = { index: number; id?: string; function: { name?: string; arguments: string } };
  const calls: { id: string; type: string; function: { name: string; arguments: string } }[] = [];
  let content = "";
  let reasoning = "";
  const blocks: unknown[] = [];
  for (const delta of deltas) {
    content += (delta["content"] ?? "") as string;
    reasoning += (delta["reasoning_content"] ?? "") as string;
    blocks.push(...((delta["thinking_blocks"] ?? []) as unknown[]));
    for (const call of (delta["tool_calls"] ?? []) as Call[]) {
      calls[call.index] ??= {
        id: call.id ?? "",
        type: "function",
        function: { name: call.function.name ?? "", arguments: "" },
      };
      const known = calls[call.index];
      if (known) known.function.arguments += call.function.arguments;
    }
  }
  return {
    role: "assistant",
    content: content === "" ? null : content,
    refusal: null,
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(blocks.length === 0 ? {} : { thinking_blocks: blocks }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

test(
  "[68] [69] [70] [72] a streamed answer says the same as a unary one",
  () => {
    const random = new SeededRandom(68);
    for (let round = 0; round < 250; round++) {
      const content = Array.from({ length: random.below(6) }, (_, number) => randomBlock(random, number));
      const stop_reason = random.pick(REASONS);
      const usage = {
        input_tokens: random.below(1000),
        cache_read_input_tokens: random.below(1000),
        output_tokens: random.below(1000),
      };
      const request = random.chance(0.3) ? { response_format: { type: "json_object" } } : {};
      const unary = complete({ id: "msg_1", type: "message", model: "claude-x", content, stop_reason, usage }, request);
      const events = content.flatMap((block, index) => streamBlock(block, index, random));
      const streamed = stream(
        [
          messageStart(usage),
          ...events,
          messageDelta(stop_reason, { output_tokens: usage.output_tokens }),
          messageStop,
        ],
        request,
      );
      const context = JSON.stringify(content);
      expect(assemble(streamed.deltas), context).toEqual(unary.message);
      expect(streamed.finishes, context).toEqual([unary.finish]);
      expect(streamed.usage).toEqual(unary.usage);
    }
  },
  TIME_LIMIT,
);
