import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Mocks, startMocks } from "../../mocks/index";
import { dataUri, tool, user } from "../../support/messages";
import { dashscope } from "./harness";

/*
 * The whole way to the strict mock and back. The vendor has no SDK for Node: what its page shows is in the fixtures.
 */
let mocks: Mocks;
beforeAll(async () => {
  mocks = await startMocks();
});
afterAll(() => mocks.close());
beforeEach(() => mocks.reset());

async function send(request: Record<string, unknown>, model = "qwen-plus"): Promise<string> {
  const { path, text, headers } = dashscope.translate(request, { model });
  const sent = {
    ...headers,
    "content-type": "application/json",
    authorization: `Bearer ${mocks.keys["dashscope-native"]}`,
  };
  const response = await fetch(mocks.url("dashscope-native") + path, { method: "POST", headers: sent, body: text });
  expect(response.status).toBe(200);
  return response.text();
}

const weather = tool("get_weather", {
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
});
const ask = (text: string) => ({ messages: [user(text)] });
const TWO_CALLS = ask('Please call get_weather with {"city":"Berlin"} and call get_weather with {"city":"Rome"}');

describe("[128] [130] [131] [132] at the mock", () => {
  test("a stream and a whole answer say the same", async () => {
    const request = ask("Grüße 😀");
    const whole = dashscope.complete(await send(request));
    const streamed = dashscope.stream(await send({ ...request, stream: true }));
    expect(whole.message["content"]).toContain("Grüße 😀");
    expect([streamed.content, streamed.usage]).toEqual([whole.message["content"], whole.usage]);
  });

  test("tools: all so far, and pieces while the model thinks", async () => {
    const request = { ...TWO_CALLS, tools: [weather], stream: true };
    const cumulative = dashscope.stream(await send(request), { tools: [weather] });
    const given = { ...request, reasoning_effort: "low" };
    const pieces = dashscope.stream(await send(given), { tools: [weather], reasoning_effort: "low" });
    expect(cumulative.calls.map((call) => call.arguments)).toEqual(['{"city":"Berlin"}', '{"city":"Rome"}']);
    expect(pieces.calls.map((call) => call.arguments)).toEqual(cumulative.calls.map((call) => call.arguments));
    expect(pieces.reasoning).not.toBe("");
    expect([cumulative.finishes, pieces.finishes]).toEqual([["tool_calls"], ["tool_calls"]]);
  });

  test("thinking for a client that does not stream, and images", async () => {
    const thought = dashscope.gather(await send({ ...ask("Think."), reasoning_effort: "high" }), {
      reasoning_effort: "high",
    });
    expect(thought.message["reasoning_content"]).toContain("The user wrote");
    const image = { type: "image_url", image_url: { url: dataUri("image/png", "pixel") } };
    const seen = dashscope.complete(
      await send({ messages: [user([{ type: "text", text: "See." }, image])] }, "qwen-vl-max"),
    );
    expect(seen.message["content"]).toContain("an image of type image/png, 5 bytes");
  });

  test("failures inside a stream", async () => {
    const request = { ...ask("Hi there"), stream: true };
    mocks.script("dashscope-native", { errorAtEvent: 2, message: "broke in the middle" });
    expect(dashscope.stream(await send(request)).failure).toMatchObject({
      reason: "server-error",
      envelope: { error: { message: "broke in the middle" } },
    });
    mocks.script("dashscope-native", { withoutLastEvent: true, chunking: "byte" });
    expect(dashscope.stream(await send(request)).failure?.reason).toBe("stream-error");
  });
});
