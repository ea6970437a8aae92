import { describe, expect, test } from "vitest";
import { type Answer, toBytes } from "../../support/openai";
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

describe("what counts as content", () => {
  test.each([
    ["the role", [ROLE], false],
    ["an empty text", [chunk([choice({ role: "assistant", content: "" })]), chunk([choice({ content: "" })])], false],
    ["null", [chunk([choice({ role: "assistant", content: null, tool_calls: [] })])], false],
    ["[117] no choices", [chunk([], { prompt_filter_results: [] })], false],
    ["usage", [chunk([], { usage: { prompt_tokens: 1, completion_tokens: 1 } })], false],
    ["text", [TEXT], true],
    ["reasoning", [chunk([choice({ reasoning_content: "x" })])], true],
    ["a refusal", [chunk([choice({ refusal: "no" })])], true],
    ["a tool call", [chunk([choice({ tool_calls: [{ index: 0, id: "a", function: { name: "f" } }] })])], true],
    ["the end of an empty answer", [ROLE, FINISH], true],
  ])("%s", (_, events, isContent) => {
    // The stream stays open, so that its state is still what the events made it.
    expect(openai.module.readHead(STREAM)).toBeNull();
    const { state } = openai.module.passStream([toBytes(toEvents(events))], false);
    expect(state).toBe(isContent ? "content" : "waiting");
  });
});

test("[137] a clean stream: every event goes out as it came, the usage chunk too", () => {
  const events = [
    ROLE,
    TEXT,
    FINISH,
    chunk([], { usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 } }),
    DONE,
  ];
  const answer = pass(events, WITH_USAGE);
  expect(answer.text).toBe(toEvents(events));
  expect(answer).toMatchObject({ state: "done", unchanged: 3, failure: null });
  expect(answer.usage).toEqual({ input: 2, output: 1, cachedInput: 0, cacheCreation: 0, reasoning: 0 });
});

test("[137] unknown members stay where others are corrected", () => {
  const odd =
    '{"choices":[{"x":[1.0],"delta":{"content":"a","y":{"k":-0}},"finish_reason":""}],"z":12345678901234567890,"id":""}';
  expect(pass(`data: ${odd}\n\n`).text).toContain('"z":12345678901234567890');
  expect(pass(`data: ${odd}\n\n`).text).toContain('"x":[1.0],"delta":{"role":"assistant","content":"a","y":{"k":-0}}');
});

test("[8] exactly one [DONE], whatever the provider sends after it", () => {
  const answer = pass([ROLE, TEXT, FINISH, DONE, DONE, TEXT, { error: { message: "late" } }]);
  expect(received(answer).filter((event) => event === DONE)).toHaveLength(1);
  expect(answer).toMatchObject({ state: "done", failure: null });
  expect(answer.text.endsWith("data: [DONE]\n\n")).toBe(true);
});

test("[8] white space around the marker", () => {
  expect(pass(`${toEvents([ROLE, TEXT, FINISH])}data:  [DONE] \n\n`).text.endsWith("data: [DONE]\n\n")).toBe(true);
});

describe("[9] an early end", () => {
  test.each([
    ["nothing", []],
    ["the role only", [ROLE]],
    ["text without an end", [ROLE, TEXT]],
    ["one of two choices", [ROLE, FINISH, chunk([choice({ role: "assistant", content: "b" }, null, 1)])]],
  ])("%s: an error event and no [DONE]", (_, events) => {
    const answer = pass(events);
    const last = received(answer).at(-1);
    expect(last).toMatchObject({ error: { code: "stream_truncated", type: "api_error" } });
    expect(answer.text).not.toContain(DONE);
    expect(answer).toMatchObject({ state: "failed", failure: { reason: "stream-error", status: 0 } });
  });

  test("an event that is cut is not JSON", () => {
    const answer = pass(`${toEvents([ROLE, TEXT])}data: {"id":"c","choi`);
    expect(answer).toMatchObject({ state: "failed", failure: { reason: "stream-error" } });
    expect(answer.text).not.toContain(DONE);
  });
});

