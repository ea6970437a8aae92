import { describe, expect, test } from "vitest";
import { errorFrame, exceptionFrame } from "../../support/event-stream";
import { tool } from "../../support/messages";
import {
  answerOf,
  complete,
  delta,
  ending,
  type Event,
  SONNET_4,
  start,
  startTool,
  stopBlock,
  stream,
} from "./exchange";

const FORMAT = { response_format: { type: "json_object" } };

const REASONS = [
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["tool_use", "tool_calls"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["guardrail_intervened", "content_filter"],
  ["content_filtered", "content_filter"],
  ["malformed_tool_use", "stop"],
  ["brand_new", "stop"],
] as const;

describe("a whole answer", () => {
  test("[109] texts are joined, reasoning has its own place, citations are text", () => {
    const answer = complete(
      answerOf(
        [
          { reasoningContent: { reasoningText: { text: "Hm.", signature: "c2ln" } } },
          { reasoningContent: { redactedContent: "b3Bh" } },
          { text: "Grüße, " },
          { citationsContent: { content: [{ text: "it says" }], citations: [] } },
          { text: " so." },
          { brandNew: { text: "no" } },
        ],
        "end_turn",
      ),
    );
    expect(answer.deltas[0]).toMatchObject({
      content: "Grüße, it says so.",
      reasoning_content: "Hm.",
      thinking_blocks: [
        { type: "thinking", thinking: "Hm.", signature: "c2ln" },
        { type: "redacted_thinking", data: "b3Bh" },
      ],
    });
    expect(answer.finishes).toEqual(["stop"]);
  });

  test("[109] images of the model", () => {
    const image = { image: { format: "jpeg", source: { bytes: "AAAA" } } };
    expect(JSON.stringify(complete(answerOf([image], "end_turn")).deltas)).toContain("data:image/jpeg;base64,AAAA");
  });

  test("[109] an answer that a guardrail left empty", () => {
    const answer = complete({ stopReason: "guardrail_intervened", usage: { inputTokens: 3, outputTokens: 0 } });
    expect(answer).toMatchObject({ finishes: ["content_filter"], failure: null });
    expect(complete({ output: {}, stopReason: "end_turn" }).finishes).toEqual(["content_filter"]);
    expect(complete(answerOf([], "end_turn")).finishes).toEqual(["stop"]);
  });

  test.each([["{}"], ["[1]"], ['{"message":"no"}'], ["no JSON"]])("[109] %s is no answer", (text) => {
    expect(complete(text).failure).toMatchObject({ reason: "stream-error", status: 502 });
  });

  test("[104] [109] calls, under the names that the client gave", () => {
    const tools = [tool('get."weather"'), tool("get__weather_"), tool("x")];
    const { calls, finishes } = complete(
      answerOf(
        [
          { text: "I look." },
          { toolUse: { toolUseId: "tooluse_1", name: "get__weather__2", input: { a: ['"', 1.5] } } },
          { toolUse: { toolUseId: "tooluse_2", name: "get__weather_", input: {} } },
          { toolUse: { toolUseId: "tooluse_3", name: "never_offered" } },
        ],
        "tool_use",
      ),
      { tools },
    );
    expect(calls).toEqual([
      { id: "tooluse_1", name: 'get."weather"', text: '{"a":["\\"",1.5]}' },
      { id: "tooluse_2", name: "get__weather_", text: "{}" },
      { id: "tooluse_3", name: "never_offered", text: "{}" },
    ]);
    expect(finishes).toEqual(["tool_calls"]);
  });

  test("[108] the format's tool becomes the text", () => {
    const call = { toolUse: { toolUseId: "t", name: "json_tool_call", input: { a: 1 } } };
    const answer = complete(answerOf([call], "tool_use"), FORMAT);
    expect(answer).toMatchObject({ content: '{"a":1}', calls: [], finishes: ["stop"] });
    expect(complete(answerOf([call], "tool_use")).calls).toHaveLength(1);
  });

  test.each(REASONS)("[110] %s is %s", (reason, finish) => {
    expect(complete(answerOf([{ text: "a" }], reason)).finishes).toEqual([finish]);
  });

  test("[110] the prompt counts what was cached", () => {
    const usage = {
      inputTokens: 10,
      outputTokens: 5,
      totalTokens: 45,
      cacheReadInputTokens: 20,
      cacheWriteInputTokens: 10,
    };
    const answer = complete(answerOf([{ text: "a" }], "end_turn", { usage }));
    expect(answer.usage).toEqual({ input: 40, output: 5, cachedInput: 20, cacheCreation: 10, reasoning: 0 });
    expect(answer.usageSeen).toMatchObject({
      prompt_tokens: 40,
      total_tokens: 45,
      prompt_tokens_details: { cached_tokens: 20 },
    });
  });
});

describe("a stream", () => {
  test("[112] texts, then the usage behind the end, then [DONE]; padding is nothing", () => {
    const answer = stream([
      start,
      delta(0, { text: "Grü" }),
      delta(0, { text: "ße 😀" }),
      stopBlock(0),
      ...ending("max_tokens", { cacheReadInputTokens: 7 }),
    ]);
    expect(answer).toMatchObject({
      content: "Grüße 😀",
      finishes: ["length"],
      isDone: true,
      isEnded: true,
      failure: null,
    });
    expect(answer.usageSeen).toMatchObject({ prompt_tokens: 17, completion_tokens: 5 });
    expect(answer.text).not.toContain("abcdefgh");
  });

  test("[112] reasoning with its signature, which comes in a delta of its own", () => {
    const answer = stream([
      start,
      delta(0, { reasoningContent: { text: "H" } }),
      delta(0, { reasoningContent: { text: "m." } }),
      delta(0, { reasoningContent: { signature: "c2ln" } }),
      stopBlock(0),
      delta(1, { reasoningContent: { redactedContent: "b3Bh" } }),
      stopBlock(1),
      delta(2, { text: "Yes." }),
      stopBlock(2),
      ...ending(),
    ]);
    expect(answer).toMatchObject({ reasoning: "Hm.", content: "Yes.", isDone: true });
    expect(answer.text).toContain('"signature":"c2ln"');
    expect(answer.text).toContain('"data":"b3Bh"');
  });

  test("[104] [112] parallel calls, their input in pieces, under the client's names", () => {
    const events: Event[] = [
      start,
      startTool(0, "tooluse_1", "get_weather"),
      delta(0, { toolUse: { input: "" } }),
      delta(0, { toolUse: { input: '{"ci' } }),
      delta(0, { toolUse: { input: 'ty":"Rome"}' } }),
      stopBlock(0),
      startTool(1, "tooluse_2", "f"),
      stopBlock(1),
      ...ending("tool_use"),
    ];
    const answer = stream(events, { tools: [tool("get.weather"), tool("f")] });
    expect(answer.calls).toEqual([
      { id: "tooluse_1", name: "get.weather", text: '{"city":"Rome"}' },
      { id: "tooluse_2", name: "f", text: "{}" },
    ]);
    expect(answer.finishes).toEqual(["tool_calls"]);
    const indexes = answer.deltas.flatMap((each) =>
      ((each["tool_calls"] ?? []) as { index: number }[]).map(({ index }) => index),
    );
    expect([...new Set(indexes)]).toEqual([0, 1]);
  });

  test("[108] [112] the format's tool becomes text", () => {
    const events = [
      start,
      startTool(0, "t", "json_tool_call"),
      delta(0, { toolUse: { input: '{"a":' } }),
      delta(0, { toolUse: { input: "1}" } }),
      stopBlock(0),
    ];
    expect(stream([...events, ...ending("tool_use")], FORMAT)).toMatchObject({
      content: '{"a":1}',
      calls: [],
      finishes: ["stop"],
    });
    const empty = [start, startTool(0, "t", "json_tool_call"), stopBlock(0), ...ending("tool_use")];
    expect(stream(empty, FORMAT).content).toBe("{}");
  });

  test.each(REASONS)("[110] [112] %s is %s", (reason, finish) => {
    expect(stream([start, delta(0, { text: "a" }), ...ending(reason)]).finishes).toEqual([finish]);
  });

  test("[112] unknown events, members and blocks are nothing", () => {
    const events: Event[] = [
      ["initial-response", {}],
      start,
      ["brandNew", { text: "no" }],
      delta(0, { brandNew: { text: "no" }, text: "a" }),
      ["contentBlockStart", { contentBlockIndex: 3, start: { image: { format: "png" } } }],
      delta(9, { toolUse: { input: "lost" } }),
      stopBlock(9),
      ...ending(),
    ];
    expect(stream(events)).toMatchObject({ content: "a", calls: [], isDone: true });
  });

  test("[112] an end without metadata is complete, without usage; one before it is not", () => {
    const events = [start, delta(0, { text: "a" }), stopBlock(0)];
    const [stop] = ending();
    expect(stream([...events, stop!])).toMatchObject({ isDone: true, isEnded: true, usage: null });
    expect(stream(events)).toMatchObject({
      isDone: false,
      isEnded: false,
      failure: { reason: "stream-error", envelope: { error: { code: "stream_truncated" } } },
    });
  });

  test("[112] metadata before the end gives the usage, and the answer goes on", () => {
    const [stop, metadata] = ending();
    expect(stream([start, metadata!, delta(0, { text: "a" }), stop!])).toMatchObject({
      content: "a",
      isDone: true,
      usage: { input: 10 },
    });
  });

  test("[111] a broken frame ends the answer as truncated", () => {
    const events = [start, delta(0, { text: "a" }), new TextEncoder().encode("this is no frame"), ...ending()];
    expect(stream(events)).toMatchObject({ content: "a", isEnded: false, failure: { status: 502 } });
  });

  test.each([["not JSON"], ["[]"], ['"text"']])("[112] an event that is %s ends the answer", (payload) => {
    expect(stream([start, ["contentBlockDelta", payload]]).failure).toMatchObject({
      reason: "stream-error",
      status: 502,
    });
  });

  test.each([
    ["throttlingException", 429, "rate-limit"],
    ["modelStreamErrorException", 424, "server-error"],
    ["internalServerException", 500, "server-error"],
    ["validationException", 400, "bad-request"],
    ["serviceUnavailableException", 503, "overloaded"],
    ["modelTimeoutException", 408, "timeout"],
    ["brandNewException", 502, "server-error"],
  ])("[113] %s, before content and behind", (type, status, reason) => {
    const exception = exceptionFrame(type, { message: 'Oh "no".' });
    for (const content of [[], [start], [start, delta(0, { text: "a" })]]) {
      const answer = stream([...content, exception, ...ending()]);
      expect(answer).toMatchObject({ isDone: false, isEnded: false, hasContent: content.length === 2 });
      expect(answer.failure).toMatchObject({
        reason,
        status,
        envelope: { error: { message: 'Oh "no".', code: type } },
      });
    }
  });

  test("[113] an error frame, and exceptions without a message", () => {
    const { failure } = stream([start, errorFrame("InternalFailure", "It broke.")]);
    expect(failure).toMatchObject({
      reason: "server-error",
      status: 500,
      envelope: { error: { message: "It broke." } },
    });
    expect(stream([exceptionFrame("throttlingException", "")]).failure?.envelope.error.message).toBe(
      "Too Many Requests",
    );
    expect(stream([errorFrame("", "")]).failure).toMatchObject({ status: 502 });
  });
});

describe("Claude by InvokeModel", () => {
  const options = { model: SONNET_4, provider: { bedrockApi: "invoke" } };
  const chunk = (event: object): Event => [
    "chunk",
    { bytes: Buffer.from(JSON.stringify(event)).toString("base64"), p: "abc" },
  ];
  const EVENTS = [
    {
      type: "message_start",
      message: {
        id: "msg_bdrk_1",
        model: "claude-x",
        content: [],
        usage: { input_tokens: 10, cache_read_input_tokens: 5 },
      },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Grüße" } },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 5 } },
    { type: "message_stop", "amazon-bedrock-invocationMetrics": { inputTokenCount: 10 } },
  ];

  test("[67] [113] the stream's chunks hold Anthropic's events", () => {
    const answer = stream(EVENTS.map(chunk), {}, options);
    expect(answer).toMatchObject({
      content: "Grüße",
      finishes: ["stop"],
      isDone: true,
      usage: { input: 15, output: 5 },
    });
  });

  test("[113] exceptions, errors inside chunks and truncation", () => {
    const begin = EVENTS.slice(0, 3).map(chunk);
    const exception = exceptionFrame("modelTimeoutException", { message: "too slow" });
    expect(stream([...begin, exception], {}, options).failure).toMatchObject({ reason: "timeout", status: 408 });
    const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    expect(stream([...begin, chunk(error)], {}, options).failure).toMatchObject({ reason: "overloaded", status: 529 });
    expect(stream(begin, {}, options).failure).toMatchObject({ envelope: { error: { code: "stream_truncated" } } });
  });

  test.each([["{}"], ['{"bytes":1}'], ['{"bytes":"***"}'], ["no JSON"], ['{"bytes":"bm8gSlNPTg=="}']])(
    "[113] the chunk %s ends the answer",
    (payload) => {
      expect(stream([["chunk", payload]], {}, options).failure).toMatchObject({ reason: "stream-error", status: 502 });
    },
  );

  test("[67] a whole answer is Anthropic's", () => {
    const content = [{ type: "text", text: "Hi" }];
    const answer = complete(
      { id: "msg_1", type: "message", content, stop_reason: "end_turn", usage: { input_tokens: 1, output_tokens: 2 } },
      {},
      options,
    );
    expect(answer).toMatchObject({ content: "Hi", finishes: ["stop"], usage: { input: 1, output: 2 } });
  });
});
