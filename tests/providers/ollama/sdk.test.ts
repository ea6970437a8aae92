import { Ollama, type ChatResponse, type Message } from "ollama";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Mocks, startMocks } from "../../mocks/index";
import { tool } from "../../support/messages";
import { ollama } from "./harness";

/*
 * The vendor's own client speaks to the mock, and reads what we read in the same way.
 */
let mocks: Mocks;
let client: Ollama;
beforeAll(async () => {
  mocks = await startMocks();
  client = new Ollama({ host: mocks.url("ollama") });
});
afterAll(() => mocks.close());
beforeEach(() => mocks.reset());

const model = "qwen3:8b";
const weather = tool("get_weather", {
  description: "Weather",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
});
const twoCalls = 'Please call get_weather with {"city":"Berlin"} and call get_weather with {"city":"Rome"}';

/** Our translation of a request, sent by fetch. */
async function ask(request: Record<string, unknown>): Promise<string> {
  const { text } = ollama.translate(request, { model });
  const response = await fetch(`${mocks.url("ollama")}/api/chat`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${mocks.keys.ollama}` },
    body: text,
  });
  expect(response.status).toBe(200);
  const type = request["stream"] === true ? "application/x-ndjson" : "application/json; charset=utf-8";
  expect(response.headers.get("content-type")).toBe(type);
  return response.text();
}

async function gather(stream: AsyncIterable<ChatResponse>) {
  const found = { text: "", thinking: "", calls: [] as unknown[], output: 0, finish: "" };
  for await (const { message, eval_count, done, done_reason } of stream) {
    found.text += message.content;
    found.thinking += message.thinking ?? "";
    found.calls.push(...(message.tool_calls ?? []).map((call) => [call.function.name, call.function.arguments]));
    if (done) Object.assign(found, { output: eval_count, finish: done_reason });
  }
  return found;
}

describe("[126] [127] the client and our reader see the same", () => {
  test("text and thinking", async () => {
    const messages: Message[] = [{ role: "user", content: "Grüße 😀 <b>" }];
    const whole = await client.chat({ model, messages, think: true });
    const streamed = await gather(await client.chat({ model, messages, think: true, stream: true }));
    const request = { messages, reasoning_effort: "low" };
    const ours = ollama.complete(await ask(request));
    const oursStreamed = ollama.stream(await ask({ ...request, stream: true }));
    expect(whole.message.content).toContain("Grüße 😀 <b>");
    expect([streamed.text, ours.message["content"], oursStreamed.content]).toEqual(
      Array(3).fill(whole.message.content),
    );
    expect([streamed.thinking, ours.message["reasoning_content"], oursStreamed.reasoning]).toEqual(
      Array(3).fill(whole.message.thinking),
    );
    expect([streamed.output, ours.usage?.output, oursStreamed.usage?.output]).toEqual(Array(3).fill(whole.eval_count));
    expect([whole.done_reason, streamed.finish, ours.finish, oursStreamed.finishes]).toEqual([
      "stop",
      "stop",
      "stop",
      ["stop"],
    ]);
  });

  test("tool calls and their results", async () => {
    const messages: Message[] = [{ role: "user", content: twoCalls }];
    const tools = [weather] as never;
    const streamed = await gather(await client.chat({ model, messages, tools, stream: true }));
    const ours = ollama.stream(await ask({ messages, tools: [weather], stream: true }));
    expect(streamed.calls).toHaveLength(2);
    expect(ours.calls.map((call) => [call.name, JSON.parse(call.arguments) as unknown])).toEqual(streamed.calls);
    const asked = ollama.complete(await ask({ messages, tools: [weather] })).message;
    const results = ours.calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: "sunny" }));
    const told = ollama.complete(await ask({ messages: [...messages, asked, ...results], tools: [weather] }));
    expect(told.message["content"]).toContain("The tools said: sunny | sunny");
  });

  test("errors", async () => {
    mocks.script("ollama", { status: 503 });
    await expect(client.chat({ model, messages: [{ role: "user", content: "Hi" }] })).rejects.toThrow(/server busy/);
    mocks.script("ollama", { errorAtEvent: 2, message: "broke in the middle" });
    const request = { messages: [{ role: "user", content: "Hi there" }], stream: true };
    const stream = await client.chat({ model, messages: [{ role: "user", content: "Hi there" }], stream: true });
    await expect(gather(stream)).rejects.toThrow(/broke in the middle/);
    mocks.script("ollama", { errorAtEvent: 2, message: "broke in the middle" });
    expect(ollama.stream(await ask(request)).failure?.envelope.error.message).toBe("broke in the middle");
    mocks.script("ollama", { endAfterEvents: 2 });
    expect(ollama.stream(await ask(request)).failure?.reason).toBe("stream-error");
    mocks.script("ollama", { withoutLastEvent: true, chunking: "byte" });
    expect(ollama.stream(await ask(request)).failure?.reason).toBe("stream-error");
  });

  test("what the server would misread is refused by the mock", async () => {
    const send = async (body: object): Promise<number> =>
      (
        await fetch(`${mocks.url("ollama")}/api/chat`, {
          method: "POST",
          body: JSON.stringify(body),
          headers: { "content-type": "application/json" },
        })
      ).status;
    const good = { model, stream: false, messages: [{ role: "user", content: "Hi" }] };
    expect(await send(good)).toBe(200);
    expect(await send({ ...good, model: "unknown" })).toBe(404);
    for (const wrong of [
      { stream: undefined },
      { tool_choice: "auto" },
      { think: "high" },
      { options: { max_tokens: 1 } },
      { messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }] },
      { messages: [{ role: "tool", content: "x" }] },
      { messages: [{ role: "user", content: "", images: ["data:image/png;base64,AAAA"] }] },
    ]) {
      expect(await send({ ...good, ...wrong }), JSON.stringify(wrong)).toBe(400);
    }
  });
});
