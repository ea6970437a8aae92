import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MiniEnvoy } from "../host/mini-envoy";
import { anthropicEvents, BUILDS, chat, openAiAnswer, openAiEvents, SECRETS, startGateway } from "./gateway";

const json = { "content-type": "application/json" };
const events = { "content-type": "text/event-stream" };

/** Ways in which a provider quotes the key that it was sent. */
const QUOTES: [string, (key: string) => string][] = [
  ["as it is", (key) => key],
  ["starred", (key) => `${key.slice(0, 8)}*****${key.slice(-2)}`],
  ["with one escape", (key) => key.replace("-", "\\u002d")],
  ["escaped whole", (key) => [...key].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")],
];
const CASES = [
  ["only", "deepseek", SECRETS.DEEPSEEK_API_KEY],
  ["claude-sonnet-4-5", "claude", SECRETS.ANTHROPIC_API_KEY],
] as const;

describe.each(BUILDS)("keys that a provider quotes, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  beforeEach(() => {
    envoy = startGateway(wasm);
  });
  afterEach(() => envoy.assertNoLeaks());

  describe.each(CASES)("%s", (model, cluster, key) => {
    const bodyOf = (text: string): string =>
      cluster === "claude"
        ? `{"type":"error","error":{"type":"authentication_error","message":"bad key ${text}, sorry"}}`
        : `{"error":{"message":"bad key ${text}, sorry","type":"x","param":null,"code":"c ${text}"}}`;
    const check = (text: string): void => {
      expect(text).toContain("bad key [redacted], sorry");
      for (const member of JSON.stringify(JSON.parse(text)).split('"')) expect(member).not.toContain(key.slice(0, 6));
    };

    test.each(QUOTES)("in an error body, %s", (_how, quote) => {
      envoy.upstream(cluster, { status: 401, headers: json, body: bodyOf(quote(key)) });
      check(envoy.request(chat(model)).body.toString());
    });

    test.each(QUOTES)("in an error event behind content, %s", (_how, quote) => {
      const first = cluster === "claude" ? anthropicEvents(["a"]).slice(0, 4) : openAiEvents(["a"]).slice(0, 2);
      const name = cluster === "claude" ? "event: error\n" : "";
      const chunks = [first.join(""), `${name}data: ${bodyOf(quote(key))}\n\n`];
      envoy.upstream(cluster, { headers: events, chunks, gapMs: 50 });
      const text = envoy.request(chat(model, { stream: true })).body.toString();
      check(text.trim().split("\n\n").at(-1)?.slice(6) ?? "");
    });
  });

  test("in a header of an answer", () => {
    envoy.upstream("deepseek", {
      ...openAiAnswer("x"),
      headers: { ...json, "x-debug": `key=${SECRETS.DEEPSEEK_API_KEY}` },
    });
    expect(envoy.request(chat("only")).headers.get("x-debug")).toBeUndefined();
  });
});

describe.each(BUILDS)("what is set whatever the client sent, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  beforeEach(() => {
    envoy = startGateway(wasm);
  });
  afterEach(() => envoy.assertNoLeaks());

  test.each<Record<string, string>>([
    {},
    { "content-type": "application/vnd.api+json" },
    { "content-type": "application/json; charset=utf-8" },
  ])("providers get application/json from %j", (headers) => {
    envoy.upstream("deepseek", openAiAnswer("x"));
    const answer = envoy.request({
      headers,
      body: JSON.stringify({ model: "only", messages: [{ role: "user", content: "x" }] }),
    });
    expect([answer.status, answer.upstreamRequests[0]?.headers.get("content-type")]).toEqual([200, "application/json"]);
  });

  test("[21] events that call themselves JSON are events all the same", () => {
    envoy.upstream("deepseek", { headers: json, chunks: openAiEvents(["Hi", " you"]) });
    envoy.upstream("claude", { headers: json, chunks: anthropicEvents(["Hi", " you"]) });
    for (const model of ["only", "claude-sonnet-4-5"]) {
      const answer = envoy.request(chat(model, { stream: true }));
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
      const text = answer.body.toString();
      expect(text.match(/data: \[DONE\]/g)).toHaveLength(1);
      expect(text).toContain('"content":"Hi"');
    }
  });

  test("[18] an identity encoding is not passed on", () => {
    envoy.upstream("deepseek", { ...openAiAnswer("x"), headers: { ...json, "content-encoding": "identity" } });
    expect(envoy.request(chat("only")).headers.get("content-encoding")).toBeUndefined();
  });

  test("the access log has an entry for the list of models too", () => {
    envoy.request({ method: "GET", path: "/v1/models" });
    expect(JSON.parse(envoy.accessLog.at(-1)?.state["wasm.modelmux"] ?? "null")).toMatchObject({
      outcome: "ok",
      attempts: 0,
    });
  });
});
