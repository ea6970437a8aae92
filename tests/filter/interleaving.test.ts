import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MiniEnvoy, OpenRequest } from "../host/mini-envoy";
import type { ScriptedAnswer } from "../host/scripted-upstream";
import { SeededRandom } from "../support/chunking";
import {
  anthropicEvents,
  anthropicStream,
  BUILDS,
  chat,
  htmlError,
  openAiAnswer,
  openAiError,
  openAiEvents,
  openAiStream,
  readEvents,
  startGateway,
  textOf,
} from "./gateway";

const events = { "content-type": "text/event-stream" };
const json = { "content-type": "application/json" };

describe.each(BUILDS)("many streams at once, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  beforeEach(() => {
    envoy = startGateway(wasm);
  });
  afterEach(() => envoy.assertNoLeaks());

  /** Each provider answers with the text that the request carries, slowly, or fails by a mark in it. */
  function echo(isClaude: boolean): (request: { body: Buffer }) => ScriptedAnswer {
    return (request) => {
      const body = request.body.toString();
      const mark = /mark-(\d+)/.exec(body)?.[1] ?? "?";
      const pieces = [`mark-${mark}`, " ", `${"x".repeat(Number(mark) % 7)}`, "."];
      const fails = !isClaude && body.includes("fails");
      const stream = body.includes('"stream":true');
      const gapMs = (Number(mark) % 5) + 1;
      if (fails) {
        const kinds: ScriptedAnswer[] = [
          openAiError(429, "x"),
          htmlError(503),
          { withoutHeaders: true, ending: "reset" },
          { headers: events, chunks: openAiEvents([]).slice(0, 1), ending: "silence" },
        ];
        return kinds[Number(mark) % kinds.length] ?? {};
      }
      if (!stream) return { ...openAiAnswer(pieces.join("")), gapMs };
      return {
        headers: events,
        chunks: isClaude ? anthropicEvents(pieces) : openAiEvents(pieces),
        gapMs,
        delayMs: gapMs * 3,
      };
    };
  }

  test.each([1, 2, 3])("none lost, none mixed up (seed %i)", (seed) => {
    const random = new SeededRandom(seed);
    envoy.upstream("deepseek", echo(false));
    envoy.upstream("claude", echo(true));
    const waiting: { open: OpenRequest; body: Buffer; mark: string; isGone: boolean }[] = [];
    for (let index = 0; index < 60; index++) {
      const model = random.pick(["only", "claude-sonnet-4-5", "deepseek-claude"]);
      const fails = model === "deepseek-claude" && random.chance(0.5);
      const body = Buffer.from(
        JSON.stringify({
          model,
          stream: true,
          messages: [{ role: "user", content: `mark-${String(index)} ${fails ? "fails" : ""}` }],
        }),
      );
      waiting.push({ open: envoy.openRequest({ headers: json }), body, mark: `mark-${String(index)}`, isGone: false });
    }
    let running = [...waiting];
    for (let step = 0; running.length > 0 && step < 20000; step++) {
      const one = random.pick(running);
      if (one.body.length > 0) {
        const size = 1 + random.below(40);
        const piece = one.body.subarray(0, size);
        one.body = one.body.subarray(size);
        one.open.send(piece);
        if (one.body.length === 0) one.open.end();
      } else if (random.chance(0.003)) {
        one.open.disconnect();
        one.isGone = true;
      }
      if (random.chance(0.3)) envoy.advance(random.below(4));
      if (random.chance(0.01)) envoy.advance(5000);
      running = running.filter((other) => !other.open.answer.over);
    }
    expect(running).toEqual([]);
    const finished = waiting.filter((one) => !one.isGone);
    expect(finished.length).toBeGreaterThan(30);
    for (const { open, mark } of finished) {
      expect([open.answer.status, open.answer.complete, readEvents(open.answer).at(-1)]).toEqual([200, true, "[DONE]"]);
      expect(textOf(open.answer)).toBe(`${mark} ${"x".repeat(Number(mark.slice(5)) % 7)}.`);
    }
  });

  test.each([
    ["streams that end well", (): void => void envoy.upstream("deepseek", openAiStream(["a"]))],
    ["unary answers", (): void => void envoy.upstream("deepseek", openAiAnswer("a"))],
    ["errors", (): void => void envoy.upstream("deepseek", openAiError(500, "a"))],
    [
      "resets",
      (): void =>
        void envoy.upstream("deepseek", { headers: events, chunks: openAiEvents(["a"]).slice(0, 2), ending: "reset" }),
    ],
    [
      "early ends",
      (): void => void envoy.upstream("deepseek", { headers: events, chunks: openAiEvents(["a"]).slice(0, 2) }),
    ],
    [
      "fallbacks",
      (): void =>
        void (
          envoy.upstream("deepseek", { headers: events, chunks: openAiEvents([]).slice(0, 1), ending: "reset" }),
          envoy.upstream("claude", anthropicStream(["a"]))
        ),
    ],
  ])("memory does not grow with requests: %s", (_case, prepare) => {
    prepare();
    const model = _case === "fallbacks" ? "deepseek-claude" : "only";
    const run = (times: number): void => {
      for (let index = 0; index < times; index++)
        envoy.request(chat(model, { stream: _case !== "unary answers", stream_options: { include_usage: true } }));
    };
    run(100);
    envoy.settle();
    prepare();
    const bytes = envoy.vm.memory.size;
    run(300);
    expect(envoy.vm.memory.size - bytes).toBeLessThanOrEqual(65536);
    envoy.assertNoLeaks();
  });
});
