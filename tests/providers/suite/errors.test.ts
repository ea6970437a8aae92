import { describe, expect, test } from "vitest";
import { type Failure, parseStream, TranslateModule } from "../../support/translate";
import { loadAdapters } from "./adapters";
import { feedAllSplits, feedWhole, requestFor } from "./answer";

const adapters = await loadAdapters();
const module = await TranslateModule.load();

/** Statuses whose body may be anything, and what modelmux calls them. */
const STATUSES: [number, string, string][] = [
  [400, "bad-request", "invalid_request_error"],
  [401, "auth", "authentication_error"],
  [403, "auth", "permission_error"],
  [404, "not-found", "not_found_error"],
  [413, "bad-request", "request_too_large"],
  [422, "bad-request", "invalid_request_error"],
  [429, "rate-limit", "rate_limit_error"],
  [500, "server-error", "api_error"],
  [502, "server-error", "api_error"],
  [503, "overloaded", "overloaded_error"],
];
const BODIES: [string, string][] = [
  ["nothing", ""],
  ["HTML", '<html>\r\n<head><title>Bad "Gateway"</title></head></html>'],
  ["plain text", "upstream connect error\x01 or disconnect"],
  ["JSON of another kind", '{"detail":[{"loc":["body"],"msg":"field required"}]}'],
  ["half of JSON", '{"error":{"mess'],
  ["a number", "17"],
  ["null", "null"],
  ["an array", "[]"],
  ["no UTF-8 text", "\ud800"],
];

function expectEnvelope(failure: Failure): void {
  const { error } = failure.envelope;
  expect(Object.keys(error)).toEqual(expect.arrayContaining(["message", "type", "param", "code"]));
  expect(error.message).toEqual(expect.stringMatching(/\S/));
  expect(error.type).toEqual(expect.stringMatching(/^\w+$/));
}

describe.each(adapters)("$title", (adapter) => {
  const readError = (status: number, body: string, errorType?: string): Failure => {
    expect(module.translate(adapter.target, requestFor(adapter, false)).error).toBeNull();
    const failure = module.readError(status, body, errorType);
    expect(module.close()).toBe(0);
    return failure;
  };

  test("the adapter knows the vendor's errors", () => {
    const reasons = adapter.errors.map(({ reason }) => reason);
    expect(reasons).toEqual(expect.arrayContaining(["bad-request", "auth", "rate-limit"]));
    expect(reasons.some((reason) => reason === "server-error" || reason === "overloaded")).toBe(true);
  });

  test.each(adapter.errors)("the vendor's own $status: $reason", ({ status, body, errorType, reason }) => {
    const failure = readError(status, body, errorType);
    expect(failure.reason).toBe(reason);
    expectEnvelope(failure);
    // The vendor's own words reach the client.
    const { message } = failure.envelope.error;
    const words = body.toLowerCase().replace(/\\"/g, '"');
    expect(words.includes(message.toLowerCase().slice(0, 10)), `${message} is not in ${body}`).toBe(true);
  });

  describe.each(STATUSES)("status %i", (status, reason, type) => {
    test.each(BODIES)("with %s", (_name, body) => {
      const failure = readError(status, body);
      expect([failure.status, failure.reason, failure.envelope.error.type]).toEqual([status, reason, type]);
      expectEnvelope(failure);
    });
  });

  const without = (afterContent: boolean) =>
    adapter.unsupported[afterContent ? "error event after content" : "error event before content"];

  test("an error event before content can fall back", (context) => {
    const native = adapter.answersWhole ? null : adapter.writeErrorStream(false);
    if (native === null) {
      expect(without(false)).toEqual(expect.any(String));
      context.skip(without(false));
      return;
    }
    for (const clientStreams of [true, false]) {
      const answer = feedAllSplits(module, adapter, "error event before content", native, clientStreams);
      expect([answer.hasContent, answer.isDone]).toEqual([false, false]);
      expect(answer.failure).not.toBeNull();
      if (answer.failure) expectEnvelope(answer.failure);
      expect(answer.text).not.toContain("[DONE]");
    }
  });

  test("an error event after content ends the stream with an error", (context) => {
    const native = adapter.answersWhole ? null : adapter.writeErrorStream(true);
    if (native === null) {
      expect(without(true)).toEqual(expect.any(String));
      context.skip(without(true));
      return;
    }
    const answer = feedAllSplits(module, adapter, "error event after content", native);
    expect([answer.hasContent, answer.isDone]).toEqual([true, false]);
    expect(answer.failure).not.toBeNull();
    const last = parseStream(answer.text).at(-1);
    expect(last).toMatchObject({ error: { message: expect.any(String), type: expect.any(String) } });
    const gathered = feedAllSplits(module, adapter, "error event after content", native, false);
    expect([gathered.text, gathered.isDone]).toEqual(["", false]);
  });

  test("a whole answer that is none", () => {
    for (const body of ["", "{", "[]", "null", "17", '"text"', "<html></html>", "{}"]) {
      for (const clientStreams of [false, true]) {
        const native = { bytes: new TextEncoder().encode(body) };
        const answer = feedWhole(module, adapter, "error answers", native, clientStreams);
        expect(answer.failure, body).not.toBeNull();
        expect(answer.text).not.toContain("[DONE]");
      }
    }
  });
});
