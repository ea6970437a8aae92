import { afterEach, beforeEach, describe, expect, test } from "vitest";
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
  startGateway,
} from "./gateway";

const events = { "content-type": "text/event-stream" };
const json = { "content-type": "application/json" };
const texts = ["Grüße, ", '😀 "quoted" \\ back', "\n\ttab", ""];
const errorEvent = 'data: {"error":{"message":"Overloaded.","type":"server_error","code":null}}\n\n';
const crlf = (text: string): string => text.replaceAll("\n", "\r\n");

/** Model, whether it streams, and what the provider sends. */
const STREAMS: [string, string, boolean, Record<string, string>, string, number?][] = [
  ["OpenAI events", "only", true, events, openAiEvents(texts).join("")],
  ["[1] OpenAI events with CRLF", "only", true, events, crlf(openAiEvents(texts).join(""))],
  [
    "[6] OpenAI events with comments",
    "only",
    true,
    events,
    `: hello\n\n${openAiEvents(texts).join(": processing\n\n")}`,
  ],
  [
    "[2] OpenAI events without the space",
    "only",
    true,
    events,
    openAiEvents(texts).join("").replaceAll("data: ", "data:"),
  ],
  ["[7] OpenAI events without the last blank line", "only", true, events, openAiEvents(texts).join("").trimEnd()],
  ["OpenAI events, early end", "only", true, events, openAiEvents(texts).slice(0, 4).join("")],
  [
    "OpenAI events, error after content",
    "only",
    true,
    events,
    [...openAiEvents(texts).slice(0, 3), errorEvent].join(""),
  ],
  [
    "OpenAI events, error before content",
    "deepseek-chat",
    true,
    events,
    [...openAiEvents(texts).slice(0, 1), errorEvent].join(""),
  ],
  ["OpenAI events for a unary client", "only", false, events, openAiEvents(texts).join("")],
  ["OpenAI JSON", "only", false, json, String(openAiAnswer(texts.join("")).body)],
  ["OpenAI JSON for a streaming client", "only", true, json, String(openAiAnswer(texts.join("")).body)],
  ["OpenAI error", "only", true, json, String(openAiError(429, "Grüße").body), 429],
  ["Anthropic events", "claude-sonnet-4-5", true, events, anthropicEvents(texts).join("")],
  ["[1] Anthropic events with CRLF", "claude-sonnet-4-5", true, events, crlf(anthropicEvents(texts).join(""))],
  ["Anthropic events, early end", "claude-sonnet-4-5", true, events, anthropicEvents(texts).slice(0, 5).join("")],
  ["Anthropic events for a unary client", "claude-sonnet-4-5", false, events, anthropicEvents(texts).join("")],
  ["Anthropic JSON", "claude-sonnet-4-5", false, json, String(anthropicAnswer(texts.join("")).body)],
];

const isBroken = (name: string): boolean => name.includes("early end") || name.includes("after content");

describe.each(BUILDS)("[3][4] however the bytes are cut, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  beforeEach(() => {
    envoy = startGateway(wasm);
    envoy.upstream("dashscope", { headers: events, chunks: openAiEvents(["second"]) });
  });
  afterEach(() => envoy.assertNoLeaks());

  test.each(STREAMS)("%s", (_case, model, stream, headers, text, status) => {
    const outcomes = new Set<string>();
    const cluster = model.startsWith("claude") ? "claude" : "deepseek";
    for (const { chunks } of allSplits(Buffer.from(text), 7)) {
      for (const endWithLastChunk of [false, true]) {
        const script: ScriptedAnswer = {
          status: status ?? 200,
          headers,
          chunks: chunks.filter((chunk) => chunk.length > 0),
          endWithLastChunk,
        };
        envoy.upstream(cluster, script);
        const answer = envoy.request(chat(model, { stream }));
        // The ids that the gateway makes up differ from answer to answer.
        const body = answer.body.toString("utf8").replaceAll(/chatcmpl-[0-9a-f]{16}/g, "chatcmpl-*");
        outcomes.add(
          JSON.stringify([
            answer.status,
            answer.complete,
            answer.headers.get("content-type"),
            answer.headers.get("x-modelmux-attempts"),
            body,
          ]),
        );
      }
    }
    // When the break comes in the same piece as the first content, nothing has gone out yet, so the answer may still be an error.
    const streams = [...outcomes].filter((outcome) => !isBroken(_case) || outcome.startsWith("[200,"));
    expect(streams.length, streams.join("\n")).toBe(1);
    for (const outcome of outcomes)
      if (!streams.includes(outcome)) expect(outcome).toMatch(/^\[502,true,"application\/json","1","{\\"error/);
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
