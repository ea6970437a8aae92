import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { allSplits } from "../../support/chunking";
import { type Answer, OpenAiModule, toBytes } from "../../support/openai";

let module: OpenAiModule;

beforeAll(OpenAiModule.prepare, 300_000);

beforeEach(async () => {
  module = await OpenAiModule.load();
});

afterEach(() => {
  expect(module.close()).toBe(0);
});

const STREAM = { model: "m", stream: true, messages: [{ role: "user", content: "hi" }] };
const WITH_USAGE = { ...STREAM, stream_options: { include_usage: true } };
const DONE = "[DONE]";

type Json = Record<string, unknown>;

function chunk(choices: unknown, more: Json = {}): Json {
  return { id: "c", object: "chat.completion.chunk", created: 5, model: "u", choices, ...more };
}

function choice(delta: unknown, finish: unknown = null, index = 0): Json {
  return { index, delta, finish_reason: finish };
}

function toEvents(events: unknown[]): string {
  return events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join("");
}

/** Passes events through in every split, which must all give the same. */
function pass(events: unknown[] | string, request: unknown = STREAM): Answer {
  expect(module.readHead(request)).toBeNull();
  const bytes = toBytes(typeof events === "string" ? events : toEvents(events));
  const answers = allSplits(bytes).map(({ chunks }) => module.passStream(chunks));
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  return answers[0] as Answer;
}

/** What the client got, parsed; every event is one data line. */
function received(answer: Answer): unknown[] {
  return answer.text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => {
      expect(event).toMatch(/^data: [^\n]*$/);
      const data = event.slice(6);
      return data === DONE ? data : (JSON.parse(data) as unknown);
    });
}

const ROLE = chunk([choice({ role: "assistant", content: "" })]);
const TEXT = chunk([choice({ content: "a" })]);
const FINISH = chunk([choice({}, "stop")]);

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
    expect(module.readHead(STREAM)).toBeNull();
    const { state } = module.passStream([toBytes(toEvents(events))], false);
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
    [{ error: { message: "m", code: 504 } }, "timeout"],
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

  test("the model's name is escaped", () => {
    module.useTarget("generic", 'a"b\n');
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
    const { choices: _, ...without } = chunk([], { usage });
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
    expect(module.readHead({ ...STREAM, stream: false })).toBeNull();
    return module.passAnswer(body);
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
