import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Gateway, startGateway } from "./support/gateway";
import { expectedText, MODEL_CASES, PIXEL_URL } from "./support/vendors";

/*
 * The official openai SDK for Node, unchanged, through a real Envoy: what works with OpenAI works with every provider.
 */
let gateway: Gateway;
let client: OpenAI;

beforeAll(async () => {
  gateway = await startGateway();
  client = new OpenAI({
    baseURL: `${gateway.url}/v1`,
    apiKey: "sk-the-clients-own-key",
    maxRetries: 0,
    timeout: 15_000,
  });
}, 180_000);
afterAll(() => gateway.close());
beforeEach(() => gateway.mocks.reset());

const WEATHER = {
  type: "object",
  properties: { city: { type: "string" }, unit: { type: "string", enum: ["celsius", "fahrenheit"] } },
  required: ["city", "unit"],
  additionalProperties: false,
};
const TOOLS: OpenAI.ChatCompletionTool[] = ["get_weather", "get_time"].map((name) => ({
  type: "function",
  function: { name, description: `The tool ${name}`, parameters: WEATHER },
}));
const PARALLEL = 'call get_weather {"city":"K\\u00f6ln \\"am\\" Rhein","unit":"celsius"} and call get_time';
const CALLED = [
  ["get_weather", { city: 'Köln "am" Rhein', unit: "celsius" }],
  ["get_time", { city: "example city", unit: "celsius" }],
];
type Message = OpenAI.ChatCompletionMessageParam;
const user = (content: string): Message => ({ role: "user", content });

function callsOf(message: OpenAI.ChatCompletionMessage | undefined): [string, unknown][] {
  const calls = (message?.tool_calls ?? []) as OpenAI.ChatCompletionMessageFunctionToolCall[];
  return calls.map((call) => [call.function.name, JSON.parse(call.function.arguments)]);
}

async function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  return promise.then(
    () => "no error",
    (error: unknown) => error,
  );
}

