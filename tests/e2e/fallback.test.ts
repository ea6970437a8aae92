import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { JournalEntry } from "../mocks/index";
import { type Direction, DIRECTIONS, FALLING_BACK, type FailureCase, STAYING } from "./support/failures";
import { type Gateway, startGateway } from "./support/gateway";
import { type Answer, readAnswer, send } from "./support/http";
import { sumOf } from "./support/prometheus";
import { expectedText } from "./support/vendors";

/*
 * The whole fallback table before the first content: every failure, streaming and not, between providers of one protocol and of two.
 */
let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway({
    change: (plugin) => {
      for (const { route, from, to, deadRoute, deadProvider } of DIRECTIONS) {
        const fallback = { firstTokenTimeoutMs: 300, attemptTimeoutMs: 300, timeoutMs: 10_000 };
        const second = { provider: to.provider, model: to.model };
        plugin.routes.push({
          model: route,
          targets: [{ provider: from.provider, model: from.model }, second],
          fallback,
        });
        plugin.routes.push({
          model: deadRoute,
          targets: [{ provider: deadProvider, model: from.model }, second],
          fallback,
        });
      }
    },
  });
}, 180_000);
afterAll(() => gateway.close());
beforeEach(() => gateway.mocks.reset());

const FORMS = [
  ["stream", true],
  ["unary", false],
] as const;

function ask(model: string, stream: boolean, text = "Who are you?"): Promise<Answer> {
  const messages = [
    { role: "system", content: "Be brief." },
    { role: "user", content: text },
  ];
  return send(gateway.url, {
    headers: { authorization: "Bearer sk-client-secret" },
    body: { model, stream, messages, max_tokens: 500, temperature: 0.5 },
  });
}

/** One clean OpenAI answer from the second provider, and nothing else. */
function expectClean(answer: Answer, direction: Direction, stream: boolean): void {
  expect([answer.status, answer.complete, answer.text]).toEqual([200, true, expect.any(String)]);
  expect(answer.headers["content-type"]).toMatch(stream ? /^text\/event-stream/ : /^application\/json/);
  const read = readAnswer(answer);
  expect(read.content).toBe(expectedText(direction.to.model, direction.to.title, "Who are you?"));
  expect(read.finish).toEqual(["stop"]);
  expect(read.done).toBe(stream ? 1 : 0);
  expect(read.error).toBeNull();
  expect(read.ids).toHaveLength(1);
  expect(read.models).toEqual([direction.to.model]);
  expect(answer.headers).toMatchObject({
    "x-modelmux-provider": direction.to.provider,
    "x-modelmux-model": direction.to.model,
    "x-modelmux-attempts": "2",
  });
  expect(answer.headers["retry-after"]).toBeUndefined();
  expect(
    Object.keys(answer.headers).filter((name) => name.startsWith("x-envoy") || name === "x-modelmux-fallback"),
  ).toEqual([]);
}

/** The second provider heard its own protocol and nothing of the first provider or of the client's secrets. */
function expectNothingLeft(entry: JournalEntry | undefined, direction: Direction): void {
  expect(entry).toBeDefined();
  const headers = entry?.headers ?? {};
  const foreign =
    direction.to.vendor === "anthropic" ? /^(authorization|api-key)$/ : /^(x-api-key|anthropic-.*|api-key)$/;
  expect(Object.keys(headers).filter((name) => foreign.test(name) || /^x-(modelmux|envoy)-/.test(name))).toEqual([]);
  expect(entry?.repeatedHeaders).toEqual([]);
  const all = JSON.stringify(headers) + (entry?.body ?? "");
  for (const secret of ["sk-client-secret", gateway.mocks.keys[direction.from.vendor]])
    expect(all).not.toContain(secret);
  expect(headers["accept-encoding"] ?? "identity").toBe("identity");
  expect(Number(headers["content-length"] ?? entry?.bodyBytes)).toBe(entry?.bodyBytes);
  expect(JSON.parse(entry?.body ?? "")).toMatchObject({ model: direction.to.model, max_tokens: 500, temperature: 0.5 });
}

async function counters(direction: Direction, provider: string, reason: string): Promise<number[]> {
  const samples = await gateway.samples();
  const route = provider.startsWith("dead-") ? direction.deadRoute : direction.route;
  return [
    sumOf(samples, "modelmux_fallbacks_total", { route, from: provider, to: direction.to.provider, reason }),
    sumOf(samples, "modelmux_attempts_total", { provider, model: direction.from.model, outcome: reason }),
    sumOf(samples, "modelmux_attempts_total", {
      provider: direction.to.provider,
      model: direction.to.model,
      outcome: "ok",
    }),
    sumOf(samples, "modelmux_requests_total", {
      route,
      provider: direction.to.provider,
      model: direction.to.model,
      outcome: "ok",
    }),
  ];
}

