import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Gateway, startGateway } from "./support/gateway";
import { type Answer, send, sendRaw } from "./support/http";

/*
 * Bad input, also on raw sockets: the client gets OpenAI's envelope on its own connection, no provider hears of it, the workers serve on.
 */
const LIMIT = 200_000;
let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway({ change: (plugin) => (plugin.limits = { maxBodyBytes: LIMIT }) });
}, 180_000);
afterAll(() => gateway.close());

afterEach(async () => {
  for (let round = 0; round < 4; round++) {
    const answer = await send(gateway.url, {
      body: { model: "qwen-max", messages: [{ role: "user", content: "Hi" }] },
    });
    expect(answer.status).toBe(200);
  }
  gateway.mocks.reset();
});

interface ErrorObject {
  message: string;
  type: string;
  code: string | null;
  param: string | null;
}

function envelope(answer: Answer): ErrorObject {
  expect(answer.headers["content-type"]).toMatch(/^application\/json/);
  const { error } = JSON.parse(answer.text) as { error: ErrorObject };
  expect(Object.keys(error)).toEqual(expect.arrayContaining(["message", "type", "param", "code"]));
  expect(typeof error.message).toBe("string");
  expect(error.message).not.toBe("");
  expect(typeof error.type).toBe("string");
  for (const vendor of ["openai", "deepseek", "dashscope", "anthropic"] as const) {
    expect(gateway.mocks.requests(vendor)).toEqual([]);
  }
  return error;
}

const MESSAGES = [{ role: "user", content: "Hi" }];
const nested = (depth: number): string => `{"model":"qwen-max","messages":${"[".repeat(depth)}${"]".repeat(depth)}}`;

const BAD_BODIES: [name: string, body: string | Buffer, param: string | null][] = [
  ["nothing", "", "body"],
  ["no JSON", "hello", "body"],
  ["truncated", '{"model":"qwen-max","messages":[{"role":"user","content":"H', "body"],
  ["trailing garbage", '{"model":"qwen-max","messages":[]} x', "body"],
  ["two values", "{}{}", "body"],
  ["a single quote", "{'model':'qwen-max'}", "body"],
  ["a trailing comma", '{"model":"qwen-max",}', "body"],
  ["NaN", '{"model":"qwen-max","temperature":NaN,"messages":[]}', "body"],
  [
    "bytes that are not UTF-8",
    Buffer.concat([
      Buffer.from('{"model":"qwen-max","messages":[{"role":"user","content":"'),
      Buffer.from([0xff, 0xc0, 0x80]),
      Buffer.from('"}]}'),
    ]),
    "body",
  ],
  ["a raw NUL in a text", '{"model":"qwen-max","messages":[{"role":"user","content":"a\u0000b"}]}', "body"],
  ["nesting without end", nested(5000), "body"],
  ["nesting that is not closed", "[".repeat(100_000), "body"],
  ["the same key twice", '{"model":"qwen-max","model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}', "body"],
  ["a list", "[]", null],
  ["a text", '"hello"', null],
  ["null", "null", null],
  ["no model", JSON.stringify({ messages: MESSAGES }), "model"],
  ["model null", JSON.stringify({ model: null, messages: MESSAGES }), "model"],
  ["model a number", JSON.stringify({ model: 5, messages: MESSAGES }), "model"],
  ["model empty", JSON.stringify({ model: "", messages: MESSAGES }), "model"],
  ["no messages", JSON.stringify({ model: "qwen-max" }), "messages"],
  ["messages a text", JSON.stringify({ model: "qwen-max", messages: "Hi" }), "messages"],
  ["no message", JSON.stringify({ model: "qwen-max", messages: [] }), "messages"],
  ["stream a text", JSON.stringify({ model: "qwen-max", messages: MESSAGES, stream: "yes" }), "stream"],
];

