import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MiniEnvoy } from "../host/mini-envoy";
import { allSplits } from "../support/chunking";
import {
  anthropicAnswer,
  anthropicEvents,
  BUILDS,
  chat,
  metric,
  openAiAnswer,
  openAiEvents,
  startGateway,
} from "./gateway";

const events = { "content-type": "text/event-stream" };

describe.each(BUILDS)("what a translation noticed and went on, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  beforeEach(() => {
    envoy = startGateway(wasm);
  });
  afterEach(() => envoy.assertNoLeaks());

  const notices = (provider: string, type: string): unknown =>
    metric(envoy, "modelmux_notices_total", { provider, type });

  test("[55] a temperature that had to be clamped", () => {
    envoy.upstream("claude", anthropicAnswer("x"));
    const answer = envoy.request(chat("claude-sonnet-4-5", { temperature: 1.7 }));
    expect(JSON.parse(answer.upstreamRequests[0]?.body.toString() ?? "")).toMatchObject({ temperature: 1 });
    expect(notices("claude", "temperature_clamped")).toBe(1);
    envoy.request(chat("claude-sonnet-4-5", { temperature: 0.7 }));
    expect(notices("claude", "temperature_clamped")).toBe(1);
  });

  test("[80] unknown events are ignored and counted; a ping is neither", () => {
    const known = anthropicEvents(["a", "b"]);
    const strange = 'event: news\ndata: {"type":"news"}\n\n';
    const ping = 'event: ping\ndata: {"type":"ping"}\n\n';
    const bytes = Buffer.from(
      [known[0], strange, ping, known.slice(1, 4).join(""), strange, known.slice(4).join("")].join(""),
    );
    const answers = allSplits(bytes).map(({ chunks }, round) => {
      envoy.upstream("claude", { headers: events, chunks });
      const answer = envoy.request(chat("claude-sonnet-4-5", { stream: true }));
      expect(notices("claude", "unknown_event")).toBe(2 * (round + 1));
      return answer.body.toString().replace(/"created":\d+/g, "");
    });
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain("[DONE]");
    expect(answers[0]).not.toContain("news");
  });

  test("[9] a stream that ends too early, before and after its first content", () => {
    const whole = openAiEvents(["a", "b"]);
    envoy.upstream("deepseek", { headers: events, chunks: whole.slice(0, 2), gapMs: 5 });
    expect(envoy.request(chat("only", { stream: true })).body.toString()).not.toContain("[DONE]");
    expect(notices("deepseek", "stream_truncated")).toBe(1);
    envoy.upstream("deepseek", { headers: events, chunks: whole.slice(0, 1) });
    envoy.request(chat("only", { stream: true }));
    expect(notices("deepseek", "stream_truncated")).toBe(2);
    envoy.upstream("deepseek", { headers: events, chunks: whole.slice(0, 2), gapMs: 5, ending: "reset" });
    expect(envoy.request(chat("only", { stream: true })).complete).toBe(false);
    expect(notices("deepseek", "stream_truncated")).toBe(3);
  });

  test("[20] a compressed answer, counted for the provider that sent it", () => {
    envoy.upstream("deepseek", {
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
      body: "\x1f\x8b",
    });
    envoy.upstream("dashscope", openAiAnswer("x"));
    expect(envoy.request(chat("deepseek-chat")).status).toBe(200);
    expect(notices("deepseek", "encoded_answer")).toBe(1);
    expect(notices("dashscope", "encoded_answer")).toBe(0);
  });
});
