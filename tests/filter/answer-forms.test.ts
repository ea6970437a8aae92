import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ClientAnswer } from "../host/downstream";
import type { MiniEnvoy } from "../host/mini-envoy";
import type { ScriptedAnswer } from "../host/scripted-upstream";
import {
  anthropicAnswer,
  anthropicEvents,
  anthropicStream,
  BUILDS,
  chat,
  errorOf,
  expectNoSecrets,
  htmlError,
  openAiAnswer,
  openAiError,
  openAiEvents,
  openAiStream,
  readChunks,
  readEvents,
  startGateway,
  textOf,
} from "./gateway";

/*
 * The form of an answer is what the client asked for, whatever the provider sends: its status, its content type, its encoding.
 */
const json = { "content-type": "application/json" };
const anthropicError = (status: number, type: string, message: string): ScriptedAnswer => ({
  status,
  headers: json,
  body: JSON.stringify({ type: "error", error: { type, message }, request_id: "req_1" }),
});

/** Cluster, model, and the provider's good answers; no route here has a second target. */
const PROTOCOLS = [
  { cluster: "deepseek", model: "only", unary: openAiAnswer("Hello."), stream: openAiStream(["Hel", "lo."]) },
  {
    cluster: "claude",
    model: "claude-sonnet-4-5",
    unary: anthropicAnswer("Hello."),
    stream: anthropicStream(["Hel", "lo."]),
  },
] as const;

