import { describe, expect, test } from "vitest";
import { assistant, dataUri, system, tool, toolCall, toolResult, user } from "../../support/messages";
import { checkDashScopeRequest, MULTIMODAL_PATH, TEXT_PATH } from "../../mocks/dashscope-native-check";
import { dashscope, provider } from "./harness";

const SCHEMA = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const image = (url: string) => ({ type: "image_url", image_url: { url } });
const parametersOf = (members: object, options = {}): Record<string, unknown> => {
  const { result_format, ...rest } = dashscope.body(members as never, options)["parameters"] as Record<string, unknown>;
  expect(result_format).toBe("message");
  return rest;
};

describe("[128] address, headers and form", () => {
  test("the native API only where the configuration asks for it", () => {
    const { path, headers, body, text } = dashscope.translate({});
    expect({ path, headers }).toEqual({
      path: TEXT_PATH,
      headers: { authorization: "Bearer test-key", accept: "application/json" },
    });
    expect(body).toEqual({
      model: "qwen-plus",
      input: { messages: [user("Hello")] },
      parameters: { result_format: "message" },
    });
    expect(checkDashScopeRequest({ path, headers, text })).toBeNull();
    expect(dashscope.translate({}, { type: "dashscope" }).path).toBe(TEXT_PATH);
    const path2 = dashscope.translate({}, { provider: { ...provider, providerBasePath: "/proxy" } }).path;
    expect(path2).toBe(`/proxy${TEXT_PATH}`);
    for (const settings of [{}, { qwenEnableCompatible: true }]) {
      expect(compatiblePath(settings)).toBe("/compatible-mode/v1/chat/completions");
    }
  });

  test("a stream is asked for in the headers", () => {
    const { headers, body } = dashscope.translate({ stream: true });
    expect(headers).toEqual({
      authorization: "Bearer test-key",
      accept: "text/event-stream",
      "x-dashscope-sse": "enable",
    });
    expect(body["parameters"]).toEqual({ result_format: "message", incremental_output: true });
    expect(body).not.toHaveProperty("stream");
  });

  test("models that see have another path, and lists of parts", () => {
    for (const model of ["qwen-vl-max", "qwen3-vl-plus", "qwen3.5-plus", "qwen3.8-max"]) {
      const { path, body } = dashscope.translate({ messages: [system("s"), user("a")] }, { model });
      expect(path).toBe(MULTIMODAL_PATH);
      expect(body["input"]).toEqual({ messages: [system([{ text: "s" }]), user([{ text: "a" }])] });
    }
    for (const model of ["qwen-plus", "qwen3.6-max-preview", "qwen3-32b"]) {
      expect(dashscope.translate({}, { model }).path).toBe(TEXT_PATH);
    }
  });

  test("models that think unless they are told not to answer in streams, whoever asks", () => {
    for (const model of ["qwen3.5-plus", "qwen3-32b"]) {
      const { headers, body } = dashscope.translate({ tools: [tool("f")] }, { model });
      expect(headers["x-dashscope-sse"]).toBe("enable");
      expect(body["parameters"]).toMatchObject({ incremental_output: true });
      expect(body["parameters"]).not.toHaveProperty("enable_thinking");
      const off = dashscope.translate({ reasoning_effort: "none" }, { model });
      expect(off.headers).not.toHaveProperty("x-dashscope-sse");
      expect(off.body["parameters"]).toEqual({ result_format: "message", enable_thinking: false });
    }
  });

  test("a form of the answer and a tool that must be called turn thinking off, which refuses both", () => {
    const named = { tool_choice: { type: "function", function: { name: "f" } } };
    const response_format = { type: "json_object" };
    const sent = { tools: [tool("f", { parameters: { type: "object", properties: {} } })] };
    for (const effort of [{}, { reasoning_effort: "high" }]) {
      const ask = (members: object) =>
        dashscope.body({ ...members, ...effort }, { model: "qwen3.5-plus" })["parameters"] as object;
      const off = { result_format: "message", enable_thinking: false };
      expect(ask({ response_format })).toEqual({ ...off, response_format });
      expect(ask({ tools: [tool("f")], tool_choice: "required" })).toEqual({ ...off, ...sent, ...named });
      expect(ask({ tools: [tool("f")], ...named })).toEqual({ ...off, ...sent, ...named });
    }
    const own = { enable_thinking: true, response_format };
    expect(dashscope.body(own, { model: "qwen3.5-plus" })["parameters"]).not.toHaveProperty("response_format");
  });
});

