import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Gateway, startGateway } from "./support/gateway";
import { readAnswer, send } from "./support/http";
import { type Sample, sumOf } from "./support/prometheus";

/*
 * The metrics contract as Prometheus sees it, and the JSON access log.
 */
let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway({ change: (plugin) => (plugin.metrics = { maxModels: 2 }) });
}, 180_000);
afterAll(() => gateway.close());

const MESSAGES = [{ role: "user", content: "How much is this?" }];

async function ask(
  body: object,
  headers: Record<string, string> = {},
): Promise<ReturnType<typeof readAnswer> & { status: number }> {
  const answer = await send(gateway.url, { body: { messages: MESSAGES, ...body }, headers });
  return { ...readAnswer(answer), status: answer.status };
}

const HISTOGRAMS = [
  "modelmux_request_duration_milliseconds",
  "modelmux_time_to_first_token_milliseconds",
  "modelmux_time_per_output_token_milliseconds",
];

function own(samples: Sample[]): Sample[] {
  return samples.filter((sample) => sample.name.startsWith("modelmux_"));
}

describe("after one request of each kind", () => {
  let samples: Sample[];

  beforeAll(async () => {
    await ask({ model: "qwen-max" });
    await ask({ model: "qwen-max", stream: true });
    await ask({ model: "claude-sonnet-4-5", stream: true });
    await ask({ model: "deepseek-reasoner" });
    gateway.mocks.script("deepseek", { status: 429 });
    await ask({ model: "deepseek-chat", stream: true });
    const long = [{ role: "user", content: "word ".repeat(2000) }];
    await ask({ model: "gpt-4o", messages: long });
    await ask({ model: "nobody-serves-this" });
    await ask({ model: 5 });
    samples = own(await gateway.samples());
  });

  test("requests by route, provider, model and outcome", () => {
    const count = (labels: Record<string, string>): number => sumOf(samples, "modelmux_requests_total", labels);
    expect(count({ route: "qwen-max", provider: "dashscope", model: "qwen-max", outcome: "ok" })).toBe(2);
    expect(count({ route: "claude-sonnet-4-5", provider: "claude", model: "claude-sonnet-4-5", outcome: "ok" })).toBe(
      1,
    );
    expect(count({ route: "deepseek-chat", provider: "dashscope", model: "qwen-turbo", outcome: "ok" })).toBe(1);
    expect(count({ outcome: "not-found", model: "none" })).toBe(1);
    expect(count({ outcome: "bad-request", model: "none" })).toBe(1);
    expect(count({})).toBe(8);
  });

  test("tokens by type, the same numbers as the answers", async () => {
    const count = (labels: Record<string, string>): number => sumOf(samples, "modelmux_tokens_total", labels);
    const target = { provider: "dashscope", model: "qwen-max" };
    const answer = await send(gateway.url, { body: { model: "qwen-max", messages: MESSAGES } });
    const { usage } = JSON.parse(answer.text) as { usage: { prompt_tokens: number; completion_tokens: number } };
    expect(count({ ...target, type: "input" })).toBe(2 * usage.prompt_tokens);
    expect(count({ ...target, type: "output" })).toBe(2 * usage.completion_tokens);
    expect(count({ provider: "deepseek", model: "deepseek-reasoner", type: "reasoning" })).toBeGreaterThan(5);
    expect(count({ provider: "openai", model: "gpt-4o", type: "cached_input" })).toBeGreaterThan(1000);
    expect(count({ provider: "openai", model: "gpt-4o", type: "input" })).toBeGreaterThan(2400);
    expect(count({ provider: "claude", model: "claude-sonnet-4-5", type: "output" })).toBeGreaterThan(10);
  });

  test("attempts and fallbacks", () => {
    const attempt = { provider: "deepseek", model: "deepseek-chat", outcome: "rate-limit" };
    expect(sumOf(samples, "modelmux_attempts_total", attempt)).toBe(1);
    expect(
      sumOf(samples, "modelmux_attempts_total", { provider: "dashscope", model: "qwen-turbo", outcome: "ok" }),
    ).toBe(1);
    const fallback = { route: "deepseek-chat", from: "deepseek", to: "dashscope", reason: "rate-limit" };
    expect(sumOf(samples, "modelmux_fallbacks_total", fallback)).toBe(1);
    expect(sumOf(samples, "modelmux_fallbacks_total")).toBe(1);
  });

  test("histograms in ms", async () => {
    // Envoy merges its workers' histograms every 5 s.
    await expect
      .poll(
        async () =>
          sumOf(await gateway.samples(), `${HISTOGRAMS[0]}_count`, { provider: "dashscope", model: "qwen-max" }),
        { timeout: 15_000, interval: 500 },
      )
      .toBeGreaterThan(2);
    const merged = own(await gateway.samples());
    for (const name of HISTOGRAMS) {
      expect(sumOf(merged, `${name}_count`, { provider: "claude", model: "claude-sonnet-4-5" })).toBe(1);
      expect(merged.some((sample) => sample.name === `${name}_bucket` && sample.labels["le"] === "+Inf")).toBe(true);
    }
    expect(sumOf(merged, `${HISTOGRAMS[1]}_count`, { provider: "openai", model: "gpt-4o" })).toBe(0);
  }, 30_000);

  test("nothing but the contract's names and labels", () => {
    const labels: Record<string, string[]> = {
      modelmux_requests_total: ["route", "provider", "model", "outcome"],
      modelmux_tokens_total: ["provider", "model", "type"],
      modelmux_attempts_total: ["provider", "model", "outcome"],
      modelmux_fallbacks_total: ["route", "from", "to", "reason"],
      modelmux_notices_total: ["provider", "type"],
    };
    for (const name of HISTOGRAMS) {
      for (const part of ["sum", "count"]) labels[`${name}_${part}`] = ["provider", "model"];
      labels[`${name}_bucket`] = ["provider", "model", "le"];
    }
    for (const sample of samples) {
      expect(Object.keys(labels)).toContain(sample.name);
      expect(Object.keys(sample.labels).sort()).toEqual([...labels[sample.name]!].sort());
    }
    expect(JSON.stringify(samples)).not.toMatch(/sk-|mock-\w+-key/);
  });
});

