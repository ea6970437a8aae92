import { describe, expect, test } from "vitest";
import { cohere, USAGE } from "./harness";

const answer = (message: object, finish_reason = "COMPLETE", more: object = {}) => ({
  id: "c14c80c3",
  message: { role: "assistant", ...message },
  finish_reason,
  usage: USAGE,
  ...more,
});
const text = (...texts: string[]) => ({ content: texts.map((text) => ({ type: "text", text })) });

test("[122] texts are joined, thinking is reasoning, the id is kept", () => {
  const content = [
    { type: "thinking", thinking: "Hm" },
    { type: "text", text: "Grüße, " },
    { type: "text", text: "😀\n" },
  ];
  const { body, message, finish, usage } = cohere.complete(answer({ content }));
  expect(body).toMatchObject({ id: "c14c80c3", model: "command-a-03-2025", object: "chat.completion" });
  expect(message).toMatchObject({ role: "assistant", content: "Grüße, 😀\n", reasoning_content: "Hm" });
  expect(finish).toBe("stop");
  expect(usage).toEqual({ input: 71, output: 9, cachedInput: 32, cacheCreation: 0, reasoning: 0 });
});

test("[122] tool calls, and the plan as reasoning", () => {
  const call = (id: string, text: string) => ({ id, type: "function", function: { name: "f", arguments: text } });
  const { message, finish } = cohere.complete(
    answer({ tool_plan: "I will use f.", tool_calls: [call("f_1", '{"a": "b"}'), call("f_2", "")] }, "TOOL_CALL"),
  );
  expect(message).toMatchObject({
    content: null,
    reasoning_content: "I will use f.",
    tool_calls: [call("f_1", '{"a": "b"}'), call("f_2", "{}")],
  });
  expect(finish).toBe("tool_calls");
});

test("[122] citations are annotations, one for each source", () => {
  const sources = [
    { type: "document", id: "doc:0", document: { id: "doc:0", url: "https://example.com/a", title: "A" } },
    { type: "tool", id: "f_1:0", tool_output: { content: "x" } },
  ];
  const citations = [
    { start: 0, end: 3, text: "Yes", sources, type: "TEXT_CONTENT" },
    { start: 0, end: 2, text: "Hm", sources, type: "THINKING_CONTENT" },
    { start: 4, end: 5, text: "b" },
  ];
  const { message } = cohere.complete(answer({ ...text("Yes b"), citations }));
  const annotation = (url: string, title: string) => ({
    type: "url_citation",
    url_citation: { start_index: 0, end_index: 3, url, title },
  });
  expect(message["annotations"]).toEqual([annotation("https://example.com/a", "A"), annotation("f_1:0", "Yes")]);
});

test("[122] log probabilities", () => {
  const logprobs = [
    { text: "Hi", token_ids: [1], logprobs: [-0.5] },
    { text: " all", token_ids: [2, 3], logprobs: [-1e-3, -2] },
  ];
  const { body } = cohere.complete(answer(text("Hi all"), "COMPLETE", { logprobs }), { logprobs: true });
  const token = (token: string, logprob: number) => ({ token, logprob, bytes: null, top_logprobs: [] });
  expect(body).toMatchObject({
    choices: [{ logprobs: { content: [token("Hi", -0.5), token(" all", -0.001), token("", -2)] } }],
  });
});

test.each([
  ["COMPLETE", "stop"],
  ["STOP_SEQUENCE", "stop"],
  ["MAX_TOKENS", "length"],
  ["ERROR_TOXIC", "content_filter"],
  ["NEW_REASON", "stop"],
])("[122] finish reason %s -> %s", (reason, finish) => {
  expect(cohere.complete(answer(text("a"), reason)).finish).toBe(finish);
});

test.each([
  ["ERROR", "stream-error", 502],
  ["TIMEOUT", "timeout", 504],
])("[122] finish reason %s is a failure", (finish, reason, status) => {
  expect(cohere.complete(answer(text("a"), finish, { error: "broke" }))).toMatchObject({
    failure: { reason, status, envelope: { error: { message: "broke" } } },
  });
  expect(cohere.complete(answer(text("a"), finish)).failure?.envelope.error.message).not.toBe("");
});

test("[122] billed units count where tokens are not told", () => {
  const usage = { billed_units: { input_tokens: 5, output_tokens: 4 } };
  expect(cohere.complete(answer(text("a"), "COMPLETE", { usage })).usage).toMatchObject({ input: 5, output: 4 });
  expect(cohere.complete(answer(text("a"), "COMPLETE", { usage: undefined })).usage).toBeNull();
});

describe("[123] errors", () => {
  test.each([
    [
      400,
      { message: "invalid request: all elements in history must have a message." },
      "bad-request",
      "invalid_request_error",
    ],
    [401, { message: "invalid api token" }, "auth", "authentication_error"],
    [404, { message: "model 'x' not found" }, "not-found", "not_found_error"],
    [429, { message: "You are using a Trial key" }, "rate-limit", "rate_limit_error"],
    [498, { message: "invalid token" }, "auth", "invalid_request_error"],
    [500, { id: "x", message: "internal server error" }, "server-error", "api_error"],
    [503, { message: "unavailable" }, "overloaded", "overloaded_error"],
  ])("status %i %j", (status, body, reason, type) => {
    expect(cohere.readError(status, body)).toMatchObject({
      status,
      reason,
      envelope: { error: { message: body.message, type } },
    });
  });

  test("too many tokens is a context length", () => {
    const message = "too many tokens: size limit exceeded by 11326 tokens.";
    expect(cohere.readError(400, { message })).toMatchObject({
      reason: "context-length",
      envelope: { error: { message, code: "context_length_exceeded", param: "messages" } },
    });
  });

  test("a body that is not the vendor's", () => {
    expect(cohere.readError(502, "<html>Bad gateway</html>").envelope.error.message).toBe("<html>Bad gateway</html>");
    expect(cohere.readError(503, "").envelope.error.message).toBe("Service Unavailable");
    expect(cohere.readError(500, { message: 1 }).envelope.error.message).not.toBe("");
  });

  test.each(["[]", "{}", '{"message":"odd"}', "nonsense"])("a 200 that holds %s is a failure", (body) => {
    expect(cohere.complete(body).failure).toMatchObject({ reason: "stream-error", status: 502 });
  });
});
