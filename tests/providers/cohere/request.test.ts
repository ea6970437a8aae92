import { describe, expect, test } from "vitest";
import { assistant, dataUri, system, tool, toolCall, toolResult, user } from "../../support/messages";
import { cohere } from "./harness";

const PIXEL = dataUri("image/png", "pixel");
const SCHEMA = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const REASONING = { model: "command-a-reasoning-08-2025" };
const VISION = { model: "command-a-vision-07-2025" };

test("[120] path, key and stream flag", () => {
  const { path, headers, body } = cohere.translate({ stream: true });
  expect({ path, headers }).toEqual({ path: "/v2/chat", headers: { authorization: "Bearer test-key" } });
  expect(body).toEqual({ model: "command-a-03-2025", stream: true, messages: [user("Hello")] });
  expect(cohere.translate({}, { provider: { providerBasePath: "/proxy" } }).path).toBe("/proxy/v2/chat");
  expect(cohere.body({})).toMatchObject({ stream: false });
});

test("[120] developer and system texts are one system message at the begin", () => {
  const messages = [
    user("a"),
    system("s1"),
    { role: "developer", content: "s2" },
    system(" "),
    assistant("b"),
    user("c"),
  ];
  expect(cohere.body({ messages })["messages"]).toEqual([
    {
      role: "system",
      content: [
        { type: "text", text: "s1" },
        { type: "text", text: "s2" },
      ],
    },
    user("a"),
    assistant("b"),
    user("c"),
  ]);
});

describe("[120] parameters", () => {
  test.each([
    [
      { temperature: 0.25, top_p: 0.9, top_k: 40 },
      { temperature: 0.25, p: 0.9, k: 40 },
    ],
    [
      { temperature: 2, top_p: 1, top_k: 900 },
      { temperature: 1, p: 0.99, k: 500 },
    ],
    [{ top_p: 0 }, { p: 0.01 }],
    [{ max_completion_tokens: 7 }, { max_tokens: 7 }],
    [{ max_tokens: 9 }, { max_tokens: 9 }],
    [{ stop: "END" }, { stop_sequences: ["END"] }],
    [{ stop: ["a", "", "b"] }, { stop_sequences: ["a", "b"] }],
    [{ stop: [] }, {}],
    [{ seed: 9 }, { seed: 9 }],
    [{ seed: -1 }, {}],
    [{ presence_penalty: 0.5 }, { presence_penalty: 0.5 }],
    [{ presence_penalty: 0.5, frequency_penalty: 1.5 }, { frequency_penalty: 1 }],
    [{ presence_penalty: 0.5, frequency_penalty: 0 }, { presence_penalty: 0.5 }],
    [{ presence_penalty: -2 }, { presence_penalty: 0 }],
    [{ logprobs: true, top_logprobs: 3 }, { logprobs: true }],
    [{ logprobs: false }, {}],
    [
      { safety_mode: "STRICT", citation_options: { mode: "FAST" }, priority: 1 },
      { safety_mode: "STRICT", citation_options: { mode: "FAST" }, priority: 1 },
    ],
  ])("%j -> %j", (given, expected) => {
    const { model, stream, messages, ...rest } = cohere.body(given);
    expect([model, stream, messages]).toEqual(["command-a-03-2025", false, [user("Hello")]]);
    expect(rest).toEqual(expected);
  });

  test("numbers keep their form", () => {
    expect(
      cohere.translate(
        '{"model":"m","messages":[{"role":"user","content":"a"}],"seed":9007199254740993,"temperature":1e-1}',
        { isRejected: true },
      ).text,
    ).toContain('"temperature":1e-1,"seed":9007199254740993');
  });

  test("more stop sequences than the vendor takes are refused", () => {
    expect(cohere.refuse({ stop: ["a", "b", "c", "d", "e", "f"] })).toMatchObject({ status: 400, param: "stop" });
  });
});

