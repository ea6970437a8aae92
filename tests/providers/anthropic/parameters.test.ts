import { describe, expect, test } from "vitest";
import { assistant, tool, toolCall, toolResult, user } from "../../support/messages";
import { PLAIN_MODEL, refuse, translate, translateText } from "./request";

describe("max_tokens", () => {
  test("[54] max_completion_tokens wins over max_tokens, neither gives the provider's default", () => {
    expect(translate({ max_completion_tokens: 7, max_tokens: 9 }).max_tokens).toBe(7);
    expect(translate({ max_tokens: 9 }).max_tokens).toBe(9);
    expect(translate({}).max_tokens).toBe(4096);
    expect(translate({}, { defaultMaxTokens: 123 }).max_tokens).toBe(123);
  });
});

describe("sampling", () => {
  const raw = (members: string, model = PLAIN_MODEL) =>
    translateText(`{"model":"m","messages":[{"role":"user","content":"a"}],${members}}`, { model }).text;

  test.each(["0", "0.0", "0.70", "1", "1e-1", "1.0"])("[55] temperature %s is kept as it is", (value) => {
    expect(raw(`"temperature":${value}`)).toContain(`"temperature":${value}}`);
  });

  test.each(["1.01", "1.5", "2"])("[55] temperature %s is cut to 1", (value) => {
    expect(raw(`"temperature":${value}`)).toContain('"temperature":1}');
  });

  test("[55] temperature is dropped with thinking, and on models that take none", () => {
    expect(translate({ temperature: 0.5, reasoning_effort: "low" })).not.toHaveProperty("temperature");
    for (const model of [
      "claude-opus-4-7",
      "claude-sonnet-5",
      "claude-opus-5-5",
      "claude-haiku-5-5",
      "claude-fable-5-1",
    ]) {
      const upstream = translate({ temperature: 0.5, top_p: 0.9, top_k: 5 }, { model });
      expect(upstream).not.toHaveProperty("temperature");
      expect(upstream).not.toHaveProperty("top_p");
      expect(upstream).not.toHaveProperty("top_k");
    }
  });

  test("[56] top_p is kept; with temperature it is dropped on models that take one of them", () => {
    expect(translate({ top_p: 0.9 }).top_p).toBe(0.9);
    expect(translate({ temperature: 0.5, top_p: 0.9 })).toMatchObject({ temperature: 0.5, top_p: 0.9 });
    for (const model of ["claude-opus-4-1-20250805", "claude-sonnet-4-5", "claude-haiku-4-5", "claude-opus-4-6"]) {
      const upstream = translate({ temperature: 0.5, top_p: 0.9 }, { model });
      expect(upstream.temperature).toBe(0.5);
      expect(upstream).not.toHaveProperty("top_p");
      expect(translate({ top_p: 0.9 }, { model }).top_p).toBe(0.9);
    }
  });

  test("[56] with thinking, top_p is kept from 0.95 on and top_k is dropped", () => {
    expect(translate({ top_p: 0.94, reasoning_effort: "low" })).not.toHaveProperty("top_p");
    expect(translate({ top_p: 0.95, reasoning_effort: "low" }).top_p).toBe(0.95);
    expect(translate({ top_k: 5 }).top_k).toBe(5);
    expect(translate({ top_k: 5, reasoning_effort: "low" })).not.toHaveProperty("top_k");
  });
});

describe("stop and user", () => {
  test.each([
    ["END", ["END"]],
    [
      ["a", "b"],
      ["a", "b"],
    ],
    [["", " ", "\n", "x"], ["x"]],
  ])("[57] stop %j", (stop, expected) => {
    expect(translate({ stop }).stop_sequences).toEqual(expected);
  });

  test.each([null, "", " \n", [], ["", " "]])("[57] stop %j is left out", (stop) => {
    expect(translate({ stop })).not.toHaveProperty("stop_sequences");
  });

  test.each(["user-42", "3f2a9c", "Jörg", "12-34"])("[58] user %j", (value) => {
    expect(translate({ user: value }).metadata).toEqual({ user_id: value });
  });

  test.each(["jane@example.com", "+49 (30) 123-4567", "01701234567", "", " ", "x".repeat(257)])(
    "[58] user %j is left out",
    (value) => {
      expect(translate({ user: value })).not.toHaveProperty("metadata");
    },
  );
});