describe("[10] an error inside the stream", () => {
  test.each([
    [{ error: { message: "m", type: "server_error", code: null } }, "stream-error"],
    [{ error: { message: "m", type: "rate_limit_error" } }, "rate-limit"],
    [{ error: { message: "m", code: "rate_limit_exceeded" } }, "rate-limit"],
    [{ error: { message: "m", code: 429 } }, "rate-limit"],
    [{ error: { message: "m", code: 503 } }, "overloaded"],
    [{ error: { message: "m", type: "overloaded_error" } }, "overloaded"],
    [{ error: { message: "m", code: 502 }, choices: [choice({ content: "" }, "error")] }, "stream-error"],
    [{ error: { message: "m", code: "context_length_exceeded" } }, "context-length"],
    [{ error: { message: "m", code: "content_filter" } }, "content-filter"],
    [{ error: { message: "m", code: "data_inspection_failed" } }, "content-filter"],
    [{ error: { message: "m", code: 504 } }, "stream-error"],
    [{ error: { message: "m", code: "invalid_api_key" } }, "auth"],
    [{ error: "m" }, "stream-error"],
    [{ object: "error", message: "m", code: 400 }, "bad-request"],
    [{ code: "DataInspectionFailed", message: "m", request_id: "r" }, "content-filter"],
    [{ detail: "m" }, "stream-error"],
  ])("%j is %s, before and after content", (error, reason) => {
    for (const before of [[], [ROLE], [ROLE, TEXT]]) {
      const answer = pass([...before, error, DONE]);
      expect(answer).toMatchObject({ state: "failed", failure: { reason, envelope: { error: { message: "m" } } } });
      expect(received(answer).at(-1)).toMatchObject({ error: { message: "m" } });
      expect(answer.text).not.toContain(DONE);
    }
  });

  test("by the name of the event", () => {
    const answer = pass(`${toEvents([ROLE])}event: error\ndata: {"text":"x"}\n\n`);
    expect(answer).toMatchObject({ state: "failed", failure: { reason: "stream-error" } });
    const named = pass('event: error\ndata: {"error":{"message":"m","code":"rate_limit_exceeded"}}\n\n');
    expect(named).toMatchObject({ state: "failed", failure: { reason: "rate-limit" } });
  });

  test("no error: null or empty", () => {
    const events = [ROLE, { ...TEXT, error: null }, { ...FINISH, error: "" }, DONE];
    expect(pass(events)).toMatchObject({ state: "done", text: toEvents(events) });
  });

  test.each(["x", "[1]", '"x"', "7", "null", "{", "[DONE", '{"choices":[1]}', '{"choices":[{"index":1e9}]}'])(
    "an event %s is no chunk",
    (data) => {
      const answer = pass(`${toEvents([ROLE, TEXT])}data: ${data}\n\n${toEvents([FINISH, DONE])}`);
      expect(answer).toMatchObject({ state: "failed", failure: { reason: "stream-error" } });
      expect(answer.text).not.toContain(DONE);
    },
  );

  test("an answer without anything is none", () => {
    for (const events of [[DONE], [ROLE, DONE], [chunk([]), DONE]]) {
      expect(pass(events)).toMatchObject({ state: "failed", failure: { reason: "stream-error" } });
    }
  });
});

test("[6] comments and events that say nothing are left out", () => {
  const text = `: keep-alive\n\n${toEvents([ROLE, { type: "ping" }, {}, TEXT, FINISH, DONE])}`;
  expect(pass(text).text).toBe(toEvents([ROLE, TEXT, FINISH, DONE]));
});

