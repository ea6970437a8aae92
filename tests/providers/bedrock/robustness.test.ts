import { describe } from "vitest";
import { eventFrame, exceptionFrame } from "../../support/event-stream";
import { testRobustness } from "../../support/robustness";
import { answerOf, delta, ending, NOVA, SONNET_4, SONNET_4_5, start, startTool, stopBlock } from "./exchange";

const target = (model: string, provider: object = {}) => ({
  type: "bedrock",
  model,
  provider: { awsRegion: "us-east-1", ...provider },
});

/** Whatever became of the events is framed rightly, unless its name is gone. */
function wire(events: readonly unknown[]): Uint8Array {
  const frames = (Array.isArray(events) ? events : [events]).map((event: unknown) => {
    const [type, payload] = Array.isArray(event) ? (event as unknown[]) : ["odd", event];
    const name = typeof type === "string" ? type : "odd";
    const body = JSON.stringify(payload) ?? "";
    return name.startsWith("!") ? exceptionFrame(name.slice(1), body) : eventFrame(name, body);
  });
  return new Uint8Array(Buffer.concat(frames));
}

const ERROR = { __type: "com.amazon.coral.validate#ValidationException", message: "Input is too\nlong" };

describe("Converse", () => {
  testRobustness({
    targets: [
      target(SONNET_4),
      target(SONNET_4_5),
      target(NOVA),
      target("arn:aws:bedrock:a:1:application-inference-profile/x"),
    ],
    streams: [
      [
        start,
        delta(0, { reasoningContent: { text: "Hm 😀" } }),
        delta(0, { reasoningContent: { signature: "c2ln" } }),
        stopBlock(0),
        delta(1, { reasoningContent: { redactedContent: "b3Bh" } }),
        delta(2, { text: 'Grüße\n"x"' }),
        stopBlock(2),
        startTool(3, "tooluse_1", "f"),
        delta(3, { toolUse: { input: '{"a":' } }),
        delta(3, { toolUse: { input: '"b"}' } }),
        stopBlock(3),
        startTool(4, "tooluse_2", "json_tool_call"),
        stopBlock(4),
        ...ending("tool_use", { cacheReadInputTokens: 5 }),
      ],
    ],
    wire,
    answers: [
      answerOf(
        [
          { reasoningContent: { reasoningText: { text: "Hm", signature: "c2ln" } } },
          { text: "Grüße" },
          { citationsContent: { content: [{ text: "cited" }] } },
          { toolUse: { toolUseId: "t", name: "f", input: { a: [1, { b: 'x"\\' }] } } },
          { toolUse: { toolUseId: "u", name: "json_tool_call", input: {} } },
          { image: { format: "png", source: { bytes: "AAAA" } } },
        ],
        "tool_use",
      ),
    ],
    errors: [ERROR],
  });
});

describe("InvokeModel", () => {
  const chunk = (event: object) => [
    "chunk",
    { bytes: Buffer.from(JSON.stringify(event)).toString("base64"), p: "abc" },
  ];
  testRobustness({
    targets: [target(SONNET_4, { bedrockApi: "invoke" })],
    streams: [
      [
        chunk({ type: "message_start", message: { id: "m", usage: { input_tokens: 1 } } }),
        chunk({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
        chunk({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Grüße" } }),
        chunk({ type: "content_block_stop", index: 0 }),
        chunk({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 1 } }),
        chunk({ type: "message_stop" }),
      ],
    ],
    wire,
    answers: [{ id: "m", type: "message", content: [{ type: "text", text: "Hi" }], stop_reason: "end_turn" }],
    errors: [ERROR],
  });
});
