import { describe, expect, test } from "vitest";
import type { Failure } from "../../support/openai";
import { useOpenAiModule } from "../../support/openai-fixture";
import { choice, chunk, DONE, FINISH, passThrough, ROLE, TEXT, toEvents } from "./chunks";

const openai = useOpenAiModule();

const envelope = (members: object): unknown => ({
  error: { message: "m", type: null, param: null, code: null, ...members },
});

describe("[14] the status decides, a vendor's own word decides better", () => {
  test.each([
    [400, envelope({ type: "invalid_request_error" }), "bad-request"],
    [400, envelope({ code: "context_length_exceeded" }), "context-length"],
    [413, envelope({ code: "context_length_exceeded" }), "context-length"],
    [400, envelope({ message: "This model's maximum context length is 8 tokens." }), "context-length"],
    [400, envelope({ code: "content_filter" }), "content-filter"],
    [400, envelope({ code: "data_inspection_failed" }), "content-filter"],
    [400, { code: "DataInspectionFailed", message: "m", request_id: "r" }, "content-filter"],
    [401, envelope({ code: "invalid_api_key" }), "auth"],
    [400, envelope({ code: "invalid_api_key" }), "auth"],
    [403, envelope({}), "auth"],
    [403, envelope({ code: "insufficient_quota" }), "auth"],
    [404, envelope({ code: "model_not_found" }), "not-found"],
    [403, envelope({ code: "model_not_found" }), "not-found"],
    [408, envelope({}), "timeout"],
    [429, envelope({}), "rate-limit"],
    [429, envelope({ code: "insufficient_quota" }), "rate-limit"],
    [500, envelope({ type: "server_error" }), "server-error"],
    [502, "bad gateway", "server-error"],
    [503, envelope({}), "overloaded"],
    [529, envelope({}), "overloaded"],
    [504, "", "server-error"],
  ])("%i %j is %s", (status, body, reason) => {
    const failure = openai.module.readError(status, body);
    expect(failure).toMatchObject({ reason, status });
    expect(failure.envelope.error.message.length).toBeGreaterThan(0);
  });
});

describe("[118] Azure's content filter", () => {
  test("keeps message, param and code", () => {
    const failure = openai.module.readError(400, {
      error: {
        message: "filtered",
        type: null,
        param: "prompt",
        code: "content_filter",
        status: 400,
        innererror: { code: "ResponsibleAIPolicyViolation" },
      },
    });
    expect(failure.reason).toBe("content-filter");
    expect(failure.envelope.error).toEqual({
      message: "filtered",
      type: "invalid_request_error",
      param: "prompt",
      code: "content_filter",
    });
  });
});

