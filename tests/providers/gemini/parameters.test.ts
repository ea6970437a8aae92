import { describe, expect, test } from "vitest";
import { TranslateModule } from "../../support/translate";
import { refuse, send, studio, translate, type Upstream } from "./request";

const module = await TranslateModule.load();

const config = (members: Record<string, unknown>, model?: string) => translate(members, model).generationConfig;

describe("path and headers", () => {
  test("[81] the model and the method stand in the path, the key in a header", () => {
    const { path, headers, text } = send({ stream_options: null }, studio("gemini-2.5-flash"));
    expect(path).toBe("/v1beta/models/gemini-2.5-flash:generateContent");
    expect(headers).toEqual({ "x-goog-api-key": "test-key" });
    expect(JSON.parse(text)).toEqual({ contents: [{ role: "user", parts: [{ text: "Hello" }] }] });
  });

  test("[81] a stream is asked for as events", () => {
    const { path, text } = send({ stream: true, stream_options: { include_usage: true } });
    expect(path).toBe("/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse");
    expect(Object.keys(JSON.parse(text) as object)).toEqual(["contents"]);
  });

  test("[81] version and base path are the configuration's", () => {
    const target = { ...studio("gemini-2.5-flash", { providerBasePath: "/proxy" }), apiVersion: "v1" };
    const { path } = module.translate(target, { model: "m", messages: [{ role: "user", content: "a" }] });
    expect(module.close()).toBe(0);
    expect(path).toBe("/proxy/v1/models/gemini-2.5-flash:generateContent");
  });

  test.each(["a/b", "a:b", "a?b", "a b", "ä", "x".repeat(129)])("[81] the model %s cannot enter a path", (model) => {
    expect(refuse({}, studio(model))).toMatchObject({ status: 400, param: "model" });
  });
});

describe("generationConfig", () => {
  test("[88] everything that has another name", () => {
    expect(
      config({
        temperature: 0.5,
        top_p: 0.9,
        top_k: 40,
        max_tokens: 100,
        stop: ["a", "", "b"],
        n: 2,
        seed: 7,
        logprobs: true,
        top_logprobs: 3,
      }),
    ).toEqual({
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      maxOutputTokens: 100,
      stopSequences: ["a", "b"],
      candidateCount: 2,
      seed: 7,
      responseLogprobs: true,
      logprobs: 3,
    });
  });

  test("[88] a single stop is a list, too, and an empty one nothing", () => {
    expect(config({ stop: "END" })).toEqual({ stopSequences: ["END"] });
    expect(config({ stop: "" })).toBeUndefined();
    expect(config({ stop: null, n: 1, logprobs: false })).toBeUndefined();
  });

  test("[88] max_completion_tokens wins", () => {
    expect(config({ max_tokens: 5, max_completion_tokens: 6 })).toEqual({ maxOutputTokens: 6 });
  });

  test("[88] numbers that Google's 32 bits cannot hold", () => {
    expect(config({ max_tokens: 9007199254740993 })).toEqual({ maxOutputTokens: 2147483647 });
    expect(config({ seed: 9007199254740991 })).toEqual({ seed: 2147483647 });
    expect(config({ seed: -5 })).toEqual({ seed: -5 });
  });

  test("[88] penalties for models that accept them", () => {
    const members = { presence_penalty: 0.5, frequency_penalty: -1 };
    expect(config(members, "gemini-2.0-flash")).toEqual({ presencePenalty: 0.5, frequencyPenalty: -1 });
    expect(config(members, "gemini-2.5-flash")).toBeUndefined();
    expect(config(members, "gemini-3-pro-preview")).toBeUndefined();
  });

  test("[88] more candidates than there can be are refused", () => {
    expect(config({ n: 8 })).toEqual({ candidateCount: 8 });
    expect(refuse({ n: 9 })).toMatchObject({ status: 400, param: "n" });
  });

  test("[88] what Gemini has no word for is left out", () => {
    const members = {
      user: "u",
      store: true,
      logit_bias: { "1": 1 },
      service_tier: "auto",
      metadata: { a: "b" },
      parallel_tool_calls: true,
    };
    expect(Object.keys(translate(members))).toEqual(["contents"]);
  });

  test("[88] modalities for models that make images", () => {
    expect(config({ modalities: ["text", "image"] }, "gemini-2.5-flash-image")).toEqual({
      responseModalities: ["TEXT", "IMAGE"],
    });
  });
});

