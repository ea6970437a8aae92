import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StartError, type MiniEnvoy } from "../host/mini-envoy";
import {
  anthropicAnswer,
  anthropicStream,
  BUILDS,
  chat,
  expectNoSecrets,
  metric,
  openAiAnswer,
  openAiEvents,
  openAiStream,
  PLUGIN,
  readChunks,
  readEvents,
  startGateway,
  textOf,
} from "./gateway";

describe.each(BUILDS)("routing, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  beforeEach(() => {
    envoy = startGateway(wasm);
  });
  afterEach(() => envoy.assertNoLeaks());

  test.each([
    ["qwen-max", "dashscope", "qwen-max"],
    ["deepseek-chat", "deepseek", "deepseek-chat"],
    ["deepseek/deepseek-reasoner", "deepseek", "deepseek-reasoner"],
    ["dashscope/qwen3-32b", "dashscope", "qwen3-32b"],
    ["only", "deepseek", "deepseek-chat"],
  ])("%s goes to %s as %s", (model, cluster, upstreamModel) => {
    envoy.upstream(cluster, openAiAnswer("Hello."));
    const answer = envoy.request(chat(model));
    expect([answer.status, textOf(answer), answer.complete]).toEqual([200, "Hello.", true]);
    expect(answer.upstreamRequests.map((request) => [request.cluster, request.method])).toEqual([[cluster, "POST"]]);
    expect(JSON.parse(answer.upstreamRequests[0]?.body.toString() ?? "")).toMatchObject({
      model: upstreamModel,
      messages: [{ role: "user", content: "Who are you?" }],
    });
    expect(answer.headers.toJSON()).toMatchObject({
      "content-type": "application/json",
      "x-modelmux-provider": cluster,
      "x-modelmux-model": upstreamModel,
      "x-modelmux-attempts": "1",
    });
    expectNoSecrets(envoy, answer);
  });

  test("claude-sonnet-4-5 is translated to Anthropic Messages and back", () => {
    envoy.upstream("claude", anthropicAnswer("I am Claude."));
    const answer = envoy.request(chat("claude-sonnet-4-5", { max_tokens: 100 }));
    expect([answer.status, textOf(answer)]).toEqual([200, "I am Claude."]);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      object: "chat.completion",
      model: "claude-sonnet-4-5",
      usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
    });
    const request = answer.upstreamRequests[0];
    expect([
      request?.path,
      request?.headers.get(":authority"),
      request?.headers.get("x-api-key"),
      request?.headers.get("anthropic-version"),
    ]).toEqual(["/v1/messages", "api.anthropic.com", "sk-ant-secret", "2023-06-01"]);
    expect(JSON.parse(request?.body.toString() ?? "")).toMatchObject({
      model: "claude-sonnet-4-5",
      max_tokens: 100,
      messages: [{ role: "user" }],
    });
  });

  test("the provider's path, host and key are set", () => {
    envoy.upstream("dashscope", openAiAnswer("x"));
    const request = envoy.request(chat("qwen-max")).upstreamRequests[0];
    expect([request?.path, request?.headers.get("authorization")]).toEqual([
      "/compatible-mode/v1/chat/completions",
      "Bearer sk-dashscope-secret",
    ]);
    expect(request?.headers.get(":authority")).toContain("dashscope");
  });

  test("[137] a request of the same protocol is forwarded byte for byte, unknown members and spaces too", () => {
    envoy.upstream("dashscope", openAiAnswer("x"));
    const body =
      '{ "model" : "qwen-max",\n"messages":[{"role":"user","content":"\\u00e4 1e-7"}], "seed": 9007199254740993, "x_unknown": [1.0, -0, {"a":null}] }';
    const answer = envoy.request({ headers: { "content-type": "application/json" }, body });
    expect(answer.upstreamRequests[0]?.body.toString()).toBe(body);
  });

  test("[30] unknown members go to a provider of the same protocol, and not to one of another", () => {
    envoy.upstream("deepseek", openAiAnswer("x"));
    envoy.upstream("claude", anthropicAnswer("x"));
    const more = { x_unknown: { a: [1] }, enable_search: true, seed: 7 };
    const [same, other] = ["only", "claude-sonnet-4-5"].map(
      (model) => JSON.parse(envoy.request(chat(model, more)).upstreamRequests[0]?.body.toString() ?? "") as object,
    );
    expect(same).toMatchObject(more);
    expect(Object.keys(other ?? {}).sort()).toEqual(["max_tokens", "messages", "model"]);
  });

  test("[137] an answer of the same protocol comes back byte for byte", () => {
    const script = openAiAnswer("Hello.");
    envoy.upstream("dashscope", script);
    expect(envoy.request(chat("qwen-max")).body.toString()).toBe(script.body);
  });

  test("streams of both protocols come as chunks and end with [DONE]", () => {
    envoy.upstream("deepseek", openAiStream(["Hel", "lo."]));
    envoy.upstream("claude", anthropicStream(["Hel", "lo."]));
    for (const model of ["deepseek-chat", "claude-sonnet-4-5"]) {
      const answer = envoy.request(chat(model, { stream: true }));
      expect([answer.status, answer.headers.get("content-type"), textOf(answer), answer.complete]).toEqual([
        200,
        "text/event-stream",
        "Hello.",
        true,
      ]);
      expect(readEvents(answer).at(-1)).toBe("[DONE]");
      const chunks = readChunks(answer);
      expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
      expect(
        chunks.filter((chunk) => (chunk.choices ?? []).some((choice) => choice.finish_reason !== null)).length,
      ).toBe(1);
      expect(chunks.every((chunk) => (chunk.choices ?? []).length > 0)).toBe(true);
    }
  });

  test("[28] usage on every chunk is counted once, as its last value", () => {
    const chunks = openAiEvents(["a", "b"]).map((event, index) =>
      event.replace(
        '"choices":[{',
        `"usage":{"prompt_tokens":11,"completion_tokens":${String(index)},"total_tokens":0},"choices":[{`,
      ),
    );
    envoy.upstream("deepseek", { ...openAiStream([]), chunks });
    const asking = envoy.request(chat("deepseek-chat", { stream: true, stream_options: { include_usage: true } }));
    const told = readChunks(asking).filter((chunk) => chunk.usage !== undefined && chunk.usage !== null);
    expect(told).toMatchObject([{ choices: [], usage: { prompt_tokens: 11, completion_tokens: 7 } }]);
    const of = { provider: "deepseek", model: "deepseek-chat" };
    expect(["input", "output"].map((type) => metric(envoy, "modelmux_tokens_total", { ...of, type }))).toEqual([11, 7]);
    const silent = envoy.request(chat("deepseek-chat", { stream: true }));
    expect(readChunks(silent).some((chunk) => chunk.usage !== undefined && chunk.usage !== null)).toBe(false);
    expect(textOf(silent)).toBe("ab");
  });

  test("[35] the model of an answer is what the provider reports, the headers say what was asked for upstream", () => {
    envoy.upstream("deepseek", openAiAnswer("x"));
    const unary = envoy.request(chat("only"));
    expect(JSON.parse(unary.body.toString())).toMatchObject({ model: "upstream-model" });
    envoy.upstream("deepseek", openAiStream(["x"]));
    const streamed = envoy.request(chat("only", { stream: true }));
    expect(new Set(readChunks(streamed).map((chunk) => chunk.model))).toEqual(new Set(["upstream-model"]));
    envoy.upstream("claude", anthropicStream(["x"]));
    const translated = envoy.request(chat("claude/claude-alias", { stream: true }));
    expect(new Set(readChunks(translated).map((chunk) => chunk.model))).toEqual(new Set(["claude-sonnet-4-5"]));
    expect([unary, streamed, translated].map((answer) => answer.headers.get("x-modelmux-model"))).toEqual([
      "deepseek-chat",
      "deepseek-chat",
      "claude-alias",
    ]);
  });

  test("[26] usage is asked for upstream and its chunk is kept from a client that did not ask", () => {
    envoy.upstream("deepseek", openAiStream(["x"]));
    const silent = envoy.request(chat("deepseek-chat", { stream: true }));
    expect(JSON.parse(silent.upstreamRequests[0]?.body.toString() ?? "")).toMatchObject({
      stream_options: { include_usage: true },
    });
    expect(readChunks(silent).some((chunk) => chunk.usage !== undefined && chunk.usage !== null)).toBe(false);
    const asking = envoy.request(chat("deepseek-chat", { stream: true, stream_options: { include_usage: true } }));
    expect(readChunks(asking).at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 11, completion_tokens: 7 },
    });
  });

  test("a stream goes on piece by piece: nothing waits for the end", () => {
    envoy.upstream("deepseek", { ...openAiStream(["a", "b", "c"]), gapMs: 50 });
    const answer = envoy.request(chat("deepseek-chat", { stream: true }));
    expect(answer.chunks.length).toBeGreaterThanOrEqual(5);
  });

  test("/v1/models lists what the configuration names", () => {
    const answer = envoy.request({ method: "GET", path: "/v1/models" });
    const list = JSON.parse(answer.body.toString()) as { object: string; data: { id: string; object: string }[] };
    expect([answer.status, answer.headers.get("content-type"), list.object]).toEqual([200, "application/json", "list"]);
    expect(list.data.map((model) => model.id)).toEqual(expect.arrayContaining(["deepseek-chat", "only"]));
    expect(list.data.every((model) => model.object === "model" && !model.id.includes("*"))).toBe(true);
    const one = envoy.request({ method: "GET", path: "/v1/models/deepseek-chat?x=1" });
    expect([one.status, (JSON.parse(one.body.toString()) as { id: string }).id]).toEqual([200, "deepseek-chat"]);
    const unknown = envoy.request({ method: "GET", path: "/v1/models/nobody" });
    expect([unknown.status, (JSON.parse(unknown.body.toString()) as { error: { code: string } }).error.code]).toEqual([
      404,
      "model_not_found",
    ]);
  });

  test("a cluster that Envoy does not know is an error in OpenAI's envelope, and the worker still serves", () => {
    const answer = envoy.request(chat("qwen-max"));
    expect([answer.status, answer.headers.get("content-type")]).toEqual([503, "application/json"]);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ error: { message: expect.any(String) } });
    envoy.upstream("dashscope", openAiAnswer("back"));
    expect(envoy.request(chat("qwen-max")).status).toBe(200);
  });
});