describe("[14] [15] vendors in their own shapes", () => {
  test.each<[string, number, unknown, string, string]>([
    ["cloudflare", 400, { success: false, errors: [{ code: 7009, message: "no" }], messages: [] }, "bad-request", "no"],
    ["cerebras", 422, { message: "no", type: "invalid_request_error", code: "wrong_api_format" }, "bad-request", "no"],
    ["databricks", 404, { error_code: "ENDPOINT_NOT_FOUND", message: "no" }, "not-found", "no"],
    ["deepinfra", 401, { detail: { error: "no" } }, "auth", "no"],
    ["grok", 400, { code: "Client specified an invalid argument", error: "no" }, "bad-request", "no"],
    ["huggingface", 503, { error: "no", estimated_time: 20 }, "overloaded", "no"],
    [
      "llama.cpp",
      400,
      { error: { code: 400, message: "no", type: "exceed_context_size_error" } },
      "context-length",
      "no",
    ],
    ["mistral", 422, { object: "error", message: { detail: [] }, type: "x" }, "bad-request", '{"detail":[]}'],
    ["modelscope", 400, { errors: { message: "no" }, request_id: "r" }, "bad-request", "no"],
    ["nvidia", 401, { status: 401, title: "Unauthorized", detail: "no" }, "auth", "no"],
    [
      "tgi",
      422,
      { error: "`inputs` tokens + `max_new_tokens` must be <= 4096.", error_type: "validation" },
      "context-length",
      "`inputs` tokens + `max_new_tokens` must be <= 4096.",
    ],
    ["zhipuai", 400, { error: { code: "1261", message: "no" } }, "context-length", "no"],
    ["zhipuai", 400, { error: { code: "1301", message: "no" } }, "content-filter", "no"],
  ])("%s %i %j is %s", (type, status, body, reason, message) => {
    openai.module.useTarget(type, "m");
    const failure = openai.module.readError(status, body);
    expect(failure.reason).toBe(reason);
    expect(failure.envelope.error.message).toBe(message);
  });

  test.each([
    [1002, "rate-limit", "rate_limit_error"],
    [1004, "auth", "authentication_error"],
    [1008, "rate-limit", "rate_limit_error"],
    [1013, "stream-error", "api_error"],
    [1027, "content-filter", "invalid_request_error"],
    [2013, "bad-request", "invalid_request_error"],
    [9999, "stream-error", "api_error"],
  ])("MiniMax's %i inside a 200 is %s", (code, reason, type) => {
    openai.module.useTarget("minimax", "m");
    const body = { id: "1", choices: null, base_resp: { status_code: code, status_msg: "no" } };
    const unary = openai.module.passAnswer(JSON.stringify(body));
    const stream = openai.module.passStream([new TextEncoder().encode(`data: ${JSON.stringify(body)}\n\n`)]);
    for (const { failure } of [unary, stream]) {
      expect(failure?.reason).toBe(reason);
      expect(failure?.envelope.error).toMatchObject({ message: "no", type });
    }
  });

  test("an answer that says all is well is none", () => {
    openai.module.useTarget("minimax", "m");
    const message = { role: "assistant", content: "Hi" };
    const body = {
      id: "1",
      object: "chat.completion",
      created: 1,
      model: "m",
      choices: [{ index: 0, message, finish_reason: "stop" }],
      base_resp: { status_code: 0, status_msg: "" },
    };
    expect(openai.module.passAnswer(JSON.stringify(body)).unchanged).toBe(1);
  });
});

describe("[10] [14] a number of the vendor's inside a 200", () => {
  const done = { state: "failed" as const };
  const hi = chunk([choice({ role: "assistant", content: "Hi" })], { code: 0, message: "Success", sid: "s" });

  /** The same error as a whole answer, as the first event, and behind content. */
  function failEverywhere(type: string, body: unknown): Failure[] {
    openai.module.useTarget(type, "m");
    const first = passThrough(openai.module, [body]);
    const late = passThrough(openai.module, [hi, body, DONE]);
    expect([first, late]).toMatchObject([done, done]);
    expect(late.text).toContain('"content":"Hi"');
    expect(late.text).toMatch(/data: \{"error":[^\n]*\}\n\n$/);
    const hub = openai.module.passHub(true, true, [new TextEncoder().encode(toEvents([body]))]);
    const whole = openai.module.passHub(false, false, [new TextEncoder().encode(JSON.stringify(body))]);
    const answers = [openai.module.passAnswer(body), first, late, hub, whole];
    return answers.map(({ failure }) => {
      if (failure === null) throw new Error(`no failure of ${JSON.stringify(body)}`);
      return failure;
    });
  }

  test.each([
    [10003, "bad-request", "10003"],
    [10007, "rate-limit", "10007"],
    [10008, "overloaded", "10008"],
    [10012, "stream-error", "10012"],
    [10013, "content-filter", "10013"],
    [10014, "content-filter", "10014"],
    [10907, "context-length", "context_length_exceeded"],
    [11200, "auth", "11200"],
    [11202, "rate-limit", "11202"],
    [11500, "auth", "11500"],
    [99999, "stream-error", "99999"],
  ])("Spark's %i is %s", (code, reason, told) => {
    for (const choices of [undefined, null, [], hi.choices]) {
      for (const type of ["spark", "iflytek"]) {
        for (const failure of failEverywhere(type, { code, message: "no", sid: "s", choices })) {
          expect(failure).toMatchObject({ reason, envelope: { error: { message: "no", code: told } } });
        }
      }
    }
    openai.module.useTarget("spark", "m");
    const { failure } = openai.module.passAnswer({ code, sid: "s" });
    expect(failure?.reason).toBe(reason);
    expect(failure?.envelope.error.message).toMatch(/\w/);
  });

  test("Spark's 0 says that all is well, and OpenAI's own shape is read too", () => {
    openai.module.useTarget("spark", "m");
    const good = { code: 0, message: "Success", sid: "s" };
    const events = [{ ...ROLE, ...good }, good, { ...TEXT, ...good }, { ...FINISH, ...good }, DONE];
    expect(passThrough(openai.module, events).state).toBe("done");
    const own = { error: { message: "no", type: "api_error", param: null, code: null } };
    for (const failure of failEverywhere("spark", own)) expect(failure).toMatchObject({ reason: "stream-error" });
    // Another vendor's `code` means nothing.
    openai.module.useTarget("openai", "m");
    const other = passThrough(openai.module, [ROLE, { ...TEXT, code: 5 }, FINISH, DONE]);
    expect(other).toMatchObject({ state: "done", unchanged: 4 });
  });

  test("MiniMax's, beside choices too", () => {
    const base_resp = { status_code: 1027, status_msg: "no" };
    for (const choices of [null, [], hi.choices]) {
      for (const failure of failEverywhere("minimax", { id: "1", choices, base_resp })) {
        expect(failure).toMatchObject({
          reason: "content-filter",
          envelope: { error: { message: "no", code: "1027" } },
        });
      }
    }
  });

  test.each([
    ["1302", "rate-limit", "1302"],
    ["1113", "rate-limit", "1113"],
    ["1261", "context-length", "context_length_exceeded"],
    ["1301", "content-filter", "1301"],
    ["1312", "overloaded", "1312"],
    ["1211", "not-found", "1211"],
    ["4711", "stream-error", "4711"],
  ])("Zhipu's %s in an error object is %s", (code, reason, told) => {
    for (const failure of failEverywhere("zhipuai", { error: { code, message: "no" } })) {
      expect(failure).toMatchObject({ reason, envelope: { error: { message: "no", code: told } } });
    }
  });
});