/** Status and the type of the client's envelope when the body says nothing. */
const STATUSES: [number, string][] = [
  [301, "api_error"],
  [302, "api_error"],
  [400, "invalid_request_error"],
  [401, "authentication_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [408, "timeout"],
  [413, "request_too_large"],
  [418, "invalid_request_error"],
  [422, "invalid_request_error"],
  [429, "rate_limit_error"],
  [500, "api_error"],
  [502, "api_error"],
  [503, "overloaded_error"],
  [504, "timeout"],
  [529, "overloaded_error"],
];

/** An error as every client can read it: JSON, the right status, the right length, nothing of the provider's own form. */
function expectEnvelope(answer: ClientAnswer, status: number): void {
  expect([answer.status, answer.headers.get("content-type"), answer.complete]).toEqual([
    status,
    "application/json",
    true,
  ]);
  expect(answer.headers.has("content-encoding")).toBe(false);
  expect(answer.headers.has("location")).toBe(false);
  expect(answer.headers.get("content-length") ?? String(answer.body.length)).toBe(String(answer.body.length));
  expect(Object.keys(errorOf(answer))).toEqual(expect.arrayContaining(["message", "type", "param", "code"]));
  expect(errorOf(answer).message.length).toBeGreaterThan(0);
}

describe.each(BUILDS)("the form of an answer, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  beforeEach(() => {
    envoy = startGateway(wasm);
  });
  afterEach(() => envoy.assertNoLeaks());

  const ask = (cluster: string, model: string, stream: boolean, script: ScriptedAnswer): ClientAnswer => {
    envoy.upstream(cluster, script);
    const answer = envoy.request(chat(model, { stream }));
    expectNoSecrets(envoy, answer);
    return answer;
  };

  describe.each(PROTOCOLS)("$cluster", ({ cluster, model, unary, stream }) => {
    test.each(STATUSES)("[12] [14] [16] status %i is kept, its type is %s, and the body is JSON", (status, type) => {
      for (const wantsStream of [false, true])
        for (const headers of [
          json,
          { "content-type": "text/event-stream" },
          { "content-type": "text/html; charset=utf-8", location: "https://elsewhere.test/" },
          {} as Record<string, string>,
        ]) {
          const got = ask(cluster, model, wantsStream, { status, headers, body: "Not today." });
          expectEnvelope(got, status);
          expect(errorOf(got)).toMatchObject({ message: "Not today.", type });
        }
    });

    test("[12] a vendor's JSON error keeps its message, streaming or not", () => {
      const errors =
        cluster === "claude" ? anthropicError(429, "rate_limit_error", "Slow.") : openAiError(429, "Slow.");
      for (const wantsStream of [false, true]) {
        const got = ask(cluster, model, wantsStream, errors);
        expectEnvelope(got, 429);
        expect(errorOf(got).message).toBe("Slow.");
        expect(got.body.toString()).not.toContain("data:");
      }
    });

    test("[12] an error in events, as some vendors answer a streaming request, is JSON too", () => {
      const data = String((cluster === "claude" ? anthropicError(400, "x", "") : openAiError(400, "")).body);
      const body = `event: error\ndata: ${data}\n\n`;
      const got = ask(cluster, model, true, { status: 400, headers: { "content-type": "text/event-stream" }, body });
      expectEnvelope(got, 400);
      expect(got.headers.get("content-type")).not.toContain("event-stream");
    });

    test("[15] an error without a body says what its status means", () => {
      for (const [status, message] of [
        [400, "Bad Request"],
        [429, "Too Many Requests"],
        [500, "Internal Server Error"],
        [503, "Service Unavailable"],
      ] as const)
        for (const script of [{ status }, { status, headers: json, body: "" }, { status, body: " \r\n" }]) {
          const got = ask(cluster, model, true, script);
          expectEnvelope(got, status);
          expect(errorOf(got).message).toBe(message);
        }
    });

    test("[15] a page of a load balancer stands in the message, quoted", () => {
      const got = ask(cluster, model, true, htmlError(502));
      expectEnvelope(got, 502);
      expect(errorOf(got).message).toBe('<html><body><h1>Bad "day"</h1></body></html>');
    });

    test("[14] every 2xx is an answer", () => {
      for (const status of [200, 201, 202, 203]) {
        expect(textOf(ask(cluster, model, false, { ...unary, status }))).toBe("Hello.");
        expect(textOf(ask(cluster, model, true, { ...stream, status }))).toBe("Hello.");
      }
    });

    test.each(["gzip", "GZIP", "br", "deflate", "zstd", "gzip, br"])(
      "[20] content-encoding %s is never parsed and never passed on, whatever the status",
      (encoding) => {
        // The bytes may even be readable, as when a proxy has unpacked them and left the header: the header counts.
        const bodies = [gzipSync(String(unary.body)), String(unary.body), (stream.chunks ?? []).join("")];
        for (const body of bodies)
          for (const type of ["application/json", "text/event-stream"])
            for (const wantsStream of [false, true])
              for (const status of [200, 429]) {
                const headers = { "content-type": type, "content-encoding": encoding };
                const got = ask(cluster, model, wantsStream, { status, headers, body });
                expectEnvelope(got, status === 200 ? 502 : status);
                expect(errorOf(got).message).toMatch(status === 200 ? /compressed/ : /^Too Many Requests$/);
              }
      },
    );

    test.each([
      "text/event-stream",
      "text/event-stream; charset=utf-8",
      "Text/Event-Stream;charset=UTF-8",
      "application/octet-stream",
      "text/plain",
      "application/x-ndjson",
      "",
    ])("[21] a stream is text/event-stream, although the provider says %j", (type) => {
      const headers: Record<string, string> = type === "" ? {} : { "content-type": type };
      const got = ask(cluster, model, true, { ...stream, headers });
      expect([got.status, got.headers.getAll("content-type"), textOf(got), readEvents(got).at(-1)]).toEqual([
        200,
        ["text/event-stream"],
        "Hello.",
        "[DONE]",
      ]);
    });

    test.each([
      "application/json",
      "application/json; charset=utf-8",
      "Application/JSON",
      "text/plain",
      "text/html",
      "",
    ])("[21] one answer is application/json, although the provider says %j", (type) => {
      const headers: Record<string, string> = type === "" ? {} : { "content-type": type };
      const got = ask(cluster, model, false, { ...unary, headers });
      expect([got.status, got.headers.getAll("content-type"), textOf(got)]).toEqual([
        200,
        ["application/json"],
        "Hello.",
      ]);
    });

    test("[18] [21] a form that changes takes its own length and type along", () => {
      const length = (script: ScriptedAnswer): string =>
        String(Buffer.byteLength(String(script.body ?? (script.chunks ?? []).join(""))));
      const toStream = ask(cluster, model, true, {
        ...unary,
        headers: { ...json, "content-length": length(unary) },
      });
      expect([toStream.headers.get("content-type"), toStream.headers.has("content-length")]).toEqual([
        "text/event-stream",
        false,
      ]);
      expect([textOf(toStream), readEvents(toStream).at(-1)]).toEqual(["Hello.", "[DONE]"]);
      const toUnary = ask(cluster, model, false, {
        ...stream,
        headers: { "content-type": "text/event-stream", "content-length": length(stream) },
      });
      expect(toUnary.headers.get("content-type")).toBe("application/json");
      expect(toUnary.headers.get("content-length") ?? String(toUnary.body.length)).toBe(String(toUnary.body.length));
      expect(textOf(toUnary)).toBe("Hello.");
      const longError = { status: 500, headers: { ...json, "content-length": "9" }, body: '{"a":"b"}' };
      expectEnvelope(ask(cluster, model, false, longError), 500);
    });

    test("[22] [23] [24] one id, time and model, one role, one finish in an empty delta", () => {
      for (const script of [stream, unary]) {
        const chunks = readChunks(ask(cluster, model, true, script)) as (ReturnType<typeof readChunks>[number] & {
          object: string;
          created: number;
        })[];
        for (const key of ["id", "created", "model", "object"] as const)
          expect(new Set(chunks.map((chunk) => chunk[key])).size, key).toBe(1);
        expect(chunks[0]).toMatchObject({ object: "chat.completion.chunk", created: expect.any(Number) as number });
        const choices = chunks.flatMap((chunk) => chunk.choices ?? []);
        expect(choices.map((choice) => choice.index)).toEqual(choices.map(() => 0));
        expect(choices.filter((choice) => choice.delta.role !== undefined)).toEqual([choices[0]]);
        expect(choices.filter((choice) => choice.finish_reason !== null)).toEqual([
          { index: 0, delta: {}, finish_reason: "stop" },
        ]);
        expect(choices.at(-1)?.finish_reason).toBe("stop");
      }
    });
  });

  test("[8] [DONE] comes once, when the provider forgets it and when it repeats it", () => {
    const ends = [
      openAiEvents(["x"]).slice(0, -1),
      [...openAiEvents(["x"]), "data: [DONE]\n\n", ...openAiEvents(["y"])],
    ];
    const twice = [...anthropicEvents(["x"]), ...anthropicEvents(["y"])];
    for (const [cluster, model, chunks] of [
      ...ends.map((chunks) => ["deepseek", "only", chunks] as const),
      ["claude", "claude-sonnet-4-5", twice] as const,
    ])
      for (const pieces of [chunks, [chunks.join("")]]) {
        const got = ask(cluster, model, true, { headers: { "content-type": "text/event-stream" }, chunks: pieces });
        expect([textOf(got), got.complete]).toEqual(["x", true]);
        expect(readEvents(got).filter((data) => data === "[DONE]")).toHaveLength(1);
        expect(readEvents(got).at(-1)).toBe("[DONE]");
      }
  });

  test("[22] ids are made up where the provider gives none, a new one for each answer", () => {
    const bare = (event: string): string =>
      event.replace('"id":"chatcmpl-1",', "").replace('"created":1767225600,', "");
    const script = { ...openAiStream([]), chunks: openAiEvents(["x"]).map(bare) };
    const ids = [1, 2].map(() => readChunks(ask("deepseek", "only", true, script)).map((chunk) => chunk.id));
    for (const each of ids) expect(new Set(each).size).toBe(1);
    expect(ids[0]?.[0]).toMatch(/^chatcmpl-[0-9a-f]{16}$/);
    expect(ids[0]?.[0]).not.toBe(ids[1]?.[0]);
  });

  test("[11] Anthropic's one answer with thinking and a call becomes a stream of them", () => {
    const body = JSON.parse(String(anthropicAnswer("Look.").body)) as { content: object[]; stop_reason: string };
    body.content.unshift({ type: "thinking", thinking: "Hm.", signature: "c2ln" });
    body.content.push({ type: "tool_use", id: "toolu_1", name: "f", input: { a: 1 } });
    body.stop_reason = "tool_use";
    envoy.upstream("claude", { headers: json, body: JSON.stringify(body) });
    const got = envoy.request(chat("claude-sonnet-4-5", { stream: true, stream_options: { include_usage: true } }));
    expect(got.headers.get("content-type")).toBe("text/event-stream");
    const deltas = readChunks(got).flatMap((chunk) => (chunk.choices ?? []).map((choice) => choice.delta));
    expect(deltas).toEqual([
      { role: "assistant", content: "" },
      { reasoning_content: "Hm." },
      { thinking_blocks: [{ type: "thinking", thinking: "Hm.", signature: "c2ln" }] },
      { content: "Look." },
      { tool_calls: [{ index: 0, id: "toolu_1", type: "function", function: { name: "f", arguments: "" } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] },
      {},
    ]);
    expect(readChunks(got).at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 11, completion_tokens: 7 } });
    expect(readEvents(got).at(-1)).toBe("[DONE]");
  });

  test("[137] a clean stream goes through byte for byte when the client asked for usage", () => {
    const events = openAiEvents(["Grüße, ", "😀 \\u00e9"]);
    envoy.upstream("deepseek", { ...openAiStream([]), chunks: events });
    const got = envoy.request(chat("only", { stream: true, stream_options: { include_usage: true } }));
    expect(got.body.toString()).toBe(events.join(""));
  });
});
