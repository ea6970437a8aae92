import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Mocks, startMocks } from "./index";

/*
 * The vendors' own SDKs speak to the mocks directly: what they cannot parse is not the vendor's wire format.
 */
const WEATHER = {
  type: "object",
  properties: { city: { type: "string" }, unit: { type: "string", enum: ["celsius", "fahrenheit"] } },
  required: ["city", "unit"],
  additionalProperties: false,
};
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

let mocks: Mocks;
let clients: Record<"openai" | "deepseek" | "dashscope", OpenAI>;
let claude: Anthropic;

beforeAll(async () => {
  mocks = await startMocks();
  const client = (vendor: "openai" | "deepseek" | "dashscope", prefix: string): OpenAI =>
    new OpenAI({ baseURL: mocks.url(vendor) + prefix, apiKey: mocks.keys[vendor], maxRetries: 0 });
  clients = {
    openai: client("openai", "/v1"),
    deepseek: client("deepseek", ""),
    dashscope: client("dashscope", "/compatible-mode/v1"),
  };
  // The SDK's own defaults are API version 2026-10-21 with a bearer key; the mock speaks what the gateway speaks.
  const defaultHeaders = { "x-api-key": mocks.keys.anthropic, authorization: null, "anthropic-version": "2023-06-01" };
  claude = new Anthropic({
    baseURL: mocks.url("anthropic"),
    apiKey: mocks.keys.anthropic,
    defaultHeaders,
    maxRetries: 0,
  });
});
afterAll(() => mocks.close());
beforeEach(() => mocks.reset());

const OPENAI_SHAPED = [
  ["openai", "gpt-4o", "OpenAI"],
  ["deepseek", "deepseek-chat", "DeepSeek"],
  ["dashscope", "qwen-max", "DashScope"],
] as const;

const TOOLS: OpenAI.ChatCompletionTool[] = ["get_weather", "get_time"].map((name) => ({
  type: "function",
  function: { name, parameters: WEATHER },
}));

describe.each(OPENAI_SHAPED)("the openai SDK at the mock of %s", (vendor, model, title) => {
  test("chat", async () => {
    const answer = await clients[vendor].chat.completions.create({
      model,
      messages: [{ role: "user", content: "Hi" }],
    });
    expect(answer.choices[0]?.message.content).toBe(`I am ${model}, a mock of ${title}. You said: Hi`);
    expect(answer.choices[0]?.finish_reason).toBe("stop");
    expect(answer.usage?.total_tokens).toBe(
      (answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0),
    );
  });

  test.each(["byte", "whole", 7, { seed: 5 }] as const)("stream, bytes cut %j, with usage", async (chunking) => {
    mocks.script(vendor, { chunking });
    const stream = clients[vendor].chat.completions.stream({
      model,
      messages: [{ role: "user", content: "Grüße 😀" }],
      stream_options: { include_usage: true },
    });
    const answer = await stream.finalChatCompletion();
    expect(answer.choices[0]?.message.content).toBe(`I am ${model}, a mock of ${title}. You said: Grüße 😀`);
    expect(answer.usage?.completion_tokens).toBeGreaterThan(0);
  });

  test("tools: parallel calls, and their results, streamed and not", async () => {
    const client = clients[vendor];
    const question = {
      role: "user",
      content: 'call get_weather {"city":"K\\u00f6ln","unit":"celsius"} and call get_time',
    } as const;
    const unary = await client.chat.completions.create({ model, messages: [question], tools: TOOLS });
    const streamed = await client.chat.completions
      .stream({ model, messages: [question], tools: TOOLS })
      .finalChatCompletion();
    for (const answer of [unary, streamed]) {
      const calls = (answer.choices[0]?.message.tool_calls ?? []) as OpenAI.ChatCompletionMessageFunctionToolCall[];
      expect(answer.choices[0]?.finish_reason).toBe("tool_calls");
      expect(calls.map((call) => [call.function.name, JSON.parse(call.function.arguments)])).toEqual([
        ["get_weather", { city: "Köln", unit: "celsius" }],
        ["get_time", { city: "example city", unit: "celsius" }],
      ]);
    }
    const message = unary.choices[0]!.message;
    const results = message.tool_calls!.map(
      (call) => ({ role: "tool", tool_call_id: call.id, content: `result of ${call.id}` }) as const,
    );
    const next = await client.chat.completions.create({
      model,
      messages: [question, message, ...results],
      tools: TOOLS,
    });
    for (const result of results) expect(next.choices[0]?.message.content).toContain(result.content);
  });

  test("errors carry status and message", async () => {
    mocks.script(vendor, { status: 429, retryAfter: "3" });
    const attempt = clients[vendor].chat.completions.create({ model, messages: [{ role: "user", content: "Hi" }] });
    const error = await attempt.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect((error as InstanceType<typeof OpenAI.RateLimitError>).headers.get("retry-after")).toBe("3");
  });

  test("an error event inside a stream", async () => {
    mocks.script(vendor, { errorAtEvent: 3, message: "gone wrong" });
    const stream = await clients[vendor].chat.completions.create({
      model,
      stream: true,
      messages: [{ role: "user", content: "Hi" }],
    });
    const read = async (): Promise<void> => {
      for await (const chunk of stream) expect(chunk.choices.length).toBeLessThan(2);
    };
    await expect(read()).rejects.toThrow(/gone wrong/);
  });
});

