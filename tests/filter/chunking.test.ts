import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ClientAnswer } from "../host/downstream";
import type { MiniEnvoy } from "../host/mini-envoy";
import type { ScriptedAnswer } from "../host/scripted-upstream";
import { allSplits } from "../support/chunking";
import {
  anthropicAnswer,
  anthropicEvents,
  BUILDS,
  chat,
  openAiAnswer,
  openAiError,
  openAiEvents,
  readChunks,
  readEvents,
  startGateway,
  textOf,
} from "./gateway";

const events = { "content-type": "text/event-stream" };
const json = { "content-type": "application/json" };
const texts = ["Grüße, ", '😀 "quoted" \\ back', "\n\ttab", ""];
const errorEvent = 'data: {"error":{"message":"Overloaded.","type":"server_error","code":null}}\n\n';
const anthropicErrorEvent =
  'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded."}}\n\n';
const crlf = (text: string): string => text.replaceAll("\n", "\r\n");
/** The blank lines of all kinds in turn. */
const mixed = (text: string): string => {
  const kinds = ["\n\r", "\r\n\r\n", "\r\r", "\n\n", "\r\n\n"];
  let count = 0;
  return text.replaceAll("\n\n", () => kinds[count++ % kinds.length] ?? "");
};
const unicode = (text: string): string =>
  text.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** The streams of both protocols, and every way of framing them; the client must get the same from all. */
const PROVIDERS = [
  ["OpenAI", "only", openAiEvents(texts).join("")],
  ["Anthropic", "claude-sonnet-4-5", anthropicEvents(texts).join("")],
] as const;
const FRAMINGS: [string, (text: string) => string][] = [
  ["as usual", (text) => text],
  ["[1] with CRLF", crlf],
  ["[1] with lone returns", (text) => text.replaceAll("\n", "\r")],
  ["[1] with line ends of all kinds", mixed],
  ["[2] without the space", (text) => text.replaceAll("data: ", "data:")],
  ["[2] with several spaces", (text) => text.replaceAll("data: ", "data:   ")],
  ["[4] with escapes and surrogate pairs", unicode],
  ["[5] with several data lines", (text) => text.replaceAll(',"', ',\ndata: "')],
  ["[5] with ids and times", (text) => text.replaceAll("data: ", "id: 7\nretry: 10\ndata: ")],
  ["[6] with comments", (text) => `: hello\n\n${text.replaceAll("\n\n", "\n: inside\n\n: OPENROUTER PROCESSING\n\n")}`],
  ["[6] with a byte order mark", (text) => `\ufeff${text}`],
  ["[7] without the last blank line", (text) => text.trimEnd()],
  ["[7] without the last blank line, with CRLF", (text) => crlf(text).trimEnd()],
];
const GOOD = PROVIDERS.flatMap(([provider, model, text]) =>
  FRAMINGS.map(([framing, frame]) => [`${provider} events ${framing}`, model, frame(text)] as const),
);

/** Other answers: model, whether it streams, what the provider sends, status. */
const OTHERS: [string, string, boolean, Record<string, string>, string, number?][] = [
  ["[9] OpenAI events, early end", "only", true, events, openAiEvents(texts).slice(0, 4).join("")],
  [
    "[10] OpenAI events, error after content",
    "only",
    true,
    events,
    [...openAiEvents(texts).slice(0, 3), errorEvent].join(""),
  ],
  [
    "[10] OpenAI events, error before content",
    "deepseek-chat",
    true,
    events,
    [...openAiEvents(texts).slice(0, 1), errorEvent].join(""),
  ],
  [
    "[10] Anthropic events, error after content",
    "claude-sonnet-4-5",
    true,
    events,
    [...anthropicEvents(texts).slice(0, 5), anthropicErrorEvent].join(""),
  ],
  [
    "[10] Anthropic events, error before content",
    "claude-deepseek",
    true,
    events,
    [...anthropicEvents(texts).slice(0, 3), anthropicErrorEvent].join(""),
  ],
  ["OpenAI events for a unary client", "only", false, events, openAiEvents(texts).join("")],
  ["OpenAI JSON", "only", false, json, String(openAiAnswer(texts.join("")).body)],
  ["OpenAI JSON for a streaming client", "only", true, json, String(openAiAnswer(texts.join("")).body)],
  ["OpenAI error", "only", true, json, String(openAiError(429, "Grüße").body), 429],
  ["[9] Anthropic events, early end", "claude-sonnet-4-5", true, events, anthropicEvents(texts).slice(0, 5).join("")],
  ["Anthropic events for a unary client", "claude-sonnet-4-5", false, events, anthropicEvents(texts).join("")],
  ["Anthropic JSON", "claude-sonnet-4-5", false, json, String(anthropicAnswer(texts.join("")).body)],
  [
    "Anthropic JSON for a streaming client",
    "claude-sonnet-4-5",
    true,
    json,
    String(anthropicAnswer(texts.join("")).body),
  ],
];

