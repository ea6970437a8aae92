import { afterEach, describe, expect, test } from "vitest";
import type { MiniEnvoy } from "../host/mini-envoy";
import type { ScriptedAnswer } from "../host/scripted-upstream";
import { allSplits } from "../support/chunking";
import {
  anthropicAnswer,
  anthropicEvents,
  anthropicStream,
  BUILDS,
  chat,
  errorOf,
  expectNoSecrets,
  metric,
  openAiAnswer,
  openAiError,
  openAiEvents,
  openAiStream,
  PLUGIN,
  readChunks,
  readEvents,
  startGateway,
  textOf,
} from "./gateway";

const errorEvent = 'data: {"error":{"message":"Overloaded."}}\n\n';
const REFUSED = [{ body: "{" }, chat("nobody"), { method: "GET", path: "/v1/models" }];
const events = { "content-type": "text/event-stream" };

describe.each(BUILDS)("one-filter mode, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  /** The host's own route leads to `cluster`; there is no filter in the upstream chain. The first request fills the shared buffers. */
  function start(cluster: string, ...scripts: ScriptedAnswer[]): void {
    envoy = startGateway(wasm, { plugin: { ...PLUGIN, role: "single" }, attemptPlugin: null, fixedCluster: cluster });
    const isClaude = cluster === "claude";
    for (const stream of [false, true]) {
      envoy.upstream(
        cluster,
        openAiError(500, "x"),
        isClaude
          ? stream
            ? anthropicStream(["x"])
            : anthropicAnswer("x")
          : stream
            ? openAiStream(["x"])
            : openAiAnswer("x"),
      );
      for (let times = 0; times < 2; times++) envoy.request(chat(isClaude ? "claude-sonnet-4-5" : "only", { stream }));
    }
    envoy.upstream(cluster, {
      headers: events,
      chunks: [...(isClaude ? anthropicEvents(["x"]) : openAiEvents(["x"])).slice(0, 4), errorEvent],
    });
    envoy.request(chat(isClaude ? "claude-sonnet-4-5" : "only", { stream: true }));
    for (const request of REFUSED) envoy.request(request);
    envoy.settle();
    envoy.upstream(cluster, ...scripts);
  }
  afterEach(() => envoy.assertNoLeaks());

  test("a request is translated to the provider's protocol and back", () => {
    start("claude", anthropicAnswer("Hello."));
    const answer = envoy.request(chat("claude-sonnet-4-5"));
    expect([answer.status, textOf(answer), answer.complete]).toEqual([200, "Hello.", true]);
    expect([answer.upstreamRequests[0]?.path, answer.upstreamRequests[0]?.headers.get("x-api-key")]).toEqual([
      "/v1/messages",
      "sk-ant-secret",
    ]);
    expect(
      metric(envoy, "modelmux_requests_total", {
        route: "claude-*",
        provider: "claude",
        model: "claude-sonnet-4-5",
        outcome: "ok",
      }),
    ).toBe(1);
    expectNoSecrets(envoy, answer);
  });

  test("streams of both protocols, however they are cut", () => {
    for (const [cluster, model, bytes] of [
      ["claude", "claude-sonnet-4-5", anthropicEvents(["Hel", "lo."])],
      ["deepseek", "only", openAiEvents(["Hel", "lo."])],
    ] as const) {
      start(cluster);
      for (const { chunks } of allSplits(Buffer.from(bytes.join("")), 5)) {
        envoy.upstream(cluster, { headers: events, chunks: chunks.filter((chunk) => chunk.length > 0) });
        const answer = envoy.request(chat(model, { stream: true }));
        expect([answer.status, textOf(answer), readEvents(answer).at(-1), answer.complete]).toEqual([
          200,
          "Hello.",
          "[DONE]",
          true,
        ]);
      }
    }
  });

  test.each([
    ["an error", openAiError(429, "Slow down."), 429, "rate-limit"],
    ["HTML", { status: 502, headers: { "content-type": "text/html" }, body: "<html>" }, 502, "server-error"],
    ["an error without a body", { status: 503 }, 503, "overloaded"],
    ["an error event before content", { headers: events, chunks: [errorEvent] }, 502, "stream-error"],
    ["a reset", { withoutHeaders: true, ending: "reset" }, 502, "connect"],
    ["a refused connection", { refuse: true }, 502, "connect"],
    ["silence", { withoutHeaders: true, ending: "silence" }, 504, "timeout"],
  ] as const)("%s gets the envelope", (_case, script, status, reason) => {
    start("deepseek", script);
    const answer = envoy.request(chat("deepseek-chat", { stream: true }));
    expect([answer.status, answer.headers.get("content-type"), answer.complete]).toEqual([
      status,
      "application/json",
      true,
    ]);
    expect(errorOf(answer).attempts).toMatchObject([{ provider: "deepseek", reason }]);
    expectNoSecrets(envoy, answer);
  });

  test("an error after content is an error event, a reset cuts", () => {
    start("deepseek", {
      headers: events,
      chunks: [...openAiEvents(["Hello"]).slice(0, 2), 'data: {"error":{"message":"Overloaded."}}\n\n'],
    });
    const broken = envoy.request(chat("only", { stream: true }));
    expect([textOf(broken), readChunks(broken).at(-1)?.error?.message, readEvents(broken).includes("[DONE]")]).toEqual([
      "Hello",
      "Overloaded.",
      false,
    ]);
    envoy.upstream("deepseek", { headers: events, chunks: openAiEvents(["Hello"]).slice(0, 2), ending: "reset" });
    const cut = envoy.request(chat("only", { stream: true }));
    expect([textOf(cut), cut.complete]).toEqual(["Hello", false]);
  });

  test("bad input is refused as in the gateway", () => {
    start("deepseek", openAiAnswer("x"));
    expect([
      envoy.request({ body: "{" }).status,
      envoy.request(chat("nobody")).status,
      envoy.request({ method: "GET", path: "/v1/models" }).status,
    ]).toEqual([400, 404, 200]);
  });
});