describe("what only some vendors do", () => {
  test("forced tool and one call only", async () => {
    const answer = await clients.openai.chat.completions.create({
      model: "gpt-4o",
      messages: [{ role: "user", content: "call get_weather and call get_time" }],
      tools: TOOLS,
      tool_choice: "required",
      parallel_tool_calls: false,
    });
    expect(answer.choices[0]?.message.tool_calls).toHaveLength(1);
  });

  test("structured output fits the schema", async () => {
    const format = { type: "json_schema", json_schema: { name: "weather", strict: true, schema: WEATHER } } as const;
    for (const [vendor, model] of [
      ["openai", "gpt-4o"],
      ["dashscope", "qwen-max"],
    ] as const) {
      const answer = await clients[vendor].chat.completions.create({
        model,
        messages: [{ role: "user", content: "Weather" }],
        response_format: format,
      });
      expect(JSON.parse(answer.choices[0]?.message.content ?? "")).toEqual({ city: "example city", unit: "celsius" });
    }
    const json = await clients.deepseek.chat.completions.create({
      model: "deepseek-chat",
      messages: [{ role: "user", content: "Give me JSON" }],
      response_format: { type: "json_object" },
    });
    expect(JSON.parse(json.choices[0]?.message.content ?? "")).toEqual({
      model: "deepseek-chat",
      you_said: "Give me JSON",
    });
  });

  test("reasoning is shown by DeepSeek and DashScope, and counted by all", async () => {
    type Shown = { reasoning_content?: string };
    const messages = [{ role: "user", content: "Think" } as const];
    const reasoner = await clients.deepseek.chat.completions.create({ model: "deepseek-reasoner", messages });
    expect((reasoner.choices[0]?.message as Shown).reasoning_content).toMatch(/5 characters/);
    expect(reasoner.usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0);
    const asked = {
      model: "qwen-plus",
      messages,
      stream: true,
      enable_thinking: true,
    } as OpenAI.ChatCompletionCreateParamsStreaming;
    let shown = "";
    for await (const chunk of await clients.dashscope.chat.completions.create(asked)) {
      shown += (chunk.choices[0]?.delta as Shown | undefined)?.reasoning_content ?? "";
    }
    expect(shown).toMatch(/5 characters/);
    const hidden = await clients.openai.chat.completions.create({ model: "gpt-5", messages });
    expect(hidden.usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0);
  });

  test("images are seen", async () => {
    const content: OpenAI.ChatCompletionContentPart[] = [
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } },
      { type: "image_url", image_url: { url: "https://example.com/cat.png" } },
    ];
    for (const [vendor, model] of [
      ["openai", "gpt-4o"],
      ["dashscope", "qwen-vl-max"],
    ] as const) {
      const answer = await clients[vendor].chat.completions.create({ model, messages: [{ role: "user", content }] });
      expect(answer.choices[0]?.message.content).toContain(
        "I see an image of type image/png, 70 bytes, and an image at https://example.com/cat.png.",
      );
    }
  });

  test("max_tokens ends the answer with length, stop with stop", async () => {
    const messages = [{ role: "user", content: "one two three four five" } as const];
    const short = await clients.deepseek.chat.completions.create({ model: "deepseek-chat", max_tokens: 3, messages });
    expect(short.choices[0]?.finish_reason).toBe("length");
    expect(short.usage?.completion_tokens).toBe(3);
    const stopped = await clients.deepseek.chat.completions.create({
      model: "deepseek-chat",
      stop: " three",
      messages,
    });
    expect(stopped.choices[0]?.message.content).toMatch(/one two$/);
    expect(stopped.choices[0]?.finish_reason).toBe("stop");
  });
});

