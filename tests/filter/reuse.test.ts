import { describe, expect, test } from "vitest";
import type { ClientRequest, MiniEnvoy } from "../host/mini-envoy";
import type { ScriptedAnswer } from "../host/scripted-upstream";
import { SeededRandom } from "../support/chunking";
import {
  anthropicAnswer,
  anthropicStream,
  BUILDS,
  chat,
  htmlError,
  openAiAnswer,
  openAiError,
  openAiStream,
  startGateway,
} from "./gateway";

/** A request, and what the two providers answer to it. */
interface Exchange {
  request: ClientRequest;
  deepseek?: ScriptedAnswer;
  claude?: ScriptedAnswer;
}

const stream = { stream: true };
const withUsage = { ...stream, stream_options: { include_usage: true } };
const called = {
  messages: [
    { role: "system", content: "Be short." },
    { role: "user", content: "Weather?" },
    {
      role: "assistant",
      content: null,
      reasoning_content: "hm",
      tool_calls: [{ id: "call_0", type: "function", function: { name: "weather", arguments: '{"city":"Bern"}' } }],
    },
    { role: "tool", tool_call_id: "call_0", content: "rain" },
  ],
  tools: [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }],
  tool_choice: "required",
  user: "user-7",
};
const image = (url: string): object => ({
  messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }],
});
const json = (body: unknown): ScriptedAnswer => ({
  status: 200,
  headers: { "content-type": "application/json" },
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const sparse = { choices: [{ message: { content: "sparse" } }] };

const EXCHANGES: Exchange[] = [
  { request: chat("only"), deepseek: openAiAnswer("one") },
  { request: chat("only", { user: "alice", max_completion_tokens: 7, logprobs: true }), deepseek: json(sparse) },
  { request: chat("only", withUsage), deepseek: openAiStream(["a", "b"]) },
  { request: chat("only", called), deepseek: openAiAnswer("rain") },
  { request: chat("only"), deepseek: openAiError(401, "Incorrect API key: sk-deepseek-secret") },
  { request: chat("only"), deepseek: json("no JSON") },
  { request: chat("only"), deepseek: json({ error: { message: "of a 200", code: "odd", param: "p" } }) },
  { request: chat("claude-x"), claude: anthropicAnswer("two") },
  { request: chat("claude-x", called), claude: anthropicAnswer("rain") },
  {
    request: chat("claude-x", { ...withUsage, temperature: 2, user: "+41 44 123 45 67" }),
    claude: anthropicStream(["c"]),
  },
  { request: chat("claude-x", { ...stream, ...image("https://example.com/a.png") }), claude: anthropicStream(["d"]) },
  { request: chat("claude-x", image("data:text/csv;base64,YQ==")), claude: anthropicAnswer("never") },
  { request: chat("claude-x", { n: 2 }) },
  { request: chat("claude-x", { tools: [{ type: "function" }] }) },
  { request: chat("claude-x", { temperature: "hot", messages: [] }) },
  { request: chat("claude-x"), claude: htmlError(503) },
  { request: chat("deepseek-claude"), deepseek: openAiError(429, "busy"), claude: anthropicAnswer("three") },
  { request: chat("deepseek-claude", stream), deepseek: htmlError(503), claude: anthropicStream(["e", "f"]) },
  { request: chat("claude-deepseek", called), claude: htmlError(500), deepseek: openAiAnswer("four") },
  { request: chat("deepseek/deepseek-chat"), deepseek: openAiAnswer("five") },
  { request: chat("nobody") },
  { request: { ...chat("only"), body: '{"model": "only", ' } },
  { request: { method: "GET", path: "/v1/models/nobody" } },
  { request: { method: "PUT", path: "/v1/chat/completions", body: "{}" } },
  { request: { path: "/v1/other", body: "{}" } },
];

/** All that a request leads to. What differs between two gateways by design (generated ids, times) is taken out. */
function run(envoy: MiniEnvoy, exchange: Exchange): unknown {
  const unused: ScriptedAnswer = { status: 500, body: "unused" };
  const upstreams = [
    envoy.upstream("deepseek", exchange.deepseek ?? unused),
    envoy.upstream("claude", exchange.claude ?? unused),
  ];
  const answer = envoy.request(exchange.request);
  const text = answer.body.toString().replace(/chatcmpl-[0-9a-f]{16}/g, "ID");
  return {
    status: answer.status,
    headers: answer.headers,
    body: text.replace(/"created":\d+/g, '"created":0'),
    asked: upstreams.map((upstream) =>
      upstream.requests.map(({ headers, body }) => ({ headers, body: body.toString() })),
    ),
  };
}

describe.each(BUILDS)("what is used again for the next request, %s", (_name, wasm) => {
  test.each([1, 2, 3])(
    "holds nothing of the one before: any order gives what a fresh gateway gives (seed %i)",
    (seed) => {
      const fresh = EXCHANGES.map((exchange) => {
        const envoy = startGateway(wasm);
        const outcome = run(envoy, exchange);
        envoy.assertNoLeaks();
        return outcome;
      });
      const envoy = startGateway(wasm);
      const random = new SeededRandom(seed);
      for (let count = 0; count < 200; count++) {
        const number = random.below(EXCHANGES.length);
        const exchange = EXCHANGES[number];
        if (exchange === undefined) throw new Error("no such exchange");
        expect(run(envoy, exchange), `exchange ${String(number)} as request ${String(count)}`).toEqual(fresh[number]);
      }
      envoy.assertNoLeaks();
    },
  );
});
