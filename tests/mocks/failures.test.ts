import { gunzipSync } from "node:zlib";
import { connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Mocks, type Rule, startMocks } from "./index";

/*
 * Scripted failures, seen from a raw socket: what arrived, how it ended.
 */
let mocks: Mocks;
beforeAll(async () => {
  mocks = await startMocks();
});
afterAll(() => mocks.close());
beforeEach(() => mocks.reset());

interface Seen {
  bytes: Buffer;
  ending: "closed" | "reset" | "open";
}

/** Sends one request and reads until the end, or for `ms` when the other side stays silent. */
function exchange(stream: boolean, headers: Record<string, string> = {}, ms = 400): Promise<Seen> {
  const body = JSON.stringify({ model: "deepseek-chat", stream, messages: [{ role: "user", content: "Hi" }] });
  const lines = Object.entries({
    host: "mock",
    connection: "close",
    "content-type": "application/json",
    "content-length": String(body.length),
    authorization: `Bearer ${mocks.keys.deepseek}`,
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(mocks.ports.deepseek, "127.0.0.1");
    const finish = (ending: Seen["ending"]): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ bytes: Buffer.concat(chunks), ending });
    };
    const timer = setTimeout(() => finish("open"), ms);
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("end", () => finish("closed"));
    socket.on("error", () => finish("reset"));
    socket.write(`POST /chat/completions HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
  });
}

/** The decoded chunked body. */
function bodyOf(bytes: Buffer): Buffer {
  let at = bytes.indexOf("\r\n\r\n") + 4;
  if (!/transfer-encoding: chunked/i.test(bytes.toString("latin1", 0, at))) return bytes.subarray(at);
  const parts: Buffer[] = [];
  while (at < bytes.length) {
    const end = bytes.indexOf("\r\n", at);
    const size = parseInt(bytes.toString("latin1", at, end), 16);
    if (!(size > 0)) break;
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(parts);
}

const events = (seen: Seen): string[] =>
  bodyOf(seen.bytes)
    .toString()
    .split("\n\n")
    .filter((event) => event.startsWith("data:"));

async function run(rule: Rule, stream = true): Promise<Seen> {
  mocks.script("deepseek", rule);
  return exchange(stream);
}

describe("a scripted failure", () => {
  test("status, retry-after and body", async () => {
    const vendor = await run({ status: 503, retryAfter: "7" });
    expect(vendor.bytes.toString()).toMatch(/^HTTP\/1.1 503 .*retry-after: 7.*Service is too busy/s);
    expect((await run({ status: 502, errorBody: "html" })).bytes.toString()).toMatch(
      /text\/html.*<h1>502 Bad Gateway/s,
    );
    expect(bodyOf((await run({ status: 500, errorBody: "empty" })).bytes)).toHaveLength(0);
  });

  test("error event in place of event N", async () => {
    const seen = await run({ errorAtEvent: 2, message: "boom" });
    expect(seen.ending).toBe("closed");
    const found = events(seen);
    expect(found).toHaveLength(3);
    expect(JSON.parse(found[2]!.slice(6))).toHaveProperty("error.message", "boom");
  });

  test("silence: before headers, after headers, after events", async () => {
    expect(await run({ silentBeforeHeaders: true })).toEqual({ bytes: Buffer.alloc(0), ending: "open" });
    const headersOnly = await run({ silentAfterEvents: 0 });
    expect(headersOnly.bytes.toString()).toMatch(/^HTTP\/1.1 200 OK\r\n.*\r\n\r\n$/s);
    expect(headersOnly.ending).toBe("open");
    const some = await run({ silentAfterEvents: 3 });
    expect(events(some)).toHaveLength(3);
    expect(some.ending).toBe("open");
  });

  test("reset: before headers, after headers, after bytes, after events", async () => {
    expect(await run({ resetBeforeHeaders: true })).toEqual({ bytes: Buffer.alloc(0), ending: "reset" });
    const headersOnly = await run({ resetAfterBytes: 0 });
    expect(headersOnly.ending).toBe("reset");
    expect(bodyOf(headersOnly.bytes)).toHaveLength(0);
    const bytes = await run({ resetAfterBytes: 333 });
    expect(bytes.ending).toBe("reset");
    expect(bodyOf(bytes.bytes)).toHaveLength(333);
    const some = await run({ resetAfterEvents: 2 });
    expect(some.ending).toBe("reset");
    expect(events(some)).toHaveLength(2);
  });

  test("early end and a missing last event", async () => {
    expect(events(await run({ endAfterEvents: 2 }))).toHaveLength(2);
    const without = events(await run({ withoutLastEvent: true }));
    expect(without.at(-1)).not.toContain("[DONE]");
    expect(without.at(-1)).toContain('"finish_reason":"stop"');
  });

  test("chunking never changes the bytes", async () => {
    const whole = bodyOf((await run({})).bytes);
    for (const chunking of ["whole", "byte", 5, { seed: 9, max: 30 }] as const) {
      expect(bodyOf((await run({ chunking })).bytes).equals(whole)).toBe(true);
    }
  });

  test("gzip, wrong form, raw body, huge text, delay", async () => {
    const zipped = await run({ gzip: true });
    expect(zipped.bytes.toString("latin1")).toMatch(/content-encoding: gzip/);
    expect(gunzipSync(bodyOf(zipped.bytes)).toString()).toContain("[DONE]");
    expect((await run({ form: "unary" })).bytes.toString()).toMatch(/application\/json.*"chat.completion"/s);
    expect((await run({ form: "events" }, false)).bytes.toString()).toMatch(/text\/event-stream.*\[DONE\]/s);
    expect(bodyOf((await run({ rawBody: "<p>hello</p>" })).bytes).toString()).toBe("<p>hello</p>");
    expect(bodyOf((await run({ textBytes: 200_000 }, false)).bytes).length).toBeGreaterThan(200_000);
    const started = performance.now();
    await run({ headersDelayMs: 120 });
    expect(performance.now() - started).toBeGreaterThan(115);
  });
});

describe("scripting", () => {
  test("by queue: in order, a number of times, by text", async () => {
    mocks.script("deepseek", [{ status: 500, times: 2 }, { status: 429, match: "nobody says this" }, { status: 503 }]);
    const statuses: string[] = [];
    for (let index = 0; index < 4; index++) statuses.push((await exchange(false)).bytes.toString().slice(9, 12));
    expect(statuses).toEqual(["500", "500", "503", "200"]);
  });

  test("by the request's own header, for its vendor only", async () => {
    expect((await exchange(false, { "x-mock-deepseek": '{"status":418}' })).bytes.toString()).toMatch(/^HTTP\/1.1 418/);
    expect((await exchange(false, { "x-mock-openai": '{"status":418}' })).bytes.toString()).toMatch(/^HTTP\/1.1 200/);
  });

  test("by the control API, with the journal", async () => {
    const base = mocks.url("deepseek");
    const added = await fetch(`${base}/__mock/script`, { method: "POST", body: '{"times":1,"status":429}' });
    expect(await added.json()).toEqual({ added: 1 });
    expect((await exchange(false)).bytes.toString()).toMatch(/^HTTP\/1.1 429/);
    const journal = (await (await fetch(`${base}/__mock/requests`)).json()) as {
      path: string;
      status: number;
      body: string;
    }[];
    expect(journal).toMatchObject([
      { path: "/chat/completions", status: 429, body: expect.stringContaining("deepseek-chat") as string },
    ]);
    await fetch(`${base}/__mock/requests`, { method: "DELETE" });
    expect(mocks.requests("deepseek")).toEqual([]);
  });

  test("a misspelt rule is refused, a wrong request is not hidden by a scripted failure", async () => {
    const answer = await fetch(`${mocks.url("deepseek")}/__mock/script`, { method: "POST", body: '{"statsu":1}' });
    expect(answer.status).toBe(400);
    expect(() => mocks.script("deepseek", { status: "x" } as unknown as Rule)).toThrow(/must be a count/);
    mocks.script("deepseek", { status: 503 });
    expect((await exchange(false, { authorization: "Bearer wrong" })).bytes.toString()).toMatch(/^HTTP\/1.1 401/);
  });
});
