import { describe, expect, test } from "vitest";
import { assistant, system, tool, toolCall, toolResult, user } from "../../support/messages";
import { refuse, translate, translateText } from "./request";

const tools = [tool("lookup", { parameters: { type: "object", properties: {} } })];
const text = (value: string) => ({ type: "text", text: value });

describe("system texts", () => {
  test("[37] system and developer messages become system blocks, in order", () => {
    const upstream = translate({
      messages: [system("One."), { role: "developer", content: "Two." }, user("Hello")],
    });
    expect(upstream.system).toEqual([text("One."), text("Two.")]);
    expect(upstream.messages).toEqual([{ role: "user", content: [text("Hello")] }]);
  });

  test("[37] parts of a system message stay apart and keep their cache_control", () => {
    const cached = { ...text("Long."), cache_control: { type: "ephemeral", ttl: "1h" } };
    const upstream = translate({ messages: [system([cached, text("Short.")]), user("Hello")] });
    expect(upstream.system).toEqual([cached, text("Short.")]);
  });

  test("[38] a system message in the middle is hoisted", () => {
    const upstream = translate({
      messages: [system("First."), user("a"), assistant("b"), system("Second."), user("c")],
    });
    expect(upstream.system).toEqual([text("First."), text("Second.")]);
    expect(upstream.messages.map((message) => message.role)).toEqual(["user", "assistant", "user"]);
  });

  test("[38] a system message between two user messages does not part them", () => {
    const upstream = translate({ messages: [user("a"), system("s"), user("b")] });
    expect(upstream.messages).toEqual([{ role: "user", content: [text("a"), text("b")] }]);
  });

  test("[39] only system messages are refused", () => {
    expect(refuse({ messages: [system("Be kind.")] })).toMatchObject({ status: 400, param: "messages" });
  });

  test("[39] only blank messages are refused", () => {
    expect(refuse({ messages: [system("s"), user(" \n"), assistant("")] })).toMatchObject({
      status: 400,
      param: "messages",
    });
  });
});

describe("turns", () => {
  test("[40] neighbours of one role become one turn", () => {
    const upstream = translate({
      messages: [user("a"), user([text("b"), text("c")]), assistant("d"), assistant("e"), user("f")],
    });
    expect(upstream.messages).toEqual([
      { role: "user", content: [text("a"), text("b"), text("c")] },
      { role: "assistant", content: [text("d"), text("e")] },
      { role: "user", content: [text("f")] },
    ]);
  });

  test("[40] a message that is not sent does not part its neighbours", () => {
    const upstream = translate({ messages: [user("a"), assistant(""), user("b")] });
    expect(upstream.messages).toEqual([{ role: "user", content: [text("a"), text("b")] }]);
  });

  test("[41] a conversation may begin with the assistant", () => {
    const upstream = translate({ messages: [assistant("Hi!"), user("Hello")] });
    expect(upstream.messages[0]).toEqual({ role: "assistant", content: [text("Hi!")] });
  });

  test("[42] results of parallel calls share one user turn", () => {
    const upstream = translate({
      tools,
      messages: [
        user("go"),
        assistant(null, { tool_calls: [toolCall("call_1", "lookup", "{}"), toolCall("call_2", "lookup", '{"q":1}')] }),
        toolResult("call_1", "first"),
        toolResult("call_2", "second"),
      ],
    });
    expect(upstream.messages[2]).toEqual({
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "call_1", content: "first" },
        { type: "tool_result", tool_use_id: "call_2", content: "second" },
      ],
    });
  });

  test("[42] results that a system message parts still share one turn", () => {
    const calls = assistant(null, { tool_calls: ["a", "b", "c"].map((id) => toolCall(id, "lookup", "{}")) });
    const upstream = translate({
      tools,
      messages: [user("go"), calls, toolResult("c", "3"), system("s"), toolResult("a", "1"), toolResult("b", "2")],
    });
    expect(upstream.messages).toHaveLength(3);
    expect(upstream.messages[2]?.content).toMatchObject([
      { tool_use_id: "c", content: "3" },
      { tool_use_id: "a", content: "1" },
      { tool_use_id: "b", content: "2" },
    ]);
  });

  test("[43] tool results stand before the user's text, also when they come later", () => {
    const calls = assistant(null, { tool_calls: [toolCall("a", "lookup", "{}"), toolCall("b", "lookup", "{}")] });
    const upstream = translate({
      tools,
      messages: [user("go"), calls, toolResult("a", "1"), user("and?"), toolResult("b", "2")],
    });
    expect(upstream.messages[2]).toEqual({
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "a", content: "1" },
        { type: "tool_result", tool_use_id: "b", content: "2" },
        text("and?"),
      ],
    });
  });
});

