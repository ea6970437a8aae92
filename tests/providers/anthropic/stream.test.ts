import type Anthropic from "@anthropic-ai/sdk";
import { describe, expect, test } from "vitest";
import {
  blockDelta,
  blockStart,
  blockStop,
  ending,
  messageDelta,
  messageStart,
  messageStop,
  stream,
  textBlock,
  toolBlock,
} from "./answer";

const schema = { type: "object", properties: {} };
const withTools = { tools: [{ type: "function", function: { name: "f", parameters: schema } }] };
const wantsJson = { response_format: { type: "json_object" } };

describe("messages", () => {
  test("[74] message_start gives the role chunk, the id, the model and the input's usage", () => {
    const answer = stream([
      messageStart({ cache_read_input_tokens: 100, cache_creation_input_tokens: 1000 }),
      ...ending(),
    ]);
    expect(answer.events[0]).toEqual({
      id: "msg_1",
      object: "chat.completion.chunk",
      created: 1_700_000_000,
      model: "claude-x",
      choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }],
    });
    expect(answer.usage).toMatchObject({ input: 1110, cachedInput: 100, cacheCreation: 1000 });
  });

  test("[74] the vendor's own event types are understood", () => {
    const start: Anthropic.RawMessageStreamEvent["type"] = "message_start";
    expect(messageStart().type).toBe(start);
  });

  test("[74] without message_start the content still comes", () => {
    const answer = stream([...textBlock(0, "Hi"), ...ending()]);
    expect(answer.content).toBe("Hi");
    expect(answer.events[0]).toMatchObject({ id: "chatcmpl-made-up", model: "claude-sonnet-4-20250514" });
    expect(answer.isDone).toBe(true);
  });

  test("[74] a second message_start begins nothing anew", () => {
    const answer = stream([messageStart(), ...textBlock(0, "a"), messageStart({}, { id: "msg_2" }), ...ending()]);
    expect(answer.events.filter((event) => event !== "[DONE]" && event["id"] !== "msg_1")).toEqual([]);
    expect(answer.deltas.filter((delta) => "role" in delta)).toHaveLength(1);
  });

  test("[71] finish reasons", () => {
    const finish = (reason: string | null) =>
      stream([messageStart(), ...textBlock(0, "a"), ...ending(reason)]).finishes;
    expect(finish("end_turn")).toEqual(["stop"]);
    expect(finish("stop_sequence")).toEqual(["stop"]);
    expect(finish("pause_turn")).toEqual(["stop"]);
    expect(finish("max_tokens")).toEqual(["length"]);
    expect(finish("model_context_window_exceeded")).toEqual(["length"]);
    expect(finish("tool_use")).toEqual(["tool_calls"]);
    expect(finish("refusal")).toEqual(["content_filter"]);
    expect(finish("made_up")).toEqual(["stop"]);
    expect(finish(null)).toEqual(["stop"]);
  });

  test("[71] a finish comes once, and message_stop without a reason is a stop", () => {
    const twice = stream([messageStart(), messageDelta("max_tokens"), messageDelta("end_turn"), messageStop]);
    expect(twice.finishes).toEqual(["length"]);
    expect(stream([messageStart(), ...textBlock(0, "a"), messageStop]).finishes).toEqual(["stop"]);
  });
});

