import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MiniEnvoy } from "../host/mini-envoy";
import type { ScriptedAnswer } from "../host/scripted-upstream";
import {
  anthropicAnswer,
  anthropicEvents,
  anthropicStream,
  BUILDS,
  chat,
  errorOf,
  expectNoSecrets,
  htmlError,
  metric,
  openAiAnswer,
  openAiError,
  openAiEvents,
  openAiStream,
  readEvents,
  startGateway,
  textOf,
} from "./gateway";

const events = { "content-type": "text/event-stream" };
const errorEvent = 'data: {"error":{"message":"Overloaded.","type":"server_error","param":null,"code":null}}\n\n';
const anthropicErrorEvent =
  'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
const roleOnly = openAiEvents([])[0] ?? "";

/** Every way in which the first provider fails before its first content, with the reason that is reported. */
const FAILURES: [string, "both" | "stream" | "unary", ScriptedAnswer, string][] = [
  ["429", "both", openAiError(429, "Slow down."), "rate-limit"],
  ["503", "both", openAiError(503, "Busy."), "overloaded"],
  ["529", "both", openAiError(529, "Busy."), "overloaded"],
  ["500", "both", openAiError(500, "Oops."), "server-error"],
  ["502 with HTML", "both", htmlError(502), "server-error"],
  ["504 without a body", "both", { status: 504 }, "server-error"],
  [
    "429 with a body in pieces",
    "both",
    { status: 429, headers: { "content-type": "application/json" }, chunks: ['{"error":{"mess', 'age":"a"}}'] },
    "rate-limit",
  ],
  ["429 whose body is cut", "both", { status: 429, chunks: ["{"], ending: "reset" }, "connect"],
  [
    "429 of an Envoy that says rate limited",
    "both",
    { ...openAiError(429, "x"), headers: { "content-type": "application/json", "x-envoy-ratelimited": "true" } },
    "rate-limit",
  ],
  [
    "503 of an Envoy that says overloaded",
    "both",
    { ...openAiError(503, "x"), headers: { "content-type": "application/json", "x-envoy-overloaded": "true" } },
    "overloaded",
  ],
  ["a refused connection", "both", { refuse: true }, "connect"],
  ["a reset before the headers", "both", { withoutHeaders: true, ending: "reset" }, "connect"],
  ["a reset behind the headers", "both", { headers: events, ending: "reset" }, "connect"],
  ["a reset before the first content", "stream", { headers: events, chunks: [roleOnly], ending: "reset" }, "connect"],
  [
    "a reset inside a unary answer",
    "unary",
    { headers: { "content-type": "application/json" }, chunks: ['{"id":"a","choices":[{"mess'], ending: "reset" },
    "connect",
  ],
  ["silence", "both", { withoutHeaders: true, ending: "silence" }, "timeout"],
  ["silence behind the headers", "both", { headers: events, ending: "silence" }, "timeout"],
  [
    "silence before the first content",
    "stream",
    { headers: events, chunks: [": keep-alive\n\n", roleOnly], ending: "silence" },
    "timeout",
  ],
  ["an error event inside a 200", "stream", { headers: events, chunks: [errorEvent] }, "stream-error"],
  [
    "an error event behind the role chunk",
    "stream",
    { headers: events, chunks: [roleOnly, errorEvent] },
    "stream-error",
  ],
  [
    "an error object inside a 200",
    "both",
    {
      headers: { "content-type": "application/json" },
      body: '{"error":{"message":"Overloaded.","type":"server_error"}}',
    },
    "stream-error",
  ],
  ["an empty 200", "both", { status: 200, headers: events }, "stream-error"],
  ["a 200 that ends before the first content", "stream", { headers: events, chunks: [roleOnly] }, "stream-error"],
  ["a 200 with only [DONE]", "stream", { headers: events, chunks: ["data: [DONE]\n\n"] }, "stream-error"],
  ["a 200 with HTML", "both", { headers: { "content-type": "text/html" }, body: "<html></html>" }, "stream-error"],
  [
    "a 200 with broken JSON",
    "unary",
    { headers: { "content-type": "application/json" }, body: '{"id":' },
    "stream-error",
  ],
  ["a 200 with null", "unary", { headers: { "content-type": "application/json" }, body: "null" }, "stream-error"],
  [
    "[20] a compressed 200",
    "both",
    {
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
      body: Buffer.from([0x1f, 0x8b, 8, 0]),
    },
    "stream-error",
  ],
];