describe("[22] what all chunks share", () => {
  test("is made up when the provider gives none", () => {
    const answer = pass([
      { choices: [choice({ content: "a" })] },
      { choices: [choice({}, "stop")], created: 0, model: null },
      DONE,
    ]);
    for (const event of received(answer).slice(0, 2)) {
      expect(event).toMatchObject({
        id: "chatcmpl-made-up",
        object: "chat.completion.chunk",
        created: 1_700_000_000,
        model: "gpt-test",
      });
    }
  });

  test("[35] the model is the one that the provider reports", () => {
    const events = received(pass([ROLE, TEXT, FINISH, DONE])).slice(0, 3);
    expect(events.map((event) => (event as Json)["model"])).toEqual(["u", "u", "u"]);
  });

  test("the model's name is escaped", () => {
    openai.module.useTarget("generic", 'a"b\n');
    expect(received(pass([{ choices: [choice({ content: "a" })] }]))[0]).toMatchObject({ model: 'a"b\n' });
  });
});

describe("[23] the role", () => {
  test.each([
    [{ content: "a" }, { role: "assistant", content: "a" }],
    [
      { role: null, content: "a" },
      { role: "assistant", content: "a" },
    ],
    [
      { content: "a", role: "" },
      { role: "assistant", content: "a" },
    ],
    [{}, { role: "assistant", content: "" }],
    [null, { role: "assistant", content: "" }],
    [{ role: "assistant" }, { role: "assistant" }],
    [
      { role: "assistant", content: null },
      { role: "assistant", content: null },
    ],
  ])("a first delta %j becomes %j", (given, sent) => {
    expect(received(pass([chunk([choice(given)])]))[0]).toMatchObject({
      choices: [{ delta: sent, finish_reason: null }],
    });
  });

  test.each([
    [{ role: "assistant", content: "b" }, { content: "b" }],
    [{ content: "b", role: "assistant" }, { content: "b" }],
    [
      { content: "b", role: null, x: 1 },
      { content: "b", x: 1 },
    ],
    [{ role: "assistant" }, {}],
  ])("a later delta %j becomes %j", (given, sent) => {
    const events = received(pass([ROLE, chunk([choice(given)])]));
    expect(events[1]).toEqual(chunk([choice(sent)]));
  });
});

describe("[24] the end of a choice", () => {
  test("content and finish in one chunk become two", () => {
    const events = received(pass([ROLE, chunk([choice({ content: "a" }, "length")]), DONE]));
    expect(events).toEqual([ROLE, TEXT, chunk([choice({}, "length")]), DONE]);
  });

  test("everything in one chunk", () => {
    const events = received(pass([chunk([choice({ content: "a" }, "stop")]), DONE]));
    expect(events).toEqual([chunk([choice({ role: "assistant", content: "a" })]), FINISH, DONE]);
  });

  test("only the end", () => {
    const events = received(pass([FINISH, DONE]));
    expect(events).toEqual([chunk([choice({ role: "assistant", content: "" })]), FINISH, DONE]);
  });

  test.each([{ content: "" }, { role: "assistant", content: null }, { content: "", reasoning_content: null }])(
    "an empty delta %j beside the finish is {}",
    (delta) => {
      expect(received(pass([ROLE, chunk([choice(delta, "stop")]), DONE]))[1]).toEqual(FINISH);
    },
  );

  test.each(["", null, undefined, "null", 5])("a finish reason %j is null", (finish) => {
    const given = { index: 0, delta: { content: "b" }, finish_reason: finish };
    expect(received(pass([ROLE, chunk([given]), FINISH, DONE]))[1]).toEqual(chunk([choice({ content: "b" })]));
  });

  test("one finish for each choice, even when the provider repeats it", () => {
    const events = received(pass([ROLE, TEXT, FINISH, FINISH, chunk([choice({ content: "" }, "stop")]), DONE]));
    expect(events).toEqual([ROLE, TEXT, FINISH, DONE]);
  });

  test("no finish at all before [DONE]", () => {
    expect(received(pass([ROLE, TEXT, DONE]))).toEqual([ROLE, TEXT, FINISH, DONE]);
    const call = chunk([
      choice({ tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "f", arguments: "{}" } }] }),
    ]);
    expect(received(pass([ROLE, call, DONE])).at(-2)).toEqual(chunk([choice({}, "tool_calls")]));
  });
});
