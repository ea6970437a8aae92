import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Answer, OpenAiModule, toBytes } from "../../support/openai";
import { useOpenAiModule } from "../../support/openai-fixture";
import {
  DONE,
  FINISH,
  ROLE,
  STREAM,
  TEXT,
  type Json,
  chunk,
  choice,
  passThrough,
  received,
  toEvents,
  WITH_USAGE,
} from "./chunks";

const openai = useOpenAiModule();

function pass(events: unknown[] | string, request: unknown = STREAM): Answer {
  return passThrough(openai.module, events, request);
}

describe("[25] usage that the client asked for", () => {
  const usage = { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9, x_tokens: 1 };

  test("in a chunk with choices: sent again as a chunk of its own", () => {
    const events = received(pass([ROLE, TEXT, { ...FINISH, usage }, DONE], WITH_USAGE));
    expect(events).toEqual([ROLE, TEXT, { ...FINISH, usage: null }, chunk([], { usage }), DONE]);
  });

  test("[28] on every chunk, growing: the last one counts", () => {
    const growing = (event: Json, count: number): Json => ({ ...event, usage: { ...usage, completion_tokens: count } });
    const answer = pass(
      [growing(ROLE, 0), growing(TEXT, 1), growing(FINISH, 2), growing(chunk([]), 3), DONE],
      WITH_USAGE,
    );
    expect(received(answer).filter((event) => (event as Json)["usage"])).toEqual([
      chunk([], { usage: { ...usage, completion_tokens: 3 } }),
    ]);
    expect(answer.usage).toMatchObject({ input: 7, output: 3 });
  });

  test("[29] choices null or missing in the usage chunk become []", () => {
    const without = { id: "c", object: "chat.completion.chunk", created: 5, model: "u", usage };
    for (const last of [chunk(null, { usage }), without]) {
      expect(received(pass([ROLE, TEXT, FINISH, last, DONE], WITH_USAGE)).at(-2)).toEqual(chunk([], { usage }));
    }
  });
});

test("[26] usage that the client did not ask for is counted and left out", () => {
  const usage = {
    prompt_tokens: 10,
    completion_tokens: 6,
    prompt_tokens_details: { cached_tokens: 4, cache_creation_input_tokens: 2 },
    completion_tokens_details: { reasoning_tokens: 5 },
  };
  const answer = pass([ROLE, TEXT, FINISH, chunk([], { usage }), DONE]);
  expect(answer.text).toBe(toEvents([ROLE, TEXT, FINISH, DONE]));
  expect(answer.usage).toEqual({ input: 10, output: 6, cachedInput: 4, cacheCreation: 2, reasoning: 5 });
});

test("usage in the words of DeepSeek, DashScope and nonsense", () => {
  const counted = (usage: unknown): unknown => pass([ROLE, TEXT, FINISH, chunk([], { usage }), DONE]).usage;
  expect(counted({ prompt_tokens: 9, completion_tokens: 1, prompt_cache_hit_tokens: 8 })).toMatchObject({
    cachedInput: 8,
  });
  expect(counted({ input_tokens: 9, output_tokens: 1 })).toMatchObject({ input: 9, output: 1 });
  expect(counted({ prompt_tokens: -5, completion_tokens: "7", prompt_tokens_details: [] })).toMatchObject({
    input: 0,
    output: 0,
  });
  expect(counted("many")).toBeNull();
});

describe("[134] reasoning", () => {
  test.each([
    [{ reasoning: "w" }, { reasoning_content: "w" }],
    [
      { reasoning: "w", content: "" },
      { reasoning_content: "w", content: "" },
    ],
    [{ reasoning: "w", reasoning_content: "w" }, { reasoning_content: "w" }],
    [{ reasoning_content: null, reasoning: "w" }, { reasoning_content: "w" }],
    [
      { reasoning_content: "w", content: null },
      { reasoning_content: "w", content: null },
    ],
  ])("%j becomes %j and never content", (given, sent) => {
    const events = received(pass([ROLE, chunk([choice(given)]), FINISH, DONE]));
    expect(events[1]).toEqual(chunk([choice(sent)]));
  });
});

