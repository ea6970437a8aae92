import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MiniEnvoy } from "../host/mini-envoy";
import type { ScriptedAnswer } from "../host/scripted-upstream";
import {
  BUILDS,
  chat,
  errorOf,
  metric,
  openAiAnswer,
  openAiEvents,
  openAiStream,
  readEvents,
  startGateway,
  textOf,
} from "./gateway";

/* Azure OpenAI in the shipped modules: its own errors move on to the next target, its first chunk is no content. */
const KEY = "0123456789abcdef-azure-secret";
const PLUGIN = {
  role: "gateway",
  providers: [
    {
      id: "azure",
      type: "azure",
      azureServiceUrl: "https://my-resource.openai.azure.com",
      apiVersion: "2024-10-21",
      apiTokens: ["${AZURE_KEY}"],
      modelMapping: { "gpt-*": "my gpt/4o" },
    },
    { id: "other", type: "mistral", apiTokens: ["${MISTRAL_KEY}"] },
  ],
  routes: [
    {
      model: "gpt-4o",
      targets: [{ provider: "azure" }, { provider: "other", model: "mistral-large" }],
      fallback: { on: ["rate-limit", "not-found", "content-filter", "auth", "stream-error"] },
    },
    { model: "gpt-5", targets: [{ provider: "azure" }] },
  ],
};
const FILTER = [{ prompt_index: 0, content_filter_results: { hate: { filtered: false, severity: "safe" } } }];
const FIRST = `data: ${JSON.stringify({ choices: [], created: 0, id: "", model: "", object: "", prompt_filter_results: FILTER })}\n\n`;

const json = { "content-type": "application/json" };
const refused = (status: number, body: object, more: Record<string, string> = {}): ScriptedAnswer => ({
  status,
  headers: { ...json, ...more },
  body: JSON.stringify(body),
});

describe.each(BUILDS)("Azure OpenAI, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  beforeEach(() => {
    const environment = { AZURE_KEY: KEY, MISTRAL_KEY: "sk-mistral-secret" };
    envoy = startGateway(wasm, { plugin: PLUGIN, environment });
    for (const stream of [false, true]) {
      envoy.upstream("azure", refused(429, { error: { code: "429", message: "Slow down." } }));
      envoy.upstream("other", stream ? openAiStream(["x"]) : openAiAnswer("x"));
      envoy.request(chat("gpt-4o", { stream }));
    }
    envoy.upstream("azure", refused(429, { error: { code: "429", message: "Slow down." } }));
    envoy.request(chat("gpt-5"));
    envoy.upstream("azure", { headers: { "content-type": "text/event-stream" }, chunks: openAiEvents(["x"]) });
    envoy.request(chat("gpt-5", { stream: true, stream_options: { include_usage: true } }));
    envoy.settle();
  });
  afterEach(() => envoy.assertNoLeaks());

  test("[115] the deployment stands in the path, the key in its own header, and neither reaches the next vendor", () => {
    const azure = envoy.upstream("azure", refused(429, { error: { code: "429", message: "Slow down." } }));
    const other = envoy.upstream("other", openAiAnswer("All well."));
    const got = envoy.request({ ...chat("gpt-4o"), path: "/v1/chat/completions?api-version=1&key=client" });
    expect([got.status, textOf(got)]).toEqual([200, "All well."]);
    const [first] = azure.requests;
    expect(first?.headers.get(":path")).toBe(
      "/openai/deployments/my%20gpt%2F4o/chat/completions?api-version=2024-10-21",
    );
    expect(first?.headers.get(":authority")).toBe("my-resource.openai.azure.com");
    expect(first?.headers.get("api-key")).toBe(KEY);
    expect(first?.headers.has("authorization")).toBe(false);
    const [second] = other.requests;
    expect(second?.headers.get(":path")).toBe("/v1/chat/completions");
    expect(second?.headers.has("api-key")).toBe(false);
    expect(second?.headers.get("authorization")).toBe("Bearer sk-mistral-secret");
  });

  test.each<[string, ScriptedAnswer, string]>([
    [
      "[119] a deployment that is not there",
      refused(404, { error: { code: "DeploymentNotFound", message: "The API deployment does not exist." } }),
      "not-found",
    ],
    [
      "[118] a filtered prompt",
      refused(400, {
        error: {
          code: "content_filter",
          message: "The prompt was filtered.",
          param: "prompt",
          status: 400,
          innererror: { code: "ResponsibleAIPolicyViolation" },
        },
      }),
      "content-filter",
    ],
    ["[119] a token that has run out", refused(401, { statusCode: 401, message: "Unauthorized." }), "auth"],
  ])("%s: the next target answers", (_case, answer, reason) => {
    for (const stream of [false, true]) {
      envoy.upstream("azure", answer);
      envoy.upstream("other", stream ? openAiStream(["All well."]) : openAiAnswer("All well."));
      const got = envoy.request(chat("gpt-4o", { stream }));
      expect([got.status, textOf(got), got.headers.get("x-modelmux-provider")]).toEqual([200, "All well.", "other"]);
    }
    const labels = { route: "gpt-4o", from: "azure", to: "other", reason };
    expect(metric(envoy, "modelmux_fallbacks_total", labels)).toBe(2);
  });

  test("[119] the last target's advice when to come back reaches the client", () => {
    const advice = { "retry-after": "2", "retry-after-ms": "1200", "x-ms-retry-after-ms": "1200" };
    envoy.upstream("azure", refused(429, { error: { code: "429", message: "Slow down." } }, advice));
    const got = envoy.request(chat("gpt-5"));
    expect(got.status).toBe(429);
    for (const [name, value] of Object.entries(advice)) expect(got.headers.get(name)).toBe(value);
    expect(errorOf(got)).toMatchObject({ message: "Slow down.", type: "rate_limit_error", code: null });
  });

  test("[117] the filter's chunk is no content: what fails behind it falls back", () => {
    const error = 'data: {"error":{"message":"Oops.","code":"500"}}\n\n';
    for (const rest of [[error], [], ["data: [DONE]\n\n"]]) {
      envoy.upstream("azure", { headers: { "content-type": "text/event-stream" }, chunks: [FIRST, ...rest] });
      envoy.upstream("other", openAiStream(["All well."]));
      const got = envoy.request(chat("gpt-4o", { stream: true }));
      expect([textOf(got), got.headers.get("x-modelmux-attempts")]).toEqual(["All well.", "2"]);
      expect(readEvents(got).at(-1)).toBe("[DONE]");
    }
  });

  test("[117] the filter's chunk is not taken for the usage", () => {
    const answer = { headers: { "content-type": "text/event-stream" }, chunks: [FIRST, ...openAiEvents(["Hi."])] };
    envoy.upstream("azure", answer);
    const got = envoy.request(chat("gpt-4o", { stream: true, stream_options: { include_usage: true } }));
    expect(textOf(got)).toBe("Hi.");
    const usages = readEvents(got).filter((event) => event.includes('"usage":{'));
    expect(usages).toHaveLength(1);
    expect(metric(envoy, "modelmux_tokens_total", { provider: "azure", model: "my gpt/4o", type: "input" })).toBe(11);
  });
});