describe("tool results", () => {
  const result = (content: unknown) => {
    const calls = assistant(null, { tool_calls: [toolCall("a", "lookup", "{}")] });
    const upstream = translate({ tools, messages: [user("go"), calls, toolResult("a", content)] });
    return (upstream.messages[2]?.content as unknown[])[0];
  };

  test("[44] a text stays a string, also as the only part", () => {
    expect(result("sunny")).toEqual({ type: "tool_result", tool_use_id: "a", content: "sunny" });
    expect(result([text("sunny")])).toEqual({ type: "tool_result", tool_use_id: "a", content: "sunny" });
  });

  test("[44] several parts become blocks, blank ones are left out", () => {
    expect(result([text("one"), text(""), text("two")])).toMatchObject({ content: [text("one"), text("two")] });
  });

  test("[44] an image becomes an image block", () => {
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    expect(result([text("see"), image])).toMatchObject({
      content: [text("see"), { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } }],
    });
  });

  test("[44] an empty result has no content", () => {
    expect(result("")).toEqual({ type: "tool_result", tool_use_id: "a" });
    expect(result([text(" ")])).toEqual({ type: "tool_result", tool_use_id: "a" });
  });

  test("[44] an error inside the content is not guessed at", () => {
    expect(result('{"error":"no such city"}')).toEqual({
      type: "tool_result",
      tool_use_id: "a",
      content: '{"error":"no such city"}',
    });
  });
});

describe("tool calls", () => {
  const input = (value: string | null) => {
    const calls = assistant(null, { tool_calls: [toolCall("a", "lookup", value)] });
    return translateText({ tools, messages: [user("go"), calls, toolResult("a", "1")] }).text;
  };

  test("[45] arguments become an object, byte for byte", () => {
    expect(input('{"b":1.0,"a":"x\\"y\\u00e9\\n","n":9007199254740993}')).toContain(
      '"input":{"b":1.0,"a":"x\\"y\\u00e9\\n","n":9007199254740993}',
    );
  });

  test.each(["", " ", null, "null"])("[45] no arguments (%j) are the empty object", (value) => {
    expect(input(value)).toContain('"input":{}');
  });

  test.each(["{", "[1]", "1", '"text"', '{"a":1}x', "{'a':1}", '{"a":}'])("[45] arguments %j are refused", (value) => {
    const calls = assistant(null, { tool_calls: [toolCall("a", "lookup", value)] });
    const error = refuse({ tools, messages: [user("go"), calls, toolResult("a", "1")] });
    expect(error).toMatchObject({ status: 400, type: "invalid_request_error", param: "messages[1].tool_calls" });
  });

  test("[45] ids keep the letters that Anthropic takes, the same in call and result", () => {
    const calls = assistant(null, { tool_calls: [toolCall("functions.lookup:0", "lookup", "{}")] });
    const upstream = translate({ tools, messages: [user("go"), calls, toolResult("functions.lookup:0", "1")] });
    expect(upstream.messages[1]?.content).toMatchObject([{ type: "tool_use", id: "functions_lookup_0" }]);
    expect(upstream.messages[2]?.content).toMatchObject([{ tool_use_id: "functions_lookup_0" }]);
  });

  test("[46] text comes before tool calls", () => {
    const calls = assistant("Let me look.", { tool_calls: [toolCall("a", "lookup", "{}")] });
    const upstream = translate({ tools, messages: [user("go"), calls, toolResult("a", "1")] });
    expect(upstream.messages[1]?.content).toEqual([
      text("Let me look."),
      { type: "tool_use", id: "a", name: "lookup", input: {} },
    ]);
  });
});

