import { connect } from "node:http2";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Gateway, startGateway } from "./support/gateway";
import { type Answer, readAnswer, send } from "./support/http";
import { expectedText } from "./support/vendors";

/*
 * Vendors that do not do what was asked, large bodies, time limits, HTTP/2: what a table of failures does not show.
 */
let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway({
    change: (plugin) => {
      const claude = { provider: "claude", model: "claude-sonnet-4-5" };
      plugin.routes.push({ model: "ds-claude", targets: [{ provider: "deepseek", model: "deepseek-chat" }, claude] });
      const openai = { provider: "openai", model: "gpt-4o" };
      plugin.routes.push({ model: "claude-openai", targets: [claude, openai], fallback: { firstTokenTimeoutMs: 400 } });
      plugin.routes.push({
        model: "hurried",
        targets: [
          { provider: "deepseek", model: "deepseek-chat" },
          claude,
          { provider: "dashscope", model: "qwen-turbo" },
        ],
        fallback: { firstTokenTimeoutMs: 5000, attemptTimeoutMs: 5000, timeoutMs: 700 },
      });
      plugin.routes.push({
        model: "alone",
        targets: [{ provider: "deepseek", model: "deepseek-chat" }],
        fallback: { firstTokenTimeoutMs: 600, attemptTimeoutMs: 600, timeoutMs: 10_000 },
      });
    },
  });
}, 180_000);
afterAll(() => gateway.close());
beforeEach(() => gateway.mocks.reset());

const MESSAGES = [{ role: "user", content: "Hi" }];

function ask(model: string, stream: boolean, more: object = {}): Promise<Answer> {
  return send(gateway.url, { body: { model, stream, messages: MESSAGES, ...more } });
}

const TWO_PROTOCOLS = [
  ["deepseek", "deepseek/deepseek-chat", "deepseek-chat", "DeepSeek"],
  ["anthropic", "claude-sonnet-4-5", "claude-sonnet-4-5", "Anthropic"],
] as const;

