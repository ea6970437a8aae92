import { describe, expect, test } from "vitest";
import { assistant, dataUri, system, tool, toolCall, toolResult, user } from "../../support/messages";
import { ollama } from "./harness";

const SCHEMA = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const HEAD = { model: "qwen3-vl:8b", stream: false, messages: [{ role: "user", content: "Hello" }] };
const LEVELS = { model: "gpt-oss:20b" };

describe("[124] address, stream flag and options", () => {
  test("the native API only where the configuration asks for it", () => {
    const { path, headers, body } = ollama.translate({ stream: true });
    expect({ path, headers }).toEqual({ path: "/api/chat", headers: { authorization: "Bearer test-key" } });
    expect(body).toEqual({ ...HEAD, stream: true });
    expect(ollama.translate({}, { apiToken: "" }).headers).toEqual({});
    const compatible = { ollamaServerHost: "ollama.example.com" };
    expect(ollama.translate({}, { provider: compatible, isRejected: true }).path).toBe("/v1/chat/completions");
    const explicit = { ...compatible, ollamaEnableCompatible: true };
    expect(ollama.translate({}, { provider: explicit, isRejected: true }).path).toBe("/v1/chat/completions");
  });

  test("stream is said also when it is off, and no limit is made up", () => {
    expect(ollama.body({})).toEqual(HEAD);
  });

  test.each([
    [
      { temperature: 1.5, top_p: 0.9, top_k: 40, seed: -7 },
      { temperature: 1.5, top_p: 0.9, top_k: 40, seed: -7 },
    ],
    [{ max_tokens: 9 }, { num_predict: 9 }],
    [{ max_completion_tokens: 7 }, { num_predict: 7 }],
    [{ stop: "END" }, { stop: ["END"] }],
    [{ stop: ["a", "b"] }, { stop: ["a", "b"] }],
    [
      { presence_penalty: 1, frequency_penalty: -1 },
      { presence_penalty: 1, frequency_penalty: -1 },
    ],
    [
      { num_ctx: 8192, repeat_penalty: 1.1, min_p: 0.1 },
      { num_ctx: 8192, repeat_penalty: 1.1, min_p: 0.1 },
    ],
    [{ options: { num_ctx: 4096, mirostat: 1, use_mmap: true } }, { num_ctx: 4096, mirostat: 1, use_mmap: true }],
    [
      { options: { temperature: 0.1, stop: ["x"], seed: 1 }, temperature: 0.5, stop: "y" },
      { temperature: 0.5, stop: ["y"], seed: 1 },
    ],
    [{ options: { num_ctx: 1 }, num_ctx: 2 }, { num_ctx: 2 }],
    [{ num_predict: 5 }, { num_predict: 5 }],
    [{ num_predict: 5, max_tokens: 6, options: { num_predict: 7 } }, { num_predict: 6 }],
    [{ options: { nested: {}, nothing: null } }, undefined],
    [{ options: "no object" }, undefined],
    [{ stop: [] }, undefined],
  ])("%j -> options %j", (given, expected) => {
    const { options, ...rest } = ollama.body(given);
    expect(options).toEqual(expected);
    expect(rest).toEqual(HEAD);
  });

  test("keep_alive and log probabilities", () => {
    expect(ollama.body({ keep_alive: "10m" })).toEqual({ ...HEAD, keep_alive: "10m" });
    expect(ollama.body({ keep_alive: 0 })).toEqual({ ...HEAD, keep_alive: 0 });
    expect(ollama.body({ keep_alive: {} })).toEqual(HEAD);
    expect(ollama.body({ logprobs: true, top_logprobs: 2 })).toEqual({ ...HEAD, logprobs: true, top_logprobs: 2 });
    expect(ollama.body({ logprobs: false })).toEqual(HEAD);
  });
});

