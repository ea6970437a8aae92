import { describe, expect, test } from "vitest";
import { call, dashscope, provider, result } from "./harness";

test("[132] text, reasoning, usage and id", () => {
  const { body, message, finish, usage } = dashscope.complete(
    result({ content: "Grüße 😀\n", reasoning_content: "Hm" }, "stop"),
  );
  expect(body).toMatchObject({ id: "f8a1b2c3", model: "qwen-plus", object: "chat.completion" });
  expect(message).toMatchObject({ content: "Grüße 😀\n", reasoning_content: "Hm" });
  expect(finish).toBe("stop");
  expect(usage).toEqual({ input: 22, output: 17, cachedInput: 8, cacheCreation: 0, reasoning: 5 });
});

test("[132] contents that are lists, and outputs without choices", () => {
  expect(
    dashscope.complete(result({ content: [{ text: "a" }, { image: "x" }, { text: "b" }] }, "stop")).message["content"],
  ).toBe("ab");
  const output = { text: "plain", finish_reason: "stop" };
  expect(dashscope.complete({ output, request_id: "r" })).toMatchObject({
    finish: "stop",
    usage: null,
    message: { content: "plain" },
  });
});

test("[132] sources of a search are annotations; what has no address is none", () => {
  const sources = (search_info: unknown) => {
    const { output, ...others } = result({ content: "Sunny[1]." }, "stop") as { output: object };
    return dashscope.complete({ ...others, output: { ...output, search_info } }).message["annotations"];
  };
  const source = { site_name: "s", icon: "", index: 1, title: 'A "title"', url: "https://example.com/a" };
  const cited = { start_index: 0, end_index: 0, url: source.url, title: source.title };
  expect(sources({ search_results: [source, { ...source, url: "" }, { ...source, url: 7 }, 7] })).toEqual([
    { type: "url_citation", url_citation: cited },
  ]);
  for (const nothing of [{ search_results: [] }, { search_results: {} }, {}, null, 7, "x"]) {
    expect(sources(nothing)).toBeUndefined();
  }
});

test("[132] tool calls; an empty id is made up", () => {
  const tool_calls = [call(0, "call_a", "f", '{"a": 1}'), call(1, "", "g", "")];
  const { message, finish } = dashscope.complete(result({ tool_calls }, "tool_calls"));
  const given = (id: string, name: string, text: string) => ({
    id,
    type: "function",
    function: { name, arguments: text },
  });
  expect(message["tool_calls"]).toEqual([given("call_a", "f", '{"a": 1}'), given("call_1", "g", "{}")]);
  expect(finish).toBe("tool_calls");
  expect(dashscope.complete(result({ tool_calls }, "stop")).finish).toBe("tool_calls");
});

test.each([
  ["length", "length"],
  ["content_filter", "content_filter"],
  ["new", "stop"],
])("[132] finish_reason %s -> %s", (reason, finish) => {
  expect(dashscope.complete(result({ content: "a" }, reason)).finish).toBe(finish);
});

test("[132] log probabilities", () => {
  const content = [{ token: "a", logprob: -0.5, bytes: [97], top_logprobs: [] }];
  const answer = { output: { choices: [{ message: { content: "a" }, logprobs: { content }, finish_reason: "stop" }] } };
  expect(dashscope.complete(answer, { logprobs: true }).body).toMatchObject({ choices: [{ logprobs: { content } }] });
});

test("[132] reasoningContentMode", () => {
  const answer = result({ content: "Yes", reasoning_content: 'H"m' }, "stop");
  const told = (mode: string) =>
    dashscope.complete(answer, {}, { provider: { ...provider, reasoningContentMode: mode } }).message;
  expect(told("passthrough")).toMatchObject({ content: "Yes", reasoning_content: 'H"m' });
  expect(told("ignore")).not.toHaveProperty("reasoning_content");
  expect(told("ignore")).toMatchObject({ content: "Yes" });
  expect(told("concat")).toMatchObject({ content: '<think>H"m</think>\nYes' });
});

describe("[132] errors", () => {
  test.each([
    [400, "DataInspectionFailed", "content-filter", "content_filter"],
    [400, "InvalidParameter", "bad-request", "InvalidParameter"],
    [400, "Arrearage", "bad-request", "Arrearage"],
    [401, "InvalidApiKey", "auth", "InvalidApiKey"],
    [403, "AccessDenied.Unpurchased", "auth", "AccessDenied.Unpurchased"],
    [404, "ModelNotFound", "not-found", "ModelNotFound"],
    [429, "Throttling.RateQuota", "rate-limit", "Throttling.RateQuota"],
    [500, "InternalError.Algo", "server-error", "InternalError.Algo"],
    [503, "ModelUnavailable", "overloaded", "ModelUnavailable"],
    [400, "BrandNew", "bad-request", "BrandNew"],
  ])("status %i %s", (status, code, reason, told) => {
    const message = `The message of ${code}`;
    const body = { code, message, request_id: "r" };
    const expected = { status, reason, envelope: { error: { message, code: told } } };
    expect(dashscope.readError(status, body)).toMatchObject(expected);
    const refusedStream = `id:1\nevent:error\n:HTTP_STATUS/${String(status)}\ndata:${JSON.stringify(body)}\n\n`;
    expect(dashscope.readError(status, refusedStream)).toMatchObject(expected);
  });

  test("a conversation that does not fit", () => {
    const message = "Range of input length should be [1, 129024]";
    expect(dashscope.readError(400, { code: "InvalidParameter", message })).toMatchObject({
      reason: "context-length",
      envelope: { error: { code: "context_length_exceeded" } },
    });
  });

  test("bodies that are not the vendor's, and errors inside a 200", () => {
    expect(dashscope.readError(502, "").envelope.error.message).toBe("Bad Gateway");
    expect(dashscope.complete({ code: "Throttling", message: "slow" }).failure).toMatchObject({
      reason: "rate-limit",
      status: 429,
    });
    for (const body of ["[]", "{}", "x", '{"output":{}}', '{"output":{"choices":[]}}']) {
      expect(dashscope.complete(body).failure, body).toMatchObject({ reason: "stream-error", status: 502 });
    }
  });
});