describe.each(TWO_PROTOCOLS)("%s answers in the wrong form", (vendor, model, upstream, title) => {
  test("[11] one JSON although a stream was asked for: becomes a stream", async () => {
    gateway.mocks.script(vendor, { form: "unary" });
    const answer = await ask(model, true, { stream_options: { include_usage: true } });
    expect(answer.headers["content-type"]).toMatch(/^text\/event-stream/);
    const read = readAnswer(answer);
    expect(read).toMatchObject({
      content: expectedText(upstream, title, "Hi"),
      finish: ["stop"],
      done: 1,
      error: null,
    });
    expect(answer.text.match(/"usage":\{/g)).toHaveLength(1);
  });

  test("[13] a stream although none was asked for: becomes one JSON", async () => {
    gateway.mocks.script(vendor, { form: "events", chunking: 13 });
    const answer = await ask(model, false);
    expect(answer.headers["content-type"]).toMatch(/^application\/json/);
    expect(readAnswer(answer)).toMatchObject({
      content: expectedText(upstream, title, "Hi"),
      finish: ["stop"],
      error: null,
    });
  });

  test("[15] a load balancer's page as an error: JSON all the same", async () => {
    gateway.mocks.script(vendor, { status: 502, errorBody: "html" });
    const answer = await ask(vendor === "deepseek" ? model : "claude/claude-sonnet-4-5", false);
    expect(answer.status).toBe(502);
    expect(readAnswer(answer).error).toMatchObject({
      type: "api_error",
      message: expect.stringContaining("502") as string,
    });
  });
});

test("DeepSeek's empty lines and comments while it is busy are no content", async () => {
  gateway.mocks.script("deepseek", { keepAlives: 5, headersDelayMs: 50 });
  expect(readAnswer(await ask("deepseek/deepseek-chat", false)).content).toBe(
    expectedText("deepseek-chat", "DeepSeek", "Hi"),
  );
  gateway.mocks.script("deepseek", { keepAlives: 5 });
  const streamed = await ask("deepseek/deepseek-chat", true);
  expect(readAnswer(streamed)).toMatchObject({ content: expectedText("deepseek-chat", "DeepSeek", "Hi"), done: 1 });
});

test("Anthropic's pings are no content: not shown, and the first-token timeout runs on", async () => {
  gateway.mocks.script("anthropic", { keepAlives: 3 });
  const answer = await ask("claude-sonnet-4-5", true);
  expect(readAnswer(answer)).toMatchObject({ content: expectedText("claude-sonnet-4-5", "Anthropic", "Hi"), done: 1 });
  expect(answer.text).not.toMatch(/ping/);
  gateway.mocks.script("anthropic", { keepAlives: 3, silentAfterEvents: 4 });
  expect((await ask("claude-openai", true)).headers["x-modelmux-provider"]).toBe("openai");
});

test("DashScope refuses a stream in events: the client gets its words, not the wire format", async () => {
  const answer = await ask("qwen-max", true, { temperature: 2 });
  expect(answer.status).toBe(400);
  expect(answer.headers["content-type"]).toMatch(/^application\/json/);
  const { error } = readAnswer(answer);
  expect(error?.message).toBe("<400> InternalError.Algo.InvalidParameter: temperature should be in [0.0, 2.0)");
  expect(error?.code).toBe("invalid_parameter_error");
});

test("a [DONE] that the vendor forgets is added", async () => {
  gateway.mocks.script("deepseek", { withoutLastEvent: true });
  expect(readAnswer(await ask("deepseek/deepseek-chat", true))).toMatchObject({
    finish: ["stop"],
    done: 1,
    error: null,
  });
});

describe("[32] 20 MB in the prompt", () => {
  const big = [{ role: "user", content: "x".repeat(20 << 20) }];
  test.each([{}, { status: 503 }, { resetBeforeHeaders: true }])(
    "after %j",
    async (rule) => {
      if (Object.keys(rule).length > 0) gateway.mocks.script("deepseek", rule);
      const answer = await send(gateway.url, { body: { model: "ds-claude", messages: big } });
      expect(answer.status).toBe(200);
      const [vendor, provider] =
        Object.keys(rule).length > 0 ? (["anthropic", "claude"] as const) : (["deepseek", "deepseek"] as const);
      expect(answer.headers["x-modelmux-provider"]).toBe(provider);
      expect(gateway.mocks.requests(vendor)[0]?.bodyBytes).toBeGreaterThan(20 << 20);
    },
    60_000,
  );
});

test("5 MB in an answer, streamed and not", async () => {
  gateway.mocks.script("openai", { textBytes: 5_000_000 });
  const unary = await ask("gpt-4o", false);
  expect([unary.complete, readAnswer(unary).content.length > 5_000_000]).toEqual([true, true]);
  gateway.mocks.script("openai", { textBytes: 100_000, chunking: { seed: 3, max: 60_000 } });
  const streamed = await ask("gpt-4o", true);
  expect([streamed.complete, readAnswer(streamed).content.length > 100_000]).toEqual([true, true]);
});

test.each([false, true])("timeoutMs ends all attempts together with a 504 (stream: %s)", async (stream) => {
  gateway.mocks.script("deepseek", { silentAfterEvents: 0 });
  const started = performance.now();
  const answer = await ask("hurried", stream);
  const elapsed = performance.now() - started;
  expect(answer.status).toBe(504);
  expect(readAnswer(answer).error).toMatchObject({
    type: "timeout",
    attempts: [{ provider: "deepseek", reason: "timeout" }],
  });
  expect(elapsed).toBeGreaterThan(600);
  expect(elapsed).toBeLessThan(4000);
  expect(gateway.mocks.requests("anthropic")).toHaveLength(0);
});

test.each([false, true])("the only target has the time of an attempt (stream: %s)", async (stream) => {
  gateway.mocks.script("deepseek", { silentAfterEvents: 0 });
  const started = performance.now();
  const answer = await ask("alone", stream);
  const elapsed = performance.now() - started;
  expect([answer.status, answer.headers["x-modelmux-attempts"]]).toEqual([504, "1"]);
  expect(readAnswer(answer).error).toMatchObject({
    type: "timeout",
    attempts: [{ provider: "deepseek", reason: "timeout" }],
  });
  expect(elapsed).toBeGreaterThan(500);
  expect(elapsed).toBeLessThan(4000);
  expect(gateway.mocks.requests("deepseek")).toHaveLength(1);
});

test("what cannot be said to one target goes to the next one, without an attempt", async () => {
  const both = await ask("claude-openai", false, { n: 2 });
  expect(both.headers).toMatchObject({ "x-modelmux-provider": "openai", "x-modelmux-attempts": "1" });
  expect(readAnswer(both).finish).toEqual(["stop", "stop"]);
  const alone = await ask("claude-sonnet-4-5", false, { n: 2 });
  expect([alone.status, readAnswer(alone).error?.param]).toEqual([400, "n"]);
  expect(gateway.mocks.requests("anthropic")).toHaveLength(0);
});

test("a client that speaks HTTP/2 with several streams on one connection", async () => {
  const session = connect(gateway.url);
  const one = (model: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const stream = session.request({
        ":method": "POST",
        ":path": "/v1/chat/completions",
        "content-type": "application/json",
      });
      let text = "";
      stream.setEncoding("utf8").on("data", (part: string) => (text += part));
      stream.on("end", () => resolve(text));
      stream.on("error", reject);
      stream.end(JSON.stringify({ model, stream: true, messages: MESSAGES }));
    });
  const texts = await Promise.all(["gpt-4o", "claude-sonnet-4-5", "qwen-max", "deepseek-chat"].map(one));
  session.close();
  for (const text of texts) expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
});