describe("blank and trailing text", () => {
  test("[47] an assistant message without anything is skipped", () => {
    const upstream = translate({ messages: [user("a"), assistant(null), assistant(""), user("b")] });
    expect(upstream.messages).toHaveLength(1);
  });

  test.each([" ", "\n\t\r", "\u00a0", "\u3000", "\u2003\u2028", "\ufeff"])(
    "[47] the blank text %j is removed",
    (blank) => {
      const upstream = translate({ messages: [user([text(blank), text("x")]), assistant(blank), user("y")] });
      expect(upstream.messages).toEqual([{ role: "user", content: [text("x"), text("y")] }]);
    },
  );

  test("[47] escaped white space is white space, too", () => {
    const body =
      '{"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"\\u0020\\n\\u00A0\\t"}]}';
    expect(JSON.parse(translateText(body).text).messages).toHaveLength(1);
  });

  test("[47] backslashes and lone accents are not white space", () => {
    for (const content of ["\\", "\\n", "\u0301", "é", "\u0000x", "\b"]) {
      expect(translate({ messages: [user(content)] }).messages).toEqual([{ role: "user", content: [text(content)] }]);
    }
  });

  test("[48] a final assistant text ends without white space", () => {
    const upstream = translate({ messages: [user("a"), assistant("The answer is ( \n\t\u00a0")] });
    expect(upstream.messages[1]).toEqual({ role: "assistant", content: [text("The answer is (")] });
  });

  test("[48] escaped white space is trimmed, a backslash before it stays", () => {
    const body =
      '{"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"x\\\\ \\u0020\\n"}]}';
    const { text: upstream } = translateText(body);
    expect(upstream).toContain('"text":"x\\\\"');
  });

  test("[48] a prefill goes also to models that reject it: the refusal is theirs to say", () => {
    for (const model of ["claude-opus-4-6", "claude-sonnet-5"]) {
      const upstream = translate({ messages: [user("a"), assistant("So: ")] }, { model, isRejected: true });
      expect(upstream.messages.at(-1)).toEqual({ role: "assistant", content: [text("So:")] });
    }
  });

  test("[48] other assistant texts keep their white space", () => {
    const upstream = translate({ messages: [user("a"), assistant("b "), user("c ")] });
    expect(upstream.messages[1]).toEqual({ role: "assistant", content: [text("b ")] });
  });
});

describe("reasoning in the history", () => {
  const thinking = { type: "thinking", thinking: "Hm.", signature: "c2lnbmVk" };
  const redacted = { type: "redacted_thinking", data: "b3BhcXVl" };
  const calls = { tool_calls: [toolCall("a", "lookup", "{}")] };

  test("[65] signed thinking blocks come first", () => {
    const upstream = translate({
      tools,
      messages: [
        user("go"),
        assistant("Text.", { ...calls, thinking_blocks: [thinking, redacted] }),
        toolResult("a", "1"),
      ],
    });
    expect(upstream.messages[1]?.content).toEqual([
      thinking,
      redacted,
      text("Text."),
      { type: "tool_use", id: "a", name: "lookup", input: {} },
    ]);
  });

  test("[65] reasoning_content with its signature is a thinking block, and the first one", () => {
    const messages = [
      user("go"),
      assistant("Text.", { ...calls, reasoning_content: "Hm.\n", reasoning_signature: "c2ln" }),
      toolResult("a", "1"),
    ];
    expect(translate({ tools, messages }).messages[1]?.content).toEqual([
      { type: "thinking", thinking: "Hm.\n", signature: "c2ln" },
      text("Text."),
      { type: "tool_use", id: "a", name: "lookup", input: {} },
    ]);
  });

  test("[65] unsigned thinking is left out", () => {
    const upstream = translate({
      messages: [
        user("a"),
        assistant("b", { reasoning_content: "Hm." }),
        user("c"),
        assistant("d", { thinking_blocks: [{ type: "thinking", thinking: "Hm.", signature: "" }] }),
        user("e"),
      ],
    });
    expect(upstream.messages[1]?.content).toEqual([text("b")]);
    expect(upstream.messages[3]?.content).toEqual([text("d")]);
  });

  test("[65] a message that holds only unsigned thinking is skipped", () => {
    const upstream = translate({ messages: [user("a"), assistant(null, { reasoning_content: "Hm." }), user("b")] });
    expect(upstream.messages).toHaveLength(1);
  });

  test("[65] cache_control passes on every place that takes it", () => {
    const cache_control = { type: "ephemeral" };
    const upstream = translate({
      tools: [{ ...tools[0], cache_control }],
      messages: [
        user([{ type: "image_url", image_url: { url: "https://example.com/a.png" }, cache_control }]),
        assistant(null, { tool_calls: [{ ...toolCall("a", "lookup", "{}"), cache_control }] }),
        { ...toolResult("a", "1"), cache_control },
      ],
    });
    expect(upstream.tools?.[0]).toMatchObject({ cache_control });
    for (const message of upstream.messages) expect(message.content).toMatchObject([{ cache_control }]);
  });
});