describe("tool calls", () => {
  test("[75] calls are numbered by themselves, not by block", () => {
    const answer = stream(
      [
        messageStart(),
        ...textBlock(0, "Look."),
        ...toolBlock(1, "toolu_1", "f", '{"a":1}'),
        ...textBlock(2, "More."),
        ...toolBlock(3, "toolu_2", "f", '{"a":2}'),
        ...ending("tool_use"),
      ],
      withTools,
    );
    const calls = answer.deltas.flatMap((delta) => (delta["tool_calls"] ?? []) as Record<string, unknown>[]);
    expect(calls).toEqual([
      { index: 0, id: "toolu_1", type: "function", function: { name: "f", arguments: "" } },
      { index: 0, function: { arguments: '{"a":1}' } },
      { index: 1, id: "toolu_2", type: "function", function: { name: "f", arguments: "" } },
      { index: 1, function: { arguments: '{"a":2}' } },
    ]);
  });

  const pieces = (...blocks: Parameters<typeof stream>[0][number][]) =>
    stream([messageStart(), ...blocks, ...ending("tool_use")], withTools)
      .deltas.flatMap((delta) => (delta["tool_calls"] ?? []) as { function: { arguments: string } }[])
      .slice(1)
      .map((call) => call.function.arguments);

  test("[76] partial JSON goes on as it is, empty pieces do not", () => {
    expect(pieces(...toolBlock(0, "t", "f", "", '{"s":"a\\"', "", '\\né😀"', "}"))).toEqual([
      '{"s":"a\\"',
      '\\né😀"',
      "}",
    ]);
  });

  test("[76] a call without arguments gets {} at its end", () => {
    expect(pieces(...toolBlock(0, "t", "f"))).toEqual(["{}"]);
    expect(pieces(...toolBlock(0, "t", "f", ""))).toEqual(["{}"]);
  });

  test("[76] an input that comes whole with the start is used, unless deltas follow", () => {
    const start = blockStart(0, { type: "tool_use", id: "t", name: "f", input: { a: "x\ny" } });
    expect(pieces(start, blockStop(0))).toEqual(['{"a":"x\\ny"}']);
    expect(pieces(start, blockDelta(0, { type: "input_json_delta", partial_json: "{}" }), blockStop(0))).toEqual([
      "{}",
    ]);
  });

  test("[76] a call that is never stopped still gets arguments that parse", () => {
    expect(pieces(blockStart(0, { type: "tool_use", id: "t", name: "f", input: {} }))).toEqual(["{}"]);
  });

  test("[76] arguments of a block that never began are ignored", () => {
    const answer = stream([
      messageStart(),
      blockDelta(4, { type: "input_json_delta", partial_json: "{}" }),
      ...ending(),
    ]);
    expect(answer.deltas.filter((delta) => "tool_calls" in delta)).toEqual([]);
  });

  test("[59] the tool that stands for the format becomes content and an ordinary stop", () => {
    const answer = stream(
      [messageStart(), ...toolBlock(0, "t", "json_tool_call", '{"a":', '"\\n"}'), ...ending("tool_use")],
      wantsJson,
    );
    expect(answer.content).toBe('{"a":"\\n"}');
    expect(answer.finishes).toEqual(["stop"]);
    expect(answer.deltas.filter((delta) => "tool_calls" in delta)).toEqual([]);
    const empty = stream([messageStart(), ...toolBlock(0, "t", "json_tool_call"), ...ending("tool_use")], wantsJson);
    expect(empty.content).toBe("{}");
  });

  test("[59] beside it, a call of the client's tool ends as tool_calls; cut off, as length", () => {
    const both = [...toolBlock(0, "t", "json_tool_call", "{}"), ...toolBlock(1, "u", "f", "{}")];
    const answer = stream([messageStart(), ...both, ...ending("tool_use")], { ...wantsJson, ...withTools });
    expect(answer.finishes).toEqual(["tool_calls"]);
    const cut = stream(
      [messageStart(), ...toolBlock(0, "t", "json_tool_call", '{"a"'), ...ending("max_tokens")],
      wantsJson,
    );
    expect(cut.finishes).toEqual(["length"]);
  });

  test("[59] without a format the name means nothing", () => {
    const answer = stream([messageStart(), ...toolBlock(0, "t", "json_tool_call", "{}"), ...ending("tool_use")]);
    expect(answer.finishes).toEqual(["tool_calls"]);
  });
});

describe("text and thinking", () => {
  test("[77] text, thinking, signatures and redacted thinking", () => {
    const answer = stream([
      messageStart(),
      blockStart(0, { type: "thinking", thinking: "", signature: "" }),
      blockDelta(0, { type: "thinking_delta", thinking: "H" }),
      blockDelta(0, { type: "thinking_delta", thinking: "m." }),
      blockDelta(0, { type: "signature_delta", signature: "c2" }),
      blockDelta(0, { type: "signature_delta", signature: "ln" }),
      blockStop(0),
      blockStart(1, { type: "redacted_thinking", data: "b3Bh" }),
      blockStop(1),
      ...textBlock(2, "a", "", "b"),
      ...ending(),
    ]);
    expect(answer.deltas.slice(1, -1)).toEqual([
      { reasoning_content: "H" },
      { reasoning_content: "m." },
      { thinking_blocks: [{ type: "thinking", thinking: "Hm.", signature: "c2ln" }] },
      { thinking_blocks: [{ type: "redacted_thinking", data: "b3Bh" }] },
      { content: "a" },
      { content: "b" },
    ]);
  });

  test("[77] citations are dropped, and a text that comes with the block's start is not", () => {
    const answer = stream([
      messageStart(),
      blockStart(0, { type: "text", text: "Hi" }),
      blockDelta(0, { type: "citations_delta", citation: { cited_text: "x" } }),
      blockDelta(0, { type: "text_delta", text: "!" }),
      blockStop(0),
      ...ending(),
    ]);
    expect(answer.content).toBe("Hi!");
  });

  test("[4] escapes pass unchanged, whatever their form", () => {
    const data =
      '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\\u00e9\\ud83d\\ude00\\/\\n"}}';
    const answer = stream([messageStart(), `data: ${data}\n\n`, ...ending()]);
    expect(answer.text).toContain('"content":"\\u00e9\\ud83d\\ude00\\/\\n"');
    expect(answer.content).toBe("é😀/\n");
  });
});

