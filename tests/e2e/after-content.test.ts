import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import OpenAI from "openai";
import { type Gateway, startGateway } from "./support/gateway";
import { type Answer, eventsOf, send } from "./support/http";
import { sumOf } from "./support/prometheus";
import { expectedText } from "./support/vendors";

/*
 * After the first content byte nothing is retried: the client learns that the answer is broken, and never sees a clean end.
 */
let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway({
    change: (plugin) => {
      const second = { provider: "openai", model: "gpt-4o" };
      plugin.routes.push({
        model: "from-deepseek",
        targets: [{ provider: "deepseek", model: "deepseek-chat" }, second],
        fallback: { firstTokenTimeoutMs: 400 },
      });
      plugin.routes.push({
        model: "from-claude",
        targets: [{ provider: "claude", model: "claude-sonnet-4-5" }, second],
        fallback: { firstTokenTimeoutMs: 400 },
      });
    },
  });
}, 180_000);
afterAll(() => gateway.close());
beforeEach(() => gateway.mocks.reset());

/** Between two events, so that content has gone out before the break: what comes in one piece with it may still fall back. */
const SPACING_MS = 15;

const STARTS = [
  { route: "from-deepseek", vendor: "deepseek", provider: "deepseek", model: "deepseek-chat", title: "DeepSeek" },
  { route: "from-claude", vendor: "anthropic", provider: "claude", model: "claude-sonnet-4-5", title: "Anthropic" },
] as const;

const QUESTION = [{ role: "user" as const, content: "Tell me something long enough to be cut" }];

function ask(model: string): Promise<Answer> {
  return send(gateway.url, { body: { model, stream: true, messages: QUESTION } });
}

/** Content that came before the break, and the events after it. */
function split(answer: Answer): { content: string; last: string | undefined; done: boolean } {
  const payloads = eventsOf(answer.text);
  let content = "";
  for (const payload of payloads) {
    if (payload === "[DONE]" || !payload.startsWith("{")) continue;
    const chunk = JSON.parse(payload) as { choices?: { delta?: { content?: string | null } }[] };
    content += chunk.choices?.[0]?.delta?.content ?? "";
  }
  return { content, last: payloads.at(-1), done: payloads.includes("[DONE]") };
}

describe.each(STARTS)("$provider breaks after content", ({ route, vendor, model, title }) => {
  // Anthropic's first content is its fourth event, the others' the second.
  test.each([6, 8])("by an error event in place of event %i", async (errorAtEvent) => {
    const before = sumOf(await gateway.samples(), "modelmux_requests_total", { route });
    gateway.mocks.script(vendor, { errorAtEvent, message: "broke in the middle", eventDelayMs: SPACING_MS });
    const answer = await ask(route);
    expect([answer.status, answer.complete]).toEqual([200, true]);
    const { content, last, done } = split(answer);
    expect(content).not.toBe("");
    expect(expectedText(model, title, QUESTION[0]!.content).startsWith(content)).toBe(true);
    expect(done).toBe(false);
    const { error } = JSON.parse(last ?? "") as { error: { message: string; type: string } };
    expect(error.message).toContain("broke in the middle");
    expect(typeof error.type).toBe("string");
    expect(gateway.mocks.requests("openai")).toHaveLength(0);
    const samples = await gateway.samples();
    expect(sumOf(samples, "modelmux_requests_total", { route })).toBe(before + 1);
    expect(sumOf(samples, "modelmux_requests_total", { route, outcome: "ok" })).toBe(0);
  });

  test("by a clean end that comes too early", async () => {
    gateway.mocks.script(vendor, { endAfterEvents: 8, eventDelayMs: SPACING_MS });
    const answer = await ask(route);
    const { content, last, done } = split(answer);
    expect(content.length).toBeGreaterThan(0);
    expect(done).toBe(false);
    expect(JSON.parse(last ?? "")).toHaveProperty("error.message");
    expect(answer.complete).toBe(true);
    expect(gateway.mocks.requests("openai")).toHaveLength(0);
  });

  test("by a reset: the transfer is cut", async () => {
    gateway.mocks.script(vendor, { resetAfterEvents: 8, eventDelayMs: SPACING_MS });
    const answer = await ask(route);
    expect(answer.complete).toBe(false);
    expect(split(answer).done).toBe(false);
    expect(gateway.mocks.requests("openai")).toHaveLength(0);
  });

  test("by an error event in one piece with the content: nothing has gone out, so the next target answers", async () => {
    gateway.mocks.script(vendor, { errorAtEvent: 8, chunking: "whole" });
    const answer = await ask(route);
    expect(answer.headers["x-modelmux-provider"]).toBe("openai");
    expect(split(answer)).toMatchObject({ done: true, content: expect.stringMatching(/^I am gpt-4o/) as string });
  });

  test("silence after content is not the first token's business", async () => {
    gateway.mocks.script(vendor, { eventDelayMs: 60 });
    const answer = await ask(route);
    expect(answer.complete).toBe(true);
    expect(split(answer)).toMatchObject({ done: true, content: expect.stringContaining("enough to be cut") as string });
    expect(answer.headers["x-modelmux-attempts"]).toBe("1");
  });

  test("a vendor that forgets its last event has not finished", async () => {
    gateway.mocks.script(vendor, { withoutLastEvent: true });
    const { done, last, content } = split(await ask(route));
    expect(content).toContain("enough to be cut");
    // A finish_reason came, so the answer is whole: either a proper end or an error, but never an end without [DONE] and error.
    expect(done || "error" in (JSON.parse(last ?? "{}") as object)).toBe(true);
  });

  test("the SDK raises an error for each of them", async () => {
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: "k", maxRetries: 0 });
    for (const rule of [{ errorAtEvent: 8 }, { endAfterEvents: 8 }, { resetAfterEvents: 8 }]) {
      gateway.mocks.script(vendor, { ...rule, eventDelayMs: SPACING_MS });
      const stream = await client.chat.completions.create({ model: route, stream: true, messages: QUESTION });
      const read = async (): Promise<number> => {
        let count = 0;
        for await (const chunk of stream) count += chunk.choices.length;
        return count;
      };
      await expect(read()).rejects.toThrow();
    }
  });
});