describe("thinking", () => {
  test.each([
    ["minimal", 1024],
    ["low", 1024],
    ["medium", 2048],
    ["high", 4096],
    ["xhigh", 8192],
    ["max", 16384],
  ])("[61] effort %s gives a budget of %d tokens", (reasoning_effort, budget_tokens) => {
    const upstream = translate({ reasoning_effort, max_tokens: 64000 });
    expect(upstream.thinking).toEqual({ type: "enabled", budget_tokens });
    expect(upstream.max_tokens).toBe(64000);
  });

  test("[61] none means no thinking, however the model is told", () => {
    const off = (model: string) => translate({ reasoning_effort: "none" }, { model });
    expect(off(PLAIN_MODEL)).not.toHaveProperty("thinking");
    expect(off("claude-opus-4-6")).not.toHaveProperty("thinking");
    expect(off("claude-sonnet-5").thinking).toEqual({ type: "disabled" });
    expect(off("claude-haiku-5-5").thinking).toEqual({ type: "disabled" });
    expect(off("claude-sonnet-5-5").thinking).toEqual({ type: "between_tools" });
    expect(off("claude-opus-5-5")).not.toHaveProperty("thinking");
    expect(off("claude-opus-5-5").output_config).toEqual({ effort: "low" });
  });

  test("[61] newer models think adaptively, with an effort that they know", () => {
    const effort = (model: string, reasoning_effort: string) => {
      const upstream = translate({ reasoning_effort }, { model });
      expect(upstream.thinking).toEqual({ type: "adaptive" });
      return upstream.output_config?.effort;
    };
    expect(effort("claude-opus-4-6", "minimal")).toBe("low");
    expect(effort("claude-opus-4-6", "xhigh")).toBe("high");
    expect(effort("claude-sonnet-4-6", "max")).toBe("max");
    expect(effort("claude-opus-4-7", "xhigh")).toBe("xhigh");
    expect(effort("claude-opus-5-5", "medium")).toBe("medium");
    expect(effort("us.anthropic.claude-haiku-5-5-v1:0", "high")).toBe("high");
    expect(effort("claude-unheard-of-9", "low")).toBe("low");
  });

  test("[61] models that cannot think are not asked to, unknown efforts are ignored", () => {
    expect(translate({ reasoning_effort: "high" }, { model: "claude-3-5-haiku-20241022" })).not.toHaveProperty(
      "thinking",
    );
    expect(translate({ reasoning_effort: "very" })).not.toHaveProperty("thinking");
  });

  test("[62] max_tokens is raised above the budget by what the client wants for the answer", () => {
    expect(translate({ reasoning_effort: "high", max_tokens: 500 }).max_tokens).toBe(4596);
    expect(translate({ reasoning_effort: "high", max_tokens: 4096 }).max_tokens).toBe(8192);
    expect(translate({ reasoning_effort: "high", max_tokens: 4097 }).max_tokens).toBe(4097);
    expect(translate({ reasoning_effort: "max" }).max_tokens).toBe(16384 + 4096);
  });

  test("[62] the client's own thinking takes the form that the model knows", () => {
    const enabled = { type: "enabled", budget_tokens: 5000 };
    const thinking = (own: object, model: string, more: object = {}) =>
      translate({ thinking: own, ...more }, { model });
    expect(thinking(enabled, "claude-3-5-haiku-20241022")).not.toHaveProperty("thinking");
    expect(thinking(enabled, "claude-opus-4-6").thinking).toEqual(enabled);
    expect(thinking(enabled, "claude-opus-4-8").thinking).toEqual({ type: "adaptive" });
    expect(thinking({ type: "adaptive" }, "claude-opus-4-6").thinking).toEqual({ type: "adaptive" });
    expect(thinking({ type: "adaptive" }, PLAIN_MODEL).thinking).toEqual({ type: "enabled", budget_tokens: 4096 });
    expect(thinking({ type: "disabled" }, "claude-opus-5-5")).not.toHaveProperty("thinking");
    // A turn of another vendor has no thinking that could be continued.
    const messages = [user("a"), assistant(null, { tool_calls: [toolCall("t", "f", "{}")] }), toolResult("t", "b")];
    expect(thinking(enabled, PLAIN_MODEL, { messages })).not.toHaveProperty("thinking");
    expect(thinking(enabled, "claude-opus-4-8", { messages }).thinking).toEqual({ type: "adaptive" });
  });

  test("[62] the client's own thinking passes through, and raises max_tokens too", () => {
    const thinking = { type: "enabled", budget_tokens: 5000 };
    expect(translate({ thinking, reasoning_effort: "low", max_tokens: 100 })).toMatchObject({
      thinking,
      max_tokens: 5100,
    });
    expect(translate({ thinking: { type: "disabled" }, temperature: 0.3 })).toMatchObject({
      thinking: { type: "disabled" },
      temperature: 0.3,
    });
  });

  const tools = [tool("lookup", { parameters: { type: "object", properties: {} } })];
  const calls = { tool_calls: [toolCall("a", "lookup", "{}")] };

  test("[62] a tool loop without its thinking blocks goes on without thinking", () => {
    const messages = [user("go"), assistant(null, calls), toolResult("a", "1")];
    expect(translate({ tools, messages, reasoning_effort: "low" })).not.toHaveProperty("thinking");
    const adaptive = translate({ tools, messages, reasoning_effort: "low" }, { model: "claude-opus-4-6" });
    expect(adaptive.thinking).toEqual({ type: "adaptive" });
  });

  test("[62] a tool loop with its thinking blocks keeps thinking, and so does a finished one", () => {
    const thinking_blocks = [{ type: "thinking", thinking: "Hm.", signature: "c2ln" }];
    const loop = [user("go"), assistant(null, { ...calls, thinking_blocks }), toolResult("a", "1")];
    expect(translate({ tools, messages: loop, reasoning_effort: "low" }).thinking).toMatchObject({ type: "enabled" });
    const finished = [user("go"), assistant(null, calls), toolResult("a", "1"), assistant("Done."), user("Next")];
    expect(translate({ tools, messages: finished, reasoning_effort: "low" }).thinking).toMatchObject({
      type: "enabled",
    });
  });
});

describe("what Anthropic has no word for", () => {
  test("[66] more than one choice is refused", () => {
    expect(refuse({ n: 2 })).toMatchObject({ status: 400, param: "n" });
    expect(translate({ n: 1 })).not.toHaveProperty("n");
  });

  test("[66] the rest is left out", () => {
    const upstream = translate({
      stream: true,
      stream_options: { include_usage: true },
      seed: 1,
      logprobs: true,
      top_logprobs: 3,
      logit_bias: { "1": 2 },
      presence_penalty: 1,
      frequency_penalty: 1,
      store: true,
      service_tier: "default",
      metadata: { a: "b" },
      prediction: { type: "content", content: "x" },
      made_up: 1,
    });
    expect(Object.keys(upstream)).toEqual(["model", "max_tokens", "messages", "stream"]);
    expect(upstream).toMatchObject({ model: PLAIN_MODEL, stream: true });
  });

  test("[66] stream is absent when it was not asked for", () => {
    expect(translate({})).not.toHaveProperty("stream");
    expect(translate({ stream: false })).not.toHaveProperty("stream");
  });
});