describe("a body that is wrong is a 400", () => {
  test.each(BAD_BODIES)("%s", async (_name, body, param) => {
    const answer = await send(gateway.url, { body });
    expect(answer.status).toBe(400);
    const error = envelope(answer);
    expect(error.type).toBe("invalid_request_error");
    if (param !== null) expect(error.param).toBe(param);
  });

  const FOR_CLAUDE: [name: string, change: object, param: RegExp][] = [
    ["a message without a role", { messages: [{ content: "Hi" }] }, /^messages\[0\]\.role$/],
    ["an unknown role", { messages: [{ role: "boss", content: "Hi" }] }, /^messages\[0\]\.role$/],
    ["content a number", { messages: [{ role: "user", content: 7 }] }, /^messages\[0\]\.content/],
    ["only a system message", { messages: [{ role: "system", content: "x" }] }, /^messages/],
    ["n of 2", { messages: MESSAGES, n: 2 }, /^n$/],
    [
      "arguments that are not JSON",
      {
        messages: [
          ...MESSAGES,
          {
            role: "assistant",
            tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{oops" } }],
          },
          { role: "tool", tool_call_id: "a", content: "x" },
        ],
      },
      /^messages\[1\]\.tool_calls/,
    ],
    [
      "audio",
      {
        messages: [{ role: "user", content: [{ type: "input_audio", input_audio: { data: "AAAA", format: "wav" } }] }],
      },
      /^messages\[0\]\.content/,
    ],
    ["temperature a text", { messages: MESSAGES, temperature: "hot" }, /^temperature$/],
    ["tools an object", { messages: MESSAGES, tools: {} }, /^tools$/],
  ];
  test.each(FOR_CLAUDE)("what cannot be said to Anthropic: %s", async (_name, change, param) => {
    const answer = await send(gateway.url, { body: { model: "claude-sonnet-4-5", ...change } });
    expect(answer.status).toBe(400);
    expect(envelope(answer).param).toMatch(param);
  });
});

test("an unknown model is a 404, also when its name is strange", async () => {
  for (const model of [
    "nobody-serves-this",
    "x".repeat(5000),
    'quote " and \\ and \u0007',
    "dashscope/",
    "😀",
    "../../etc/passwd",
  ]) {
    const answer = await send(gateway.url, { body: { model, messages: MESSAGES } });
    expect(answer.status).toBe(404);
    expect(envelope(answer)).toMatchObject({ code: "model_not_found", param: "model" });
  }
});

describe("a body over the limit is a 413", () => {
  const big = JSON.stringify({ model: "qwen-max", messages: [{ role: "user", content: "x".repeat(LIMIT) }] });

  test("by its content-length", async () => {
    const answer = await send(gateway.url, { body: big });
    expect(answer.status).toBe(413);
    expect(envelope(answer).type).toBe("request_too_large");
  });

  test("by its chunks", async () => {
    const chunks = (big.match(/[^]{1,20000}/g) ?? []).map((part) => `${part.length.toString(16)}\r\n${part}\r\n`);
    const head =
      "POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    const text = await sendRaw(gateway.port, [head, ...chunks, "0\r\n\r\n"], 1500);
    expect(text).toMatch(/^HTTP\/1.1 413 /);
    expect(text).toMatch(/"type": ?"request_too_large"/);
  });

  test("far over the limit, in one go", async () => {
    const chunk = `${(1 << 20).toString(16)}\r\n${"x".repeat(1 << 20)}\r\n`;
    const head =
      "POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    const text = await sendRaw(gateway.port, [head, ...Array<string>(12).fill(chunk), "0\r\n\r\n"], 3000);
    expect(text).toMatch(/^HTTP\/1.1 413 /);
    expect(text).toMatch(/"error"/);
  });

  test("just under the limit is served", async () => {
    const body = JSON.stringify({ model: "qwen-max", messages: [{ role: "user", content: "x".repeat(LIMIT - 200) }] });
    expect(body.length).toBeLessThanOrEqual(LIMIT);
    expect((await send(gateway.url, { body })).status).toBe(200);
    gateway.mocks.reset();
  });
});

describe("wrong method, path, type, encoding", () => {
  const REQUESTS: [name: string, options: Parameters<typeof send>[1], status: number][] = [
    ["GET chat", { method: "GET" }, 405],
    ["PUT chat", { method: "PUT", body: { model: "qwen-max", messages: MESSAGES } }, 405],
    ["DELETE chat", { method: "DELETE" }, 405],
    ["OPTIONS chat", { method: "OPTIONS" }, 405],
    ["POST models", { method: "POST", path: "/v1/models", body: {} }, 405],
    ["another path", { path: "/v1/embeddings", body: {} }, 404],
    ["the root", { method: "GET", path: "/" }, 404],
    ["a path that only begins right", { path: "/v1/chat/completionsX", body: {} }, 404],
    ["a model nobody serves", { method: "GET", path: "/v1/models/nope" }, 404],
    ["a text", { headers: { "content-type": "text/plain" }, body: "hello" }, 415],
    ["a form", { headers: { "content-type": "application/x-www-form-urlencoded" }, body: "a=b" }, 415],
    [
      "gzip",
      {
        headers: { "content-encoding": "gzip" },
        body: gzipSync(JSON.stringify({ model: "qwen-max", messages: MESSAGES })),
      },
      415,
    ],
    ["brotli", { headers: { "content-encoding": "br" }, body: "x" }, 415],
  ];
  test.each(REQUESTS)("%s", async (_name, options, status) => {
    const answer = await send(gateway.url, options);
    expect(answer.status).toBe(status);
    envelope(answer);
    if (status === 405) expect(answer.headers["allow"]).toMatch(/^(GET|POST)$/);
  });

  test("JSON with a charset, and a query, are fine", async () => {
    const body = { model: "qwen-max", messages: MESSAGES };
    expect(
      (await send(gateway.url, { headers: { "content-type": "application/json; charset=utf-8" }, body })).status,
    ).toBe(200);
    expect((await send(gateway.url, { path: "/v1/chat/completions?api-version=1", body })).status).toBe(200);
    gateway.mocks.reset();
  });
});

describe("on a raw socket", () => {
  test("a body in single bytes", async () => {
    const body = JSON.stringify({ model: "qwen-max", messages: [{ role: "user", content: "Grüße" }] });
    const bytes = Buffer.from(body);
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${bytes.length}\r\n\r\n`;
    const parts = Array.from(bytes, (byte) => Buffer.from([byte]));
    const text = await sendRaw(gateway.port, [head, ...parts]);
    expect(text).toMatch(/^HTTP\/1.1 200 /);
    expect(text).toContain("You said: Grüße");
    gateway.mocks.reset();
  });

  test("a bad request behind a good one on the same connection", async () => {
    const bad = "{]";
    const good = JSON.stringify({ model: "qwen-max", messages: MESSAGES });
    const head = (length: number): string =>
      `POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
    const text = await sendRaw(gateway.port, [head(good.length) + good + head(bad.length) + bad]);
    expect(text.match(/HTTP\/1.1 \d+ /g)).toEqual(["HTTP/1.1 200 ", "HTTP/1.1 400 "]);
    gateway.mocks.reset();
  });

  test("a client that leaves inside its body", async () => {
    const head =
      "POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n";
    await sendRaw(gateway.port, [head, '{"model":'], 150);
    for (const vendor of ["openai", "deepseek", "dashscope", "anthropic"] as const)
      expect(gateway.mocks.requests(vendor)).toEqual([]);
  });

  test("what is no HTTP at all", async () => {
    expect(await sendRaw(gateway.port, ["hello\r\n\r\n"], 500)).toMatch(/^(HTTP\/1.1 400 |$)/);
  });
});