test("a client cannot mint series", async () => {
  const count = async (): Promise<number> =>
    own(await gateway.samples()).filter((sample) => sample.name === "modelmux_requests_total").length;
  for (let index = 0; index < 3; index++) await ask({ model: `gpt-unknown-${index}` });
  const before = await count();
  for (let index = 3; index < 30; index++) expect((await ask({ model: `gpt-unknown-${index}` })).status).toBe(404);
  for (let index = 0; index < 30; index++) await ask({ model: `nobody-${index}` });
  for (let index = 0; index < 10; index++) await ask({ model: `dashscope/strange;model=x-${index}` });
  const samples = own(await gateway.samples());
  expect(await count()).toBeLessThanOrEqual(before + 2);
  expect(sumOf(samples, "modelmux_attempts_total", { provider: "openai", model: "other", outcome: "not-found" })).toBe(
    30,
  );
  expect(samples.some((sample) => /unknown|nobody|strange/.test(sample.labels["model"] ?? ""))).toBe(false);
});

test("a model that a provider has answered for gets its name, up to metrics.maxModels", async () => {
  for (const model of ["qwen-plus", "qwen-flash", "qwen3-max"])
    expect((await ask({ model: `dashscope/${model}` })).status).toBe(200);
  const samples = own(await gateway.samples());
  const models = new Set(
    samples.filter((sample) => sample.labels["provider"] === "dashscope").map((sample) => sample.labels["model"]),
  );
  const learned = ["qwen-plus", "qwen-flash", "qwen3-max"].filter((model) => models.has(model));
  // Each worker's VM learns its own two.
  expect(learned.length).toBeGreaterThanOrEqual(2);
  expect(sumOf(samples, "modelmux_tokens_total", { provider: "dashscope", type: "input" })).toBeGreaterThan(0);
});

test("the access log: one JSON object for each request, with the module's own inside", async () => {
  const lines = await gateway.accessLog(8);
  const modules = lines.map((line) =>
    typeof line["modelmux"] === "string" ? (JSON.parse(line["modelmux"]) as Record<string, unknown>) : null,
  );
  const streamed = modules.find((entry) => entry?.["route"] === "deepseek-chat");
  expect(streamed).toMatchObject({ route: "deepseek-chat", provider: "dashscope", model: "qwen-turbo", attempts: 2 });
  expect(streamed?.["tokens"]).toMatchObject({
    input: expect.any(Number) as number,
    output: expect.any(Number) as number,
  });
  expect(streamed?.["ttft_ms"]).toEqual(expect.any(Number));
  const line = lines[modules.indexOf(streamed!)];
  expect(line).toMatchObject({ method: "POST", status: 200, cluster: "dashscope" });
  expect(JSON.stringify(lines)).not.toMatch(/mock-\w+-key|How much is this/);
}, 30_000);
