import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ClientRequest, MiniEnvoy } from "../host/mini-envoy";
import { BUILDS, chat, errorOf, openAiAnswer, startGateway } from "./gateway";

const json = { "content-type": "application/json" };
const post = (body: string | Uint8Array, headers: Record<string, string> = json): ClientRequest => ({ headers, body });
const user = [{ role: "user", content: "x" }];
const nested = (depth: number): string =>
  `{"model":"only","messages":[{"role":"user","content":"x"}],"x":${"[".repeat(depth)}${"]".repeat(depth)}}`;

interface Refusal {
  status: number;
  param?: string | null;
  code?: string;
}

const CASES: [string, ClientRequest, Refusal][] = [
  ["not JSON", post("hello"), { status: 400 }],
  ["an empty body", post(""), { status: 400 }],
  ["no body at all", { headers: json }, { status: 400 }],
  ["white space only", post(" \n "), { status: 400 }],
  ["truncated", post('{"model":"only","messages":[{"role":"user"'), { status: 400 }],
  ["cut inside a string", post('{"model":"onl'), { status: 400 }],
  ["[33] text behind the document", post(`${JSON.stringify({ model: "only", messages: user })} x`), { status: 400 }],
  ["[33] a NUL byte", post(`{"model":"only","messages":[{"role":"user","content":"\0"}]}`), { status: 400 }],
  [
    "[33] invalid UTF-8",
    post(
      Buffer.concat([
        Buffer.from('{"model":"only","messages":[{"role":"user","content":"'),
        Buffer.from([0xff, 0xc0, 0xaf]),
        Buffer.from('"}]}'),
      ]),
    ),
    { status: 400 },
  ],
  [
    "[33] the same key twice",
    post('{"model":"only","model":"qwen-max","messages":[{"role":"user","content":"x"}]}'),
    { status: 400 },
  ],
  [
    "[33] the same key twice, once escaped",
    post('{"model":"only","mod\\u0065l":"qwen-max","messages":[{"role":"user","content":"x"}]}'),
    { status: 400 },
  ],
  [
    "[33] the same key twice inside a message",
    post('{"model":"only","messages":[{"role":"user","content":"x","role":"system"}]}'),
    { status: 400 },
  ],
  [
    "[33] a byte order mark",
    post(`\ufeff${JSON.stringify({ model: "only", messages: user })}`),
    { status: 400, param: "body" },
  ],
  [
    "[33] half a surrogate pair as bytes",
    post(
      Buffer.concat([
        Buffer.from('{"model":"only","messages":[{"role":"user","content":"'),
        Buffer.from([0xed, 0xa0, 0xbd]),
        Buffer.from('"}]}'),
      ]),
    ),
    { status: 400, param: "body" },
  ],
  [
    "[33] two documents",
    post(`${JSON.stringify({ model: "only", messages: user })}{}`),
    { status: 400, param: "body" },
  ],
  ["[33] nesting over the limit", post(nested(10000)), { status: 400 }],
  ["[33] nesting without end", post("[".repeat(90000)), { status: 400 }],
  ["an array", post("[]"), { status: 400 }],
  ["a string", post('"x"'), { status: 400 }],
  ["null", post("null"), { status: 400 }],
  ["no model", post(JSON.stringify({ messages: user })), { status: 400, param: "model" }],
  ["model null", post(JSON.stringify({ model: null, messages: user })), { status: 400, param: "model" }],
  ["model a number", post(JSON.stringify({ model: 5, messages: user })), { status: 400, param: "model" }],
  ["model empty", post(JSON.stringify({ model: "", messages: user })), { status: 400, param: "model" }],
  ["no messages", post(JSON.stringify({ model: "only" })), { status: 400, param: "messages" }],
  ["messages an object", post(JSON.stringify({ model: "only", messages: {} })), { status: 400, param: "messages" }],
  ["messages empty", post(JSON.stringify({ model: "only", messages: [] })), { status: 400, param: "messages" }],
  [
    "stream a string",
    post(JSON.stringify({ model: "only", messages: user, stream: "yes" })),
    { status: 400, param: "stream" },
  ],
  [
    "unknown model",
    post(JSON.stringify({ model: "nobody", messages: user })),
    { status: 404, param: "model", code: "model_not_found" },
  ],
  [
    "unknown provider before the slash",
    post(JSON.stringify({ model: "nobody/x", messages: user })),
    { status: 404, code: "model_not_found" },
  ],
  [
    "a model name with quotes and line ends",
    post(JSON.stringify({ model: 'a"b\\\n\u0000<\ud83d\ude00>', messages: user })),
    { status: 404, code: "model_not_found" },
  ],
  [
    "a model name of 50,000 bytes",
    post(JSON.stringify({ model: "m".repeat(50000), messages: user })),
    { status: 404, code: "model_not_found" },
  ],
  [
    "a body over the limit, announced",
    post("x".repeat(100001), { ...json, "content-length": "100001" }),
    { status: 413 },
  ],
  ["a body over the limit, not announced", post("x".repeat(100001)), { status: 413 }],
  ["GET", { method: "GET", headers: json }, { status: 405 }],
  ["PUT", { method: "PUT", ...chat("only") }, { status: 405 }],
  ["POST to /v1/models", { path: "/v1/models", ...chat("only") }, { status: 405 }],
  ["another path", { path: "/v1/completions", ...chat("only") }, { status: 404 }],
  ["the root", { path: "/", method: "GET" }, { status: 404 }],
  ["a path that only begins so", { path: "/v1/chat/completionsx", ...chat("only") }, { status: 404 }],
  ["content-encoding gzip", post("\x1f\x8b", { ...json, "content-encoding": "gzip" }), { status: 415 }],
  [
    "content-type text",
    post(JSON.stringify({ model: "only", messages: user }), { "content-type": "text/plain" }),
    { status: 415 },
  ],
  ["content-type of a form", post("a=b", { "content-type": "application/x-www-form-urlencoded" }), { status: 415 }],
];

