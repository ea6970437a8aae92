import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MiniEnvoy } from "../host/mini-envoy";
import type { ScriptedAnswer } from "../host/scripted-upstream";
import {
  anthropicEvents,
  BUILDS,
  chat,
  errorOf,
  expectNoSecrets,
  htmlError,
  metric,
  openAiAnswer,
  openAiStream,
  readEvents,
  startGateway,
  textOf,
} from "./gateway";

/*
 * Anthropic fails first, in its own words and forms: the next provider answers, and without one the client reads OpenAI's envelope.
 */
const events = { "content-type": "text/event-stream" };
const json = { "content-type": "application/json" };
const errorBody = (type: string): string =>
  JSON.stringify({ type: "error", error: { type, message: "Overloaded." }, request_id: "req_1" });
const errorEvent = (type: string): string => `event: error\ndata: ${errorBody(type)}\n\n`;
const ping = 'event: ping\ndata: {"type":"ping"}\n\n';
const [start = "", open = ""] = anthropicEvents([]);
const openTool =
  'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}\n\n';
const error = (status: number, type: string): ScriptedAnswer => ({ status, headers: json, body: errorBody(type) });
const stream = (...chunks: string[]): ScriptedAnswer => ({ headers: events, chunks });

/** What goes wrong, for whom, how, the reason that is reported, and the client's status when nobody else can answer. */
const FAILURES: [string, "both" | "stream" | "unary", ScriptedAnswer, string, number][] = [
  ["[73] 529 overloaded_error", "both", error(529, "overloaded_error"), "overloaded", 529],
  ["[73] 429 rate_limit_error", "both", error(429, "rate_limit_error"), "rate-limit", 429],
  ["[73] 500 api_error", "both", error(500, "api_error"), "server-error", 500],
  ["[73] 503 with overloaded_error", "both", error(503, "overloaded_error"), "overloaded", 503],
  ["[73] 504 timeout_error", "both", error(504, "timeout_error"), "server-error", 504],
  ["[15] 502 with HTML", "both", htmlError(502), "server-error", 502],
  ["[10] an error event, first of all", "stream", stream(errorEvent("overloaded_error")), "stream-error", 529],
  ["[10] an error event behind the start", "stream", stream(start, errorEvent("api_error")), "stream-error", 500],
  ["[10] an error event behind an open text", "stream", stream(start, open, errorEvent("x")), "stream-error", 502],
  ["[10] [78] an error behind pings", "stream", stream(start, ping, ping, errorEvent("x")), "stream-error", 502],
  ["[10] an error object inside a 200", "both", { headers: json, body: errorBody("api_error") }, "stream-error", 500],
  ["[10] an error event for a unary client", "unary", stream(start, errorEvent("api_error")), "stream-error", 500],
  ["[9] an end before the first content", "stream", stream(start, open), "stream-error", 502],
  ["[9] an end inside the first event", "stream", stream(start.slice(0, 60)), "stream-error", 502],
  [
    "[9] an end before the answer is whole, unary",
    "unary",
    stream(...anthropicEvents(["x"]).slice(0, 5)),
    "stream-error",
    502,
  ],
  ["[9] nothing but a comment", "stream", stream(": hello\n\n"), "stream-error", 502],
  ["an event that is not JSON", "stream", stream(start, "data: {oops\n\n"), "stream-error", 502],
  [
    "half an answer",
    "unary",
    { headers: json, body: '{"id":"msg_1","type":"message","content":[' },
    "stream-error",
    502,
  ],
  ["a reset before the first content", "stream", { ...stream(start, open), ending: "reset" }, "connect", 502],
  [
    "[78] pings for ever are no content",
    "stream",
    { ...stream(start, open, ...Array<string>(20).fill(ping)), gapMs: 900 },
    "timeout",
    504,
  ],
  ["silence behind the start", "stream", { ...stream(start, open), ending: "silence" }, "timeout", 504],
];

