import { describe, expect, test } from "vitest";
import { call, candidate, complete, stop } from "./answer";

const usage = (usageMetadata: object) => complete(candidate([{ text: "a" }], stop, { usageMetadata })).usage;

describe("parts", () => {
  test("[93] texts are joined, thoughts become reasoning", () => {
    const { message, finish } = complete(
      candidate(
        [{ text: "Hm, ", thought: true }, { text: "yes.", thought: true }, { text: "Hel" }, { text: "lo" }],
        stop,
      ),
    );
    expect(message).toEqual({ role: "assistant", content: "Hello", refusal: null, reasoning_content: "Hm, yes." });
    expect(finish).toBe("stop");
  });

  test("[93] id and model are the vendor's", () => {
    expect(complete(candidate([{ text: "a" }], stop)).body).toMatchObject({ id: "resp1", model: "gemini-2.5-flash" });
  });

  test("[93] images become images", () => {
    const { message } = complete(
      candidate([{ text: "Look:" }, { inlineData: { mimeType: "image/png", data: "AAAA" } }], stop),
    );
    expect(message["images"]).toEqual([{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }]);
  });

  test("[93] other media and unknown parts are not shown", () => {
    const { message } = complete(
      candidate(
        [{ inlineData: { mimeType: "audio/wav", data: "AAAA" } }, { hologram: { text: "x" } }, { text: "a" }],
        stop,
      ),
    );
    expect(message).toEqual({ role: "assistant", content: "a", refusal: null });
  });

  test("[93] code that ran at Google is told as text", () => {
    const { message } = complete(
      candidate(
        [
          { text: "Let me compute." },
          { executableCode: { language: "PYTHON", code: "print(1)\n" } },
          { codeExecutionResult: { outcome: "OUTCOME_OK", output: "1\n" } },
        ],
        stop,
      ),
    );
    expect(message["content"]).toBe("Let me compute.\n```\nprint(1)\n\n```\n\n```\n1\n\n```\n");
  });

  test("[93] function calls get ids of the answer's own, and objects as texts", () => {
    const { message, finish } = complete(
      candidate([call("f", { city: 'Rome "x"' }), call("g"), call("f", { city: 'Rome "x"' })], stop),
    );
    expect(message["tool_calls"]).toEqual([
      { id: "call_resp1_0", type: "function", function: { name: "f", arguments: '{"city":"Rome \\"x\\""}' } },
      { id: "call_resp1_1", type: "function", function: { name: "g", arguments: "{}" } },
      { id: "call_resp1_2", type: "function", function: { name: "f", arguments: '{"city":"Rome \\"x\\""}' } },
    ]);
    expect([message["content"], finish]).toEqual([null, "tool_calls"]);
  });

  test("[93] a call's own id is kept, an answer without id gives ids all the same", () => {
    const ids = (answer: object) => (complete(answer).message["tool_calls"] as { id: string }[]).map(({ id }) => id);
    expect(ids(candidate([{ functionCall: { id: "fc-1", name: "f", args: {} } }], stop))).toEqual(["fc-1"]);
    const [first] = ids(candidate([call("f", { a: 1 })], stop, { responseId: undefined }));
    const [second] = ids(candidate([call("f", { a: 2 })], stop, { responseId: undefined }));
    expect(first).toMatch(/^call_[0-9a-f]{16}_0$/);
    expect(second).not.toBe(first);
  });

  test("[85] a call's signature travels in its id", () => {
    const { message } = complete(candidate([call("f", {}, { thoughtSignature: "CpEB+x/2==" }), call("g")], stop));
    expect((message["tool_calls"] as { id: string }[]).map(({ id }) => id)).toEqual([
      "call_resp1_0__thought__CpEB+x/2==",
      "call_resp1_1",
    ]);
  });

  test("[89] the function that stands for the form is unwrapped", () => {
    const request = {
      response_format: { type: "json_object" },
      tools: [{ type: "function", function: { name: "f" } }],
    };
    const { message, finish } = complete(candidate([call("json_tool_call", { a: [1, "é"] })], stop), request);
    expect([message, finish]).toEqual([{ role: "assistant", content: '{"a":[1,"é"]}', refusal: null }, "stop"]);
    const both = complete(candidate([call("json_tool_call", {}), call("f")], stop), request);
    expect([both.message["content"], both.finish]).toEqual(["{}", "tool_calls"]);
  });
});

