import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listProviderTypes, listVariants } from "../../assembly/providers/catalogue";
import { Protocol } from "../../assembly/providers/provider-type";
import { findProtocol } from "../../scripts/render/address";
import { loadAdapters } from "../providers/suite/adapters";
import { type Gateway, startGateway } from "./support/gateway";
import { type EveryProviderCase, listEveryProvider } from "./support/every-provider";
import { PIXEL_URL } from "./support/vendors";

/*
 * One program of the official openai SDK against every provider type, through one real Envoy in front of all mocks. What a vendor
 * cannot do is in the adapters' tables, and is refused before it is asked.
 */
const cases = listEveryProvider(await loadAdapters());
let gateway: Gateway;
let client: OpenAI;

beforeAll(async () => {
  gateway = await startGateway({
    change: (plugin) => plugin.providers.push(...cases.map(({ provider }) => provider)),
    vendors: Object.fromEntries(cases.map(({ id, vendor }) => [id, vendor])),
  });
  client = new OpenAI({
    baseURL: `${gateway.url}/v1`,
    apiKey: "sk-the-clients-own-key",
    maxRetries: 0,
    timeout: 15_000,
  });
}, 180_000);
afterAll(() => gateway.close());

const PLACE = {
  type: "object",
  properties: { city: { type: "string" }, unit: { type: "string", enum: ["celsius", "fahrenheit"] } },
  required: ["city", "unit"],
  additionalProperties: false,
};
const TOOLS: OpenAI.ChatCompletionTool[] = [
  { type: "function", function: { name: "get_weather", description: "The weather", parameters: PLACE } },
];
type Message = OpenAI.ChatCompletionMessageParam;
type Request = OpenAI.ChatCompletionCreateParamsNonStreaming;
const user = (content: string): Message => ({ role: "user", content });

/** Asks for what the vendor cannot do: it is refused, or the answer comes without it; never an error of the vendor. */
async function expectRefusedOrLeftOut(request: Request): Promise<void> {
  try {
    const answer = await client.chat.completions.create(request);
    expect(answer.object).toBe("chat.completion");
  } catch (error) {
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
  }
}

test("no type of the catalogue that can chat, and no protocol that a member selects, is left out", () => {
  const spoken = cases.map(({ provider }) => `${provider.type}, protocol ${findProtocol(provider)}`);
  const first = listProviderTypes().filter(({ withoutChat }) => withoutChat === "");
  // Claude's and OpenAI's protocol on Vertex AI have their own tests beside this one, and Zhipu's other path is an address only.
  const others = listVariants().filter(({ protocol }) => protocol !== Protocol.OpenAi);
  for (const { name, protocol } of [...first, ...others]) expect(spoken).toContain(`${name}, protocol ${protocol}`);
});

