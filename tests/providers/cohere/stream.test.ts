import { describe, expect, test } from "vitest";
import { block, call, citation, cohere, messageEnd, messageStart, plan, wire } from "./harness";

test("[123] text: the content's index is not the choice's", () => {
  const streamed = cohere.stream(
    wire([messageStart, ...block(0, "thinking", "Hm", " 😀"), ...block(1, "text", "Grüße", '\n"x"'), messageEnd()]),
  );
  expect(streamed).toMatchObject({ content: 'Grüße\n"x"', reasoning: "Hm 😀", finishes: ["stop"], isDone: true });
  expect(streamed.text).not.toContain('"index":1');
  expect(streamed.events.at(-1)).toBe("[DONE]");
  expect(streamed.events.at(-2)).toMatchObject({
    choices: [],
    usage: { prompt_tokens: 71, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 32 } },
  });
  for (const event of streamed.events)
    if (event !== "[DONE]") expect(event).toMatchObject({ id: "c14c80c3", model: "command-a-03-2025" });
});

test("[123] tool plan and parallel tool calls", () => {
  const events = [
    messageStart,
    ...plan("I will", " use f."),
    ...call(0, "f_1", "f", '{"a":', '"b"}'),
    ...call(1, "g_2", "g"),
    messageEnd("TOOL_CALL"),
  ];
  expect(cohere.stream(wire(events))).toMatchObject({
    content: "",
    reasoning: "I will use f.",
    calls: [
      { id: "f_1", name: "f", arguments: '{"a":"b"}' },
      { id: "g_2", name: "g", arguments: "{}" },
    ],
    finishes: ["tool_calls"],
  });
});

test("[123] calls that count on behind the text, and pieces that come mixed", () => {
  const [first, ...more] = call(3, "f_1", "f", "{}");
  const [second, ...rest] = call(4, "g_2", "g", '{"a":1}');
  const events = [messageStart, ...block(0, "text", "a"), first!, second!, ...rest, ...more, messageEnd("TOOL_CALL")];
  expect(cohere.stream(wire(events)).calls).toEqual([
    { id: "f_1", name: "f", arguments: "{}" },
    { id: "g_2", name: "g", arguments: '{"a":1}' },
  ]);
});

test("[123] citations are annotations", () => {
  const sources = [{ type: "document", id: "d", document: { title: "T", url: "https://example.com" } }];
  const events = [
    messageStart,
    ...block(0, "text", "Yes"),
    ...citation(0, { start: 0, end: 3, text: "Yes", sources }),
    messageEnd(),
  ];
  expect(cohere.stream(wire(events)).deltas.flatMap((delta) => delta["annotations"] ?? [])).toEqual([
    { type: "url_citation", url_citation: { start_index: 0, end_index: 3, url: "https://example.com", title: "T" } },
  ]);
});

test("[123] log probabilities of a piece", () => {
  const piece = {
    type: "content-delta",
    index: 0,
    delta: { message: { content: { text: "Hi" } } },
    logprobs: { text: "Hi", token_ids: [1], logprobs: [-0.5] },
  };
  expect(cohere.stream(wire([messageStart, piece, messageEnd()])).text).toContain(
    '"logprobs":{"content":[{"token":"Hi","logprob":-0.5,"bytes":null,"top_logprobs":[]}],"refusal":null}',
  );
});

test("[123] unknown events, a stream without its start, and the SDK's end marker do no harm", () => {
  const events = [
    ...block(0, "text", "a"),
    { type: "debug", prompt: "p" },
    { type: "new-event", delta: [] },
    messageEnd(),
    "data: [DONE]\n\n",
  ];
  expect(cohere.stream(wire(events))).toMatchObject({ content: "a", isDone: true });
});

describe("[123] failures", () => {
  test.each([
    ["the finish reason ERROR", messageEnd("ERROR", { error: "broke" }), "broke", 502],
    ["the finish reason TIMEOUT", messageEnd("TIMEOUT"), "The provider's model took too long.", 504],
    ["an error object", 'data: {"message":"internal server error"}\n\n', "internal server error", 502],
  ])("%s", (_, event, message, status) => {
    const before = cohere.stream(wire([messageStart, event]));
    expect(before).toMatchObject({
      hasContent: false,
      isDone: false,
      failure: { status, envelope: { error: { message } } },
    });
    const after = cohere.stream(wire([messageStart, ...block(0, "text", "a"), event]));
    expect(after.events.at(-1)).toMatchObject({ error: { message } });
    expect(after.text).not.toContain("[DONE]");
  });

  test("[9] an end without message-end is a truncated stream", () => {
    for (const events of [[messageStart, ...block(0, "text", "a")], [messageStart], ["data: [DONE]\n\n"]]) {
      expect(cohere.stream(wire(events))).toMatchObject({
        isDone: false,
        failure: { reason: "stream-error", status: 502 },
      });
    }
  });

  test("an event that is not JSON ends the answer", () => {
    expect(cohere.stream(wire([messageStart, "data: {oops\n\n", messageEnd()])).failure).toMatchObject({
      reason: "stream-error",
    });
  });
});