describe("[120] tool_choice", () => {
  const tools = [tool("f", { description: "d", parameters: SCHEMA }), tool("g")];
  const sent = [
    tool("f", { description: "d", parameters: SCHEMA }),
    tool("g", { parameters: { type: "object", properties: {} } }),
  ];
  test.each([
    ["auto", { tools: sent }],
    ["required", { tools: sent, tool_choice: "REQUIRED" }],
    ["none", { tools: sent, tool_choice: "NONE" }],
    [
      { type: "function", function: { name: "g" } },
      { tools: [sent[1]], tool_choice: "REQUIRED" },
    ],
  ])("%j", (tool_choice, expected) => {
    const head = { model: "command-a-03-2025", stream: false, messages: [user("Hello")] };
    expect(cohere.body({ tools, tool_choice, parallel_tool_calls: false })).toEqual({ ...head, ...expected });
  });

  test("a name written with escapes is found; one that is not offered is refused", () => {
    const text =
      '{"model":"m","messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function","function":{"name":"\\u0066"}}}';
    expect(cohere.translate(text).body).toMatchObject({ tool_choice: "REQUIRED" });
    const refused = cohere.refuse({ tools, tool_choice: { type: "function", function: { name: "h" } } });
    expect(refused).toMatchObject({ status: 400, param: "tool_choice" });
  });
});