describe.each(cases)("$id", (one: EveryProviderCase) => {
  const { id } = one;
  const model = `${id}/${one.model}`;
  test("chat", async () => {
    const { data, response } = await client.chat.completions
      .create({ model, messages: [user("Grüße 😀")] })
      .withResponse();
    expect(data.choices[0]?.message.role).toBe("assistant");
    expect(data.choices[0]?.message.content).toContain("Grüße 😀");
    expect(data.choices[0]?.finish_reason).toBe("stop");
    expect(response.headers.get("x-modelmux-provider")).toBe(id);
    if (one.without("usage") !== null) return;
    expect(data.usage?.total_tokens).toBe((data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0));
    expect(data.usage?.completion_tokens).toBeGreaterThan(0);
  });

  test("stream", async () => {
    const unary = await client.chat.completions.create({ model, messages: [user("Count me")] });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    const stream_options = { include_usage: true };
    const messages = [user("Count me")];
    for await (const chunk of await client.chat.completions.create({ model, stream: true, stream_options, messages }))
      chunks.push(chunk);
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
    expect(text).toBe(unary.choices[0]?.message.content);
    expect(chunks.flatMap((chunk) => chunk.choices[0]?.finish_reason ?? [])).toEqual(["stop"]);
    if (one.without("usage") === null) expect(chunks.at(-1)?.usage?.total_tokens).toBe(unary.usage?.total_tokens);
  });

  test("tools, asked for and answered", async () => {
    const question = user('call get_weather {"city":"Köln \\"am\\" Rhein","unit":"celsius"}');
    if (one.without("one tool") !== null) return expectRefusedOrLeftOut({ model, messages: [question], tools: TOOLS });
    const first = await client.chat.completions.create({ model, messages: [question], tools: TOOLS });
    const message = first.choices[0]?.message;
    const [call] = (message?.tool_calls ?? []) as OpenAI.ChatCompletionMessageFunctionToolCall[];
    if (message === undefined || call === undefined) throw new Error(`no call: ${JSON.stringify(first)}`);
    expect(first.choices[0]?.finish_reason).toBe("tool_calls");
    expect(call.function.name).toBe("get_weather");
    expect(JSON.parse(call.function.arguments)).toEqual({ city: 'Köln "am" Rhein', unit: "celsius" });
    const streamed = await client.chat.completions
      .stream({ model, messages: [question], tools: TOOLS })
      .finalChatCompletion();
    const [same] = (streamed.choices[0]?.message.tool_calls ?? []) as OpenAI.ChatCompletionMessageFunctionToolCall[];
    expect(JSON.parse(same?.function.arguments ?? "")).toEqual(JSON.parse(call.function.arguments));
    if (one.without("tool results") !== null) return;
    const result: Message = { role: "tool", tool_call_id: call.id, content: "It is sunny." };
    const second = await client.chat.completions.create({ model, messages: [question, message, result], tools: TOOLS });
    expect(second.choices[0]?.finish_reason).toBe("stop");
    expect(second.choices[0]?.message.content).toContain("It is sunny.");
  });

  if (one.tagging !== null) {
    const tagging = `${id}/${one.tagging}`;
    test("[134] thoughts that stand in the text are told as those of all others, whole and streamed", async () => {
      type Words = { content?: string | null; reasoning_content?: string | null };
      const request = { model: tagging, messages: [user("Why is the sky blue?")] };
      const { message } = (await client.chat.completions.create(request)).choices[0]!;
      const { content, reasoning_content } = message as Words;
      expect(reasoning_content).toMatch(/\S/);
      expect(content).toMatch(/^\S.*Why is the sky blue\?/s);
      expect(`${reasoning_content}${content}`).not.toMatch(/<\/?think>/);
      const streamed: Required<Words> = { content: "", reasoning_content: "" };
      for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
        const delta: Words = chunk.choices[0]?.delta ?? {};
        streamed.content += delta.content ?? "";
        streamed.reasoning_content += delta.reasoning_content ?? "";
      }
      expect(streamed).toEqual({ content, reasoning_content });
    });
  }

  test("[136] members that are meant for another vendor are no reason for a 400", async () => {
    const cache_control = { type: "ephemeral" };
    const extra_content = { google: { thought_signature: "c2ln" } };
    const part = { type: "text", text: "Hello there", cache_control };
    const question = { role: "user", content: [part] };
    const called = { name: "get_weather", arguments: '{"city":"Bonn","unit":"celsius"}' };
    const call = { id: "call_1", type: "function", function: called, extra_content };
    const history = [
      question,
      { role: "assistant", content: null, tool_calls: [call], provider_specific_fields: {} },
      { role: "tool", tool_call_id: "call_1", content: "It is sunny.", cache_control },
    ];
    const tools = TOOLS.map((tool) => ({ ...tool, cache_control }));
    const withTools = one.without("one tool") === null && one.without("tool results") === null;
    const request = withTools ? { model, messages: history, tools } : { model, messages: [question] };
    const answer = await client.chat.completions.create(request as Request);
    expect(answer.choices[0]?.message.content).toContain(withTools ? "It is sunny." : "Hello there");
  });

  test("an answer that fits a JSON schema", async () => {
    const format = { type: "json_schema", json_schema: { name: "place", strict: true, schema: PLACE } } as const;
    const request = { model, messages: [user("Answer in JSON")], response_format: format };
    if (one.without("JSON schema") !== null) return expectRefusedOrLeftOut(request);
    const unary = await client.chat.completions.parse(request);
    expect(unary.choices[0]?.message.parsed).toEqual({ city: "example city", unit: "celsius" });
    const streamed = await client.chat.completions.stream(request).finalChatCompletion();
    expect(JSON.parse(streamed.choices[0]?.message.content ?? "")).toEqual({ city: "example city", unit: "celsius" });
    expect(streamed.choices[0]?.finish_reason).toBe("stop");
  });

  test("an image", async () => {
    const content: OpenAI.ChatCompletionContentPart[] = [
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url: { url: PIXEL_URL } },
    ];
    const request: Request = { model, messages: [{ role: "user", content }] };
    if (one.without("image inline") !== null) return expectRefusedOrLeftOut(request);
    const answer = await client.chat.completions.create(request);
    expect(answer.choices[0]?.message.content).toMatch(/image\/png.*What is this\?/s);
  });
});
