import { describe, expect, test } from "vitest";
import { call, candidate, complete, stop, stream } from "./answer";

const text = (value: string) => candidate([{ text: value }]);
const end = candidate([{ text: "" }], stop, { usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2 } });

test("[98] each event is a whole answer with the next pieces", () => {
  const { content, deltas, finishes, events } = stream([
    candidate([{ text: "Hm", thought: true }]),
    text("Hel"),
    text("lo"),
    end,
  ]);
  expect(content).toBe("Hello");
  expect(deltas.slice(0, 3)).toEqual([
    { role: "assistant", content: "" },
    { reasoning_content: "Hm" },
    { content: "Hel" },
  ]);
  expect(finishes).toEqual([[0, "stop"]]);
  expect(events.at(-1)).toBe("[DONE]");
  expect(events[0]).toMatchObject({ id: "resp1", model: "gemini-2.5-flash" });
});

test("[98] a call comes whole: one delta with id and name, one with all arguments, numbered within its candidate", () => {
  const { deltas } = stream([
    candidate([call("f", { a: 1 }, { thoughtSignature: "QUFB" }), call("g", {})]),
    candidate([call("h")]),
    end,
  ]);
  const calls = deltas.flatMap((delta) => (delta["tool_calls"] ?? []) as { index: number; id?: string }[]);
  expect(calls).toEqual([
    {
      index: 0,
      id: "call_resp1_0__thought__QUFB",
      type: "function",
      function: { name: "f", arguments: "" },
    },
    { index: 0, function: { arguments: '{"a":1}' } },
    { index: 1, id: "call_resp1_1", type: "function", function: { name: "g", arguments: "" } },
    { index: 1, function: { arguments: "{}" } },
    { index: 2, id: "call_resp1_2", type: "function", function: { name: "h", arguments: "" } },
    { index: 2, function: { arguments: "{}" } },
  ]);
});

describe("the end", () => {
  test("[94] STOP after a call in an earlier event is tool_calls", () => {
    expect(stream([candidate([call("f")]), end]).finishes).toEqual([[0, "tool_calls"]]);
  });

  test("[94] STOP in every event ends only once", () => {
    const every = candidate([{ text: "a" }], stop);
    const { content, finishes } = stream([every, every, every]);
    expect([content, finishes]).toEqual(["aaa", [[0, "stop"]]]);
  });

  test("[95] a blocked prompt", () => {
    const { finishes, content } = stream([{ promptFeedback: { blockReason: "SAFETY" }, usageMetadata: {} }]);
    expect([content, finishes]).toEqual(["", [[0, "content_filter"]]]);
  });

  test("[96] nothing but a finish", () => {
    expect(stream([candidate(undefined, { finishReason: "MAX_TOKENS" })]).finishes).toEqual([[0, "length"]]);
  });

  test("[98] every candidate has its own end, and none may be missing", () => {
    const both = {
      candidates: [
        { index: 0, content: { parts: [{ text: "a" }] }, finishReason: "STOP" },
        { index: 1, content: { parts: [{ text: "b" }] } },
      ],
    };
    expect(stream([both]).failure).toMatchObject({ reason: "stream-error" });
    const rest = { candidates: [{ index: 1, content: { parts: [call("f")] }, finishReason: "STOP" }] };
    expect(stream([both, rest]).finishes).toEqual([
      [0, "stop"],
      [1, "tool_calls"],
    ]);
  });

  test.each([[[]], [[text("Hel")]], [[{ usageMetadata: { promptTokenCount: 1 } }]]])(
    "[98] a stream that breaks off is no clean end",
    (events) => {
      const { failure, text: written } = stream(events);
      expect(failure).toMatchObject({ status: 502, envelope: { error: { code: "stream_truncated" } } });
      expect(written).not.toContain("[DONE]");
    },
  );
});

test("[97] every event repeats the usage, the last one counts", () => {
  const usage = (candidatesTokenCount: number) => ({
    usageMetadata: {
      promptTokenCount: 10,
      candidatesTokenCount,
      thoughtsTokenCount: 4,
      totalTokenCount: 14 + candidatesTokenCount,
    },
  });
  const { usage: counted } = stream([
    candidate([{ text: "a" }], {}, usage(1)),
    candidate([{ text: "b" }], {}, usage(2)),
    candidate([{ text: "" }], stop, usage(3)),
  ]);
  expect(counted).toEqual({ input: 10, output: 7, cachedInput: 0, cacheCreation: 0, reasoning: 4 });
});

describe("errors", () => {
  const error = { error: { code: 429, message: "Quota.", status: "RESOURCE_EXHAUSTED" } };

  test("[99] before content", () => {
    for (const event of [error, [error]]) {
      const { hasContent, failure } = stream([event]);
      expect([hasContent, failure?.reason, failure?.status]).toEqual([false, "rate-limit", 429]);
    }
  });

  test("[99] after content", () => {
    const { hasContent, events } = stream([text("Hel"), error]);
    expect(hasContent).toBe(true);
    expect(events.at(-1)).toMatchObject({ error: { message: "Quota.", type: "rate_limit_error" } });
  });

  test.each(["data: {\r\n\r\n", "data: 17\r\n\r\n", 'data: "x"\r\n\r\n', "data: null\r\n\r\n"])("[98] %j", (event) => {
    expect(stream([event]).failure).toMatchObject({ reason: "stream-error", status: 502 });
  });
});

test("[98] without alt=sse the body is a list of the same answers", () => {
  const events = [text("Hel"), candidate([{ text: "lo" }]), candidate([call("f", { a: 1 })]), end];
  const { message, finish, usage } = complete(events);
  expect(message).toMatchObject({ content: "Hello", tool_calls: [{ function: { name: "f", arguments: '{"a":1}' } }] });
  expect(finish).toBe("tool_calls");
  expect(usage).toMatchObject({ input: 3, output: 2 });
  expect(complete(events.slice(0, 2)).failure).toMatchObject({ reason: "stream-error" });
});