describe("[125] formats, thinking, images, texts", () => {
  test("response_format", () => {
    expect(ollama.body({ response_format: { type: "json_object" } })["format"]).toBe("json");
    const json_schema = { name: "n", strict: true, schema: SCHEMA };
    expect(ollama.body({ response_format: { type: "json_schema", json_schema } })["format"]).toEqual(SCHEMA);
    expect(ollama.body({ response_format: { type: "text" } })).not.toHaveProperty("format");
  });

  test.each([
    [{ reasoning_effort: "none" }, false, "low"],
    [{ reasoning_effort: "minimal" }, true, "low"],
    [{ reasoning_effort: "medium" }, true, "medium"],
    [{ reasoning_effort: "xhigh" }, true, "high"],
    [{ thinking: { type: "disabled" } }, false, false],
    [{ thinking: { type: "enabled", budget_tokens: 5 } }, true, true],
    [{ think: false, reasoning_effort: "high" }, false, false],
    [{}, undefined, undefined],
  ])("%j -> think %j, or %j where there are levels", (given, flag, level) => {
    expect(ollama.body(given)["think"]).toBe(flag);
    expect(ollama.body(given, LEVELS)["think"]).toBe(level);
  });

  test("images are bare base64, texts are one text", () => {
    const image = { type: "image_url", image_url: { url: dataUri("image/png", "pixel") } };
    const file = { type: "file", file: { filename: "a.webp", file_data: dataUri("image/webp", "web") } };
    const notes = { type: "file", file: { filename: "notes.txt", file_data: dataUri("text/plain", 'Grüße "x"\n') } };
    const content = [{ type: "text", text: "What?" }, image, { type: "text", text: "And?" }, file, notes];
    expect(ollama.body({ messages: [user(content)] })["messages"]).toEqual([
      {
        role: "user",
        content: 'What?\nAnd?\nGrüße "x"\n',
        images: ["pixel", "web"].map((text) => Buffer.from(text).toString("base64")),
      },
    ]);
    expect(ollama.body({ messages: [user([image])] })["messages"]).toMatchObject([{ content: "" }]);
  });

  test("an image by URL is refused, and so is what the API has no word for", () => {
    const image = (url: string) => ({ type: "image_url", image_url: { url } });
    const refused = (part: object) => ollama.refuse({ messages: [user([{ type: "text", text: "a" }, part])] });
    expect(refused(image("https://example.com/a.png"))).toMatchObject({
      status: 400,
      param: "messages[0].content",
      message: /no URLs/,
    });
    expect(refused(image(dataUri("image/tiff", "x")))).toMatchObject({ status: 400 });
    expect(refused({ type: "file", file: { file_data: dataUri("application/pdf", "%PDF") } })).toMatchObject({
      status: 400,
    });
    expect(refused({ type: "input_audio", input_audio: { data: "AAAA", format: "wav" } })).toMatchObject({
      status: 400,
    });
    expect(ollama.refuse({ n: 2 })).toMatchObject({ status: 400, param: "n" });
    expect(ollama.refuse({ messages: [system("s")] })).toMatchObject({ status: 400, param: "messages" });
  });

  test("system texts stay where they are, thinking goes back, empty messages do not", () => {
    const messages = [
      { role: "developer", content: "s" },
      user("a"),
      assistant("b", { reasoning_content: "Hm" }),
      user(" "),
      assistant("", { reasoning_content: "only thoughts" }),
      user("c"),
    ];
    expect(ollama.body({ messages })["messages"]).toEqual([
      { role: "system", content: "s" },
      { role: "user", content: "a" },
      { role: "assistant", content: "b", thinking: "Hm" },
      { role: "user", content: "c" },
    ]);
  });
});

describe("[126] tools", () => {
  const tools = [tool("f", { description: "d", strict: true, parameters: SCHEMA }), tool("g")];
  const sent = [
    tool("f", { description: "d", parameters: SCHEMA }),
    tool("g", { parameters: { type: "object", properties: {} } }),
  ];

  test.each([
    ["auto", sent],
    ["required", sent],
    ["none", undefined],
    [{ type: "function", function: { name: "g" } }, [sent[1]]],
  ])("tool_choice %j is never sent", (tool_choice, expected) => {
    const body = ollama.body({ tools, tool_choice, parallel_tool_calls: false });
    expect(body["tools"]).toEqual(expected);
    expect(Object.keys(body)).toEqual(["model", "stream", "messages", ...(expected ? ["tools"] : [])]);
  });

  test("arguments are objects, results name their function", () => {
    const messages = [
      user("a"),
      assistant("Let me look.", {
        tool_calls: [toolCall("call_0", "f", '{"a":1e400,"b":{"c":"\\u00fc"}}'), toolCall("call_1", "g", null)],
      }),
      toolResult("call_1", "one"),
      toolResult("call_0", [
        { type: "text", text: "two" },
        { type: "text", text: "three" },
      ]),
      assistant(null, { tool_calls: [toolCall("call_0", "g", "")] }),
      toolResult("call_0", ""),
    ];
    const { text } = ollama.translate({ messages, tools });
    expect(text).toContain('"arguments":{"a":1e400,"b":{"c":"\\u00fc"}}');
    expect((JSON.parse(text) as { messages: unknown[] }).messages.slice(1)).toMatchObject([
      {
        role: "assistant",
        content: "Let me look.",
        tool_calls: [{ function: { name: "f" } }, { function: { name: "g", arguments: {} } }],
      },
      { role: "tool", content: "one", tool_name: "g" },
      { role: "tool", content: "two\nthree", tool_name: "f" },
      { role: "assistant", content: "", tool_calls: [{ function: { name: "g", arguments: {} } }] },
      { role: "tool", content: "", tool_name: "g" },
    ]);
  });

  test("legacy functions name themselves; a result of an unknown call has no name", () => {
    const messages = [
      user("a"),
      { role: "assistant", content: null, function_call: { name: "f", arguments: '{"a":1}' } },
      { role: "function", name: "f", content: "x" },
    ];
    expect(ollama.body({ messages })["messages"]).toMatchObject([
      {},
      { tool_calls: [{ function: { name: "f", arguments: { a: 1 } } }] },
      { role: "tool", content: "x", tool_name: "f" },
    ]);
    const unknown = ollama.body({ messages: [user("a"), toolResult("nobody's", "x")] }, { isRejected: true });
    expect(unknown["messages"]).toEqual([
      { role: "user", content: "a" },
      { role: "tool", content: "x" },
    ]);
  });

  test("arguments that are no object are refused", () => {
    const messages = [user("a"), assistant(null, { tool_calls: [toolCall("c", "f", "[1]")] }), toolResult("c", "x")];
    expect(ollama.refuse({ messages })).toMatchObject({ status: 400, param: "messages[1].tool_calls" });
  });
});
