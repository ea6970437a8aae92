import { describe, expect, test } from "vitest";
import { allSplits, SeededRandom } from "../../support/chunking";
import { type Answer, toBytes } from "../../support/openai";
import { useOpenAiModule } from "../../support/openai-fixture";

const openai = useOpenAiModule();

type Json = Record<string, unknown>;

const REQUEST = { model: "m", stream: true, messages: [{ role: "user", content: "hi" }] };
const HEAD = { id: "c", object: "chat.completion.chunk", created: 5, model: "u" };
const USAGE = {
  prompt_tokens: 9,
  completion_tokens: 3,
  total_tokens: 12,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 1 },
};

function chunk(delta: unknown, finish: unknown = null, index = 0): Json {
  return { ...HEAD, choices: [{ index, delta, finish_reason: finish }] };
}

function toEvents(events: unknown[]): string {
  return events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join("");
}

/** From the provider's stream through the hub, in every split, into a stream or one answer. */
function send(events: unknown[], toStream: boolean, request: unknown = REQUEST): Answer {
  expect(openai.module.readHead(request)).toBeNull();
  const answers = allSplits(toBytes(toEvents(events))).map(({ chunks }) =>
    openai.module.passHub(true, toStream, chunks),
  );
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  return answers[0] as Answer;
}

function sendUnary(answer: unknown, toStream: boolean, request: unknown = REQUEST): Answer {
  expect(openai.module.readHead(request)).toBeNull();
  return openai.module.passHub(false, toStream, [toBytes(answer)]);
}

const ROLE = chunk({ role: "assistant", content: "" });
const CALL = { index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } };

describe("the stream writer", () => {
  test("[22] [23] [24] [8] text: role, content, finish and one [DONE], byte for byte as OpenAI's", () => {
    const events = [ROLE, chunk({ content: "a\n\u4f60\\" }), chunk({ content: "b" }), chunk({}, "length"), "[DONE]"];
    const answer = send([...events, "[DONE]"], true);
    expect(answer.text).toBe(toEvents(events));
    expect(answer).toMatchObject({ state: "done", usage: null });
  });

  test("[25] usage as a chunk of its own when it was asked for", () => {
    const asked = { ...REQUEST, stream_options: { include_usage: true } };
    const events = [ROLE, chunk({ content: "a" }), chunk({}, "stop"), { ...HEAD, choices: [], usage: USAGE }, "[DONE]"];
    expect(send(events, true, asked).text).toBe(toEvents(events));
  });

  test("[26] usage is counted and left out when it was not asked for", () => {
    const last = { ...HEAD, choices: [], usage: USAGE };
    const events = [ROLE, chunk({ content: "a" }), chunk({}, "stop")];
    const answer = send([...events, last, "[DONE]"], true);
    expect(answer.text).toBe(toEvents([...events, "[DONE]"]));
    expect(answer.usage).toEqual({ input: 9, output: 3, cachedInput: 4, cacheCreation: 0, reasoning: 1 });
  });

  test("[75] [76] tool calls: id and name once, arguments in pieces, nothing for empty pieces", () => {
    const more = (text: string): Json => chunk({ tool_calls: [{ index: 0, function: { arguments: text } }] });
    const opening = chunk({ tool_calls: [CALL] });
    const finish = chunk({}, "tool_calls");
    const sent = send([ROLE, opening, more(""), more('{"a"'), more(":1}"), finish, "[DONE]"], true);
    expect(sent.text).toBe(toEvents([ROLE, opening, more('{"a"'), more(":1}"), finish, "[DONE]"]));
  });

  test("[76] a tool call without arguments gets {} before the finish", () => {
    const second = { index: 1, id: "b", type: "function", function: { name: "g", arguments: "" } };
    const sent = send([ROLE, chunk({ tool_calls: [CALL, second] }), chunk({}, "tool_calls"), "[DONE]"], true);
    const none = (index: number): Json => chunk({ tool_calls: [{ index, function: { arguments: "{}" } }] });
    expect(sent.text).toBe(
      toEvents([
        ROLE,
        chunk({ tool_calls: [CALL] }),
        chunk({ tool_calls: [second] }),
        none(0),
        none(1),
        chunk({}, "tool_calls"),
        "[DONE]",
      ]),
    );
  });

  test("[77] reasoning, and its signature as a block to send again", () => {
    const signature = { thinking_blocks: [{ type: "thinking", signature: "sig", thinking: "" }] };
    const redacted = { thinking_blocks: [{ type: "redacted_thinking", data: "opaque" }] };
    const reasoning = [chunk({ reasoning_content: "w\\" }), chunk({ reasoning: "hy" })];
    const sent = send([ROLE, ...reasoning, chunk(signature), chunk(redacted), chunk({}, "stop"), "[DONE]"], true);
    const block = { thinking_blocks: [{ type: "thinking", thinking: "w\\hy", signature: "sig" }] };
    expect(sent.text).toBe(
      toEvents([
        ROLE,
        chunk({ reasoning_content: "w\\" }),
        chunk({ reasoning_content: "hy" }),
        chunk(block),
        chunk(redacted),
        chunk({}, "stop"),
        "[DONE]",
      ]),
    );
  });

  test("[23] [24] several choices: role and finish once for each", () => {
    const events = [
      ROLE,
      chunk({ content: "a" }),
      chunk({ role: "assistant", content: "" }, null, 1),
      chunk({ content: "b" }, null, 1),
      chunk({}, "stop", 1),
      chunk({}, "length"),
      "[DONE]",
    ];
    expect(send(events, true).text).toBe(toEvents(events));
  });

  test("[9] an early end: an error event and no [DONE]", () => {
    const answer = send([ROLE, chunk({ content: "a" })], true);
    expect(answer.text.startsWith(toEvents([ROLE, chunk({ content: "a" })]))).toBe(true);
    expect(answer.text).toContain('data: {"error":{"message":');
    expect(answer.text).not.toContain("[DONE]");
    expect(answer).toMatchObject({ state: "failed", failure: { reason: "stream-error" } });
  });

  test("[10] an error event is an error event, with its own words", () => {
    const error = { error: { message: 'm"', type: "t", param: "p", code: "rate_limit_exceeded" } };
    const answer = send([ROLE, chunk({ content: "a" }), error, "[DONE]"], true);
    expect(answer.text).toBe(toEvents([ROLE, chunk({ content: "a" }), error]));
    expect(answer).toMatchObject({ state: "failed", failure: { reason: "rate-limit" } });
  });

  test("[135] a missing [DONE], a missing finish, nothing at all", () => {
    const text = [ROLE, chunk({ content: "a" })];
    const finish = chunk({}, "stop");
    expect(send([...text, finish], true).text).toBe(toEvents([...text, finish, "[DONE]"]));
    expect(send([...text, "[DONE]"], true).text).toBe(toEvents([...text, finish, "[DONE]"]));
    expect(send([ROLE, "[DONE]"], true)).toMatchObject({ state: "failed", failure: { reason: "stream-error" } });
  });
});

