import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MiniEnvoy } from "../host/mini-envoy";
import type { ScriptedAnswer } from "../host/scripted-upstream";
import {
  anthropicAnswer,
  anthropicStream,
  BUILDS,
  chat,
  errorOf,
  metric,
  readEvents,
  SECRETS,
  startGateway,
  textOf,
} from "./gateway";

/* Vendors that say with a number inside a 200 that an answer is an error: it is treated as the error that it is. */
const PLUGIN = {
  role: "gateway",
  providers: [
    { id: "spark", type: "spark", apiTokens: ["${DEEPSEEK_API_KEY}"] },
    { id: "minimax", type: "minimax", apiTokens: ["${DEEPSEEK_API_KEY}"] },
    { id: "claude", type: "claude", apiTokens: ["${ANTHROPIC_API_KEY}"] },
  ],
  routes: ["spark", "minimax"].map((provider) => ({
    model: provider,
    targets: [
      { provider, model: "m" },
      { provider: "claude", model: "claude-sonnet-4-5" },
    ],
  })),
};
const json = { "content-type": "application/json" };
const events = { "content-type": "text/event-stream" };
const head = { id: "c", object: "chat.completion.chunk", created: 5, model: "m" };
const line = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
const content = (good: object): string =>
  line({
    ...head,
    ...good,
    choices: [{ index: 0, delta: { role: "assistant", content: "Half" }, finish_reason: null }],
  });

const VENDORS = [
  ["spark", { code: 0, message: "Success", sid: "s" }, (code: number) => ({ code, message: "Not now", sid: "s" })],
  [
    "minimax",
    { base_resp: { status_code: 0, status_msg: "" } },
    (code: number) => ({ id: "1", choices: null, base_resp: { status_code: code, status_msg: "Not now" } }),
  ],
] as const;

/** Numbers by vendor, and the status that the client gets when nobody else is asked. */
const CODES = {
  spark: [
    [11202, 429],
    [10008, 503],
    [10012, 500],
    [10013, 400],
    [10005, 400],
    [10907, 400],
    [11500, 401],
    [99999, 502],
  ],
  minimax: [
    [1002, 429],
    [1000, 500],
    [1026, 400],
    [2013, 400],
    [2049, 401],
  ],
} as const;

describe.each(BUILDS)("errors by number, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  beforeEach(() => {
    envoy = startGateway(wasm, { plugin: PLUGIN, environment: SECRETS });
  });
  afterEach(() => envoy.assertNoLeaks());

  const cases = VENDORS.flatMap(([provider, , bad]) =>
    CODES[provider].flatMap(([code, status]) =>
      [false, true].map((stream) => ({ provider, error: bad(code), code, status, stream })),
    ),
  );

  test.each(cases)("[10] [14] $provider $code, streamed: $stream: the next one, or $status", (one) => {
    const { provider, error, status, stream } = one;
    const script: ScriptedAnswer = stream
      ? { headers: events, chunks: [line(error)] }
      : { headers: json, body: JSON.stringify(error) };
    envoy.upstream(provider, script, script);
    envoy.upstream("claude", stream ? anthropicStream(["All well."]) : anthropicAnswer("All well."));
    const got = envoy.request(chat(provider, { stream }));
    expect([got.status, textOf(got), got.headers.get("x-modelmux-provider")]).toEqual([200, "All well.", "claude"]);
    // The one name for whatever is said inside a 200.
    const reason = "stream-error";
    expect(metric(envoy, "modelmux_attempts_total", { provider, model: "m", outcome: reason })).toBe(1);
    expect(metric(envoy, "modelmux_fallbacks_total", { route: provider, from: provider, to: "claude", reason })).toBe(
      1,
    );
    const alone = envoy.request(chat(`${provider}/m`, { stream }));
    expect([alone.status, errorOf(alone).message, alone.complete]).toEqual([status, "Not now", true]);
    envoy.settle();
  });

  test.each(VENDORS)("[10] %s, behind content: an error event and no [DONE]", (provider, good, bad) => {
    envoy.upstream(provider, { headers: events, chunks: [content(good), line(bad(CODES[provider][0][0]))] });
    const other = envoy.upstream("claude", anthropicStream(["never"]));
    const got = envoy.request(chat(provider, { stream: true }));
    expect([got.status, textOf(got), other.requests.length]).toEqual([200, "Half", 0]);
    const last: unknown = JSON.parse(readEvents(got).at(-1) ?? "null");
    expect(last).toMatchObject({ error: { message: "Not now", type: "rate_limit_error" } });
    envoy.settle();
  });
});