describe.each(BUILDS)("Anthropic fails first, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  beforeEach(() => {
    envoy = startGateway(wasm);
  });
  afterEach(() => envoy.assertNoLeaks());

  const cases = FAILURES.flatMap(([name, kind, script, reason, status]) =>
    (["stream", "unary"] as const)
      .filter((one) => kind === "both" || kind === one)
      .map((one) => [`${name}, ${one}`, one === "stream", script, reason, status] as const),
  );

  test.each(cases)("%s: the next provider answers", (_case, streams, script, reason) => {
    for (const pieces of [script.chunks, script.chunks && [script.chunks.join("")]]) {
      if (script.gapMs !== undefined && pieces?.length === 1) continue;
      const failing = envoy.upstream("claude", { ...script, ...(pieces ? { chunks: pieces } : {}) });
      envoy.upstream("deepseek", streams ? openAiStream(["All ", "well."]) : openAiAnswer("All well."));
      const before = metric(envoy, "modelmux_fallbacks_total", {
        route: "claude-deepseek",
        from: "claude",
        to: "deepseek",
        reason,
      });
      const got = envoy.request(chat("claude-deepseek", { stream: streams }));
      expect([got.status, textOf(got), got.complete, got.headers.get("x-modelmux-provider")]).toEqual([
        200,
        "All well.",
        true,
        "deepseek",
      ]);
      if (streams) expect(readEvents(got).at(-1)).toBe("[DONE]");
      expect(got.body.toString()).not.toContain("msg_1");
      expect(failing.requests.length).toBe(1);
      expect(
        metric(envoy, "modelmux_fallbacks_total", { route: "claude-deepseek", from: "claude", to: "deepseek", reason }),
      ).toBe((before as number) + 1);
      expectNoSecrets(envoy, got);
    }
  });

  test.each(cases)("%s: without another provider it is the answer", (_case, streams, script, reason, status) => {
    envoy.upstream("claude", script);
    const got = envoy.request(chat("claude-sonnet-4-5", { stream: streams }));
    expect([got.status, got.headers.get("content-type"), got.complete]).toEqual([status, "application/json", true]);
    expect(errorOf(got).attempts).toMatchObject([{ provider: "claude", model: "claude-sonnet-4-5", reason }]);
    if (script.status === undefined && got.body.includes("Overloaded"))
      expect(errorOf(got).message).toBe("Overloaded.");
    expectNoSecrets(envoy, got);
  });

  test("[75] the opening of a tool call is content: no other provider is asked behind it", () => {
    envoy.upstream("claude", { ...stream(start, openTool, errorEvent("overloaded_error")) });
    const other = envoy.upstream("deepseek", openAiStream(["never"]));
    const got = envoy.request(chat("claude-deepseek", { stream: true }));
    expect([got.status, other.requests.length]).toEqual([200, 0]);
    expect(JSON.parse(readEvents(got).at(-1) ?? "")).toMatchObject({ error: { type: "overloaded_error" } });
  });

  test("[79] usage is what the last message_delta says, not a sum", () => {
    const deltas = [3, 5, 9].map(
      (output_tokens) =>
        `event: message_delta\ndata: ${JSON.stringify({ type: "message_delta", delta: { stop_reason: output_tokens === 9 ? "end_turn" : null }, usage: { input_tokens: 20, cache_read_input_tokens: 4, output_tokens } })}\n\n`,
    );
    const chunks = anthropicEvents(["x"]);
    envoy.upstream("claude", { headers: events, chunks: [...chunks.slice(0, -2), ...deltas, ...chunks.slice(-1)] });
    const got = envoy.request(chat("claude-sonnet-4-5", { stream: true, stream_options: { include_usage: true } }));
    expect(JSON.parse(readEvents(got).at(-2) ?? "")).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 24, completion_tokens: 9, total_tokens: 33 },
    });
    const of = { provider: "claude", model: "claude-sonnet-4-5" };
    expect(
      ["input", "output", "cached_input"].map((type) => metric(envoy, "modelmux_tokens_total", { ...of, type })),
    ).toEqual([24, 9, 4]);
  });
});