describe("the Anthropic SDK at the mock of Anthropic", () => {
  const base = { model: "claude-sonnet-4-6", max_tokens: 3000 };
  const tools = ["get_weather", "get_time"].map((name) => ({
    name,
    input_schema: WEATHER as Anthropic.Tool.InputSchema,
  }));

  test("chat and stream give the same message", async () => {
    const question = { ...base, messages: [{ role: "user", content: "Grüße 😀" } as const] };
    const unary = await claude.messages.create(question);
    mocks.script("anthropic", { chunking: "byte" });
    const streamed = await claude.messages.stream(question).finalMessage();
    expect(unary.content).toEqual([
      { type: "text", text: "I am claude-sonnet-4-6, a mock of Anthropic. You said: Grüße 😀" },
    ]);
    expect(streamed.content).toMatchObject(unary.content);
    expect(streamed.usage.output_tokens).toBe(unary.usage.output_tokens);
  });

  test("tools: parallel, forced, one only, with results", async () => {
    const messages: Anthropic.MessageParam[] = [
      { role: "user", content: 'call get_weather {"city":"Paris","unit":"celsius"} and call get_time' },
    ];
    const answer = await claude.messages.stream({ ...base, messages, tools }).finalMessage();
    expect(answer.stop_reason).toBe("tool_use");
    const calls = answer.content.filter((block) => block.type === "tool_use");
    expect(calls.map((call) => [call.name, call.input])).toEqual([
      ["get_weather", { city: "Paris", unit: "celsius" }],
      ["get_time", { city: "example city", unit: "celsius" }],
    ]);
    const results = calls.map(
      (call) => ({ type: "tool_result", tool_use_id: call.id, content: `result of ${call.name}` }) as const,
    );
    const history: Anthropic.MessageParam[] = [
      ...messages,
      { role: "assistant", content: calls },
      { role: "user", content: results },
    ];
    const next = await claude.messages.create({ ...base, messages: history, tools });
    expect(next.content[0]).toMatchObject({
      text: expect.stringContaining("result of get_weather | result of get_time") as string,
    });
    const forced = await claude.messages.create({
      ...base,
      messages: [{ role: "user", content: "Hi" }],
      tools,
      tool_choice: { type: "tool", name: "get_time" },
    });
    expect(forced.content).toMatchObject([{ type: "tool_use", name: "get_time" }]);
    const single = await claude.messages.create({
      ...base,
      messages,
      tools,
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
    });
    expect(single.content).toHaveLength(1);
  });

  test("thinking comes first and is signed", async () => {
    const question = {
      ...base,
      thinking: { type: "enabled", budget_tokens: 1024 } as const,
      messages: [{ role: "user", content: "Think" } as const],
    };
    const answer = await claude.messages.stream(question).finalMessage();
    expect(answer.content.map((block) => block.type)).toEqual(["thinking", "text"]);
    expect(answer.content[0]).toMatchObject({ signature: expect.stringMatching(/.{16}/) as string });
  });

  test("structured output fits the schema", async () => {
    const output = { format: { type: "json_schema", schema: WEATHER } as const };
    const answer = await claude.messages.create({
      ...base,
      messages: [{ role: "user", content: "Weather" }],
      output_config: output,
    });
    expect(JSON.parse((answer.content[0] as Anthropic.TextBlock).text)).toEqual({
      city: "example city",
      unit: "celsius",
    });
  });

  test("errors: by status and inside a stream", async () => {
    const question = { ...base, messages: [{ role: "user", content: "Hi" } as const] };
    mocks.script("anthropic", [{ status: 529 }, { errorAtEvent: 4, message: "too busy" }]);
    await expect(claude.messages.create(question)).rejects.toMatchObject({ status: 529 });
    await expect(claude.messages.stream(question).finalMessage()).rejects.toThrow(/too busy/);
  });
});