describe.each(BUILDS)("fallback, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  beforeEach(() => {
    envoy = startGateway(wasm);
  });
  afterEach(() => envoy.assertNoLeaks());

  const cases = FAILURES.flatMap(([name, kind, script, reason]) =>
    (["stream", "unary"] as const)
      .filter((one) => kind === "both" || kind === one)
      .map((one) => [`${name}, ${one}`, one === "stream", script, reason] as const),
  );

  test.each(cases)("%s: the next provider answers", (_case, stream, script, reason) => {
    for (const [second, model, answer] of [
      ["dashscope", "deepseek-chat", stream ? openAiStream(["All ", "well."]) : openAiAnswer("All well.")],
      ["claude", "deepseek-claude", stream ? anthropicStream(["All ", "well."]) : anthropicAnswer("All well.")],
    ] as const) {
      const failing = envoy.upstream("deepseek", script);
      envoy.upstream(second, answer);
      const got = envoy.request(chat(model, { stream }));
      expect([
        got.status,
        textOf(got),
        got.complete,
        got.headers.get("x-modelmux-provider"),
        got.headers.get("x-modelmux-attempts"),
      ]).toEqual([200, "All well.", true, second, "2"]);
      if (stream) expect(readEvents(got).at(-1)).toBe("[DONE]");
      expect(got.headers.has("x-modelmux-fallback")).toBe(false);
      expect(failing.requests.length).toBe(script.refuse === true ? 0 : 1);
      expect(metric(envoy, "modelmux_fallbacks_total", { route: model, from: "deepseek", to: second, reason })).toBe(1);
      expect(
        metric(envoy, "modelmux_attempts_total", { provider: "deepseek", model: "deepseek-chat", outcome: reason }),
      ).toBe(1);
      expectNoSecrets(envoy, got);
      envoy.settle();
    }
  });

  test.each(cases)("%s: without another provider it is the answer", (_case, stream, script, reason) => {
    envoy.upstream("deepseek", script);
    const got = envoy.request(chat("only", { stream }));
    expect(got.status).toBeGreaterThanOrEqual(400);
    expect([got.headers.get("content-type"), got.complete]).toEqual(["application/json", true]);
    const error = errorOf(got);
    expect(error.message.length).toBeGreaterThan(0);
    expect(error.attempts).toMatchObject([{ provider: "deepseek", model: "deepseek-chat", reason }]);
    expect(got.headers.get("x-modelmux-attempts")).toBe("1");
    expect(
      metric(envoy, "modelmux_requests_total", {
        route: "only",
        provider: "deepseek",
        model: "deepseek-chat",
        outcome: reason,
      }),
    ).toBe(1);
    expectNoSecrets(envoy, got);
  });

  test.each([
    ["a 400", openAiError(400, "No such parameter."), 400, "bad-request"],
    ["a 401", openAiError(401, "Bad key sk-deepseek-secret."), 401, "auth"],
    ["a 404", openAiError(404, "No such model."), 404, "not-found"],
    ["a 422", openAiError(422, "Odd."), 422, "bad-request"],
  ] as const)("%s is the client's business: no other provider is asked", (_case, script, status, reason) => {
    envoy.upstream("deepseek", script);
    const other = envoy.upstream("dashscope", openAiAnswer("never"));
    const got = envoy.request(chat("deepseek-chat"));
    expect([got.status, other.requests.length, errorOf(got).attempts?.[0]?.reason]).toEqual([status, 0, reason]);
    expectNoSecrets(envoy, got);
  });

  test("when all fail, the first target's status and message are the answer, with every attempt", () => {
    envoy.upstream("deepseek", {
      ...openAiError(429, "Slow down."),
      headers: { "content-type": "application/json", "retry-after": "7", "x-request-id": "secret-id" },
    });
    envoy.upstream("claude", {
      status: 529,
      headers: { "content-type": "application/json" },
      body: '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
    });
    envoy.upstream("dashscope", { refuse: true });
    for (const stream of [false, true]) {
      const got = envoy.request(chat("three", { stream }));
      expect([got.status, got.headers.get("content-type"), got.headers.get("x-modelmux-attempts")]).toEqual([
        429,
        "application/json",
        "3",
      ]);
      expect(errorOf(got)).toMatchObject({
        message: "Slow down.",
        attempts: [
          { provider: "deepseek", model: "a", reason: "rate-limit", status: 429 },
          { provider: "claude", model: "b", reason: "overloaded", status: 529 },
          { provider: "dashscope", model: "c", reason: "connect" },
        ],
      });
    }
  });

  test("[17] retry-after of the final attempt is kept", () => {
    envoy.upstream("deepseek", {
      ...openAiError(429, "x"),
      headers: { "content-type": "application/json", "retry-after": "7", "x-ratelimit-remaining-requests": "0" },
    });
    const got = envoy.request(chat("only"));
    expect([got.headers.get("retry-after"), got.headers.get("x-ratelimit-remaining-requests")]).toEqual(["7", "0"]);
  });

  test("two failures, then success", () => {
    envoy.upstream("deepseek", { withoutHeaders: true, ending: "reset" });
    envoy.upstream("claude", { headers: events, chunks: [...anthropicEvents([]).slice(0, 2), anthropicErrorEvent] });
    envoy.upstream("dashscope", openAiStream(["Third."]));
    const got = envoy.request(chat("three", { stream: true }));
    expect([
      got.status,
      textOf(got),
      got.headers.get("x-modelmux-attempts"),
      got.headers.get("x-modelmux-model"),
    ]).toEqual([200, "Third.", "3", "c"]);
    expect(JSON.parse(got.upstreamRequests.at(-1)?.body.toString() ?? "")).toMatchObject({ model: "c" });
  });

  test("the reasons to fall back are the route's", () => {
    const picky = startGateway(wasm, {
      plugin: {
        role: "gateway",
        providers: [
          { id: "deepseek", type: "deepseek", apiTokens: ["k"] },
          { id: "dashscope", type: "qwen", apiTokens: ["k"] },
        ],
        routes: [
          {
            model: "m",
            targets: [{ provider: "deepseek" }, { provider: "dashscope" }],
            fallback: { on: ["rate-limit"] },
          },
        ],
      },
    });
    picky.upstream("dashscope", openAiAnswer("second"));
    for (const [script, status] of [
      [openAiError(429, "x"), 200],
      [openAiError(503, "x"), 503],
      [{ withoutHeaders: true, ending: "reset" }, 502],
      [{ refuse: true }, 502],
      [{ withoutHeaders: true, ending: "silence" }, 504],
    ] as const) {
      picky.upstream("deepseek", script);
      expect(picky.request(chat("m")).status).toBe(status);
    }
  });

  test("all attempts together have one limit of time", () => {
    const slow: ScriptedAnswer = { withoutHeaders: true, ending: "silence" };
    for (const cluster of ["deepseek", "claude", "dashscope"]) envoy.upstream(cluster, slow);
    const start = envoy.clock.now;
    const got = envoy.request(chat("three"));
    expect([got.status, errorOf(got).attempts?.map((attempt) => attempt.reason)]).toEqual([
      504,
      ["timeout", "timeout", "timeout"],
    ]);
    expect(envoy.clock.now - start).toBeLessThanOrEqual(60010);
  });

  test.each([
    [false, 20_000],
    [true, 5000],
  ])(
    "the only target has the time of an attempt, and its answer has no other limit once it has begun: stream %s",
    (stream, limit) => {
      const silent: ScriptedAnswer = { withoutHeaders: true, ending: "silence" };
      envoy.upstream("deepseek", silent);
      const start = envoy.clock.now;
      const got = envoy.request(chat("only", { stream }));
      expect([got.status, errorOf(got).attempts?.map((attempt) => attempt.reason)]).toEqual([504, ["timeout"]]);
      expect(got.headers.get("x-modelmux-attempts")).toBe("1");
      expect(envoy.clock.now - start).toBeGreaterThanOrEqual(limit);
      expect(envoy.clock.now - start).toBeLessThan(limit + 50);
      if (!stream) return;
      envoy.upstream("deepseek", { ...openAiStream(["a", "b", "c"]), gapMs: 1800 });
      expect(textOf(envoy.request(chat("only", { stream })))).toBe("abc");
    },
  );

  test("a client that goes away between two attempts", () => {
    envoy.upstream("deepseek", openAiError(429, "x"));
    envoy.upstream("dashscope", { withoutHeaders: true, ending: "silence" });
    const open = envoy.openRequest(chat("deepseek-chat"));
    open.send(chat("deepseek-chat").body ?? "").end();
    envoy.advance(100);
    open.disconnect();
    expect(
      metric(envoy, "modelmux_requests_total", {
        route: "deepseek-chat",
        provider: "dashscope",
        model: "qwen-turbo",
        outcome: "cancelled",
      }),
    ).toBe(1);
  });

  test("[34] the client's bytes are kept while another attempt, or the answer, may need them, and no longer", () => {
    const silent: ScriptedAnswer = { withoutHeaders: true, ending: "silence" };
    const blocksWhileWaiting = (model: string, more: object = {}): number => {
      const request = chat(model, more);
      const open = envoy.openRequest(request);
      open.send(request.body ?? "").end();
      envoy.advance(100);
      const blocks = envoy.vm.liveBlocks;
      open.disconnect();
      return blocks;
    };
    envoy.upstream("deepseek", silent, silent, openAiError(429, "x"));
    envoy.upstream("claude", silent);
    const withoutBody = blocksWhileWaiting("only");
    // The body and its index.
    expect(blocksWhileWaiting("deepseek-claude") - withoutBody).toBe(2);
    expect(blocksWhileWaiting("deepseek-claude") - withoutBody).toBe(0);
    expect(blocksWhileWaiting("claude-sonnet-4-5") - withoutBody).toBe(0);
    expect(blocksWhileWaiting("claude-sonnet-4-5", { response_format: { type: "json_object" } }) - withoutBody).toBe(2);
  });
});
