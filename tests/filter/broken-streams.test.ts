import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MiniEnvoy } from "../host/mini-envoy";
import type { ScriptedAnswer } from "../host/scripted-upstream";
import {
  anthropicEvents,
  BUILDS,
  chat,
  expectNoSecrets,
  metric,
  openAiAnswer,
  openAiEvents,
  openAiStream,
  readChunks,
  readEvents,
  startGateway,
  textOf,
} from "./gateway";

const events = { "content-type": "text/event-stream" };
const openAiStart = openAiEvents(["Hel", "lo"]).slice(0, 3);
const anthropicStart = anthropicEvents(["Hel", "lo"]).slice(0, 5);
const openAiErrorEvent = 'data: {"error":{"message":"Overloaded.","type":"server_error","code":null}}\n\n';
const anthropicErrorEvent =
  'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded."}}\n\n';

/** Streams that break after content: [provider, what the client can still be told, script]. */
const BROKEN: [string, string, string, "error event" | "cut", ScriptedAnswer][] = [
  [
    "an error event, OpenAI",
    "only",
    "deepseek",
    "error event",
    { headers: events, chunks: [...openAiStart, openAiErrorEvent] },
  ],
  [
    "an error event and [DONE] behind it, OpenAI",
    "only",
    "deepseek",
    "error event",
    { headers: events, chunks: [...openAiStart, openAiErrorEvent, "data: [DONE]\n\n"] },
  ],
  [
    "an error event and silence, OpenAI",
    "only",
    "deepseek",
    "error event",
    { headers: events, chunks: [...openAiStart, openAiErrorEvent, ": x\n\n"] },
  ],
  ["[9] an early end, OpenAI", "only", "deepseek", "error event", { headers: events, chunks: openAiStart }],
  [
    "[9] an early end inside an event, OpenAI",
    "only",
    "deepseek",
    "error event",
    { headers: events, chunks: [...openAiStart, 'data: {"id":"chatcmpl-1","choi'] },
  ],
  [
    "an event that is not JSON, OpenAI",
    "only",
    "deepseek",
    "error event",
    { headers: events, chunks: [...openAiStart, "data: {oops\n\n", ...openAiEvents([])] },
  ],
  [
    "an error event, Anthropic",
    "claude-sonnet-4-5",
    "claude",
    "error event",
    { headers: events, chunks: [...anthropicStart, anthropicErrorEvent] },
  ],
  [
    "[9] an early end, Anthropic",
    "claude-sonnet-4-5",
    "claude",
    "error event",
    { headers: events, chunks: anthropicStart },
  ],
  [
    "an event that is not JSON, Anthropic",
    "claude-sonnet-4-5",
    "claude",
    "error event",
    { headers: events, chunks: [...anthropicStart, "event: content_block_delta\ndata: {oops\n\n"] },
  ],
  ["a reset, OpenAI", "only", "deepseek", "cut", { headers: events, chunks: openAiStart, ending: "reset" }],
  [
    "a reset, Anthropic",
    "claude-sonnet-4-5",
    "claude",
    "cut",
    { headers: events, chunks: anthropicStart, ending: "reset" },
  ],
  [
    "silence until the whole time is over, OpenAI",
    "only",
    "deepseek",
    "cut",
    { headers: events, chunks: openAiStart, ending: "silence" },
  ],
];

