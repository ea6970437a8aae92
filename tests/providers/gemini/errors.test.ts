import { describe, expect, test } from "vitest";
import { readError } from "./answer";
import { vertex } from "./request";

const google = (code: number, status: string, message = "It went wrong.", details: object[] = []) => ({
  error: { code, message, status, details },
});

test.each([
  [400, "INVALID_ARGUMENT", "bad-request", "invalid_request_error"],
  [401, "UNAUTHENTICATED", "auth", "authentication_error"],
  [403, "PERMISSION_DENIED", "auth", "permission_error"],
  [404, "NOT_FOUND", "not-found", "not_found_error"],
  [429, "RESOURCE_EXHAUSTED", "rate-limit", "rate_limit_error"],
  [500, "INTERNAL", "server-error", "api_error"],
  [503, "UNAVAILABLE", "overloaded", "overloaded_error"],
  [504, "DEADLINE_EXCEEDED", "server-error", "timeout"],
])("[99] %i %s", (code, status, reason, type) => {
  const error = google(code, status);
  for (const body of [error, [error]]) {
    expect(readError(code, body)).toMatchObject({
      status: code,
      reason,
      envelope: { error: { message: "It went wrong.", type } },
    });
  }
});

describe("when to come back", () => {
  const retry = (retryDelay: unknown) =>
    readError(
      429,
      google(429, "RESOURCE_EXHAUSTED", "Quota.", [
        { "@type": "type.googleapis.com/google.rpc.Help" },
        { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay },
      ]),
    ).retryAfter;

  test.each([
    ["34s", 34],
    ["34.07s", 35],
    ["0.5s", 1],
    ["0s", 0],
    ["999999999999s", 86400],
    ["soon", 0],
    ["12", 0],
    ["-5s", 0],
    [17, 0],
    [null, 0],
  ])("[99] %j is %i seconds", (delay, seconds) => {
    expect(retry(delay)).toBe(seconds);
  });
});

describe("keys", () => {
  const info = (reason: string) => ({ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason });

  test.each([
    google(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [info("API_KEY_INVALID")]),
    google(400, "INVALID_ARGUMENT", "Nope.", [info("API_KEY_INVALID")]),
    google(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key."),
    [google(400, "INVALID_ARGUMENT", "API key not valid.")],
  ])("[99] a wrong key is a 400 that means authentication", (body) => {
    expect(readError(400, body)).toMatchObject({
      status: 400,
      reason: "auth",
      envelope: { error: { type: "authentication_error" } },
    });
  });
});

test("[99] a conversation that is too long", () => {
  const message = "The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).";
  expect(readError(400, google(400, "INVALID_ARGUMENT", message))).toMatchObject({
    reason: "context-length",
    envelope: { error: { code: "context_length_exceeded", param: "messages" } },
  });
});

test("[99] Claude's errors at Vertex AI are Anthropic's, or Google's", () => {
  const claude = vertex("claude-sonnet-4-5");
  const own = { type: "error", error: { type: "rate_limit_error", message: "Slow down." } };
  expect(readError(429, own, claude)).toMatchObject({
    reason: "rate-limit",
    envelope: { error: { message: "Slow down." } },
  });
  const googles = [google(429, "RESOURCE_EXHAUSTED", "Quota.", [{ retryDelay: "3s" }])];
  expect(readError(429, googles, claude)).toMatchObject({ reason: "rate-limit", retryAfter: 3 });
});
