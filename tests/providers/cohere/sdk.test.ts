import { type Cohere, CohereClientV2, CohereError } from "cohere-ai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Mocks, startMocks } from "../../mocks/index";
import { dataUri, tool, user } from "../../support/messages";
import { cohere } from "./harness";

/*
 * The vendor's own SDK speaks to the mock, and reads what we read in the same way.
 */
let mocks: Mocks;
let client: CohereClientV2;
beforeAll(async () => {
  mocks = await startMocks();
  client = new CohereClientV2({ token: mocks.keys.cohere, environment: mocks.url("cohere"), maxRetries: 0 });
});
afterAll(() => mocks.close());
beforeEach(() => mocks.reset());

type Request = Record<string, unknown> & { model?: string };

/** Our translation of a request, sent by fetch; the SDK's types have other names for the members. */
async function ask(request: Request, target: string): Promise<string> {
  const { text } = cohere.translate(request, { model: target });
  const response = await fetch(`${mocks.url("cohere")}/v2/chat`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${mocks.keys.cohere}` },
    body: text,
  });
  expect(response.status).toBe(200);
  return response.text();
}

/** What the SDK gathers from a stream. */
async function gather(stream: AsyncIterable<Cohere.V2ChatStreamResponse>) {
  const found = { text: "", thinking: "", plan: "", calls: [] as string[][], finish: "", citations: 0, output: 0 };
  for await (const event of stream) {
    if (event.type === "content-delta") {
      found.text += event.delta?.message?.content?.text ?? "";
      found.thinking += event.delta?.message?.content?.thinking ?? "";
    } else if (event.type === "tool-plan-delta") found.plan += event.delta?.message?.toolPlan ?? "";
    else if (event.type === "tool-call-start") {
      const call = event.delta?.message?.toolCalls;
      found.calls.push([call?.id ?? "", call?.function?.name ?? "", ""]);
    } else if (event.type === "tool-call-delta") {
      const last = found.calls.at(-1);
      if (last) last[2] += event.delta?.message?.toolCalls?.function?.arguments ?? "";
    } else if (event.type === "citation-start") found.citations += 1;
    else if (event.type === "message-end") {
      found.finish = event.delta?.finishReason ?? "";
      found.output = event.delta?.usage?.tokens?.outputTokens ?? 0;
    }
  }
  return found;
}

const model = "command-a-03-2025";
const weather = tool("get_weather", {
  description: "Weather",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
});
const twoCalls = 'Please call get_weather with {"city":"Berlin"} and call get_weather with {"city":"Rome"}';

describe("[122] [123] the SDK and our reader see the same", () => {
  test("text", async () => {
    const messages: Cohere.ChatMessages = [{ role: "user", content: "Grüße 😀" }];
    const whole = await client.chat({ model, messages });
    const parts = whole.message.content ?? [];
    const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
    const streamed = await gather(await client.chatStream({ model, messages }));
    const ours = cohere.complete(await ask({ messages }, model));
    const oursStreamed = cohere.stream(await ask({ messages, stream: true }, model));
    expect(text).toContain("Grüße 😀");
    expect([streamed.text, ours.message["content"], oursStreamed.content]).toEqual([text, text, text]);
    expect(ours.usage?.output).toBe(whole.usage?.tokens?.outputTokens);
    expect(oursStreamed.usage?.output).toBe(streamed.output);
    expect([whole.finishReason, streamed.finish, ours.finish]).toEqual(["COMPLETE", "COMPLETE", "stop"]);
  });

  test("tool calls with their plan", async () => {
    const messages: Cohere.ChatMessages = [{ role: "user", content: twoCalls }];
    const tools = [weather] as never as Cohere.ToolV2[];
    const streamed = await gather(await client.chatStream({ model, messages, tools }));
    const ours = cohere.stream(await ask({ messages, tools: [weather], stream: true }, model));
    expect(streamed.calls).toHaveLength(2);
    expect(ours.calls.map((call) => [call.id, call.name, call.arguments])).toEqual(streamed.calls);
    expect(ours.reasoning).toBe(streamed.plan);
    expect(ours.finishes).toEqual(["tool_calls"]);
    const whole = await client.chat({ model, messages, tools });
    expect(whole.message.toolCalls).toHaveLength(2);
    expect(cohere.complete(await ask({ messages, tools: [weather] }, model)).message["tool_calls"]).toEqual(
      whole.message.toolCalls,
    );
  });

  test("thinking, and citations of documents", async () => {
    const reasoning = "command-a-reasoning-08-2025";
    const messages: Cohere.ChatMessages = [{ role: "user", content: "Think." }];
    const thought = await gather(
      await client.chatStream({ model: reasoning, messages, thinking: { type: "enabled", tokenBudget: 2048 } }),
    );
    const ours = cohere.stream(await ask({ messages, stream: true, reasoning_effort: "low" }, reasoning));
    expect(thought.thinking).not.toBe("");
    expect(ours.reasoning).toBe(thought.thinking);
    const documents = [{ data: { text: "Hi", title: "notes.txt" } }];
    const cited = await gather(await client.chatStream({ model, messages, documents }));
    const file = { type: "file", file: { filename: "notes.txt", file_data: dataUri("text/plain", "Hi") } };
    const content = [{ type: "text", text: "Think." }, file];
    const answer = cohere.stream(await ask({ messages: [user(content)], stream: true }, model));
    expect(cited.citations).toBe(1);
    expect(answer.deltas.flatMap((delta) => delta["annotations"] ?? [])).toHaveLength(1);
  });

  test("errors", async () => {
    const messages: Cohere.ChatMessages = [{ role: "user", content: "Hi" }];
    mocks.script("cohere", { status: 429 });
    const error = await client.chat({ model, messages }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CohereError);
    expect((error as CohereError).statusCode).toBe(429);
    expect(cohere.readError(429, (error as CohereError).body)).toMatchObject({ reason: "rate-limit" });
    mocks.script("cohere", { errorAtEvent: 3, message: "broke in the middle" });
    const broken = cohere.stream(await ask({ messages, stream: true }, model));
    expect(broken.failure?.envelope.error.message).toBe("broke in the middle");
    mocks.script("cohere", { endAfterEvents: 3 });
    expect(cohere.stream(await ask({ messages, stream: true }, model)).failure?.reason).toBe("stream-error");
  });

  test("what the vendor would refuse is refused by the mock", async () => {
    const send = (body: object) =>
      client.chat(body as never).catch((thrown: unknown) => (thrown as CohereError).statusCode);
    const messages = [{ role: "user", content: "Hi" }];
    expect(await send({ model: "unknown", messages })).toBe(404);
    expect(await send({ model, messages, temperature: 1.5 })).toBe(400);
    expect(await send({ model, messages: [{ role: "user", content: "" }] })).toBe(400);
    expect(await send({ model, messages: [...messages, { role: "tool", toolCallId: "c", content: "x" }] })).toBe(400);
    expect(await send({ model, messages, tools: [weather], responseFormat: { type: "json_object" } })).toBe(400);
  });
});