describe("ping, usage and errors", () => {
  test("[78] a ping gives nothing and is no content", () => {
    const answer = stream([{ type: "ping" }, { type: "ping" }]);
    expect(answer.events.filter((event) => event !== "[DONE]" && "choices" in event)).toEqual([]);
    expect(answer.hasContent).toBe(false);
    expect(stream([messageStart(), { type: "ping" }]).hasContent).toBe(false);
  });

  test("[79] usage of message_delta takes the place of what was known, null does not", () => {
    const answer = stream([
      messageStart({ cache_read_input_tokens: 100, cache_creation_input_tokens: 7 }),
      ...textBlock(0, "a"),
      messageDelta("end_turn", {
        input_tokens: 12,
        cache_read_input_tokens: 200,
        cache_creation_input_tokens: null,
        output_tokens: 9,
      }),
      messageDelta(null, { output_tokens: 11, output_tokens_details: { thinking_tokens: 4 } }),
      messageStop,
    ]);
    expect(answer.usage).toEqual({ input: 219, output: 11, cachedInput: 200, cacheCreation: 7, reasoning: 4 });
    expect(answer.events.at(-2)).toMatchObject({ choices: [], usage: { prompt_tokens: 219, completion_tokens: 11 } });
  });

  test("[79] what was used is known also of a stream that breaks off", () => {
    expect(stream([messageStart(), ...textBlock(0, "a")]).usage).toMatchObject({ input: 10, output: 1 });
  });

  test.each([
    ["overloaded_error", "overloaded", 529],
    ["rate_limit_error", "rate-limit", 429],
    ["api_error", "server-error", 500],
    ["timeout_error", "timeout", 504],
    ["authentication_error", "auth", 401],
    ["permission_error", "auth", 403],
    ["not_found_error", "not-found", 404],
    ["request_too_large", "bad-request", 413],
    ["invalid_request_error", "bad-request", 400],
    ["made_up_error", "stream-error", 502],
  ])("[80] %s before any content is a failure of its own kind", (type, reason, status) => {
    const answer = stream([messageStart(), { type: "error", error: { type, message: "No." } }]);
    expect(answer.failure).toMatchObject({ reason, status, envelope: { error: { message: "No." } } });
    expect(answer).toMatchObject({ hasContent: false, isDone: false });
  });

  test("[80] a prompt that is too long is told apart", () => {
    const error = { type: "invalid_request_error", message: "prompt is too long: 5 > 4" };
    expect(stream([{ type: "error", error }]).failure).toMatchObject({ reason: "context-length", status: 400 });
  });

  test("[80] after content an error is the last event, and nothing comes behind it", () => {
    const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    const answer = stream([messageStart(), ...textBlock(0, "a"), error, ...textBlock(1, "b"), ...ending()]);
    expect(answer.events.at(-1)).toEqual({
      error: { message: "Overloaded", type: "overloaded_error", param: null, code: null },
    });
    expect(answer.content).toBe("a");
    expect(answer.events).not.toContain("[DONE]");
  });

  test("[80] unknown events, blocks and deltas are ignored", () => {
    const answer = stream([
      { type: "made_up" },
      messageStart(),
      blockStart(0, { type: "made_up" }),
      blockDelta(0, { type: "made_up", text: "x" }),
      blockStop(0),
      blockStop(9),
      ...textBlock(1, "a"),
      'data: {"no":"type"}\n\n',
      ...ending(),
    ]);
    expect(answer.content).toBe("a");
    expect(answer.isDone).toBe(true);
  });

  test.each([[[]], [[messageStart()]], [[messageStart(), ...textBlock(0, "a"), messageDelta("end_turn")]]])(
    "[9] an end without message_stop is a failure",
    (events) => {
      const answer = stream(events);
      expect(answer.failure).toMatchObject({ reason: "stream-error", status: 502 });
      expect(answer.events).not.toContain("[DONE]");
    },
  );

  test.each(["data: {\n\n", "data: [1]\n\n", "data: text\n\n", "data: null\n\n", "event: error\ndata: \u00ff\n\n"])(
    "[9] the event %j is a failure",
    (event) => {
      expect(stream([messageStart(), ...textBlock(0, "a"), event, ...ending()]).failure).toMatchObject({
        reason: "stream-error",
      });
    },
  );

  test("[8] nothing follows message_stop", () => {
    const answer = stream([messageStart(), ...textBlock(0, "a"), ...ending(), ...textBlock(1, "b"), ...ending()]);
    expect(answer.events.filter((event) => event === "[DONE]")).toHaveLength(1);
    expect(answer.content).toBe("a");
  });

  test("[7] a last event without its blank line counts", () => {
    const answer = stream([
      messageStart(),
      ...textBlock(0, "a"),
      messageDelta("end_turn"),
      'data: {"type":"message_stop"}',
    ]);
    expect(answer.isDone).toBe(true);
  });

  test("too many open blocks are a failure, not a growing memory", () => {
    const starts = Array.from({ length: 100 }, (_, index) => blockStart(index, { type: "text", text: "" }));
    expect(stream([messageStart(), ...starts, ...ending()]).failure).toMatchObject({ reason: "stream-error" });
  });
});
