import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MiniEnvoy } from "../host/mini-envoy";
import type { UpstreamRequest } from "../host/scripted-upstream";
import {
  anthropicAnswer,
  BUILDS,
  chat,
  openAiAnswer,
  openAiError,
  openAiStream,
  PLUGIN,
  SECRETS,
  startGateway,
} from "./gateway";

const stolen = {
  authorization: "Bearer client-secret",
  "x-api-key": "client-secret",
  "api-key": "client-secret",
  "x-goog-api-key": "client-secret",
  "anthropic-version": "1999-01-01",
  "openai-organization": "org-client",
  cookie: "session=client-secret",
  forwarded: "for=client-secret",
  "x-modelmux-provider": "evil",
  "x-modelmux-anything": "evil",
  "x-modelmux-fallback": "1",
};
const all = (request: UpstreamRequest | undefined): string => JSON.stringify(request?.headers.entries() ?? []);
const content = { "content-type": "application/json" };

describe.each(BUILDS)("header hygiene, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  beforeEach(() => {
    envoy = startGateway(wasm);
  });
  afterEach(() => envoy.assertNoLeaks());

  test.each([
    ["deepseek-claude", "deepseek", "claude"],
    ["claude-deepseek", "claude", "deepseek"],
  ])("[34] nothing of the first provider reaches the second: %s", (model, first, second) => {
    envoy.upstream(first, openAiError(503, "busy"));
    envoy.upstream(second, second === "claude" ? anthropicAnswer("x") : openAiAnswer("x"));
    const { upstreamRequests, status } = envoy.request({ ...chat(model), headers: { ...content, ...stolen } });
    expect([status, upstreamRequests.map((request) => request.cluster)]).toEqual([200, [first, second]]);
    for (const request of upstreamRequests) {
      const isClaude = request.cluster === "claude";
      expect(request.headers.get("authorization")).toBe(isClaude ? undefined : `Bearer ${SECRETS.DEEPSEEK_API_KEY}`);
      expect(request.headers.getAll("x-api-key")).toEqual(isClaude ? [SECRETS.ANTHROPIC_API_KEY] : []);
      expect(request.headers.getAll("anthropic-version")).toEqual(isClaude ? ["2023-06-01"] : []);
      expect(request.headers.get(":authority")).toBe(isClaude ? "api.anthropic.com" : "api.deepseek.com");
      expect(request.headers.get(":path")).toBe(isClaude ? "/v1/messages" : request.headers.get(":path"));
      expect(request.headers.getAll("content-length")).toEqual([String(request.body.length)]);
      expect(request.path.includes("messages")).toBe(isClaude);
    }
  });

  test("[34] the next provider gets the body that it would have got at once, and so does a third", () => {
    const more = {
      stream: true,
      max_completion_tokens: 5,
      user: "u",
      x_unknown: [1.0],
      messages: [
        { role: "developer", content: "Be brief." },
        { role: "user", content: "Grüße 😀" },
      ],
    };
    const direct = ["deepseek/a", "claude/b", "dashscope/c"].map((model) => {
      envoy.upstream(model.split("/")[0] ?? "", { status: 400 });
      return envoy.request(chat(model, more)).upstreamRequests[0];
    });
    for (const failure of [openAiError(503, "busy"), { withoutHeaders: true, ending: "reset" }] as const) {
      envoy.upstream("deepseek", failure);
      envoy.upstream("claude", failure);
      envoy.upstream("dashscope", openAiStream(["x"]));
      const { upstreamRequests } = envoy.request(chat("three", more));
      expect(upstreamRequests.map((request) => request.body.toString())).toEqual(
        direct.map((request) => request?.body.toString()),
      );
      for (const name of [":path", ":authority", "content-length", "authorization", "x-api-key", "anthropic-version"])
        expect(
          upstreamRequests.map((request) => request.headers.getAll(name)),
          name,
        ).toEqual(direct.map((request) => request?.headers.getAll(name)));
    }
  });

  test("[36] what the client sent as key, cookie or steering never goes upstream", () => {
    envoy.upstream("deepseek", openAiAnswer("x"));
    envoy.upstream("claude", anthropicAnswer("x"));
    for (const model of ["only", "claude-sonnet-4-5"]) {
      const request = envoy.request({ ...chat(model), headers: { ...content, ...stolen } }).upstreamRequests[0];
      expect(all(request)).not.toMatch(/client-secret|org-client|evil|1999|x-modelmux/);
    }
  });

  test("[19] providers are asked for plain bytes", () => {
    envoy.upstream("deepseek", openAiAnswer("x"));
    for (const encoding of ["gzip, deflate, br", "identity", "*"]) {
      const request = envoy.request({ ...chat("only"), headers: { ...content, "accept-encoding": encoding } })
        .upstreamRequests[0];
      expect(["identity", undefined]).toContain(request?.headers.get("accept-encoding"));
    }
    expect(["identity", undefined]).toContain(
      envoy.request(chat("only")).upstreamRequests[0]?.headers.get("accept-encoding"),
    );
  });

  test("a client that Envoy trusts cannot steer retries and timeouts either", () => {
    const trusting = startGateway(wasm, { trustClient: true });
    const provider = trusting.upstream("deepseek", openAiError(400, "no"));
    const steering = {
      "x-envoy-max-retries": "9",
      "x-envoy-retry-on": "5xx,retriable-4xx,retriable-status-codes",
      "x-envoy-retriable-status-codes": "400",
      "x-envoy-upstream-rq-timeout-ms": "1",
      "x-envoy-upstream-rq-per-try-timeout-ms": "1",
      "x-envoy-retriable-header-names": "content-type",
    };
    expect(trusting.request({ ...chat("only"), headers: { ...content, ...steering } }).status).toBe(400);
    expect(provider.requests.length).toBe(1);
    trusting.upstream("deepseek", { ...openAiAnswer("x"), delayMs: 50 });
    expect(trusting.request({ ...chat("only"), headers: { ...content, ...steering } }).status).toBe(200);
    trusting.assertNoLeaks();
  });

  test("[17] a failed provider's headers do not reach the client, nor do private ones of the last", () => {
    envoy.upstream("deepseek", {
      ...openAiError(429, "x"),
      headers: { ...content, "retry-after": "99", "x-failed": "1", "set-cookie": "a=1" },
    });
    envoy.upstream("dashscope", {
      ...openAiAnswer("x"),
      headers: { ...content, "set-cookie": "b=2", "x-request-id": "kept", "x-modelmux-provider": "forged" },
    });
    const answer = envoy.request(chat("deepseek-chat"));
    expect(JSON.stringify(answer.headers)).not.toMatch(
      /x-failed|set-cookie|retry-after|forged|x-modelmux-fallback|x-retry/,
    );
    expect(answer.headers.getAll("x-modelmux-provider")).toEqual(["dashscope"]);
  });

  test("[17] only the final attempt's advice on when to come back is kept, and all of it", () => {
    const advice = (value: string): Record<string, string> => ({
      ...content,
      "retry-after": value,
      "retry-after-ms": `${value}000`,
      "x-ratelimit-limit-requests": value,
      "x-ratelimit-reset-tokens": `${value}s`,
    });
    envoy.upstream("deepseek", { ...openAiError(429, "x"), headers: advice("9") });
    envoy.upstream("dashscope", { ...openAiError(503, "x"), headers: advice("2") });
    const failed = envoy.request(chat("deepseek-chat"));
    expect(failed.status).toBe(429);
    expect(failed.headers.toJSON()).toMatchObject({ ...advice("2"), "content-type": "application/json" });
    envoy.upstream("dashscope", openAiError(503, "x"));
    expect(JSON.stringify(envoy.request(chat("deepseek-chat")).headers)).not.toMatch(/retry-after|ratelimit/);
    envoy.upstream("dashscope", { ...openAiAnswer("x"), headers: advice("3") });
    expect(envoy.request(chat("deepseek-chat")).headers.toJSON()).toMatchObject({
      "x-ratelimit-limit-requests": "3",
      "x-ratelimit-reset-tokens": "3s",
    });
  });

  test("[73] the vendor's id of a request stays on its answer", () => {
    envoy.upstream("claude", { ...anthropicAnswer("x"), headers: { ...content, "request-id": "req_1" } });
    expect(envoy.request(chat("claude-sonnet-4-5")).headers.get("request-id")).toBe("req_1");
  });

  test("[17] [73] and on the error, with the vendor's own rate limits, from the last attempt only", () => {
    const named = (id: string): Record<string, string> => ({
      ...content,
      "request-id": id,
      "anthropic-ratelimit-requests-remaining": "0",
      "x-private": "no",
    });
    envoy.upstream("claude", { status: 429, body: "{}", headers: named("req_1") });
    envoy.upstream("deepseek", { status: 503, body: "{}", headers: { ...content, "x-request-id": "two" } });
    const alone = envoy.request(chat("claude-sonnet-4-5")).headers;
    expect(alone.get("request-id")).toBe("req_1");
    expect(alone.get("anthropic-ratelimit-requests-remaining")).toBe("0");
    expect(alone.get("x-private")).toBeUndefined();
    const both = envoy.request(chat("claude-deepseek")).headers;
    expect([both.get("request-id"), both.get("x-request-id")]).toEqual([undefined, "two"]);
  });

  test("[35] the route that the client asked by, on answers and on errors", () => {
    envoy.upstream("deepseek", openAiAnswer("x"), openAiError(400, "x"));
    for (const status of [200, 400]) {
      const answer = envoy.request(chat("deepseek-claude"));
      expect([answer.status, answer.headers.get("x-modelmux-route")]).toEqual([status, "deepseek-claude"]);
    }
  });

  test("[20] several encodings are not the identity", () => {
    envoy.upstream("deepseek", { ...openAiAnswer("x"), headers: { ...content, "content-encoding": "gzip, identity" } });
    expect(envoy.request(chat("only")).status).toBe(502);
  });

  test("[18] a rewritten answer has the length and encoding that it really has", () => {
    envoy.upstream("claude", {
      ...anthropicAnswer("Hello"),
      headers: {
        ...content,
        "content-length": String(String(anthropicAnswer("Hello").body).length),
        "content-encoding": "identity",
      },
    });
    const answer = envoy.request(chat("claude-sonnet-4-5"));
    expect([answer.status, answer.headers.get("content-length") ?? String(answer.body.length)]).toEqual([
      200,
      String(answer.body.length),
    ]);
    const stream = openAiStream(["x"]);
    envoy.upstream("deepseek", {
      ...stream,
      headers: {
        "content-type": "text/event-stream; charset=utf-8",
        "content-length": String((stream.chunks ?? []).join("").length),
      },
    });
    const streamed = envoy.request(chat("only", { stream: true }));
    expect([streamed.headers.has("content-length"), streamed.headers.get("content-type")]).toEqual([
      false,
      "text/event-stream",
    ]);
  });

  test("own headers of a provider are added for it alone", () => {
    const custom = startGateway(wasm, {
      plugin: {
        ...PLUGIN,
        providers: PLUGIN.providers.map((provider) =>
          provider.id === "deepseek"
            ? { ...provider, headers: { "x-team": "red", "anthropic-version": "odd" }, providerDomain: "own.test" }
            : provider,
        ),
      },
    });
    custom.upstream("deepseek", openAiError(503, "x"));
    custom.upstream("claude", anthropicAnswer("x"));
    const [first, second] = custom.request(chat("deepseek-claude")).upstreamRequests;
    expect([
      first?.headers.get("x-team"),
      first?.headers.get(":authority"),
      second?.headers.get("x-team"),
      second?.headers.get("anthropic-version"),
    ]).toEqual(["red", "own.test", undefined, "2023-06-01"]);
  });

  test("several keys take turns", () => {
    const several = startGateway(wasm, {
      plugin: {
        ...PLUGIN,
        providers: PLUGIN.providers.map((provider) => ({ ...provider, apiTokens: ["one", "two", "three"] })),
      },
    });
    several.upstream("deepseek", openAiAnswer("x"));
    const keys = Array.from({ length: 40 }, () =>
      several.request(chat("only")).upstreamRequests[0]?.headers.get("authorization"),
    );
    expect([...new Set(keys)].sort()).toEqual(["Bearer one", "Bearer three", "Bearer two"]);
  });
});