describe("the end", () => {
  test.each([
    ["STOP", "stop"],
    ["MAX_TOKENS", "length"],
    ["SAFETY", "content_filter"],
    ["BLOCKLIST", "content_filter"],
    ["PROHIBITED_CONTENT", "content_filter"],
    ["SPII", "content_filter"],
    ["IMAGE_SAFETY", "content_filter"],
    ["IMAGE_PROHIBITED_CONTENT", "content_filter"],
    ["RECITATION", "content_filter"],
    ["LANGUAGE", "stop"],
    ["OTHER", "stop"],
    ["FINISH_REASON_UNSPECIFIED", "stop"],
    ["MALFORMED_FUNCTION_CALL", "stop"],
    ["BRAND_NEW", "stop"],
  ])("[94] %s is %s", (finishReason, finish) => {
    expect(complete(candidate([{ text: "a" }], { finishReason })).finish).toBe(finish);
  });

  test("[94] calls that a limit cut off are no tool_calls", () => {
    expect(complete(candidate([call("f")], { finishReason: "MAX_TOKENS" })).finish).toBe("length");
  });

  test("[95] a blocked prompt is an answer that a filter ended", () => {
    const answer = { promptFeedback: { blockReason: "PROHIBITED_CONTENT" }, usageMetadata: { promptTokenCount: 5 } };
    for (const body of [answer, { ...answer, candidates: [] }]) {
      const { message, finish, usage: counted } = complete(body);
      expect([message, finish]).toEqual([{ role: "assistant", content: null, refusal: null }, "content_filter"]);
      expect(counted).toMatchObject({ input: 5, output: 0 });
    }
  });

  test.each([
    ["content", candidate(undefined, { finishReason: "MAX_TOKENS" })],
    ["parts", { candidates: [{ content: { role: "model" }, finishReason: "MAX_TOKENS", index: 0 }] }],
    ["a part", candidate([], { finishReason: "MAX_TOKENS" })],
    ["a text", candidate([{ text: "" }], { finishReason: "MAX_TOKENS" })],
  ])("[96] a candidate without %s is empty, not broken", (_, answer) => {
    const { message, finish, failure } = complete(answer);
    expect([failure, message, finish]).toEqual([null, { role: "assistant", content: null, refusal: null }, "length"]);
  });

  test.each([[{}], [{ candidates: [] }], [{ usageMetadata: { promptTokenCount: 1 } }], [[]], [17]])(
    "[95] %j is no answer",
    (answer) => {
      expect(complete(answer).failure).toMatchObject({ reason: "stream-error", status: 502 });
    },
  );

  test("[99] an error inside a 200 is one", () => {
    const error = { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } };
    for (const body of [error, [error]]) {
      expect(complete(body).failure).toMatchObject({ reason: "overloaded", status: 503 });
    }
  });
});

test("[88] several candidates are several choices", () => {
  const { choices } = complete({
    candidates: [
      { index: 0, content: { parts: [{ text: "a" }] }, finishReason: "STOP" },
      { index: 1, content: { parts: [call("f")] }, finishReason: "STOP" },
    ],
  });
  expect(choices.map(({ index, message, finish_reason }) => [index, message["content"], finish_reason])).toEqual([
    [0, "a", "stop"],
    [1, null, "tool_calls"],
  ]);
});

describe("usage", () => {
  test("[97] thoughts belong to the output, tools' prompts to the input", () => {
    expect(
      usage({
        promptTokenCount: 100,
        toolUsePromptTokenCount: 20,
        cachedContentTokenCount: 64,
        candidatesTokenCount: 30,
        thoughtsTokenCount: 50,
        totalTokenCount: 200,
      }),
    ).toEqual({ input: 120, output: 80, cachedInput: 64, cacheCreation: 0, reasoning: 50 });
  });

  test("[97] unless the total shows that the candidates hold them already", () => {
    expect(
      usage({ promptTokenCount: 100, candidatesTokenCount: 80, thoughtsTokenCount: 50, totalTokenCount: 180 }),
    ).toMatchObject({ input: 100, output: 80, reasoning: 50 });
  });

  test("[97] counts that are missing, negative or endless", () => {
    expect(usage({ promptTokenCount: 7 })).toMatchObject({ input: 7, output: 0, reasoning: 0 });
    expect(usage({ promptTokenCount: -7, candidatesTokenCount: 1e300 })).toMatchObject({ input: 0, output: 2 ** 48 });
  });
});

test("[88] log probabilities, with their alternatives", () => {
  const token = (text: string, logProbability: number) => ({ token: text, tokenId: 1, logProbability });
  const { choices } = complete(
    candidate([{ text: "Hi" }], {
      ...stop,
      logprobsResult: {
        chosenCandidates: [token("H", -0.5), token("i", -0.25)],
        topCandidates: [{ candidates: [token("H", -0.5), token("J", -1)] }, { candidates: [] }],
      },
    }),
    { logprobs: true },
  );
  const entry = (text: string, logprob: number) => ({ token: text, logprob, bytes: null });
  expect(choices[0]?.logprobs).toEqual({
    content: [
      { ...entry("H", -0.5), top_logprobs: [entry("H", -0.5), entry("J", -1)] },
      { ...entry("i", -0.25), top_logprobs: [] },
    ],
    refusal: null,
  });
});

describe("sources", () => {
  const chunks = [{ web: { uri: "https://a.example", title: 'A "x"' } }, { web: { uri: "https://b.example" } }, {}];
  const cite = (url: string, title: string, start_index = 0, end_index = 0) => ({
    type: "url_citation",
    url_citation: { start_index, end_index, url, title },
  });
  const annotations = (groundingMetadata: object) =>
    complete(candidate([{ text: "Hello" }], { ...stop, groundingMetadata })).message["annotations"];

  test("[93] what supports a piece of the text", () => {
    const groundingSupports = [
      { segment: { startIndex: 2, endIndex: 5, text: "llo" }, groundingChunkIndices: [0, 1, 2, 9, -1] },
      { segment: { endIndex: 2 }, groundingChunkIndices: [1] },
    ];
    expect(annotations({ groundingChunks: chunks, groundingSupports })).toEqual([
      cite("https://a.example", 'A "x"', 2, 5),
      cite("https://b.example", "", 2, 5),
      cite("https://b.example", "", 0, 2),
    ]);
  });

  test("[93] sources alone", () => {
    expect(annotations({ groundingChunks: chunks, webSearchQueries: ["x"] })).toEqual([
      cite("https://a.example", 'A "x"'),
      cite("https://b.example", ""),
    ]);
  });
});