describe.each(MODEL_CASES)(
  "openai SDK to $provider",
  ({ model, vendor, provider, title, answersAs, vision, forcesTools, schemas }) => {
    test("chat, with the provider's name in the headers", async () => {
      const messages = [{ role: "system", content: "Be brief." } as const, user("Grüße 😀")];
      const { data, response } = await client.chat.completions.create({ model, messages }).withResponse();
      expect(data.choices[0]?.message).toMatchObject({
        role: "assistant",
        content: expectedText(model, title, "Grüße 😀"),
      });
      expect(data.choices[0]?.finish_reason).toBe("stop");
      expect(data.object).toBe("chat.completion");
      expect(data.model).toBe(answersAs);
      expect(data.usage?.total_tokens).toBe((data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0));
      expect(data.usage?.completion_tokens).toBeGreaterThan(5);
      expect(response.headers.get("x-modelmux-provider")).toBe(provider);
      expect(response.headers.get("x-modelmux-model")).toBe(model);
      expect(response.headers.get("x-modelmux-attempts")).toBe("1");
      const seen = gateway.mocks.requests(vendor);
      expect(seen).toHaveLength(1);
      expect(JSON.stringify(seen[0]?.headers)).not.toContain("the-clients-own-key");
    });

    test.each(["events", "byte", "whole", { seed: 11 }] as const)(
      "streaming, provider's bytes cut %j",
      async (chunking) => {
        gateway.mocks.script(vendor, { chunking });
        const stream = await client.chat.completions.create({ model, stream: true, messages: [user("Grüße 😀")] });
        const chunks: OpenAI.ChatCompletionChunk[] = [];
        for await (const chunk of stream) chunks.push(chunk);
        const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
        expect(text).toBe(expectedText(model, title, "Grüße 😀"));
        expect(chunks[0]?.choices[0]?.delta.role).toBe("assistant");
        expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
        expect(chunks.map((chunk) => chunk.choices[0]?.finish_reason).filter(Boolean)).toEqual(["stop"]);
        // Nobody asked for usage, so no chunk without choices may arrive.
        expect(chunks.every((chunk) => chunk.choices.length === 1)).toBe(true);
      },
    );

    test("include_usage: one usage chunk, the same numbers as unary", async () => {
      const unary = await client.chat.completions.create({ model, messages: [user("Count me")] });
      const chunks: OpenAI.ChatCompletionChunk[] = [];
      const asked: OpenAI.ChatCompletionCreateParamsStreaming = {
        model,
        stream: true,
        stream_options: { include_usage: true },
        messages: [user("Count me")],
      };
      for await (const chunk of await client.chat.completions.create(asked)) chunks.push(chunk);
      const withUsage = chunks.filter((chunk) => chunk.usage);
      expect(withUsage).toHaveLength(1);
      expect(withUsage[0]).toBe(chunks.at(-1));
      expect(withUsage[0]?.choices).toEqual([]);
      expect(withUsage[0]?.usage).toMatchObject({
        prompt_tokens: unary.usage?.prompt_tokens,
        completion_tokens: unary.usage?.completion_tokens,
        total_tokens: unary.usage?.total_tokens,
      });
    });

    test("the stream helper and its final completion", async () => {
      const runner = client.chat.completions.stream({
        model,
        messages: [user("Hello")],
        stream_options: { include_usage: true },
      });
      const pieces: string[] = [];
      runner.on("content", (delta) => pieces.push(delta));
      const final = await runner.finalChatCompletion();
      expect(pieces.join("")).toBe(expectedText(model, title, "Hello"));
      expect(final.choices[0]?.message.content).toBe(pieces.join(""));
      expect(final.usage?.total_tokens).toBeGreaterThan(0);
    });

    test("tools: parallel calls, unary and streamed, and their results", async () => {
      const unary = await client.chat.completions.create({ model, messages: [user(PARALLEL)], tools: TOOLS });
      const streamed = await client.chat.completions
        .stream({ model, messages: [user(PARALLEL)], tools: TOOLS })
        .finalChatCompletion();
      for (const answer of [unary, streamed]) {
        expect(answer.choices[0]?.finish_reason).toBe("tool_calls");
        expect(callsOf(answer.choices[0]?.message)).toEqual(CALLED);
        const ids = answer.choices[0]?.message.tool_calls?.map((call) => call.id) ?? [];
        expect(new Set(ids).size).toBe(2);
        expect(ids.every((id) => id.length > 3)).toBe(true);
      }
      const message = unary.choices[0]!.message;
      const results = message.tool_calls!.map((call, index): Message => ({
        role: "tool",
        tool_call_id: call.id,
        content: `result ${index}`,
      }));
      const next = await client.chat.completions.create({
        model,
        messages: [user(PARALLEL), message, ...results],
        tools: TOOLS,
      });
      expect(next.choices[0]?.finish_reason).toBe("stop");
      expect(next.choices[0]?.message.content).toContain("The tools said: result 0 | result 1");
    });

    test("tools: one, forced, only one at a time", async () => {
      const one = await client.chat.completions.create({ model, messages: [user("call get_time")], tools: TOOLS });
      expect(callsOf(one.choices[0]?.message)).toEqual([CALLED[1]]);
      const named = { type: "function", function: { name: "get_time" } } as const;
      const forced = await client.chat.completions.create({
        model,
        messages: [user("Hi")],
        tools: TOOLS,
        tool_choice: named,
      });
      expect(callsOf(forced.choices[0]?.message)).toEqual([CALLED[1]]);
      const required: OpenAI.ChatCompletionCreateParamsNonStreaming = {
        model,
        messages: [user(PARALLEL)],
        tools: TOOLS,
        tool_choice: "required",
        parallel_tool_calls: false,
      };
      if (forcesTools) {
        expect(callsOf((await client.chat.completions.create(required)).choices[0]?.message)).toEqual([CALLED[0]]);
        const streamed = await client.chat.completions.stream({ ...required, stream: true }).finalChatCompletion();
        expect(callsOf(streamed.choices[0]?.message)).toEqual([CALLED[0]]);
      } else {
        expect(await rejection(client.chat.completions.create(required))).toBeInstanceOf(OpenAI.BadRequestError);
      }
      const none = await client.chat.completions.create({
        model,
        messages: [user("call get_time")],
        tools: TOOLS,
        tool_choice: "none",
      });
      expect(none.choices[0]?.message.tool_calls ?? []).toEqual([]);
    });

    test("structured output by JSON schema, unary and streamed", async () => {
      const format = { type: "json_schema", json_schema: { name: "weather", strict: true, schema: WEATHER } } as const;
      const request = { model, messages: [user("Weather, please")], response_format: format };
      if (!schemas) {
        expect(await rejection(client.chat.completions.create(request))).toBeInstanceOf(OpenAI.BadRequestError);
        return;
      }
      const unary = await client.chat.completions.parse(request);
      expect(unary.choices[0]?.message.parsed).toEqual({ city: "example city", unit: "celsius" });
      const streamed = await client.chat.completions.stream(request).finalChatCompletion();
      expect(JSON.parse(streamed.choices[0]?.message.content ?? "")).toEqual({ city: "example city", unit: "celsius" });
      expect(streamed.choices[0]?.finish_reason).toBe("stop");
      expect(streamed.choices[0]?.message.tool_calls ?? []).toEqual([]);
    });

    test("any JSON object", async () => {
      const request: OpenAI.ChatCompletionCreateParamsNonStreaming = {
        model,
        messages: [user("Give me JSON")],
        response_format: { type: "json_object" },
      };
      const answer = await client.chat.completions.create(request);
      expect(typeof JSON.parse(answer.choices[0]?.message.content ?? "")).toBe("object");
      expect(answer.choices[0]?.finish_reason).toBe("stop");
    });

    test("vision: a data URI and a URL", async () => {
      const content: OpenAI.ChatCompletionContentPart[] = [
        { type: "text", text: "What is this?" },
        { type: "image_url", image_url: { url: PIXEL_URL, detail: "low" } },
        { type: "image_url", image_url: { url: "https://example.com/cat.png" } },
      ];
      const messages: Message[] = [{ role: "user", content }];
      if (vision === null) {
        expect(
          await rejection(client.chat.completions.create({ model: "deepseek/deepseek-chat", messages })),
        ).toBeInstanceOf(OpenAI.BadRequestError);
        return;
      }
      const answer = await client.chat.completions.create({ model: vision, messages });
      expect(answer.choices[0]?.message.content).toContain(
        "I see an image of type image/png, 70 bytes, and an image at https://example.com/cat.png. You said: What is this?",
      );
    });

    test("developer messages, token limit and stop sequences", async () => {
      const developer: Message = { role: "developer", content: "Be brief." };
      const short = await client.chat.completions.create({
        model,
        messages: [developer, user("one two three")],
        max_completion_tokens: 3,
      });
      expect(short.choices[0]?.finish_reason).toBe("length");
      expect(short.usage?.completion_tokens).toBe(3);
      const stopped = await client.chat.completions.create({
        model,
        messages: [developer, user("one two three")],
        stop: [" two"],
      });
      expect(stopped.choices[0]?.message.content).toBe(expectedText(model, title, "one"));
      expect(stopped.choices[0]?.finish_reason).toBe("stop");
    });

    const ERRORS = [
      [400, OpenAI.BadRequestError],
      [401, OpenAI.AuthenticationError],
      [403, OpenAI.PermissionDeniedError],
      [404, OpenAI.NotFoundError],
      [429, OpenAI.RateLimitError],
      [500, OpenAI.InternalServerError],
      [503, OpenAI.InternalServerError],
    ] as const;
    test.each(ERRORS)("the error class for %i, streaming or not", async (status, errorClass) => {
      for (const stream of [false, true]) {
        gateway.mocks.reset();
        gateway.mocks.script(vendor, { status, message: `scripted ${status}`, retryAfter: "2" });
        // Straight to the provider: no route, no fallback.
        const error = await rejection(
          client.chat.completions.create({ model: `${provider}/${model}`, messages: [user("Hi")], stream }),
        );
        expect(error).toBeInstanceOf(errorClass);
        const failure = error as InstanceType<typeof OpenAI.APIError>;
        expect(failure.status).toBe(status);
        expect(failure.message).toContain(`scripted ${status}`);
        expect(failure.headers?.get("retry-after")).toBe("2");
      }
    });
  },
);

