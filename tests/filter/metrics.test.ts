import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MiniEnvoy } from "../host/mini-envoy";
import {
  anthropicStream,
  BUILDS,
  chat,
  metric,
  openAiAnswer,
  openAiError,
  openAiStream,
  PLUGIN,
  startGateway,
} from "./gateway";

const series = (envoy: MiniEnvoy, start: string): string[] =>
  Object.keys(envoy.metrics()).filter((name) => name.startsWith(start));
interface Entry {
  route: string;
  provider: string;
  model: string;
  attempts: number;
  tokens: { input: number; output: number };
  ttft_ms: number | null;
}
const logged = (envoy: MiniEnvoy): Entry =>
  JSON.parse(envoy.accessLog.at(-1)?.state["wasm.modelmux"] ?? "null") as Entry;

describe.each(BUILDS)("metrics and access log, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  beforeEach(() => {
    envoy = startGateway(wasm);
  });
  afterEach(() => envoy.assertNoLeaks());

  test("requests, attempts and tokens of a unary answer", () => {
    envoy.upstream("deepseek", { ...openAiAnswer("x"), delayMs: 250 });
    envoy.request(chat("only"));
    const of = { provider: "deepseek", model: "deepseek-chat" };
    expect(metric(envoy, "modelmux_requests_total", { route: "only", ...of, outcome: "ok" })).toBe(1);
    expect(metric(envoy, "modelmux_attempts_total", { ...of, outcome: "ok" })).toBe(1);
    expect(
      ["input", "output", "cached_input", "reasoning"].map((type) =>
        metric(envoy, "modelmux_tokens_total", { ...of, type }),
      ),
    ).toEqual([11, 7, 5, 2]);
    expect(metric(envoy, "modelmux_request_duration_milliseconds", of)).toEqual([250]);
    expect(series(envoy, "modelmux_fallbacks_total")).toEqual([]);
    expect(logged(envoy)).toMatchObject({ route: "only", ...of, attempts: 1, tokens: { input: 11, output: 7 } });
  });

  test("times and tokens of a stream", () => {
    envoy.upstream("claude", { ...anthropicStream(["a", "b", "c", "d"]), delayMs: 100, gapMs: 10 });
    envoy.request(chat("claude-sonnet-4-5", { stream: true }));
    const of = { provider: "claude", model: "claude-sonnet-4-5" };
    expect(metric(envoy, "modelmux_time_to_first_token_milliseconds", of)).toEqual([140]);
    const durations = metric(envoy, "modelmux_request_duration_milliseconds", of) as number[];
    expect(durations.length).toBe(1);
    expect(durations[0]).toBeGreaterThanOrEqual(200);
    expect((metric(envoy, "modelmux_time_per_output_token_milliseconds", of) as number[]).length).toBe(1);
    expect(["input", "output"].map((type) => metric(envoy, "modelmux_tokens_total", { ...of, type }))).toEqual([11, 7]);
    expect(logged(envoy)).toMatchObject({ route: "claude-*", ...of, attempts: 1, ttft_ms: 140 });
  });

  test("a fallback is one request, two attempts and one fallback", () => {
    envoy.upstream("deepseek", openAiError(429, "x"));
    envoy.upstream("dashscope", openAiStream(["x"]));
    envoy.request(chat("deepseek-chat", { stream: true }));
    expect(
      metric(envoy, "modelmux_requests_total", {
        route: "deepseek-chat",
        provider: "dashscope",
        model: "qwen-turbo",
        outcome: "ok",
      }),
    ).toBe(1);
    expect(series(envoy, "modelmux_requests_total").length).toBe(1);
    expect(
      metric(envoy, "modelmux_attempts_total", { provider: "deepseek", model: "deepseek-chat", outcome: "rate-limit" }),
    ).toBe(1);
    expect(
      metric(envoy, "modelmux_attempts_total", { provider: "dashscope", model: "qwen-turbo", outcome: "ok" }),
    ).toBe(1);
    expect(
      metric(envoy, "modelmux_fallbacks_total", {
        route: "deepseek-chat",
        from: "deepseek",
        to: "dashscope",
        reason: "rate-limit",
      }),
    ).toBe(1);
    expect(logged(envoy)).toMatchObject({ provider: "dashscope", attempts: 2 });
  });

  test("a refused request is counted, without a series for its model", () => {
    for (let index = 0; index < 20; index++) envoy.request(chat(`nobody-${String(index)}`));
    envoy.request({ ...chat("only"), body: "{" });
    const names = series(envoy, "modelmux_");
    expect(names.join()).not.toContain("nobody");
    expect(names.length).toBeLessThanOrEqual(2);
  });

  test("no client can mint series: models that fail are `other`, those that answer are capped", () => {
    const capped = startGateway(wasm, { plugin: { ...PLUGIN, metrics: { maxModels: 3 } } });
    capped.upstream("dashscope", openAiError(404, "no such model"));
    for (let index = 0; index < 30; index++) capped.request(chat(`qwen-made-up-${String(index)}`));
    expect(Object.keys(capped.metrics()).join()).not.toContain("made-up");
    capped.upstream("dashscope", openAiAnswer("x"));
    for (let index = 0; index < 30; index++) capped.request(chat(`qwen-real-${String(index)}`));
    const models = new Set(Object.keys(capped.metrics()).map((name) => /;model=([^;]*)/.exec(name)?.[1] ?? ""));
    expect([...models].filter((model) => model.startsWith("qwen-real")).length).toBe(3);
    expect(models.has("other")).toBe(true);
  });

  test("a metric is defined once, not per request", () => {
    envoy.upstream("deepseek", openAiAnswer("x"));
    envoy.request(chat("only"));
    const before = envoy.metricStore.definitionCount;
    for (let index = 0; index < 10; index++) envoy.request(chat("only"));
    expect(envoy.metricStore.definitionCount).toBe(before);
  });

  test("label values cannot forge labels", () => {
    envoy.upstream("dashscope", openAiAnswer("x"));
    envoy.request(chat("qwen-a;provider=evil;model=b"));
    for (const name of Object.keys(envoy.metrics())) {
      expect(name.match(/;provider=/g)?.length ?? 0).toBeLessThanOrEqual(1);
      expect(name.match(/;model=/g)?.length ?? 0).toBeLessThanOrEqual(1);
      expect(name).not.toContain(";provider=evil");
    }
  });
});
