import { Agent, request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Rule } from "../mocks/index";
import { type Gateway, startGateway } from "./support/gateway";
import { type Answer, readAnswer, send } from "./support/http";
import { sumOf } from "./support/prometheus";

/*
 * 200 streams at once, a seeded failure in most of them: none lost, none mixed up, and the workers serve on.
 */
const STREAMS = 200;
const SEED = 20261122;

let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway({
    change: (plugin) => {
      plugin.routes.push({
        model: "three",
        targets: [
          { provider: "deepseek", model: "deepseek-chat" },
          { provider: "claude", model: "claude-sonnet-4-5" },
          { provider: "dashscope", model: "qwen-turbo" },
        ],
        // Long, because 200 streams, their mocks and their Envoy share two cores with whatever else runs.
        fallback: { firstTokenTimeoutMs: 6000 },
      });
    },
  });
}, 180_000);
afterAll(() => gateway.close());

/** Numbers from 0 to 1, always the same ones for a seed. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const BEFORE_CONTENT: Rule[] = [
  { status: 429 },
  { status: 503, errorBody: "html" },
  { errorAtEvent: 1 },
  { silentAfterEvents: 1 },
  { resetBeforeHeaders: true },
  { resetAfterBytes: 0 },
  { rawBody: "no JSON" },
];
// Spaced, so that content has gone out before the break.
const AFTER_CONTENT: Rule[] = [
  { errorAtEvent: 9, eventDelayMs: 10 },
  { endAfterEvents: 9, eventDelayMs: 10 },
  { resetAfterEvents: 9, eventDelayMs: 10 },
];

/** What one request meets on its way, and who should answer it. */
interface Journey {
  id: string;
  headers: Record<string, string>;
  answeredBy: "deepseek" | "claude" | "dashscope";
  broken: boolean;
}

function planJourney(index: number, random: () => number): Journey {
  const pick = (rules: Rule[]): Rule => rules[Math.floor(random() * rules.length)]!;
  const shape = (): Rule => ({
    chunking: { seed: Math.floor(random() * 1e6), max: 200 },
    eventDelayMs: Math.floor(random() * 8),
  });
  const failures = Math.floor(random() * 3);
  const broken = random() < 0.15;
  const rules: Rule[] = [];
  for (let attempt = 0; attempt < failures; attempt++) rules.push(pick(BEFORE_CONTENT));
  rules.push(broken ? pick(AFTER_CONTENT) : shape());
  const names = ["x-mock-deepseek", "x-mock-anthropic", "x-mock-dashscope"];
  const headers = Object.fromEntries(rules.map((rule, attempt) => [names[attempt]!, JSON.stringify(rule)]));
  return {
    id: `stream-${index}-${Math.floor(random() * 1e9)}`,
    headers,
    answeredBy: (["deepseek", "claude", "dashscope"] as const)[failures]!,
    broken,
  };
}

const agent = new Agent({ keepAlive: true, maxSockets: STREAMS });