/** The path of a request by the OpenAI-compatible API; its body has another form, which the harness cannot check. */
function compatiblePath(settings: object): string {
  return dashscope.translate({}, { provider: settings as Record<string, unknown>, isRejected: true }).path;
}

describe("[129] parameters", () => {
  test.each([
    [{ top_p: 1 }, { top_p: 0.999999 }],
    [{ top_p: 0 }, { top_p: 0.000001 }],
    [{ top_p: 0.8 }, { top_p: 0.8 }],
    [
      { temperature: 2, top_k: 20 },
      { temperature: 1.99, top_k: 20 },
    ],
    [{ temperature: 0, top_k: 0 }, { temperature: 0 }],
    [{ seed: 7 }, { seed: 7 }],
    [{ seed: -7 }, {}],
    [{ seed: 9007199254740993 }, {}],
    [{ max_completion_tokens: 9 }, { max_tokens: 9 }],
    [{ stop: "END" }, { stop: ["END"] }],
    [{ stop: ["a", "b"] }, { stop: ["a", "b"] }],
    [{ presence_penalty: 1.5, frequency_penalty: 1 }, { presence_penalty: 1.5 }],
    [{ repetition_penalty: 1.1 }, { repetition_penalty: 1.1 }],
    [{ response_format: { type: "json_object" } }, { response_format: { type: "json_object" } }],
    [{ response_format: { type: "text" } }, {}],
    [
      { logprobs: true, top_logprobs: 20 },
      { logprobs: true, top_logprobs: 5 },
    ],
    [
      { enable_search: true, search_options: { forced_search: true } },
      { enable_search: true, search_options: { forced_search: true } },
    ],
    [{ enable_search: false }, {}],
    [{ reasoning_effort: "none" }, { enable_thinking: false }],
    [{ user: "u", logit_bias: {}, service_tier: "auto" }, {}],
  ])("%j -> %j", (given, expected) => {
    expect(parametersOf(given)).toEqual(expected);
  });

  test("a schema goes as it is", () => {
    const response_format = { type: "json_schema", json_schema: { name: "n", strict: true, schema: SCHEMA } };
    expect(parametersOf({ response_format })).toEqual({ response_format });
  });

  test.each([
    [{ reasoning_effort: "low" }, { enable_thinking: true, thinking_budget: 2048 }],
    [{ reasoning_effort: "high" }, { enable_thinking: true }],
    [{ thinking: { type: "enabled", budget_tokens: 99 } }, { enable_thinking: true, thinking_budget: 99 }],
    [
      { enable_thinking: true, thinking_budget: 50, reasoning_effort: "low" },
      { enable_thinking: true, thinking_budget: 50 },
    ],
  ])("thinking %j -> %j comes as a stream, whoever asks", (given, expected) => {
    for (const stream of [true, false]) {
      const { headers, body } = dashscope.translate({ ...given, stream });
      expect(headers["x-dashscope-sse"]).toBe("enable");
      expect(body["parameters"]).toEqual({ result_format: "message", incremental_output: true, ...expected });
    }
  });

  test.each([
    [{ thinking: { type: "disabled", budget_tokens: 5 } }],
    [{ enable_thinking: false, reasoning_effort: "high", thinking_budget: 9 }],
  ])("thinking %j is turned off", (given) => {
    expect(parametersOf(given)).toEqual({ enable_thinking: false });
  });

  test("models that always think answer in streams only", () => {
    expect(dashscope.translate({}, { model: "qwq-plus" }).headers["x-dashscope-sse"]).toBe("enable");
  });

  test("qwenEnableSearch, unless the client says otherwise", () => {
    const search = { provider: { ...provider, qwenEnableSearch: true } };
    expect(parametersOf({}, search)).toEqual({ enable_search: true });
    expect(parametersOf({ enable_search: false }, search)).toEqual({});
    expect(parametersOf({}, { provider: { ...provider, qwenEnableSearch: false } })).toEqual({});
  });

  test("qwenFileIds go to qwen-long, never as its first message", () => {
    const files = { provider: { ...provider, qwenFileIds: ["file-fe-1", "file-fe-2"] } };
    const message = system("fileid://file-fe-1,fileid://file-fe-2");
    const messages = (given: unknown[], model = "qwen-long") =>
      (dashscope.body({ messages: given }, { ...files, model })["input"] as { messages: unknown[] }).messages;
    expect(messages([user("a")])).toEqual([system("You are a helpful assistant."), message, user("a")]);
    expect(messages([system("s"), user("a"), assistant("b"), user("c")])).toEqual([
      system("s"),
      message,
      user("a"),
      assistant("b"),
      user("c"),
    ]);
    expect(messages([user("a")], "qwen-plus")).toEqual([user("a")]);
  });

  test("qwenDomain is the authority", () => {
    expect(() => dashscope.translate({}, { provider: { ...provider, qwenDomain: "not a host" } })).toThrow(
      /qwenDomain/,
    );
    expect(dashscope.translate({}, { provider: { ...provider, qwenDomain: "dashscope-intl.aliyuncs.com" } }).path).toBe(
      TEXT_PATH,
    );
  });
});

