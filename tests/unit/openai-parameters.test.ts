import { describe, expect, test } from "vitest";
import { readFault, useOpenAiModule } from "../support/openai-fixture";

const openai = useOpenAiModule();

const base = { model: "m", messages: [{ role: "user", content: "hi" }] };

const fault = (body: unknown): ReturnType<typeof readFault> => readFault(openai.module, body);

describe("tools and parameters", () => {
  test("[50] tools with everything", () => {
    const schema = { type: "object", properties: { b: {}, a: {} } };
    const tools = [
      { type: "function", function: { name: "f", description: "d", parameters: schema, strict: true } },
      { function: { name: "g", parameters: null }, cache_control: { type: "ephemeral" } },
    ];
    expect(openai.module.read({ ...base, tools }).request?.tools).toEqual([
      { name: "f", description: "d", parameters: schema, strict: true },
      { name: "g", cacheControl: { type: "ephemeral" } },
    ]);
  });

  test.each([
    ["auto", 1],
    ["required", 2],
    ["any", 2],
    ["none", 3],
    [null, 0],
  ])("[52] tool_choice %j", (choice, expected) => {
    expect(openai.module.read({ ...base, tool_choice: choice }).request).toMatchObject({ toolChoice: expected });
  });

  test("[52] a named tool", () => {
    const choice = { type: "function", function: { name: "f" } };
    expect(openai.module.read({ ...base, tool_choice: choice }).request).toMatchObject({
      toolChoice: 4,
      toolChoiceName: "f",
    });
  });

  test("[31] numbers and schemas stay as they are written", () => {
    const body =
      '{"model":"m","messages":[{"role":"user","content":"x"}],"seed":9007199254740993,"temperature":1e-7,"top_p":-0,"stop":["a"],' +
      '"tools":[{"type":"function","function":{"name":"f","parameters":{"z":1.0,"a":12345678901234567890123}}}]}';
    const failure = openai.module.readHead(body);
    expect(failure).toBeNull();
    // The dump copies the nodes' bytes, so its text shows them as they are.
    openai.module.read(body);
    const text = openai.module.write(body).text;
    for (const piece of ["9007199254740993", "1e-7", "-0", '{"z":1.0,"a":12345678901234567890123}']) {
      expect(text).toContain(piece);
    }
  });

  test("every parameter has its place", () => {
    const given = {
      max_completion_tokens: 7,
      max_tokens: 5,
      temperature: 0.5,
      top_p: 0.25,
      top_k: 4,
      presence_penalty: 0.1,
      frequency_penalty: -0.1,
      seed: 3,
      n: 2,
      stop: ["a", "b"],
      user: "u",
      response_format: {
        type: "json_schema",
        json_schema: { name: "s", strict: true, description: "d", schema: { a: 1 } },
      },
      reasoning_effort: "low",
      thinking: { type: "enabled", budget_tokens: 9 },
      service_tier: "auto",
      logprobs: true,
      top_logprobs: 2,
      parallel_tool_calls: false,
    };
    expect(openai.module.read({ ...base, ...given }).request).toMatchObject({
      maxTokens: 7,
      temperature: 0.5,
      topP: 0.25,
      topK: 4,
      presencePenalty: 0.1,
      frequencyPenalty: -0.1,
      seed: 3,
      choices: 2,
      stop: ["a", "b"],
      user: "u",
      responseFormat: 2,
      schema: { a: 1 },
      schemaName: "s",
      schemaStrict: true,
      schemaDescription: "d",
      reasoningEffort: "low",
      thinking: { type: "enabled", budget_tokens: 9 },
      serviceTier: "auto",
      logprobs: true,
      topLogprobs: 2,
      parallelToolCalls: 1,
    });
    const nothing = Object.fromEntries(Object.keys(given).map((name) => [name, null]));
    const { request } = openai.module.read({ ...base, ...nothing });
    expect(request).toMatchObject({ choices: 1, responseFormat: 0, parallelToolCalls: 0 });
    for (const name of ["maxTokens", "temperature", "stop", "schema", "thinking", "user"]) {
      expect(request).not.toHaveProperty(name);
    }
  });

  test("a schema that is not given is any object", () => {
    const format = { response_format: { type: "json_schema", json_schema: { name: "s" } } };
    expect(openai.module.read({ ...base, ...format }).request).toMatchObject({ responseFormat: 1 });
  });

  test("[30] unknown members are ignored", () => {
    const messages = [{ role: "user", content: "x", mood: 1 }];
    expect(openai.module.read({ ...base, messages, magic: { a: [1] } }).failure).toBeNull();
  });

  test.each([
    [{ tools: {} }, "tools"],
    [{ tools: ["x"] }, "tools[0]"],
    [{ tools: [{ type: "function" }] }, "tools[0].function"],
    [{ tools: [{ type: "function", function: {} }] }, "tools[0].function.name"],
    [{ tools: [{ type: "function", function: { name: 1 } }] }, "tools[0].function.name"],
    [{ tools: [{ type: "function", function: { name: "f", parameters: "x" } }] }, "tools[0].function.parameters"],
    [{ tools: [{ type: "custom", custom: { name: "f" } }] }, "tools[0].type"],
    [{ functions: [{}] }, "functions[0].name"],
    [{ tool_choice: 1 }, "tool_choice"],
    [{ tool_choice: "sometimes" }, "tool_choice"],
    [{ tool_choice: { type: "function" } }, "tool_choice.function"],
    [{ tool_choice: { type: "function", function: {} } }, "tool_choice.function.name"],
    [{ tool_choice: { type: "allowed_tools" } }, "tool_choice.type"],
    [{ parallel_tool_calls: "no" }, "parallel_tool_calls"],
    [{ max_tokens: "5" }, "max_tokens"],
    [{ max_tokens: 1.5 }, "max_tokens"],
    [{ max_tokens: 0 }, "max_tokens"],
    [{ max_completion_tokens: -1 }, "max_completion_tokens"],
    [{ temperature: "hot" }, "temperature"],
    [{ top_p: [] }, "top_p"],
    [{ n: 0 }, "n"],
    [{ n: 1e30 }, "n"],
    [{ seed: 1.5 }, "seed"],
    [{ stop: 5 }, "stop"],
    [{ stop: ["a", 5] }, "stop"],
    [{ user: {} }, "user"],
    [{ response_format: "json" }, "response_format"],
    [{ response_format: {} }, "response_format.type"],
    [{ response_format: { type: "yaml" } }, "response_format.type"],
    [{ response_format: { type: "json_schema" } }, "response_format.json_schema"],
    [{ response_format: { type: "json_schema", json_schema: { schema: 1 } } }, "response_format.json_schema.schema"],
    [{ reasoning_effort: 3 }, "reasoning_effort"],
    [{ thinking: "on" }, "thinking"],
    [{ logprobs: "x" }, "logprobs"],
    [{ top_logprobs: "x" }, "top_logprobs"],
  ])("%j is a 400 for its param", (members, param) => {
    expect(fault({ ...base, ...members })).toMatchObject({ param, status: 400 });
  });
});