describe("[15] any body becomes an envelope", () => {
  test.each([
    [envelope({ message: "a\\u0041\u4f60" }), "a\\u0041\u4f60"],
    [{ error: "plain" }, "plain"],
    [{ message: "top" }, "top"],
    [{ object: "error", message: "vllm", type: "BadRequestError", code: 400 }, "vllm"],
    [{ detail: "Not Found" }, "Not Found"],
    [{ detail: [{ loc: ["body"], msg: "field required", type: "missing" }] }, "field required"],
    [{ detail: { message: "nested" } }, "nested"],
    [[{ error: { message: "in a list", code: 400 } }], "in a list"],
    [{ code: "Throttling", message: "slow", request_id: "r" }, "slow"],
    ['  <html>\n<body>502 Bad "Gateway"</body></html>\n', '<html>\n<body>502 Bad "Gateway"</body></html>'],
    ["upstream connect error", "upstream connect error"],
    ['{"cut":', '{"cut":'],
    ["{}", "{}"],
    ["[]", "[]"],
    ["null", "null"],
    ["", "Bad Request"],
    [" \r\n ", "Bad Request"],
    [{ error: {} }, "Bad Request"],
    [{ error: { message: { a: 1 } } }, '{"a":1}'],
  ])("%j says %j", (body, message) => {
    const failure = openai.module.readError(400, body);
    expect(failure.envelope.error.message).toBe(message);
    expect(failure.status).toBe(400);
  });

  test("bytes that are not UTF-8", () => {
    const failure = openai.module.readError(500, new Uint8Array([0x61, 0xff, 0xe4, 0xbd, 0x62, 0x00, 0x80]));
    expect(failure.envelope.error.message).toBe("a\ufffd\ufffdb\0\ufffd");
  });

  test.each([
    ["a".repeat(5000), "a".repeat(2000)],
    ["\u4f60".repeat(1000), "\u4f60".repeat(666)],
    [`${"a".repeat(1999)}\n\n`, "a".repeat(1999)],
    [`${"a".repeat(1995)}\ud83d\ude00x`, `${"a".repeat(1995)}\ud83d\ude00x`],
    [`${"a".repeat(1997)}\ud83d\ude00x`, "a".repeat(1997)],
  ])("a long message is cut between characters", (text, cut) => {
    expect(openai.module.readError(500, `x${text}`.slice(1)).envelope.error.message).toBe(cut.trimEnd());
    expect(openai.module.readError(500, envelope({ message: text })).envelope.error.message).toBe(cut);
  });

  test("a long message is cut between escapes", () => {
    const pair = "\\ud83d\\ude00";
    const failure = openai.module.readError(500, `{"error":{"message":"${"a".repeat(1990)}${pair}${pair}"}}`);
    expect(failure.envelope.error.message).toBe("a".repeat(1990));
    const fits = openai.module.readError(500, `{"error":{"message":"${"a".repeat(1988)}${pair}${pair}"}}`);
    expect(fits.envelope.error.message).toBe(`${"a".repeat(1988)}\ud83d\ude00`);
  });
});

