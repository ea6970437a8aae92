import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MiniEnvoy } from "../host/mini-envoy";
import { SeededRandom } from "../support/chunking";
import { generateRequest } from "../support/request-generator";
import { anthropicAnswer, BUILDS, openAiAnswer, startGateway } from "./gateway";

const messages = [{ role: "user", content: "x" }];

/** A member with a wrong type, and the `param` of the error. */
const BAD: [object, string][] = [
  ...["temperature", "top_p", "presence_penalty", "frequency_penalty"].flatMap((name): [object, string][] => [
    [{ [name]: "hot" }, name],
    [{ [name]: [1] }, name],
  ]),
  ...["max_tokens", "max_completion_tokens", "n", "seed", "top_logprobs"].flatMap((name): [object, string][] => [
    [{ [name]: "many" }, name],
    [{ [name]: 1.5 }, name],
  ]),
  ...["user", "reasoning_effort", "service_tier"].map((name): [object, string] => [{ [name]: 5 }, name]),
  [{ parallel_tool_calls: "yes" }, "parallel_tool_calls"],
  [{ response_format: "json" }, "response_format"],
  [{ stop: 4 }, "stop"],
  [{ stop: ["a", 4] }, "stop"],
  [{ tool_choice: 5 }, "tool_choice"],
  [{ tools: {} }, "tools"],
  [{ tools: [5] }, "tools[0]"],
  [{ functions: "f" }, "functions"],
  [{ stream: "yes" }, "stream"],
  [{ stream_options: true, stream: true }, "stream_options"],
  [{ messages: {} }, "messages"],
  [{ messages: "hi" }, "messages"],
  [{ messages: [5] }, "messages[0]"],
  [{ messages: [...messages, { role: 5, content: "x" }] }, "messages[1].role"],
  [{ messages: [{ role: "user", content: 5 }] }, "messages[0].content"],
  [{ messages: [{ role: "user", content: { type: "text" } }] }, "messages[0].content"],
  [{ messages: [{ role: "user", content: [{ type: "text", text: "a" }, 5] }] }, "messages[0].content[1]"],
  [{ messages: [...messages, { role: "assistant", tool_calls: {} }] }, "messages[1].tool_calls"],
  [{ messages: [...messages, { role: "assistant", tool_calls: [7] }] }, "messages[1].tool_calls[0]"],
  [{ messages: [...messages, { role: "tool", tool_call_id: 5, content: "x" }] }, "messages[1].tool_call_id"],
  [{ model: 5 }, "model"],
  [{ model: ["a"] }, "model"],
];

describe.each(BUILDS)("members of a wrong type, %s", (_name, wasm) => {
  let envoy: MiniEnvoy;
  beforeEach(() => {
    envoy = startGateway(wasm);
  });
  afterEach(() => envoy.assertNoLeaks());

  const ask = (model: string, more: object): { status: number; error: unknown } => {
    const answer = envoy.request({ body: JSON.stringify({ model, messages, ...more }) });
    return { status: answer.status, error: (JSON.parse(answer.body.toString()) as { error?: unknown }).error };
  };

  test.each(BAD)("%j", (more, param) => {
    const answers = ["only", "claude-sonnet-4-5"].map((model) => ask(model, more));
    expect(answers[0]).toMatchObject({
      status: 400,
      error: { param, type: "invalid_request_error", code: "invalid_type" },
    });
    expect(answers[1]).toEqual(answers[0]);
  });

  test("null is not given, and members that nobody here knows may be anything", () => {
    envoy.upstream("deepseek", openAiAnswer("x"));
    const nothing = Object.fromEntries(BAD.flatMap(([more]) => Object.keys(more)).map((name) => [name, null]));
    const extras = {
      enable_thinking: true,
      thinking: { type: "enabled" },
      modalities: ["text"],
      audio: 5,
      prediction: [],
      reasoning: "x",
    };
    expect(ask("only", { ...nothing, ...extras, messages, model: "only" }).status).toBe(200);
  });

  test("generated requests with every feature of the API still pass", () => {
    envoy.upstream("deepseek", openAiAnswer("x"));
    envoy.upstream("claude", anthropicAnswer("x"));
    for (let seed = 1; seed <= 300; seed++) {
      const { body } = generateRequest(new SeededRandom(seed));
      expect(
        ask("only", { ...body, model: "only", stream: false, stream_options: null }),
        `seed ${seed}`,
      ).toMatchObject({ status: 200 });
    }
  });
});