describe("[11] an answer in one piece for a client that streams", () => {
  test("becomes role, content and finish", () => {
    const message = {
      role: "assistant",
      content: "a",
      reasoning_content: "w",
      tool_calls: [{ ...CALL, index: undefined }],
    };
    const answer = {
      id: "c",
      created: 5,
      model: "u",
      choices: [{ index: 0, message, finish_reason: "tool_calls" }],
      usage: USAGE,
    };
    const asked = { ...REQUEST, stream_options: { include_usage: true } };
    expect(sendUnary(answer, true, asked).text).toBe(
      toEvents([
        ROLE,
        chunk({ reasoning_content: "w" }),
        chunk({ content: "a" }),
        chunk({ tool_calls: [CALL] }),
        chunk({ tool_calls: [{ index: 0, function: { arguments: "{}" } }] }),
        chunk({}, "tool_calls"),
        { ...HEAD, choices: [], usage: USAGE },
        "[DONE]",
      ]),
    );
  });

  test.each([
    ["<html>", "stream-error"],
    [{ choices: [] }, "stream-error"],
    [{ error: { message: "m", code: "insufficient_quota" } }, "rate-limit"],
  ])("%j is no answer", (answer, reason) => {
    const sent = sendUnary(answer, true);
    expect(sent).toMatchObject({ state: "failed", failure: { reason } });
    expect(sent.text).not.toContain("[DONE]");
  });
});