describe.each(BUILDS)("bad input, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  beforeEach(() => {
    envoy = startGateway(wasm);
    envoy.upstream("deepseek", openAiAnswer("still here"));
  });
  afterEach(() => envoy.assertNoLeaks());

  test.each(CASES)("%s", (_case, request, expected) => {
    const answer = envoy.request(request);
    expect([answer.status, answer.headers.get("content-type"), answer.complete]).toEqual([
      expected.status,
      "application/json",
      true,
    ]);
    const error = errorOf(answer);
    expect(Object.keys(error)).toEqual(expect.arrayContaining(["message", "type", "param", "code"]));
    expect(error.message.length).toBeGreaterThan(0);
    if (expected.param !== undefined) expect(error.param).toBe(expected.param);
    if (expected.code !== undefined) expect(error.code).toBe(expected.code);
    if (expected.status === 400) expect([error.type, typeof error.param]).toEqual(["invalid_request_error", "string"]);
    expect(error.attempts ?? []).toEqual([]);
    expect(answer.upstreamRequests).toEqual([]);
    expect(envoy.request(chat("only")).status).toBe(200);
  });

  test("a body that arrives in pieces is judged as a whole", () => {
    const text = Buffer.from(JSON.stringify({ model: "only", messages: user }));
    const pieces = Array.from(text, (byte) => Uint8Array.of(byte));
    for (const endWithLastChunk of [false, true])
      expect(envoy.request({ headers: json, bodyChunks: pieces, endWithLastChunk }).status).toBe(200);
    expect(envoy.request({ headers: json, bodyChunks: pieces.slice(0, -1) }).status).toBe(400);
    expect(envoy.request({ headers: json, bodyChunks: pieces, trailers: { "x-checksum": "1" } }).status).toBe(200);
  });

  test("no content-type is taken as JSON; parameters and +json are fine", () => {
    const body = JSON.stringify({ model: "only", messages: user });
    for (const headers of [
      {} as Record<string, string>,
      { "content-type": "application/json; charset=utf-8" },
      { "content-type": "Application/JSON" },
    ])
      expect(envoy.request({ headers, body }).status).toBe(200);
  });

  test("[32] a body of 90 KB goes through, with the query string ignored", () => {
    const answer = envoy.request({
      path: "/v1/chat/completions?api-version=1",
      headers: json,
      body: JSON.stringify({ model: "only", messages: [{ role: "user", content: "ä".repeat(45000) }] }),
    });
    expect(answer.status).toBe(200);
    expect(answer.upstreamRequests[0]?.body.length).toBeGreaterThan(90000);
  });

  test("what Envoy's own buffer limit refuses gets the envelope too", () => {
    const small = startGateway(wasm, { bufferLimit: 5000 });
    small.upstream("deepseek", openAiAnswer("x"));
    const answer = small.request({ headers: json, bodyChunks: ["x".repeat(4000), "y".repeat(4000)] });
    expect([answer.status, answer.headers.get("content-type"), errorOf(answer).type]).toEqual([
      413,
      "application/json",
      "request_too_large",
    ]);
    expect(small.request(chat("only")).status).toBe(200);
    small.assertNoLeaks();
  });

  test("a client that goes away while it sends leaves nothing behind", () => {
    const open = envoy.openRequest({ headers: json });
    open.send('{"model":"only"').disconnect();
    expect(open.answer.complete).toBe(false);
  });
});
