import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClientAnswer } from "../host/downstream";
import { MiniEnvoy } from "../host/mini-envoy";
import type { ScriptedAnswer, UpstreamRequest } from "../host/scripted-upstream";
import type { ProtocolAdapter, SpokenAnswer } from "../providers/suite/adapter";
import { loadAdapters } from "../providers/suite/adapters";
import { fallbackPlugin, listPairs, pairConversation, pairModel } from "../providers/suite/pairs";
import { readCompletion, readStream } from "../providers/suite/read-answer";
import { BUILDS, openAiError } from "./gateway";

const adapters = await loadAdapters();
const pairs = listPairs(adapters);

/** What the second provider says. */
const SAID: SpokenAnswer = { text: "All well.", finish: "stop", usage: { input: 5, output: 3 } };

function answerOf(adapter: ProtocolAdapter, streams: boolean): ScriptedAnswer {
  const asStream = streams && adapter.answersWhole !== true;
  const { bytes, isEvents } = asStream ? adapter.writeStream(SAID) : adapter.writeAnswer(SAID);
  const type = asStream || isEvents === true ? (adapter.streamContentType ?? "text/event-stream") : "application/json";
  return { headers: { "content-type": type }, chunks: [bytes] };
}

/** How the first provider fails. */
function failuresOf(adapter: ProtocolAdapter, streams: boolean): [string, ScriptedAnswer][] {
  const failures: [string, ScriptedAnswer][] = [["503", openAiError(503, "busy")]];
  const own = adapter.errors.find(({ reason }) => reason === "rate-limit");
  if (own) {
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (own.errorType !== undefined) headers["x-amzn-errortype"] = own.errorType;
    failures.push(["its own rate limit", { status: own.status, headers, body: own.body }]);
  }
  const event = streams && adapter.answersWhole !== true ? adapter.writeErrorStream(false) : null;
  if (event) {
    const headers = { "content-type": adapter.streamContentType ?? "text/event-stream" };
    failures.push(["an error event", { headers, chunks: [event.bytes] }]);
  }
  return failures;
}

/** Headers that differ from attempt to attempt by right. */
const OF_THE_ATTEMPT = /^(x-envoy-|x-request-id$|x-amz-date$|x-tc-timestamp$)/;

/** All that the provider sees of a request. A signature covers the time. */
function seenOf(request: UpstreamRequest | undefined): object {
  if (request === undefined) throw new Error("the provider was never asked");
  const headers = request.headers
    .entries()
    .filter(([name]) => !OF_THE_ATTEMPT.test(name))
    .map(([name, value]) => `${name}: ${/^(AWS4|TC3)-/.test(value) ? "signed" : value}`);
  return { path: request.path, headers: headers.sort(), body: request.body.toString() };
}

/*
 * All ordered pairs of protocols: the first provider fails, and the second gets just what it would have got had it been asked at once,
 * in a form that its strict mock accepts. Nothing of the first is left over in headers, path, query or body.
 */
describe.each(BUILDS)("fallback between all protocols, %s", (_build, wasm) => {
  let envoy: MiniEnvoy;
  beforeAll(() => {
    envoy = MiniEnvoy.start({ wasm, ...fallbackPlugin(adapters) });
    // Each once, so that the buffers that all requests share are there.
    for (const [first, second] of pairs) {
      for (const stream of [true, false]) {
        for (const [, script] of failuresOf(first, stream)) ask(first, second, stream, script);
      }
    }
    envoy.settle();
  });
  afterAll(() => envoy.assertNoLeaks());

  function ask(first: ProtocolAdapter, second: ProtocolAdapter, stream: boolean, script: ScriptedAnswer): ClientAnswer {
    envoy.upstream(first.name, script);
    envoy.upstream(second.name, answerOf(second, stream));
    const body = { ...pairConversation(first, second), model: pairModel(first, second), stream };
    return envoy.request({ headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  }

  function askAtOnce(first: ProtocolAdapter, second: ProtocolAdapter, stream: boolean): UpstreamRequest | undefined {
    envoy.upstream(second.name, answerOf(second, stream));
    const body = { ...pairConversation(first, second), model: `${second.name}/${second.target.model}`, stream };
    return envoy.request({ headers: { "content-type": "application/json" }, body: JSON.stringify(body) })
      .upstreamRequests[0];
  }

  test.each(pairs.map(([first, second]) => ({ name: `${first.name} to ${second.name}`, first, second })))(
    "[34] $name",
    ({ first, second }) => {
      for (const stream of [true, false]) {
        const atOnce = askAtOnce(first, second, stream);
        for (const [failure, script] of failuresOf(first, stream)) {
          const got = ask(first, second, stream, script);
          const context = `${failure}, ${stream ? "streamed" : "whole"}: ${got.body.toString().slice(0, 300)}`;
          expect([got.status, got.complete], context).toEqual([200, true]);
          expect(got.headers.get("x-modelmux-provider"), context).toBe(second.name);
          expect(
            got.upstreamRequests.map(({ cluster }) => cluster),
            context,
          ).toEqual([first.name, second.name]);
          const text = got.body.toString();
          const seen = stream ? readStream(text) : readCompletion(text);
          expect([seen.content, seen.finish], context).toEqual(["All well.", "stop"]);
          const request = got.upstreamRequests[1];
          expect(seenOf(request), context).toEqual(seenOf(atOnce));
          expect(rejectionOf(second, request), context).toBeNull();
        }
      }
    },
  );
});

/** What the strict mock says to a request as it came through the filters. */
function rejectionOf(adapter: ProtocolAdapter, request: UpstreamRequest | undefined): string | null {
  if (request === undefined) return "the provider was never asked";
  const headers = Object.fromEntries(request.headers.entries().filter(([name]) => !name.startsWith(":")));
  return adapter.validate({ path: request.path, headers, text: request.body.toString() });
}