describe("[13] a stream for a client that does not stream", () => {
  const unary = { ...REQUEST, stream: false };

  test("is gathered into one answer", () => {
    const events = [
      ROLE,
      chunk({ reasoning_content: "w" }),
      chunk({ thinking_blocks: [{ type: "thinking", signature: "s" }] }),
      chunk({ content: "a\n" }),
      chunk({ content: "b" }),
      chunk({ tool_calls: [CALL] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"x":1}' } }] }),
      chunk({}, "tool_calls"),
      { ...HEAD, choices: [], usage: USAGE },
      "[DONE]",
    ];
    expect(send(events, false, unary).text).toBe(
      '{"id":"c","object":"chat.completion","created":5,"model":"u","choices":[{"index":0,"message":{"role":"assistant",' +
        '"content":"a\\nb","refusal":null,"reasoning_content":"w","thinking_blocks":[{"type":"thinking","thinking":"w","signature":"s"}],' +
        '"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\\"x\\":1}"}}]},' +
        `"logprobs":null,"finish_reason":"tool_calls"}],"usage":${JSON.stringify(USAGE)}}`,
    );
  });

  test("[29] content is null when there are only tool calls, choices are in order, usage is left out when unknown", () => {
    const events = [
      chunk({ content: "second" }, "stop", 1),
      chunk({ tool_calls: [{ ...CALL, function: { name: "f" } }] }, "tool_calls"),
      "[DONE]",
    ];
    const answer = JSON.parse(send(events, false, unary).text) as Json;
    expect(answer).not.toHaveProperty("usage");
    expect(answer["choices"]).toEqual([
      {
        index: 0,
        message: {
          role: "assistant",
          content: null,
          refusal: null,
          tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
        },
        logprobs: null,
        finish_reason: "tool_calls",
      },
      {
        index: 1,
        message: { role: "assistant", content: "second", refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ]);
  });

  test("[9] an early end is no answer", () => {
    expect(send([ROLE, chunk({ content: "a" })], false, unary)).toMatchObject({ state: "failed", text: "" });
  });

  test("missing id, model and time are filled in", () => {
    const events = [{ choices: [{ delta: { content: "a" }, finish_reason: "stop" }] }, "[DONE]"];
    expect(JSON.parse(send(events, false, unary).text)).toMatchObject({
      id: "chatcmpl-made-up",
      created: 1_700_000_000,
      model: "gpt-test",
    });
  });
});

describe("random answers", () => {
  const random = new SeededRandom(20_261_122);
  const words = [
    "id",
    "choices",
    "delta",
    "content",
    "tool_calls",
    "index",
    "usage",
    "finish_reason",
    "message",
    "error",
  ];
  const samples = [
    toEvents([
      ROLE,
      chunk({ content: "a\u4f60" }),
      chunk({}, "stop"),
      { ...HEAD, choices: [], usage: USAGE },
      "[DONE]",
    ]),
    toEvents([
      chunk({ role: "assistant", reasoning: "w", tool_calls: [CALL] }),
      chunk({ tool_calls: [{ function: { arguments: { a: 1 } } }] }, "tool_calls"),
      "[DONE]",
    ]),
  ];
  const unary = JSON.stringify({
    id: "c",
    choices: [{ index: 0, message: { role: "assistant", reasoning: "w", tool_calls: [CALL] }, finish_reason: "" }],
    usage: USAGE,
  });

  /** Changes a few tokens, so that most results are still JSON but not what is expected. */
  function mutate(text: string): string {
    for (let round = random.below(4); round >= 0; round--) {
      const tokens = [...text.matchAll(/"[^"]*"|[{}[\],:]|\d+|null/g)];
      const { 0: token, index } = random.pick(tokens);
      const values = [
        "null",
        "7",
        "-1",
        "1e99",
        '""',
        "[]",
        "{}",
        '"x"',
        "[{}]",
        '{"a":[1]}',
        "true",
        "",
        ",",
        '"\\ud800"',
      ];
      const replacement = random.chance(0.3) ? `"${random.pick(words)}"` : random.pick(values);
      text = text.slice(0, index) + replacement + text.slice(index + token.length);
    }
    return text;
  }

  function expectCleanStream(text: string): void {
    expect(text === "" || text.endsWith("\n\n")).toBe(true);
    for (const event of text.split("\n\n").filter((one) => one !== "")) {
      expect(event).toMatch(/^data: [^\n]*$/);
      if (event !== "data: [DONE]") JSON.parse(event.slice(6));
    }
    expect(text.split("data: [DONE]\n\n").length).toBeLessThanOrEqual(2);
  }

  test("never trap, never leak and never give invalid JSON, passed through or through the hub", () => {
    const asked = { ...REQUEST, stream_options: { include_usage: true } };
    for (let round = 0; round < 1500; round++) {
      expect(openai.module.readHead(random.chance(0.5) ? REQUEST : asked)).toBeNull();
      const bytes = toBytes(mutate(random.pick(samples)));
      const passed = openai.module.passStream([bytes]);
      expectCleanStream(passed.text);
      expect(passed.text.includes("data: [DONE]")).toBe(passed.state === "done");
      expectCleanStream(openai.module.passHub(true, true, [bytes]).text);
      const gathered = openai.module.passHub(true, false, [bytes]).text;
      if (gathered !== "") JSON.parse(gathered);
      const body = mutate(unary);
      const answer = openai.module.passAnswer(body);
      if (answer.state === "done") JSON.parse(answer.text);
      expectCleanStream(openai.module.passHub(false, true, [toBytes(body)]).text);
      expect(openai.module.readError(random.pick([400, 429, 500]), body).envelope.error.message.length).toBeGreaterThan(
        0,
      );
    }
  });

  test("random requests are read or refused, and spliced into valid JSON", () => {
    const body = JSON.stringify({
      model: "m",
      stream: true,
      stream_options: { x: 1 },
      max_completion_tokens: 5,
      max_tokens: 4,
      tools: [{ type: "function", function: { name: "f", parameters: {} } }],
      messages: [
        { role: "developer", content: "d" },
        {
          role: "user",
          content: [
            { type: "text", text: "t" },
            { type: "image_url", image_url: { url: "u" } },
          ],
        },
        {
          role: "assistant",
          reasoning_content: "w",
          thinking_blocks: [{ type: "thinking", thinking: "w", signature: "s" }],
          tool_calls: [CALL],
        },
        { role: "tool", tool_call_id: "a", content: "r" },
      ],
    });
    for (let round = 0; round < 1500; round++) {
      const mutated = mutate(body);
      if (openai.module.read(mutated).failure !== null && openai.module.readHead(mutated) !== null) continue;
      for (const type of ["openai", "deepseek", "qwen"]) {
        openai.module.useTarget(type, "m2");
        const sent = JSON.parse(openai.module.write(mutated).text) as Json;
        expect(sent["model"]).toBe("m2");
      }
    }
  });
});