describe.each(BUILDS)("streams that break after content, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  beforeEach(() => {
    envoy = startGateway(wasm);
  });
  afterEach(() => envoy.assertNoLeaks());

  test.each(BROKEN)("%s", (_case, model, cluster, expected, script) => {
    const provider = envoy.upstream(cluster, script);
    const answer = envoy.request(chat(model, { stream: true }));
    expect([answer.status, provider.requests.length]).toEqual([200, 1]);
    expect(readEvents(answer)).not.toContain("[DONE]");
    expect(textOf(answer)).toBe("Hello");
    expect(
      readChunks(answer)
        .flatMap((chunk) => chunk.choices ?? [])
        .every((choice) => choice.finish_reason === null),
    ).toBe(true);
    const errors = readChunks(answer).filter((chunk) => chunk.error !== undefined);
    if (expected === "cut") expect([answer.complete, errors.length]).toEqual([false, 0]);
    else {
      expect(errors.length).toBe(1);
      expect(readChunks(answer).at(-1)?.error?.message.length).toBeGreaterThan(0);
    }
    expectNoSecrets(envoy, answer);
  });

  test("no other provider is asked once content has gone out", () => {
    envoy.upstream("deepseek", { headers: events, chunks: openAiStart, ending: "reset" });
    const other = envoy.upstream("dashscope", openAiStream(["never"]));
    const answer = envoy.request(chat("deepseek-chat", { stream: true }));
    expect([answer.complete, textOf(answer), other.requests.length]).toEqual([false, "Hello", 0]);
    expect(
      metric(envoy, "modelmux_requests_total", {
        route: "deepseek-chat",
        provider: "deepseek",
        model: "deepseek-chat",
        outcome: "stream-error",
      }),
    ).toBe(1);
  });

  test("a slow stream that has begun is not ended by the first-token timeout", () => {
    envoy.upstream("deepseek", { ...openAiStream(["a", "b", "c"]), gapMs: 6000 });
    envoy.upstream("dashscope", openAiStream(["never"]));
    const late = envoy.request(chat("deepseek-chat", { stream: true }));
    expect(late.headers.get("x-modelmux-provider")).toBe("dashscope");
    envoy.upstream("deepseek", { ...openAiStream(["a", "b", "c"]), gapMs: 2000 });
    const slow = envoy.request(chat("deepseek-chat", { stream: true }));
    expect([slow.headers.get("x-modelmux-provider"), textOf(slow), slow.complete]).toEqual(["deepseek", "abc", true]);
  });

  test("[13] events for a client that did not ask for a stream become one answer; broken ones fall back", () => {
    envoy.upstream("deepseek", openAiStream(["Hel", "lo"]));
    expect(textOf(envoy.request(chat("only")))).toBe("Hello");
    envoy.upstream("deepseek", { headers: events, chunks: openAiStart });
    envoy.upstream("dashscope", openAiAnswer("Second."));
    expect(textOf(envoy.request(chat("deepseek-chat")))).toBe("Second.");
  });

  test("[11] one JSON answer for a client that asked for a stream becomes a stream", () => {
    envoy.upstream("deepseek", openAiAnswer("Hello"));
    const answer = envoy.request(chat("only", { stream: true }));
    expect([answer.headers.get("content-type"), textOf(answer), readEvents(answer).at(-1), answer.complete]).toEqual([
      "text/event-stream",
      "Hello",
      "[DONE]",
      true,
    ]);
  });

  test("a client that goes away in the middle of a stream", () => {
    const clock = envoy.clock;
    envoy.upstream("deepseek", { ...openAiStream(["a", "b", "c"]), gapMs: 100 });
    const open = envoy.openRequest({ headers: { "content-type": "application/json" } });
    open.send(chat("only", { stream: true }).body ?? "").end();
    envoy.advance(350);
    open.disconnect();
    expect([open.answer.complete, open.answer.chunks.length > 0, clock.pending]).toEqual([false, true, 0]);
    expect(
      metric(envoy, "modelmux_requests_total", {
        route: "only",
        provider: "deepseek",
        model: "deepseek-chat",
        outcome: "cancelled",
      }),
    ).toBe(1);
  });

  test("trailers behind a stream, and behind a broken one", () => {
    const trailing = startGateway(wasm, { passTrailers: true });
    trailing.upstream("deepseek", { ...openAiStream(["Hello"]), trailers: { "x-t": "1" } });
    const good = trailing.request(chat("only", { stream: true }));
    expect([textOf(good), readEvents(good).at(-1), good.complete]).toEqual(["Hello", "[DONE]", true]);
    trailing.upstream("deepseek", { headers: events, chunks: openAiStart, trailers: { "x-t": "1" } });
    const broken = trailing.request(chat("only", { stream: true }));
    expect([
      broken.complete && readChunks(broken).every((chunk) => chunk.error === undefined),
      readEvents(broken).includes("[DONE]"),
    ]).toEqual([false, false]);
    trailing.upstream("deepseek", { ...openAiAnswer("Unary."), trailers: { "x-t": "1" } });
    expect(textOf(trailing.request(chat("only")))).toBe("Unary.");
    trailing.assertNoLeaks();
  });
});
