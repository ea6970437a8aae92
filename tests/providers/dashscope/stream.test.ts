import { describe, expect, test } from "vitest";
import { tool } from "../../support/messages";
import { call, dashscope, errorEvent, provider, result, wire } from "./harness";

const TOOLS = { tools: [tool("f"), tool("g")] };
const calls = (...tool_calls: object[]) => ({ tool_calls });

describe("[131] pieces", () => {
  test('text and reasoning; finish_reason is the text "null" until the end', () => {
    const events = [
      result({ reasoning_content: "Hm" }),
      result({ reasoning_content: " 😀" }),
      result({ content: "Grüße" }),
      result({ content: '\n"x"' }, null),
      result({ content: "" }, "stop"),
    ];
    const streamed = dashscope.stream(wire(events));
    expect(streamed).toMatchObject({ reasoning: "Hm 😀", content: 'Grüße\n"x"', finishes: ["stop"], isDone: true });
    expect(streamed.events.at(-1)).toBe("[DONE]");
    expect(streamed.events.at(-2)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 22, completion_tokens: 17, prompt_tokens_details: { cached_tokens: 8 } },
    });
    expect(streamed.events[0]).toMatchObject({ id: "f8a1b2c3", model: "qwen-plus" });
    expect(streamed.text).not.toContain('"finish_reason":"null"');
  });

  test("repeated texts are no repetition: pieces may be equal", () => {
    expect(
      dashscope.stream(
        wire([result({ content: "ha" }), result({ content: "ha" }), result({ content: "haha" }, "stop")]),
      ).content,
    ).toBe("hahahaha");
  });

  test("calls in pieces, while the model thinks", () => {
    const events = [
      result({ reasoning_content: "Two." }),
      result(calls(call(0, "call_a", "f", ""))),
      result(calls(call(0, "", undefined, '{"a":'))),
      result(calls(call(0, "", "", "1}"))),
      result(calls(call(1, "", "g", "{}"))),
      result({}, "tool_calls"),
    ];
    expect(dashscope.stream(wire(events), { ...TOOLS, reasoning_effort: "low" })).toMatchObject({
      reasoning: "Two.",
      calls: [
        { id: "call_a", name: "f", arguments: '{"a":1}' },
        { id: "call_1", name: "g", arguments: "{}" },
      ],
      finishes: ["tool_calls"],
    });
  });

  test("lists of parts", () => {
    const events = [
      result({ content: [{ text: "a" }] }),
      result({ content: [{ text: "b" }] }),
      result({ content: [] }, "stop"),
    ];
    expect(dashscope.stream(wire(events), {}, { model: "qwen-vl-max" }).content).toBe("ab");
  });

  test("a client that does not stream gets one answer from the events of a model that thinks", () => {
    const events = [result({ reasoning_content: "Hm" }), result({ content: "Yes" }), result({}, "stop")];
    expect(dashscope.gather(wire(events), { reasoning_effort: "low" })).toMatchObject({
      message: { content: "Yes", reasoning_content: "Hm" },
      finish: "stop",
    });
  });

  test.each([
    ["ignore", "Yes", ""],
    ["concat", "<think>Hm 😀</think>\nYes", ""],
    ["passthrough", "Yes", "Hm 😀"],
  ])("reasoningContentMode %s", (mode, content, reasoning) => {
    const options = { provider: { ...provider, reasoningContentMode: mode } };
    const events = [
      result({ reasoning_content: "Hm" }),
      result({ reasoning_content: " 😀" }),
      result({ content: "Yes" }),
      result({}, "stop"),
    ];
    expect(dashscope.stream(wire(events), { reasoning_effort: "low" }, options)).toMatchObject({ content, reasoning });
    const only = wire([result({ reasoning_content: "Hm 😀" }, "length")]);
    expect(dashscope.stream(only, {}, options).content).toBe(mode === "concat" ? "<think>Hm 😀</think>\n" : "");
  });
});