describe("[121] formats and strict tools", () => {
  test("response_format", () => {
    expect(cohere.body({ response_format: { type: "json_object" } })).toMatchObject({
      response_format: { type: "json_object" },
    });
    const json_schema = { name: "n", strict: true, schema: SCHEMA };
    expect(cohere.body({ response_format: { type: "json_schema", json_schema } })["response_format"]).toEqual({
      type: "json_object",
      json_schema: SCHEMA,
    });
    expect(cohere.body({ response_format: { type: "text" } })).not.toHaveProperty("response_format");
  });

  test("beside tools, which the vendor takes no format with, the form is a tool, and some tool must be called", () => {
    const json_schema = { name: "n", description: "A person.", schema: SCHEMA };
    const response_format = { type: "json_schema", json_schema };
    for (const choice of [{}, { tool_choice: "auto" }]) {
      const { tools, tool_choice, ...others } = cohere.body({ tools: [tool("f")], response_format, ...choice });
      expect(tool_choice).toBe("REQUIRED");
      expect(others).not.toHaveProperty("response_format");
      expect((tools as unknown[])[1]).toEqual(tool("json_tool_call", { description: "A person.", parameters: SCHEMA }));
    }
  });

  test("where no tool may be called none is offered; where one must be called there is no answer to have a form", () => {
    const response_format = { type: "json_object" };
    const tools = [tool("f"), tool("g")];
    const none = cohere.body({ tools, response_format, tool_choice: "none" });
    expect(none).toMatchObject({ response_format });
    expect(none).not.toHaveProperty("tools");
    expect(none).not.toHaveProperty("tool_choice");
    const required = cohere.body({ tools, response_format, tool_choice: "required" });
    expect(required).toMatchObject({ tool_choice: "REQUIRED" });
    expect(required["tools"]).toHaveLength(2);
    expect(required).not.toHaveProperty("response_format");
  });

  test("a tool of the client's that has the form's name is refused", () => {
    const refused = cohere.refuse({ tools: [tool("json_tool_call")], response_format: { type: "json_object" } });
    expect(refused).toMatchObject({ status: 400, param: "response_format" });
  });

  test("strict tools", () => {
    expect(cohere.body({ tools: [tool("f", { strict: true, parameters: SCHEMA })] })).toMatchObject({
      tools: [tool("f", { parameters: SCHEMA })],
      strict_tools: true,
    });
    expect(cohere.body({ tools: [tool("f", { strict: false })] })).not.toHaveProperty("strict_tools");
  });

  test("what the vendor has no word for is dropped", () => {
    const body = cohere.body({
      n: 1,
      logit_bias: { 1: 2 },
      user: "u",
      store: true,
      metadata: { a: "b" },
      service_tier: "auto",
    });
    expect(Object.keys(body)).toEqual(["model", "stream", "messages"]);
    expect(cohere.refuse({ n: 2 })).toMatchObject({ status: 400, param: "n" });
  });

  test("tool_plan carries the reasoning that led to calls", () => {
    const messages = [
      user("a"),
      assistant("Let me look.", {
        reasoning_content: "I will use f.",
        tool_calls: [toolCall("c1", "f", '{"a":1}'), toolCall("c2", "g", null)],
      }),
      toolResult("c1", '{"temperature":20}'),
      toolResult("c2", "sunny"),
      assistant("Done.", { reasoning_content: "not needed any more" }),
      user("b"),
    ];
    expect(cohere.body({ messages, tools: [tool("f"), tool("g")] })["messages"]).toEqual([
      user("a"),
      {
        role: "assistant",
        tool_calls: [toolCall("c1", "f", '{"a":1}'), toolCall("c2", "g", "{}")],
        tool_plan: "I will use f.",
        content: "Let me look.",
      },
      toolResult("c1", '{"temperature":20}'),
      toolResult("c2", [{ type: "document", document: { data: { output: "sunny" } } }]),
      assistant("Done."),
      user("b"),
    ]);
  });

  test("results of several parts, of none, and of legacy functions", () => {
    const messages = [
      user("a"),
      { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
      {
        role: "function",
        name: "f",
        content: [
          { type: "text", text: "x" },
          { type: "text", text: "y" },
        ],
      },
      { role: "assistant", content: "", function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "" },
    ];
    const document = (output: string) => ({ type: "document", document: { data: { output } } });
    expect(cohere.body({ messages })["messages"]).toEqual([
      user("a"),
      { role: "assistant", tool_calls: [toolCall("call_f", "f", "{}")] },
      toolResult("call_f", [document("x"), document("y")]),
      { role: "assistant", tool_calls: [toolCall("call_f_2", "f", "{}")] },
      toolResult("call_f_2", [document("")]),
    ]);
  });
});

describe("[121] thinking", () => {
  test.each([
    [{ reasoning_effort: "none" }, { type: "disabled" }],
    [{ reasoning_effort: "low" }, { type: "enabled", token_budget: 2048 }],
    [{ reasoning_effort: "high" }, { type: "enabled" }],
    [{ thinking: { type: "enabled", budget_tokens: 100 } }, { type: "enabled", token_budget: 100 }],
    [{ thinking: { type: "enabled", token_budget: 200 } }, { type: "enabled", token_budget: 200 }],
    [{ thinking: { type: "disabled" }, reasoning_effort: "high" }, { type: "disabled" }],
    [{}, undefined],
  ])("%j -> %j", (given, expected) => {
    expect(cohere.body(given, REASONING)["thinking"]).toEqual(expected);
    expect(cohere.body(given)).not.toHaveProperty("thinking");
  });
});

describe("[121] images and documents", () => {
  test("images as they are given, with a detail that the vendor knows", () => {
    const image = (url: string, more = {}) => ({ type: "image_url", image_url: { url, ...more } });
    const content = [
      { type: "text", text: "What?" },
      image(PIXEL, { detail: "low" }),
      image("https://example.com/a.png", { detail: "original" }),
    ];
    expect(cohere.body({ messages: [user(content)] }, VISION)["messages"]).toEqual([
      user([{ type: "text", text: "What?" }, image(PIXEL, { detail: "low" }), image("https://example.com/a.png")]),
    ]);
  });

  test("text files become documents, the vendor's own documents stay", () => {
    const file = { type: "file", file: { filename: "notes.txt", file_data: dataUri("text/plain", 'Grüße "x"\n') } };
    const body = cohere.body({
      messages: [user([{ type: "text", text: "Sum up." }, file])],
      documents: [{ data: { text: "own" }, id: "d" }, "plain"],
    });
    expect(body["documents"]).toEqual([
      { data: { text: "own" }, id: "d" },
      "plain",
      { data: { title: "notes.txt", text: 'Grüße "x"\n' } },
    ]);
    expect(body["messages"]).toEqual([user([{ type: "text", text: "Sum up." }])]);
    expect(cohere.body({ messages: [user([file])] })["messages"]).toEqual([
      user([{ type: "text", text: "Read the attached document." }]),
    ]);
  });

  test("beside a response format, which excludes documents, files are texts", () => {
    const file = { type: "file", file: { filename: "notes.txt", file_data: dataUri("text/plain", "Hi") } };
    const body = cohere.body({ messages: [user([file])], response_format: { type: "json_object" } });
    expect(body["messages"]).toEqual([user([{ type: "text", text: "Hi" }])]);
    expect(body).not.toHaveProperty("documents");
  });

  test.each([
    ["a PDF", { type: "file", file: { file_data: dataUri("application/pdf", "%PDF") } }],
    ["a file id", { type: "file", file: { file_id: "file-1" } }],
    ["audio", { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } }],
    ["an unknown kind", { type: "video_url", video_url: { url: "https://example.com" } }],
    ["an image of another type", { type: "image_url", image_url: { url: dataUri("image/tiff", "x") } }],
  ])("%s is refused", (_, part) => {
    expect(cohere.refuse({ messages: [user([{ type: "text", text: "a" }, part])] })).toMatchObject({
      status: 400,
      type: "invalid_request_error",
      param: "messages[0].content",
    });
  });

  test("a conversation without content is refused", () => {
    expect(cohere.refuse({ messages: [system("s"), user(" \n")] })).toMatchObject({ status: 400, param: "messages" });
  });
});
