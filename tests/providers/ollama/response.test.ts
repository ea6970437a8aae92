import { describe, expect, test } from "vitest";
import { call, COUNTS, ollama } from "./harness";

const answer = (message: object, more: object = {}) => ({
  model: "qwen3-vl:8b",
  created_at: "2023-12-12T14:13:43.416799Z",
  message: { role: "assistant", content: "", ...message },
  done: true,
  done_reason: "stop",
  ...COUNTS,
  ...more,
});

test("[127] text, thinking and usage", () => {
  const { body, message, finish, usage } = ollama.complete(answer({ content: "Grüße 😀\n", thinking: "Hm" }));
  expect(body).toMatchObject({ model: "qwen3-vl:8b", object: "chat.completion" });
  expect(message).toMatchObject({ content: "Grüße 😀\n", reasoning_content: "Hm" });
  expect(finish).toBe("stop");
  expect(usage).toEqual({ input: 26, output: 298, cachedInput: 0, cacheCreation: 0, reasoning: 0 });
});

test("[126] tool calls get ids, their arguments become text", () => {
  const tool_calls = [
    call("f", { city: "Köln", n: 1 }),
    call("g", {}),
    call("g", null),
    call("f", '{"a":1}', { id: "call_own" }),
  ];
  const { message, finish } = ollama.complete(answer({ tool_calls }));
  const given = (id: string, name: string, text: string) => ({
    id,
    type: "function",
    function: { name, arguments: text },
  });
  expect(message["tool_calls"]).toEqual([
    given("call_0", "f", '{"city":"Köln","n":1}'),
    given("call_1", "g", "{}"),
    given("call_2", "g", "{}"),
    given("call_own", "f", '{"a":1}'),
  ]);
  expect(message["content"]).toBeNull();
  expect(finish).toBe("tool_calls");
});

test.each([
  ["stop", "stop"],
  ["length", "length"],
  ["load", "stop"],
  ["unload", "stop"],
  [undefined, "stop"],
])("[127] done_reason %s -> %s", (done_reason, finish) => {
  expect(ollama.complete(answer({ content: "a" }, { done_reason })).finish).toBe(finish);
});

test("[127] a prompt that was cached is not counted; nothing counted is nothing known", () => {
  const cached = answer({ content: "a" }, { prompt_eval_count: undefined });
  expect(ollama.complete(cached).usage).toMatchObject({ input: 0, output: 298 });
  expect(
    ollama.complete(answer({ content: "a" }, { prompt_eval_count: undefined, eval_count: undefined })).usage,
  ).toBeNull();
});

test("[127] literal think tags", () => {
  expect(ollama.complete(answer({ content: "<think>\nHm\n</think>\n\nYes" })).message).toMatchObject({
    content: "Yes",
    reasoning_content: "\nHm\n",
  });
  expect(ollama.complete(answer({ content: "Use <think> tags" })).message["content"]).toBe("Use <think> tags");
  expect(ollama.complete(answer({ content: "<think>never closed" })).message).toMatchObject({
    content: null,
    reasoning_content: "never closed",
  });
});

test("[127] log probabilities", () => {
  const logprobs = [
    { token: "a", logprob: -0.5, bytes: [97], top_logprobs: [{ token: "b", logprob: -1 }] },
    { token: "c", logprob: -2 },
    { token: "d" },
  ];
  expect(ollama.complete(answer({ content: "ac" }, { logprobs }), { logprobs: true }).body).toMatchObject({
    choices: [
      {
        logprobs: {
          content: [
            { token: "a", logprob: -0.5, bytes: [97], top_logprobs: [{ token: "b", logprob: -1, bytes: null }] },
            { token: "c", logprob: -2, bytes: null, top_logprobs: [] },
          ],
        },
      },
    ],
  });
});

describe("[127] errors", () => {
  test.each([
    [400, 'invalid format: expected "json" or a JSON schema', "bad-request"],
    [401, "unauthorized", "auth"],
    [404, "model 'x' not found", "not-found"],
    [429, "too many requests", "rate-limit"],
    [500, "model runner has unexpectedly stopped", "server-error"],
    [503, "server busy, please try again.  maximum pending requests exceeded", "overloaded"],
  ])("status %i %s", (status, error, reason) => {
    expect(ollama.readError(status, { error })).toMatchObject({
      status,
      reason,
      envelope: { error: { message: error } },
    });
  });

  test("a prompt that does not fit", () => {
    const error = "the input length exceeds the context length";
    expect(ollama.readError(400, { error })).toMatchObject({
      reason: "context-length",
      envelope: { error: { code: "context_length_exceeded" } },
    });
  });

  test("bodies that are not the server's", () => {
    expect(ollama.readError(404, "404 page not found").envelope.error.message).toBe("404 page not found");
    expect(ollama.readError(502, "").envelope.error.message).toBe("Bad Gateway");
    expect(ollama.readError(500, { error: 1 }).envelope.error.message).not.toBe("");
  });

  test("errors inside a 200", () => {
    expect(ollama.complete({ error: "broke" }).failure).toMatchObject({
      reason: "stream-error",
      envelope: { error: { message: "broke" } },
    });
    for (const body of ["[]", "{}", "nonsense", '{"message":"text"}'])
      expect(ollama.complete(body).failure).toMatchObject({ status: 502 });
  });
});