function stream(journey: Journey): Promise<Answer> {
  const body = JSON.stringify({
    model: "three",
    stream: true,
    messages: [{ role: "user", content: `My id is ${journey.id}, remember it.` }],
  });
  const headers = { "content-type": "application/json", "content-length": String(body.length), ...journey.headers };
  return new Promise((resolve, reject) => {
    const outgoing = request(`${gateway.url}/v1/chat/completions`, { method: "POST", headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      const finish = (complete: boolean): void =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string>,
          text: Buffer.concat(chunks).toString("utf8"),
          complete,
        });
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => finish(response.complete));
      response.on("error", () => finish(false));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

test(`${STREAMS} streams with injected failures: none lost, none mixed up`, { timeout: 60_000 }, async () => {
  const random = randomNumbers(SEED);
  const journeys = Array.from({ length: STREAMS }, (_, index) => planJourney(index, random));
  const answers = await Promise.all(journeys.map(stream));
  const wrong: string[] = [];
  answers.forEach((answer, index) => {
    const journey = journeys[index]!;
    const others = [...answer.text.matchAll(/stream-\d+-\d+/g)].filter(([id]) => id !== journey.id);
    if (others.length > 0) wrong.push(`${journey.id} got words of ${others[0]![0]}`);
    if (answer.status !== 200) wrong.push(`${journey.id}: status ${answer.status}: ${answer.text.slice(0, 200)}`);
    else if (answer.headers["x-modelmux-provider"] !== journey.answeredBy)
      wrong.push(
        `${journey.id}: answered by ${answer.headers["x-modelmux-provider"]}, not ${journey.answeredBy}: ${JSON.stringify(journey.headers)}`,
      );
    else if (journey.broken) {
      if (answer.text.includes("[DONE]"))
        wrong.push(`${journey.id}: a broken stream ended as if whole: ${JSON.stringify(journey.headers)}`);
      else if (answer.complete && !readAnswer(answer).error)
        wrong.push(`${journey.id}: a broken stream without an error event: ${JSON.stringify(journey.headers)}`);
    } else {
      const read = readAnswer(answer);
      if (!read.content.includes(`My id is ${journey.id}, remember it.`))
        wrong.push(`${journey.id}: lost text: ${read.content}`);
      if (read.done !== 1 || read.finish.join() !== "stop" || read.ids.length !== 1)
        wrong.push(`${journey.id}: not a clean stream`);
    }
  });
  expect(wrong).toEqual([]);
  expect(journeys.filter((journey) => journey.broken).length).toBeGreaterThan(10);
  expect(new Set(journeys.map((journey) => journey.answeredBy)).size).toBe(3);
});

test("afterwards every worker serves on, and no VM has trapped", async () => {
  for (let index = 0; index < 10; index++) {
    const answer = await send(gateway.url, {
      body: { model: "deepseek-chat", messages: [{ role: "user", content: "Still there?" }] },
    });
    expect(answer.status).toBe(200);
  }
  const stats = (await gateway.admin("/stats?filter=wasm")).split("\n");
  const failures = stats.filter(
    (line) =>
      /(error|fail|trap|reload|remote_load)/i.test(line) &&
      !/: 0$/.test(line) &&
      line !== "" &&
      !/wasmcustom/.test(line),
  );
  expect(failures).toEqual([]);
  expect(stats.some((line) => /^wasm\..*(created|active): [1-9]/.test(line))).toBe(true);
  expect(gateway.log()).not.toMatch(/panic|unreachable|abort|trap|Function .* failed/i);
  const samples = await gateway.samples();
  expect(sumOf(samples, "modelmux_requests_total", { route: "three" })).toBe(STREAMS);
  expect(sumOf(samples, "envoy_http_downstream_rq_active", { envoy_http_conn_manager_prefix: "gateway" })).toBe(0);
});

test(
  "clients that leave early cost nothing: counted as cancelled, the provider is told",
  { timeout: 30_000 },
  async () => {
    const rule = JSON.stringify({ eventDelayMs: 200 });
    gateway.mocks.reset();
    await Promise.all(
      Array.from({ length: 20 }, () => {
        const body = JSON.stringify({
          model: "deepseek-chat",
          stream: true,
          messages: [{ role: "user", content: "I will not wait" }],
        });
        return new Promise<void>((resolve) => {
          const outgoing = request(
            `${gateway.url}/v1/chat/completions`,
            { method: "POST", headers: { "content-type": "application/json", "x-mock-deepseek": rule }, agent: false },
            (response) => {
              response.once("data", () => {
                response.destroy();
                resolve();
              });
            },
          );
          outgoing.on("error", () => resolve());
          outgoing.end(body);
        });
      }),
    );
    await expect
      .poll(async () => sumOf(await gateway.samples(), "modelmux_requests_total", { outcome: "cancelled" }), {
        timeout: 10_000,
      })
      .toBe(20);
    await expect
      .poll(() => gateway.mocks.requests("deepseek").filter((entry) => entry.aborted).length, { timeout: 10_000 })
      .toBe(20);
    expect(gateway.mocks.requests("dashscope")).toHaveLength(0);
  },
);