describe("[130] all so far, again and again", () => {
  test("only what is new is told", () => {
    const events = ["", "Ich", "Ich grüße", 'Ich grüße "😀"\n', 'Ich grüße "😀"\n'].map((content) =>
      result({ content }),
    );
    const streamed = dashscope.stream(wire([...events, result({ content: 'Ich grüße "😀"\nEnde' }, "stop")]), TOOLS);
    expect(streamed).toMatchObject({ content: 'Ich grüße "😀"\nEnde', finishes: ["stop"] });
    expect(streamed.deltas.map((delta) => delta["content"]).filter(Boolean)).toEqual([
      "Ich",
      " grüße",
      ' "😀"\n',
      "Ende",
    ]);
  });

  test("arguments of several calls too", () => {
    const events = [
      result({ content: "I look." }),
      result({ content: "I look.", ...calls(call(0, "call_a", "f", "")) }),
      result({ content: "I look.", ...calls(call(0, "call_a", "f", '{"a":')) }),
      result({ content: "I look.", ...calls(call(0, "call_a", "f", '{"a":"ü"}'), call(1, "", "g", "")) }),
      result(
        { content: "I look.", ...calls(call(0, "call_a", "f", '{"a":"ü"}'), call(1, "", "g", "{}")) },
        "tool_calls",
      ),
    ];
    const streamed = dashscope.stream(wire(events), TOOLS);
    expect(streamed).toMatchObject({
      content: "I look.",
      calls: [
        { id: "call_a", name: "f", arguments: '{"a":"ü"}' },
        { id: "call_1", name: "g", arguments: "{}" },
      ],
      finishes: ["tool_calls"],
    });
    expect(streamed.text.match(/call_a/g)).toHaveLength(1);
  });

  test("pieces after all, though the whole was asked for", () => {
    expect(
      dashscope.stream(
        wire([result({ content: "Hello wor" }), result({ content: "ld" }), result({ content: "" }, "stop")]),
        TOOLS,
      ).content,
    ).toBe("Hello world");
  });

  test("a tail that was corrected is not told twice", () => {
    const events = [result({ content: "Hello w\ufffd" }), result({ content: "Hello wörld" }, "stop")];
    expect(dashscope.stream(wire(events), TOOLS).content).toBe("Hello w\ufffdörld");
  });

  test("log probabilities are told once", () => {
    const token = (text: string) => ({ token: text, logprob: -1, bytes: null, top_logprobs: [] });
    const event = (tokens: object[], finish: string) => ({
      output: { choices: [{ message: { content: "" }, logprobs: { content: tokens }, finish_reason: finish }] },
    });
    const streamed = dashscope.stream(
      wire([event([token("a")], "null"), event([token("a"), token("b")], "stop")]),
      TOOLS,
    );
    expect(streamed.text.match(/"token":"[ab]"/g)).toEqual(['"token":"a"', '"token":"b"']);
  });
});

describe("[131] [10] errors inside a 200", () => {
  test.each([
    ["Throttling.RateQuota", "rate-limit", 429],
    ["DataInspectionFailed", "content-filter", 400],
    ["InvalidApiKey", "auth", 401],
    ["InternalError", "server-error", 500],
    ["BrandNew", "stream-error", 502],
  ])("%s", (code, reason, status) => {
    const error = errorEvent(code, "Something broke");
    const expected = { reason, status, envelope: { error: { message: "Something broke" } } };
    expect(dashscope.stream(error)).toMatchObject({ hasContent: false, isDone: false, failure: expected });
    const after = dashscope.stream(wire([result({ content: "a" }), error]));
    expect(after).toMatchObject({ hasContent: true, failure: expected });
    expect(after.events.at(-1)).toMatchObject({ error: { message: "Something broke" } });
    expect(after.text).not.toContain("[DONE]");
  });

  test("without the event's name, without a message", () => {
    expect(dashscope.stream('data: {"code":"Throttling","message":"slow"}\n\n').failure).toMatchObject({
      reason: "rate-limit",
    });
    expect(dashscope.stream("event:error\ndata:{}\n\n").failure).toMatchObject({ reason: "stream-error", status: 502 });
  });

  test("[9] an end before the finish is a truncated stream", () => {
    for (const events of [[], [result({ content: "a" })], [result({ content: "a" }, null)]]) {
      expect(dashscope.stream(wire(events)).failure).toMatchObject({ reason: "stream-error", status: 502 });
    }
  });

  test("unknown events change nothing, an event that is not JSON ends the answer", () => {
    const events = [{ heartbeat: 1 }, result({ content: "a" }, "null", { more: [] }), result({}, "stop")];
    expect(dashscope.stream(wire(events))).toMatchObject({ content: "a", isDone: true });
    expect(dashscope.stream(wire([result({ content: "a" }), "data:{oops\n\n"])).failure).toMatchObject({
      reason: "stream-error",
    });
  });
});