function plusOne(numbers: number[]): number[] {
  return numbers.map((number) => number + 1);
}

function applies(failure: FailureCase, stream: boolean): boolean {
  return failure.only === undefined || (failure.only === "stream") === stream;
}

describe.each(DIRECTIONS)("$from.provider to $to.provider", (direction) => {
  describe.each(FORMS)("%s", (_form, stream) => {
    const cases = FALLING_BACK.filter((failure) => applies(failure, stream));
    test.each(cases)("$name", async ({ rule, reason }) => {
      const before = await counters(direction, direction.from.provider, reason);
      gateway.mocks.script(direction.from.vendor, rule);
      const answer = await ask(direction.route, stream);
      expectClean(answer, direction, stream);
      expect(gateway.mocks.requests(direction.from.vendor)).toHaveLength(1);
      expect(gateway.mocks.requests(direction.to.vendor)).toHaveLength(1);
      expectNothingLeft(gateway.mocks.requests(direction.to.vendor)[0], direction);
      expect(await counters(direction, direction.from.provider, reason)).toEqual(plusOne(before));
    });

    test("refused connection", async () => {
      const before = await counters(direction, direction.deadProvider, "connect");
      const answer = await ask(direction.deadRoute, stream);
      expectClean(answer, direction, stream);
      expectNothingLeft(gateway.mocks.requests(direction.to.vendor)[0], direction);
      expect(await counters(direction, direction.deadProvider, "connect")).toEqual(plusOne(before));
    });

    test.each(STAYING)("$name stays", async ({ rule, reason, status }) => {
      gateway.mocks.script(direction.from.vendor, rule);
      const answer = await ask(direction.route, stream);
      expect(answer.status).toBe(status);
      expect(answer.headers["content-type"]).toMatch(/^application\/json/);
      const { error } = readAnswer(answer);
      expect(error?.message).toContain(rule.message);
      expect(error?.attempts).toMatchObject([
        { provider: direction.from.provider, model: direction.from.model, reason, status },
      ]);
      expect(gateway.mocks.requests(direction.to.vendor)).toHaveLength(0);
    });

    const failing = FALLING_BACK.filter((failure) => applies(failure, stream));
    test.each(failing)("both fail, the first with $name", async ({ rule, reason, status, anthropicStatus }) => {
      gateway.mocks.script(direction.from.vendor, rule);
      gateway.mocks.script(direction.to.vendor, { status: 418, message: "the second one's words", retryAfter: "9" });
      const answer = await ask(direction.route, stream);
      const expected = direction.from.vendor === "anthropic" ? (anthropicStatus ?? status) : status;
      expect([answer.status, answer.complete]).toEqual([expected, true]);
      expect(answer.headers["content-type"]).toMatch(/^application\/json/);
      const { error } = readAnswer(answer);
      expect(error?.message).toBeTruthy();
      expect(error?.message).not.toContain("the second one's words");
      expect(error?.attempts).toEqual([
        expect.objectContaining({ provider: direction.from.provider, model: direction.from.model, reason }),
        expect.objectContaining({
          provider: direction.to.provider,
          model: direction.to.model,
          reason: "bad-request",
          status: 418,
        }),
      ]);
      expect(answer.headers["x-modelmux-attempts"]).toBe("2");
      expect(answer.headers["retry-after"]).toBe("9");
      for (const key of Object.values(gateway.mocks.keys)) expect(answer.text).not.toContain(key);
    });
  });
});

test("the same request falls back again and again, from the client's own bytes", async () => {
  const direction = DIRECTIONS[0]!;
  gateway.mocks.script("deepseek", { status: 503, times: 20 });
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(direction.route, index % 2 === 0)));
  for (const [index, answer] of answers.entries()) expectClean(answer, direction, index % 2 === 0);
});

test("two routes may disagree: `on` without rate-limit stays", async () => {
  const own = await startGateway({
    change: (plugin) => {
      const deepseek = plugin.routes.find((route) => route.model === "deepseek-chat")!;
      deepseek.fallback = { on: ["server-error"] };
    },
  });
  try {
    own.mocks.script("deepseek", { status: 429 });
    const messages = [{ role: "user", content: "Hi" }];
    const stays = await send(own.url, { body: { model: "deepseek-chat", messages } });
    expect(stays.status).toBe(429);
    own.mocks.script("deepseek", { status: 500 });
    expect((await send(own.url, { body: { model: "deepseek-chat", messages } })).status).toBe(200);
  } finally {
    await own.close();
  }
}, 60_000);