describe("[135] tool calls", () => {
  const call = (members: Json): Json => chunk([choice({ tool_calls: [members] })]);
  const calls = (event: unknown): unknown => (event as { choices: { delta: Json }[] }).choices[0]?.delta["tool_calls"];

  test.each([
    [
      { id: "a", function: { name: "f", arguments: "" } },
      { index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } },
    ],
    [
      { index: 0, id: "a", type: null, function: { name: "f" } },
      { index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } },
    ],
    [
      { index: 0, id: null, type: "function", function: { name: "f", arguments: null } },
      { index: 0, id: "call_c_0_0", type: "function", function: { name: "f", arguments: "" } },
    ],
    [
      { index: 0, id: "a", type: "function", function: { name: "f", arguments: { x: '"' } } },
      { index: 0, id: "a", type: "function", function: { name: "f", arguments: '{"x":"\\""}' } },
    ],
    [{}, { index: 0, id: "call_c_0_0", type: "function" }],
  ])("%j becomes %j", (given, sent) => {
    expect(calls(received(pass([ROLE, call(given)]))[1])).toEqual([sent]);
  });

  test("more of a call needs neither id nor type", () => {
    const events = [
      ROLE,
      call({ index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } }),
      call({ index: 0, function: { arguments: "{}" } }),
      chunk([choice({}, "tool_calls")]),
      DONE,
    ];
    expect(pass(events).text).toBe(toEvents(events));
  });

  test("parallel calls without an index are numbered", () => {
    const both = chunk([
      choice({
        tool_calls: [
          { id: "a", function: { name: "f" } },
          { id: "b", function: { name: "g" } },
        ],
      }),
    ]);
    expect(calls(received(pass([ROLE, both]))[1])).toMatchObject([{ index: 0 }, { index: 1 }]);
  });
});

describe("unary answers", () => {
  const answer = (members: Json): Json => ({
    id: "c",
    object: "chat.completion",
    created: 5,
    model: "u",
    choices: [{ index: 0, message: { role: "assistant", content: "a" }, finish_reason: "stop" }],
    ...members,
  });
  const passed = (body: unknown): Answer => {
    expect(openai.module.readHead({ ...STREAM, stream: false })).toBeNull();
    return openai.module.passAnswer(body);
  };

  test("[137] a clean one is not touched", () => {
    const body = JSON.stringify(
      answer({ usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }, x: 1 }),
      null,
      2,
    );
    expect(passed(body)).toMatchObject({ unchanged: 1, text: body, usage: { input: 1, output: 2 } });
  });

  test.each([
    [{ object: "chat.completion.chunk" }, { object: "chat.completion" }],
    [
      { id: null, model: "" },
      { id: "chatcmpl-made-up", model: "gpt-test" },
    ],
    [
      { choices: [{ message: { content: "a" } }] },
      { choices: [{ index: 0, message: { role: "assistant", content: "a" }, finish_reason: "stop" }] },
    ],
    [
      { choices: [{ index: 0, message: {}, finish_reason: "stop" }] },
      { choices: [{ index: 0, message: { role: "assistant", content: null }, finish_reason: "stop" }] },
    ],
    [
      {
        choices: [
          {
            index: 0,
            message: { role: "model", reasoning: "w", reasoning_content: null, content: "a" },
            finish_reason: "null",
          },
        ],
      },
      {
        choices: [
          { index: 0, message: { role: "assistant", reasoning_content: "w", content: "a" }, finish_reason: "stop" },
        ],
      },
    ],
  ])("[135] %j becomes %j", (members, expected) => {
    const { text } = passed(answer(members));
    expect(JSON.parse(text)).toEqual({ ...answer(members), ...expected });
  });

  test.each([
    ["not JSON", "<html>", "stream-error"],
    ["empty", "", "stream-error"],
    ["no choices", answer({ choices: [] }), "stream-error"],
    ["choices null", answer({ choices: null }), "stream-error"],
    ["a choice without a message", answer({ choices: [{ index: 0 }] }), "stream-error"],
    ["JSON null", "null", "stream-error"],
    ["an error", { error: { message: "m", type: "server_error" } }, "stream-error"],
    ["an error with a code", { error: { message: "m", code: "rate_limit_exceeded" } }, "rate-limit"],
    ["an error of DashScope", { code: "Throttling.RateQuota", message: "m" }, "rate-limit"],
  ])("[10] %s is no answer", (_, body, reason) => {
    expect(passed(body)).toMatchObject({ state: "failed", failure: { reason } });
  });
});

test("the same fixtures without SIMD", async () => {
  const scalar = await OpenAiModule.load(false);
  const folder = join(import.meta.dirname, "fixtures", "dashscope-usage-everywhere");
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  scalar.useTarget("dashscope", "qwen-turbo");
  expect(scalar.write(read("request.json")).text).toBe(read("upstream-request.json"));
  expect(scalar.passStream([toBytes(read("upstream-response.sse"))]).text).toBe(read("response.sse"));
  expect(scalar.close()).toBe(0);
}, 300_000);