test("models.list and models.retrieve come from the configuration", async () => {
  const ids: string[] = [];
  for await (const model of client.models.list()) ids.push(model.id);
  expect(ids).toEqual(
    expect.arrayContaining(["qwen-max", "deepseek-chat", "deepseek-reasoner", "gpt-4o", "claude-sonnet-4-5"]),
  );
  expect(ids.some((id) => id.includes("*"))).toBe(false);
  expect((await client.models.retrieve("qwen-max")).object).toBe("model");
  expect(await rejection(client.models.retrieve("nobody-serves-this"))).toBeInstanceOf(OpenAI.NotFoundError);
});

describe("reasoning", () => {
  type Shown = { reasoning_content?: string };

  test.each(["deepseek-reasoner", "claude-sonnet-4-5"])(
    "%s shows it as reasoning_content, unary and streamed",
    async (model) => {
      const effort = model.startsWith("claude") ? ({ reasoning_effort: "low" } as const) : {};
      const unary = await client.chat.completions.create({ model, messages: [user("Think")], ...effort });
      expect((unary.choices[0]?.message as Shown).reasoning_content).toMatch(/5 characters/);
      let shown = "";
      let text = "";
      for await (const chunk of await client.chat.completions.create({
        model,
        stream: true,
        messages: [user("Think")],
        ...effort,
      })) {
        shown += (chunk.choices[0]?.delta as Shown | undefined)?.reasoning_content ?? "";
        text += chunk.choices[0]?.delta.content ?? "";
      }
      expect(shown).toBe((unary.choices[0]?.message as Shown).reasoning_content);
      expect(text).toBe(unary.choices[0]?.message.content);
    },
  );

  test("an older Claude without structured outputs is forced through a tool, which the client does not see", async () => {
    const format = { type: "json_schema", json_schema: { name: "weather", strict: true, schema: WEATHER } } as const;
    const request = { model: "claude-3-5-haiku-20241022", messages: [user("Weather")], response_format: format };
    const unary = await client.chat.completions.parse(request);
    expect(unary.choices[0]?.message.parsed).toEqual({ city: "example city", unit: "celsius" });
    expect(unary.choices[0]?.finish_reason).toBe("stop");
    const streamed = await client.chat.completions.stream(request).finalChatCompletion();
    expect(JSON.parse(streamed.choices[0]?.message.content ?? "")).toEqual({ city: "example city", unit: "celsius" });
  });
});