describe.each(BUILDS)("configuration, %s", (_name, wasm) => {
  test("an unknown key, a missing variable, no JSON: the plugin refuses and says where", () => {
    expect(() => startGateway(wasm, { plugin: { ...PLUGIN, surprise: 1 } })).toThrow(/surprise/);
    expect(() => startGateway(wasm, { environment: {} })).toThrow(/DASHSCOPE_API_KEY/);
    expect(() => startGateway(wasm, { plugin: "{" })).toThrow(StartError);
  });
  test("an attempt filter without its gateway filter says what to fix", () => {
    const envoy = startGateway(wasm, { plugin: { role: "attempt" } });
    const answer = envoy.request(chat("qwen-max"));
    expect(answer.status).toBe(500);
    expect(envoy.log.text).toContain("found no plan");
    envoy.settle();
    envoy.request(chat("qwen-max"));
    envoy.assertNoLeaks();
  });
  test("[54] [133] base path, model mapping and roles are the provider's", () => {
    const envoy = startGateway(wasm, {
      plugin: {
        role: "gateway",
        providers: [
          {
            id: "deepseek",
            type: "deepseek",
            apiTokens: ["k"],
            providerBasePath: "/openai",
            modelMapping: { "gpt-*": "deepseek-chat", "*": "" },
          },
          {
            id: "claude",
            type: "claude",
            apiTokens: ["k"],
            providerBasePath: "/proxy",
            modelMapping: { "*": "c" },
            defaultMaxTokens: 99,
          },
        ],
        routes: [
          { model: "c-*", targets: [{ provider: "claude" }] },
          { model: "*", targets: [{ provider: "deepseek" }] },
        ],
      },
    });
    envoy.upstream("deepseek", openAiAnswer("x"));
    envoy.upstream("claude", anthropicAnswer("x"));
    const more = {
      max_completion_tokens: 5,
      messages: [
        { role: "developer", content: "d" },
        { role: "user", content: "u" },
      ],
    };
    const sent = (model: string, members: object): [string | undefined, unknown] => {
      const request = envoy.request(chat(model, members)).upstreamRequests[0];
      return [request?.path, JSON.parse(request?.body.toString() ?? "")];
    };
    const messages = [
      { role: "system", content: "d" },
      { role: "user", content: "u" },
    ];
    const path = "/openai/chat/completions";
    expect(sent("gpt-4o", more)).toEqual([path, { model: "deepseek-chat", max_tokens: 5, messages }]);
    expect(sent("other", more)).toEqual([path, { model: "other", max_tokens: 5, messages }]);
    expect(sent("c-1", {})).toMatchObject(["/proxy/v1/messages", { model: "c", max_tokens: 99 }]);
  });
  test("shutting down tells both roots, with streams open too", () => {
    const envoy = startGateway(wasm);
    envoy.upstream("deepseek", { ...openAiStream(["x"]), gapMs: 1000 });
    envoy.request(chat("only"));
    const open = envoy.openRequest(chat("only"));
    open.send('{"model":"only","messages":[{"role":"user","content":"x"}],"stream":true}').end();
    envoy.advance(2500);
    expect(open.answer.over).toBe(false);
    envoy.stop();
    expect([open.answer.over, open.answer.complete, envoy.vm.contexts.size]).toEqual([true, false, 0]);
  });
});