const isBroken = (name: string): boolean => name.includes("early end") || name.includes("after content");
const isServedByOther = (name: string): boolean => name.includes("before content");

/** What a client sees of an answer; the ids that the gateway makes up differ from answer to answer. */
const seen = (answer: ClientAnswer): string =>
  JSON.stringify([
    answer.status,
    answer.complete,
    answer.headers.get("content-type"),
    answer.headers.get("x-modelmux-attempts"),
    answer.body.toString("utf8").replaceAll(/chatcmpl-[0-9a-f]{16}/g, "chatcmpl-*"),
  ]);

describe.each(BUILDS)("[3][4] however the bytes are cut, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  beforeEach(() => {
    envoy = startGateway(wasm);
    envoy.upstream("dashscope", { headers: events, chunks: openAiEvents(["second"]) });
  });
  afterEach(() => envoy.assertNoLeaks());

  /** The answers to the same bytes, cut in every way. */
  function askInPieces(cluster: string, model: string, stream: boolean, script: ScriptedAnswer): ClientAnswer[] {
    const bytes = Buffer.from(String(script.body));
    return allSplits(bytes, 7).flatMap(({ chunks }) =>
      [false, true].map((endWithLastChunk) => {
        const pieces = chunks.filter((chunk) => chunk.length > 0);
        envoy.upstream(cluster, { ...script, chunks: pieces, endWithLastChunk });
        return envoy.request(chat(model, { stream, stream_options: stream ? { include_usage: true } : undefined }));
      }),
    );
  }
  const clusterOf = (model: string): string => (model.startsWith("claude") ? "claude" : "deepseek");

  test.each(GOOD)("%s", (_case, model, text) => {
    const answers = askInPieces(clusterOf(model), model, true, { headers: events, body: text });
    for (const answer of answers) {
      expect([answer.status, answer.complete, answer.headers.get("content-type")]).toEqual([
        200,
        true,
        "text/event-stream",
      ]);
      expect(textOf(answer)).toBe(texts.join(""));
      expect(readEvents(answer).filter((data) => data === "[DONE]")).toHaveLength(1);
      expect(readEvents(answer).at(-1)).toBe("[DONE]");
      expect(readChunks(answer).at(-1)).toMatchObject({
        choices: [],
        usage: { prompt_tokens: 11, completion_tokens: 7 },
      });
    }
    expect([...new Set(answers.map(seen))]).toHaveLength(1);
  });

  test.each(OTHERS)("%s", (_case, model, stream, headers, text, status) => {
    if (model === "claude-deepseek") envoy.upstream("deepseek", { headers: events, chunks: openAiEvents(["second"]) });
    const answers = askInPieces(clusterOf(model), model, stream, { status: status ?? 200, headers, body: text });
    const outcomes = new Set(answers.map(seen));
    // When the break comes in the same piece as the first content, nothing has gone out yet, so the answer may still be an error.
    const streams = [...outcomes].filter((outcome) => !isBroken(_case) || outcome.startsWith("[200,"));
    expect(streams.length, streams.join("\n")).toBe(1);
    for (const outcome of outcomes)
      if (!streams.includes(outcome)) expect(outcome).toMatch(/^\[(502|529),true,"application\/json","1","{\\"error/);
    for (const answer of answers) {
      if (status !== undefined) expect(answer.status).toBe(status);
      else if (isServedByOther(_case)) expect([answer.status, textOf(answer)]).toEqual([200, "second"]);
      else if (!isBroken(_case)) expect([answer.status, textOf(answer)]).toEqual([200, texts.join("")]);
      else if (answer.status === 200) {
        expect(readEvents(answer)).not.toContain("[DONE]");
        expect(readChunks(answer).at(-1)?.error?.message).toBeTruthy();
      }
    }
  });

  test("the request in any pieces is the same request", () => {
    envoy.upstream("deepseek", openAiAnswer("x"));
    envoy.upstream("claude", anthropicAnswer("x"));
    const body = Buffer.from(
      JSON.stringify({
        model: "deepseek-claude",
        messages: [
          { role: "system", content: "Kürze 😀" },
          { role: "user", content: "x" },
        ],
      }),
    );
    for (const script of [openAiAnswer("x"), openAiError(503, "x")]) {
      const sent = new Set<string>();
      for (const { chunks } of allSplits(body, 3)) {
        envoy.upstream("deepseek", script);
        const answer = envoy.request({ headers: json, bodyChunks: chunks });
        sent.add(
          JSON.stringify(
            answer.upstreamRequests.map((request) => [request.cluster, request.path, request.body.toString()]),
          ),
        );
      }
      expect(sent.size).toBe(1);
    }
  });
});