describe("[15] an error in an event, as DashScope refuses a stream", () => {
  const error = '{"error":{"message":"m","type":"t","param":null,"code":"invalid_parameter_error"}}';
  test.each([
    `data: ${error}\n\n`,
    `data:${error}`,
    `id:1\nevent:error\n:HTTP_STATUS/400\ndata:${error}\n\n`,
    `\ufeffdata: ${error}\r\n\r\ndata: [DONE]\r\n\r\n`,
    `: wait\n\ndata: wait\n\ndata: ${error.replace(",", ",\ndata: ")}\n\n`,
  ])("%j", (body) => {
    expect(openai.module.readError(400, body)).toMatchObject({
      reason: "bad-request",
      status: 400,
      envelope: { error: { message: "m", type: "t", code: "invalid_parameter_error" } },
    });
  });

  test.each(["data: no JSON\n\n", "data: 7\n\n", 'data: {"a":1}\n\n', "data:", "data: {\n\n"])(
    "%j holds none, so its text is the message",
    (body) => {
      expect(openai.module.readError(400, body).envelope.error.message).toBe(body.trimEnd());
    },
  );
});

describe("[16] the status gives the type that the vendor does not", () => {
  test.each([
    [400, "invalid_request_error"],
    [401, "authentication_error"],
    [403, "permission_error"],
    [404, "not_found_error"],
    [408, "timeout"],
    [413, "request_too_large"],
    [422, "invalid_request_error"],
    [429, "rate_limit_error"],
    [500, "api_error"],
    [503, "overloaded_error"],
    [504, "timeout"],
    [529, "overloaded_error"],
  ])("%i is %s", (status, type) => {
    expect(openai.module.readError(status, "x").envelope.error.type).toBe(type);
    expect(openai.module.readError(status, envelope({ type: "own" })).envelope.error.type).toBe("own");
  });
});

test("the envelope lists attempts in a fixed order", () => {
  expect(openai.module.writeAttempts()).toBe(
    '{"error":{"message":"slow down","type":"rate_limit_error","param":null,"code":"busy","attempts":[' +
      '{"provider":"a\\"b","model":"m/1","reason":"rate-limit","status":429},' +
      '{"provider":"c","model":"m\\n2","reason":"connect","status":null}]}}',
  );
});

test("the model list shows what the configuration spells out", () => {
  const config = {
    role: "gateway",
    providers: [
      { id: "dashscope", type: "qwen" },
      { id: "deepseek", type: "deepseek" },
    ],
    routes: [
      { model: "deepseek-chat", targets: [{ provider: "deepseek" }] },
      { model: "qwen-*", targets: [{ provider: "dashscope" }] },
    ],
  };
  const entry = { id: "deepseek-chat", object: "model", created: 1_700_000_000, owned_by: "deepseek" };
  expect(openai.module.models(config)).toEqual({ object: "list", data: [entry] });
  expect(openai.module.models(config, "deepseek-chat")).toEqual(entry);
  expect(openai.module.models(config, "qwen-max")).toEqual({ ...entry, id: "qwen-max", owned_by: "dashscope" });
  expect(openai.module.models(config, "dashscope/x")).toEqual({ ...entry, id: "dashscope/x", owned_by: "dashscope" });
  expect(openai.module.models(config, "nobody")).toBeNull();
});