describe("thinking", () => {
  const thinking = (members: Record<string, unknown>, model: string) => config(members, model)?.thinkingConfig;
  const budget = (thinkingBudget: number) => ({ thinkingBudget, includeThoughts: true });
  const level = (thinkingLevel: string) => ({ thinkingLevel, includeThoughts: true });

  test.each([
    ["gemini-2.5-flash", "none", { thinkingBudget: 0 }],
    ["gemini-2.5-flash", "minimal", budget(1)],
    ["gemini-2.5-flash", "low", budget(1024)],
    ["gemini-2.5-flash", "medium", budget(2048)],
    ["gemini-2.5-flash", "high", budget(4096)],
    ["gemini-2.5-flash", "xhigh", budget(8192)],
    ["gemini-2.5-flash", "max", budget(16384)],
    ["gemini-2.5-flash-lite", "none", { thinkingBudget: 0 }],
    ["gemini-2.5-flash-lite", "minimal", budget(512)],
    ["gemini-2.5-pro", "none", budget(128)],
    ["gemini-2.5-pro", "minimal", budget(128)],
    ["gemini-3-pro-preview", "none", { thinkingLevel: "LOW" }],
    ["gemini-3-pro-preview", "low", level("LOW")],
    ["gemini-3-pro-preview", "medium", level("HIGH")],
    ["gemini-3-pro-preview", "high", level("HIGH")],
    ["gemini-3-flash-preview", "none", { thinkingLevel: "MINIMAL" }],
    ["gemini-3-flash-preview", "minimal", level("MINIMAL")],
    ["gemini-3-flash-preview", "medium", level("MEDIUM")],
    ["gemini-3.1-flash-lite", "minimal", level("MINIMAL")],
    ["gemini-3.1-pro-preview", "medium", level("MEDIUM")],
    ["gemini-3.8-flash", "minimal", level("LOW")],
    ["gemini-3.8-flash", "max", level("HIGH")],
    ["gemini-2.0-flash", "high", undefined],
    ["gemini-2.5-flash-image", "high", undefined],
  ])("[92] %s, effort %s", (model, reasoning_effort, expected) => {
    expect(thinking({ reasoning_effort }, model)).toEqual(expected);
  });

  test("[92] without an effort nothing is said", () => {
    expect(config({}, "gemini-2.5-flash")).toBeUndefined();
    expect(config({ reasoning_effort: "very" }, "gemini-2.5-flash")).toBeUndefined();
  });

  test.each([
    ["gemini-2.5-flash", { type: "enabled", budget_tokens: 5000 }, budget(5000)],
    ["gemini-2.5-flash", { type: "enabled", budget_tokens: 99999 }, budget(24576)],
    ["gemini-2.5-pro", { type: "enabled", budget_tokens: 10 }, budget(128)],
    ["gemini-2.5-flash", { type: "disabled" }, { thinkingBudget: 0 }],
    ["gemini-2.5-flash", { type: "adaptive" }, { includeThoughts: true }],
    ["gemini-3-flash-preview", { type: "enabled", budget_tokens: 1024 }, level("LOW")],
    ["gemini-3-flash-preview", { type: "enabled", budget_tokens: 3000 }, level("MEDIUM")],
    ["gemini-3-flash-preview", { type: "enabled", budget_tokens: 9000 }, level("HIGH")],
    ["gemini-3-flash-preview", { type: "disabled" }, { thinkingLevel: "MINIMAL" }],
  ])("[92] %s, the client's own thinking %j", (model, own, expected) => {
    expect(thinking({ thinking: own, reasoning_effort: "low" }, model)).toEqual(expected);
  });

  test("[92] the configuration's budget stands in for a missing effort", () => {
    const target = studio("gemini-2.5-flash", { geminiThinkingBudget: 2000 });
    const read = (members: Record<string, unknown>) =>
      (JSON.parse(send(members, target).text) as Upstream).generationConfig?.thinkingConfig;
    expect(read({})).toEqual(budget(2000));
    expect(read({ reasoning_effort: "low" })).toEqual(budget(1024));
    const off = studio("gemini-2.5-flash", { geminiThinkingBudget: 0 });
    expect((JSON.parse(send({}, off).text) as Upstream).generationConfig?.thinkingConfig).toEqual({
      thinkingBudget: 0,
    });
    const older = studio("gemini-2.0-flash", { geminiThinkingBudget: 2000 });
    expect((JSON.parse(send({}, older).text) as Upstream).generationConfig).toBeUndefined();
  });
});

describe("members of Google's own", () => {
  const safety = [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }];

  test("[88] the configuration's safety settings, in Higress's form and in Google's", () => {
    for (const geminiSafetySetting of [{ HARM_CATEGORY_HARASSMENT: "BLOCK_NONE" }, safety]) {
      const { text } = send({}, studio("gemini-2.5-flash", { geminiSafetySetting }));
      expect((JSON.parse(text) as Upstream).safetySettings).toEqual(safety);
    }
  });

  test("[88] the client's own safety settings win", () => {
    const own = [{ category: "HARM_CATEGORY_HATE_SPEECH", threshold: "OFF" }];
    const target = studio("gemini-2.5-flash", { geminiSafetySetting: { HARM_CATEGORY_HARASSMENT: "BLOCK_NONE" } });
    for (const name of ["safety_settings", "safetySettings"]) {
      expect((JSON.parse(send({ [name]: own }, target).text) as Upstream).safetySettings).toEqual(own);
    }
  });

  test("[88] cached content is passed on", () => {
    expect(translate({ cached_content: "cachedContents/abc" }).cachedContent).toBe("cachedContents/abc");
  });
});
