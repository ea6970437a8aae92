import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MiniEnvoy } from "../host/mini-envoy";
import { anthropicEvents, BUILDS, chat, openAiAnswer, openAiEvents, openAiStream, startGateway } from "./gateway";

const headers = { "content-type": "text/event-stream" };
/** One unfinished event above the 16 MiB that an event may take, in pieces as a network brings them. */
const endless = ['data: {"x":"', ...Array<string>(17).fill("y".repeat(1 << 20))];

describe.each(BUILDS)("an event that is too large, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  beforeEach(() => {
    envoy = startGateway(wasm);
  });
  afterEach(() => envoy.assertNoLeaks());

  test.each([
    ["deepseek", "only", openAiEvents(["a", "b"]).slice(0, 2)],
    ["claude", "claude-sonnet-4-5", anthropicEvents(["a", "b"]).slice(0, 4)],
  ])("[9] behind content from %s it is an error event without [DONE]", (cluster, model, start) => {
    envoy.upstream(cluster, { headers, chunks: [...start, ...endless], gapMs: 1 });
    const events = envoy
      .request(chat(model, { stream: true }))
      .body.toString()
      .trim()
      .split("\n\n");
    expect(events.join("\n")).toContain('"content":"a"');
    expect(JSON.parse(events.at(-1)?.slice(6) ?? "")).toHaveProperty("error.message");
    expect(events).not.toContain("data: [DONE]");
  });

  test("[10] before content the next provider answers", () => {
    envoy.upstream("deepseek", { headers, chunks: endless });
    envoy.upstream("dashscope", openAiStream(["x"]), openAiAnswer("x"));
    const answer = envoy.request(chat("deepseek-chat", { stream: true }));
    expect([answer.status, answer.headers.get("x-modelmux-provider")]).toEqual([200, "dashscope"]);
  });
});