describe("[129] messages and tools", () => {
  const tools = [tool("f", { description: "d", strict: true, parameters: SCHEMA }), tool("g")];
  const sent = [
    tool("f", { description: "d", parameters: SCHEMA }),
    tool("g", { parameters: { type: "object", properties: {} } }),
  ];
  const one = [tool("f", { parameters: SCHEMA })];

  test("images and texts", () => {
    const pixel = dataUri("image/png", "pixel");
    const notes = { type: "file", file: { filename: "notes.txt", file_data: dataUri("text/plain", "Grüße\n") } };
    const content = [{ type: "text", text: "What?" }, image(pixel), image("https://example.com/a.png"), notes];
    const body = dashscope.body({ messages: [user(content)] }, { model: "qwen-vl-max" });
    expect(body["input"]).toEqual({
      messages: [
        user([{ text: "What?" }, { image: pixel }, { image: "https://example.com/a.png" }, { text: "Grüße\n" }]),
      ],
    });
    expect(dashscope.body({ messages: [user([{ type: "text", text: "Read." }, notes])] })["input"]).toEqual({
      messages: [user("Read.\nGrüße\n")],
    });
  });

  test.each([
    ["auto", {}],
    ["none", { tool_choice: "none" }],
    ["required", {}],
    [{ type: "function", function: { name: "g" } }, { tool_choice: { type: "function", function: { name: "g" } } }],
  ])("tool_choice %j", (tool_choice, expected) => {
    expect(parametersOf({ tools, tool_choice })).toEqual({ tools: sent, ...expected });
  });

  test("one tool that must be called is named", () => {
    const named = { tool_choice: { type: "function", function: { name: "f" } } };
    expect(parametersOf({ tools: one, tool_choice: "required" })).toEqual({ tools: one, ...named });
    const thinking = parametersOf({ tools: one, tool_choice: "required", reasoning_effort: "high" });
    expect(thinking).toEqual({ tools: one, ...named, enable_thinking: false });
    expect(parametersOf({ tools: one, parallel_tool_calls: true })).toEqual({ tools: one, parallel_tool_calls: true });
  });

  test("[130] tools without thinking give up pieces", () => {
    expect(parametersOf({ tools: one, stream: true })).toEqual({ incremental_output: false, tools: one });
  });

  test("calls and their results", () => {
    const messages = [
      { role: "developer", content: "s" },
      user("a"),
      assistant(null, {
        reasoning_content: "Hm",
        tool_calls: [toolCall("c1", "f", '{"a":1}'), toolCall("c2", "g", null)],
      }),
      toolResult("c1", "one"),
      toolResult("c2", ""),
      assistant("", { reasoning_content: "only thoughts" }),
      user("b"),
    ];
    expect(dashscope.body({ messages, tools })["input"]).toEqual({
      messages: [
        system("s"),
        user("a"),
        assistant("", { tool_calls: [toolCall("c1", "f", '{"a":1}'), toolCall("c2", "g", "{}")] }),
        toolResult("c1", "one"),
        toolResult("c2", ""),
        user("b"),
      ],
    });
  });

  test("what the API has no word for is refused", () => {
    const refused = (part: object) => dashscope.refuse({ messages: [user([{ type: "text", text: "a" }, part])] });
    for (const part of [
      { type: "file", file: { file_data: dataUri("application/pdf", "%PDF") } },
      { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
      image(dataUri("image/tiff", "x")),
    ]) {
      expect(refused(part)).toMatchObject({ status: 400, param: "messages[0].content" });
    }
    expect(dashscope.refuse({ n: 2 })).toMatchObject({ status: 400, param: "n" });
    expect(dashscope.refuse({ messages: [system("s")] })).toMatchObject({ status: 400, param: "messages" });
  });
});
