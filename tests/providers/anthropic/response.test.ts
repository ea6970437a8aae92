import type Anthropic from "@anthropic-ai/sdk";
import { describe, expect, test } from "vitest";
import { complete, readError } from "./answer";

const usage = { input_tokens: 10, output_tokens: 5 };
const message = (content: unknown[], more: object = {}) => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-x",
  content,
  stop_reason: "end_turn",
  stop_sequence: null,
  usage,
  ...more,
});
const text = (value: string) => ({ type: "text", text: value });
/** What every message has: the client's schema demands the refusal, null or not. */
const ASSISTANT = { role: "assistant", refusal: null };

describe("unary answers", () => {
  test("[68] text blocks are joined without anything between them", () => {
    const answer = complete(message([text("a"), text("b\n"), text('"c" \\ é 😀')]));
    expect(answer.message).toEqual({ ...ASSISTANT, content: 'ab\n"c" \\ é 😀' });
    expect(answer.body).toMatchObject({ id: "msg_1", object: "chat.completion", model: "claude-x" });
    expect(answer).toMatchObject({ isDone: true, hasContent: true, failure: null });
  });

  test("[68] an answer of the SDK's own type", () => {
    const blocks: Pick<Anthropic.TextBlock, "type" | "text">[] = [{ type: "text", text: "a" }];
    expect(complete(message(blocks)).message["content"]).toBe("a");
  });

  test("[69] tool calls", () => {
    const input = { city: "Rome", n: [1, { x: null }], s: 'a "b" \\ \n' };
    const answer = complete(
      message(
        [
          text("Look:"),
          { type: "tool_use", id: "toolu_1", name: "weather", input },
          { type: "tool_use", id: "toolu_2", name: "now", input: {} },
        ],
        { stop_reason: "tool_use" },
      ),
    );
    expect(answer.message).toEqual({
      ...ASSISTANT,
      content: "Look:",
      tool_calls: [
        { id: "toolu_1", type: "function", function: { name: "weather", arguments: JSON.stringify(input) } },
        { id: "toolu_2", type: "function", function: { name: "now", arguments: "{}" } },
      ],
    });
    expect(answer.finish).toBe("tool_calls");
  });

  test("[29] content is null, not missing and not empty, beside tool calls alone", () => {
    const call = { type: "tool_use", id: "t", name: "f", input: {} };
    const answer = complete(message([call], { stop_reason: "tool_use" }));
    expect(answer.message).toHaveProperty("content", null);
    expect(answer.body.choices).toHaveLength(1);
  });

  test("[69] numbers in arguments keep their bytes, an input that is no object is the empty one", () => {
    const raw = '{"n":9007199254740993,"x":1.0,"y":1e-7,"z":-0}';
    const block = `{"type":"tool_use","id":"t","name":"f","input":${raw}}`;
    const odd = '{"type":"tool_use","id":"u","name":"f","input":"text"}';
    const answer = complete(`{"type":"message","content":[${block},${odd}],"stop_reason":"tool_use"}`);
    const calls = answer.message["tool_calls"] as { function: { arguments: string } }[];
    expect(calls.map((call) => call.function.arguments)).toEqual([raw, "{}"]);
  });

  test("[69] the vendor's own tools and unknown blocks are not shown", () => {
    const answer = complete(
      message([
        { type: "server_tool_use", id: "s", name: "web_search", input: { query: "x" } },
        { type: "web_search_tool_result", tool_use_id: "s", content: [] },
        text("found"),
        { type: "made_up" },
        7,
        null,
      ]),
    );
    expect(answer.message).toEqual({ ...ASSISTANT, content: "found" });
  });

  test("[70] thinking becomes reasoning_content and thinking_blocks, redacted thinking only the latter", () => {
    const thinking = { type: "thinking", thinking: "Hm.", signature: "c2ln" };
    const redacted = { type: "redacted_thinking", data: "b3Bh" };
    const answer = complete(message([thinking, redacted, text("a")]));
    expect(answer.message).toEqual({
      ...ASSISTANT,
      content: "a",
      reasoning_content: "Hm.",
      thinking_blocks: [thinking, redacted],
    });
  });

  test.each([
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["pause_turn", "stop"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["tool_use", "tool_calls"],
    ["refusal", "content_filter"],
    ["made_up", "stop"],
    [null, "stop"],
  ])("[71] stop_reason %j is %s", (stop_reason, finish) => {
    expect(complete(message([text("a")], { stop_reason })).finish).toBe(finish);
  });

  test("[72] input includes what was read from and written to the cache", () => {
    const answer = complete(
      message([text("a")], {
        usage: {
          input_tokens: 10,
          cache_read_input_tokens: 100,
          cache_creation_input_tokens: 1000,
          output_tokens: 50,
          output_tokens_details: { thinking_tokens: 20 },
        },
      }),
    );
    expect(answer.usage).toEqual({ input: 1110, output: 50, cachedInput: 100, cacheCreation: 1000, reasoning: 20 });
    expect(answer.body.usage).toMatchObject({
      prompt_tokens: 1110,
      completion_tokens: 50,
      total_tokens: 1160,
      prompt_tokens_details: { cached_tokens: 100 },
    });
  });

  test("[72] odd usage does no harm", () => {
    expect(complete(message([text("a")], { usage: undefined })).usage).toBeNull();
    expect(complete(message([text("a")], { usage: { input_tokens: -5, output_tokens: "7" } })).usage).toMatchObject({
      input: 0,
      output: 0,
    });
    const huge = complete(message([text("a")], { usage: { input_tokens: 1e300, cache_read_input_tokens: 1e300 } }));
    expect(huge.usage?.input).toBeGreaterThan(0);
  });

  test.each(["", "{", "[]", "null", "{}", '{"content":"text"}', '{"content":{}}', "<html>"])(
    "[13] the body %j is a failed answer",
    (body) => {
      const answer = complete(body);
      expect(answer.failure).toMatchObject({ reason: "stream-error", status: 502 });
      expect(answer).toMatchObject({ isDone: false, hasContent: false, text: "" });
    },
  );

  test("[13] an answer without any content ends as it says", () => {
    expect(complete(message([]))).toMatchObject({ message: { role: "assistant", content: null }, finish: "stop" });
  });

  test("[10] an error inside a 200 fails with its own reason", () => {
    const error = { type: "overloaded_error", message: "Overloaded" };
    expect(complete({ type: "error", error }).failure).toMatchObject({ reason: "overloaded", status: 529 });
    expect(complete({ type: "error" }).failure).toMatchObject({ reason: "stream-error" });
  });
});

describe("error answers", () => {
  const envelope = (type: string, message = "Something is wrong.") => ({
    type: "error",
    error: { type, message },
    request_id: "req_1",
  });

  test.each([
    [400, "invalid_request_error", "bad-request", "invalid_request_error"],
    [401, "authentication_error", "auth", "authentication_error"],
    [402, "billing_error", "bad-request", "billing_error"],
    [403, "permission_error", "auth", "permission_error"],
    [404, "not_found_error", "not-found", "not_found_error"],
    [413, "request_too_large", "bad-request", "request_too_large"],
    [429, "rate_limit_error", "rate-limit", "rate_limit_error"],
    [500, "api_error", "server-error", "api_error"],
    [504, "timeout_error", "server-error", "timeout"],
    [529, "overloaded_error", "overloaded", "overloaded_error"],
    [503, "overloaded_error", "overloaded", "overloaded_error"],
    [500, "overloaded_error", "overloaded", "overloaded_error"],
  ])("[73] %d %s", (status, type, reason, clientType) => {
    expect(readError(status, envelope(type, 'Say "please" é'))).toEqual({
      status,
      reason,
      envelope: { error: { message: 'Say "please" é', type: clientType, param: null, code: null } },
    });
  });

  test.each([
    "prompt is too long: 210000 tokens > 200000 maximum",
    "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
  ])("[73] %s", (message) => {
    expect(readError(400, envelope("invalid_request_error", message))).toMatchObject({
      reason: "context-length",
      envelope: { error: { code: "context_length_exceeded", param: "messages", message } },
    });
  });

  test.each([
    [502, "<html><body>Bad gateway</body></html>", "<html><body>Bad gateway</body></html>", "api_error"],
    [503, "upstream connect error", "upstream connect error", "overloaded_error"],
    [500, "", "Internal Server Error", "api_error"],
    [429, " \n", "Too Many Requests", "rate_limit_error"],
    [400, '{"detail":"x"}', '{"detail":"x"}', "invalid_request_error"],
    [400, '{"error":"x"}', '{"error":"x"}', "invalid_request_error"],
    [400, '{"error":{}}', '{"error":{}}', "invalid_request_error"],
    [404, '{"type":"error","error":{"type":"not_found_error"}}', "The provider reported an error.", "not_found_error"],
  ])("[15] %d with the body %j", (status, body, message, type) => {
    expect(readError(status, body)).toMatchObject({ status, envelope: { error: { message, type } } });
  });
});
