import { describe, expect, test } from "vitest";
import { readError } from "./exchange";

describe("errors", () => {
  const LONG = ":http://internal.amazon.com/coral/com.amazon.bedrock/";

  test.each([
    ["ThrottlingException", 429, "rate-limit"],
    ["ServiceQuotaExceededException", 400, "rate-limit"],
    ["ModelNotReadyException", 429, "overloaded"],
    ["ModelTimeoutException", 408, "timeout"],
    ["ModelErrorException", 424, "server-error"],
    ["InternalServerException", 500, "server-error"],
    ["ServiceUnavailableException", 503, "overloaded"],
    ["ValidationException", 400, "bad-request"],
    ["AccessDeniedException", 403, "auth"],
    ["UnrecognizedClientException", 403, "auth"],
    ["InvalidSignatureException", 403, "auth"],
    ["ExpiredTokenException", 403, "auth"],
    ["IncompleteSignature", 400, "auth"],
    ["ResourceNotFoundException", 404, "not-found"],
    ["BrandNewException", 503, "overloaded"],
  ])("[114] %s with %i is %s", (type, status, reason) => {
    for (const [header, body] of [
      [type + LONG, { message: "m" }],
      [type, { Message: "m" }],
      ["", { __type: `com.amazon.coral.service#${type}`, message: "m" }],
    ] as const) {
      const failure = readError(status, body, header);
      expect(failure).toMatchObject({ reason, status, envelope: { error: { message: "m", code: type } } });
    }
  });

  test.each([
    "Input is too long for requested model.",
    "The model returned the following errors: prompt is too long: 205000 tokens > 200000 maximum",
    "The model returned the following errors: input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
    "This model's maximum context length is 8192 tokens. Please reduce the length of the prompt",
    "The model returned the following errors: Input Tokens Exceeded: Number of input tokens exceeds maximum length.",
  ])("[114] too long: %s", (message) => {
    const failure = readError(400, { message }, `ValidationException${LONG}`);
    expect(failure).toMatchObject({
      reason: "context-length",
      envelope: { error: { code: "context_length_exceeded" } },
    });
  });

  test("[114] too many tokens a minute is a rate limit, an unknown model is not found", () => {
    const message = "Too many tokens, please wait before trying again. Input is too long for requested model.";
    expect(readError(429, { message }, "ThrottlingException").reason).toBe("rate-limit");
    const failure = readError(400, { message: "The provided model identifier is invalid." }, "ValidationException");
    expect(failure).toMatchObject({
      reason: "not-found",
      status: 400,
      envelope: { error: { code: "model_not_found" } },
    });
  });

  test("[114] an error of the model is not the client's; what is no JSON is text; names are names", () => {
    expect(readError(424, { message: "m" }, "ModelErrorException").envelope.error.type).toBe("api_error");
    expect(readError(502, "<html>Bad Gateway</html>").envelope.error.message).toBe("<html>Bad Gateway</html>");
    expect(readError(503, "").envelope.error).toMatchObject({ message: "Service Unavailable", code: null });
    expect(readError(400, {}, 'Odd"Name').envelope.error.code).toBeNull();
  });
});
