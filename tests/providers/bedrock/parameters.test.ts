import { describe, expect, test } from "vitest";
import { assistant, tool, toolCall, toolResult, user } from "../../support/messages";
import { NOVA, send, SONNET_4, SONNET_4_5, translate } from "./exchange";

const GPT_OSS = "openai.gpt-oss-120b-1:0";
const NOVA_2 = "us.amazon.nova-2-lite-v1:0";
const LLAMA = "us.meta.llama3-3-70b-instruct-v1:0";
const MISTRAL = "mistral.mistral-large-2402-v1:0";
const PROFILE = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456";
const OPUS_4_6 = "global.anthropic.claude-opus-4-6-v1";
const OBJECT = { type: "object", properties: {} };

const history = (name: string) => [
  user("q"),
  assistant(null, { tool_calls: [toolCall("a", name, "{}")] }),
  toolResult("a", "r"),
];
const named = (name: string) => ({ type: "function", function: { name } });

describe("tools", () => {
  test("[104] a tool with its schema's own bytes, a type where it has none, and no blank description", () => {
    const parameters = '{"properties":{"n":{"type":"integer","minimum":9007199254740993}},"type":"object"}';
    const { text } = send({ tools: [tool("f", { description: " " })] });
    expect(text).toContain(
      '"toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object","properties":{}}}}}]}',
    );
    const raw = `{"model":"m","messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"f","description":"Does.","parameters":${parameters}}}]}`;
    const sent = JSON.stringify(translate(JSON.parse(raw) as Record<string, unknown>).toolConfig);
    expect(sent).toContain('"description":"Does."');
    const { toolConfig } = translate({ tools: [tool("g", { parameters: { properties: { a: {} } } })] });
    expect(toolConfig?.tools[0]).toEqual({
      toolSpec: { name: "g", inputSchema: { json: { type: "object", properties: { a: {} } } } },
    });
  });

  test("[104] names that the vendor does not take are changed everywhere, and stay different", () => {
    const long = "x".repeat(70);
    const names = ["get.weather", "get_weather", "get weather", "日", long, `${long}y`];
    const { toolConfig, messages } = translate({
      tools: names.map((name) => tool(name)),
      tool_choice: named("get weather"),
      messages: history("get.weather"),
    });
    const sent = toolConfig!.tools.map((each) => (each["toolSpec"] as { name: string }).name);
    expect(sent).toEqual([
      "get_weather_2",
      "get_weather",
      "get_weather_3",
      "___",
      "x".repeat(64),
      `${"x".repeat(53)}_6`,
    ]);
    expect(toolConfig?.toolChoice).toEqual({ tool: { name: "get_weather_3" } });
    expect(messages[1]?.content[0]).toMatchObject({ toolUse: { name: "get_weather_2" } });
  });

  test("[104] a history of calls without tools gets stubs", () => {
    const { toolConfig } = translate({ messages: history("f.g") });
    expect(toolConfig).toEqual({ tools: [{ toolSpec: { name: "f_g", inputSchema: { json: OBJECT } } }] });
  });

  test.each([
    ["auto", { auto: {} }],
    ["required", { any: {} }],
    [named("g"), { tool: { name: "g" } }],
    [undefined, undefined],
  ])("[105] the choice %j", (tool_choice, expected) => {
    expect(translate({ tools: [tool("f"), tool("g")], tool_choice }).toolConfig?.toolChoice).toEqual(expected);
  });

  test("[105] none: no tools, unless the history has calls", () => {
    expect(translate({ tools: [tool("f")], tool_choice: "none" }).toolConfig).toBeUndefined();
    const { toolConfig } = translate({ tools: [tool("f")], tool_choice: "none", messages: history("f") });
    expect(toolConfig?.tools).toHaveLength(1);
    expect(toolConfig?.toolChoice).toBeUndefined();
  });

  test.each([
    [LLAMA, "auto", undefined, 2],
    [LLAMA, "required", undefined, 2],
    [LLAMA, named("g"), undefined, 1],
    [MISTRAL, named("g"), { any: {} }, 1],
    [MISTRAL, "required", { any: {} }, 2],
    [NOVA, named("g"), { tool: { name: "g" } }, 2],
  ])("[105] %s with %j", (model, tool_choice, expected, count) => {
    const { toolConfig } = translate({ tools: [tool("f"), tool("g")], tool_choice }, { model });
    expect(toolConfig?.toolChoice).toEqual(expected);
    expect(toolConfig?.tools).toHaveLength(count);
  });

  test.each([
    [undefined, { type: "auto" }],
    ["auto", { type: "auto" }],
    ["required", { type: "any" }],
    [named("g h"), { type: "tool", name: "g_h" }],
  ])("[105] one call at most, with the choice %j: Claude's own form, and nothing beside it", (tool_choice, own) => {
    const members = { tools: [tool("f"), tool("g h")], tool_choice, parallel_tool_calls: false };
    const { toolConfig, additionalModelRequestFields } = translate(members, { model: SONNET_4_5 });
    expect(toolConfig?.toolChoice).toBeUndefined();
    expect(toolConfig?.tools).toHaveLength(2);
    expect(additionalModelRequestFields).toEqual({ tool_choice: { ...own, disable_parallel_tool_use: true } });
  });

  test("[105] one call at most: models that have no word for it, and requests without tools", () => {
    const single = { tools: [tool("f")], tool_choice: "auto", parallel_tool_calls: false };
    for (const model of [SONNET_4, NOVA, LLAMA]) {
      expect(translate(single, { model }).additionalModelRequestFields).toBeUndefined();
    }
    expect(translate(single, { model: NOVA }).toolConfig?.toolChoice).toEqual({ auto: {} });
    const model = SONNET_4_5;
    for (const members of [
      { parallel_tool_calls: false },
      { ...single, tool_choice: "none" },
      { ...single, parallel_tool_calls: true },
      { messages: history("f"), parallel_tool_calls: false },
    ]) {
      expect(translate(members, { model }).additionalModelRequestFields).toBeUndefined();
    }
  });

  test("[105] one call at most, while Claude thinks: nothing is forced", () => {
    const members = {
      tools: [tool("f")],
      tool_choice: "required",
      parallel_tool_calls: false,
      reasoning_effort: "low",
    };
    expect(translate(members, { model: SONNET_4_5 }).additionalModelRequestFields).toMatchObject({
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
    });
  });

  test("[105] no tool is forced while Claude thinks", () => {
    const body = { tools: [tool("f")], tool_choice: "required", reasoning_effort: "low" };
    expect(translate(body).toolConfig?.toolChoice).toEqual({ auto: {} });
  });
});

describe("inference", () => {
  test("[106] limits and sampling, as the client wrote the numbers", () => {
    const { text } = send({
      max_completion_tokens: 7,
      max_tokens: 9,
      temperature: 0.5,
      top_p: 0.25,
      stop: ["a", "", " ", "b"],
    });
    expect(text).toContain('"inferenceConfig":{"maxTokens":7,"temperature":0.5,"topP":0.25,"stopSequences":["a","b"]}');
    expect(translate({}).inferenceConfig).toBeUndefined();
    expect(translate({ stop: "x" }).inferenceConfig).toEqual({ stopSequences: ["x"] });
    expect(translate({ stop: "\n" }).inferenceConfig).toBeUndefined();
    expect(translate({ stop: "\n" }, { model: NOVA }).inferenceConfig).toEqual({ stopSequences: ["\n"] });
  });

  test("[106] a temperature above 1 is 1; newer Claudes take one of two, the newest none", () => {
    expect(translate({ temperature: 1.7 }, { model: NOVA }).inferenceConfig).toEqual({ temperature: 1 });
    expect(translate({ temperature: 0, top_p: 0.5 }, { model: SONNET_4_5 }).inferenceConfig).toEqual({
      temperature: 0,
    });
    const newest = { model: "global.anthropic.claude-opus-4-8-v1" };
    expect(translate({ temperature: 0, top_p: 0.5, top_k: 3 }, newest)).not.toHaveProperty("inferenceConfig");
  });

  test.each([
    [SONNET_4, { top_k: 5 }],
    [NOVA, { inferenceConfig: { topK: 5 } }],
    [MISTRAL, { top_k: 5 }],
    [LLAMA, undefined],
    [GPT_OSS, undefined],
  ])("[106] top_k for %s", (model, expected) => {
    expect(translate({ top_k: 5 }, { model }).additionalModelRequestFields).toEqual(expected);
  });

  test.each([
    [SONNET_4, "low", { thinking: { type: "enabled", budget_tokens: 1024 } }],
    [OPUS_4_6, "medium", { thinking: { type: "adaptive" } }],
    [NOVA_2, "minimal", { reasoningConfig: { type: "enabled", maxReasoningEffort: "low" } }],
    [NOVA_2, "xhigh", { reasoningConfig: { type: "enabled", maxReasoningEffort: "high" } }],
    [NOVA, "high", undefined],
    [GPT_OSS, "medium", { reasoning_effort: "medium" }],
    [LLAMA, "high", undefined],
    [PROFILE, "high", { reasoning_config: { type: "enabled", budget_tokens: 4096 } }],
    [SONNET_4, "none", undefined],
    [PROFILE, "none", undefined],
  ])("[106] effort of %s: %s", (model, reasoning_effort, expected) => {
    expect(translate({ reasoning_effort }, { model }).additionalModelRequestFields).toEqual(expected);
  });

  test("[106] Claude's effort and its own thinking; what it excludes is left out", () => {
    expect(translate({ reasoning_effort: "high" }, { model: OPUS_4_6 })["outputConfig"]).toEqual({ effort: "high" });
    const thinking = { type: "enabled", budget_tokens: 2000 };
    const body = translate({ thinking, temperature: 0.3, top_p: 0.5, top_k: 3, max_tokens: 500 });
    expect(body.additionalModelRequestFields).toEqual({ thinking });
    expect(body.inferenceConfig).toEqual({ maxTokens: 2500 });
    expect(translate({ reasoning_effort: "low" }).inferenceConfig).toEqual({ maxTokens: 4096 });
    const hidden = translate({ thinking, top_k: 3 }, { model: PROFILE }).additionalModelRequestFields;
    expect(hidden).toEqual({ reasoning_config: { type: "enabled", budget_tokens: 4096 } });
  });

  test("[106] Nova at its highest effort sets the rest itself", () => {
    const body = { reasoning_effort: "high", max_tokens: 9, temperature: 0.5, top_p: 0.5, stop: "x" };
    expect(translate(body, { model: NOVA_2 }).inferenceConfig).toEqual({ stopSequences: ["x"] });
    expect(translate({ ...body, reasoning_effort: "low" }, { model: NOVA_2 }).inferenceConfig).toMatchObject({
      maxTokens: 9,
    });
  });

  test("[106] the configuration's additional fields join ours, and take the place of the same", () => {
    const provider = { bedrockAdditionalFields: { anthropic_beta: ["a"], top_k: 9 } };
    expect(translate({ top_k: 5 }, { provider }).additionalModelRequestFields).toEqual({
      anthropic_beta: ["a"],
      top_k: 9,
    });
    const other = translate({ top_k: 5 }, { provider: { bedrockAdditionalFields: { anthropic_beta: ["a"] } } });
    expect(other.additionalModelRequestFields).toEqual({ top_k: 5, anthropic_beta: ["a"] });
    expect(translate({}, { provider: { bedrockAdditionalFields: {} } })).not.toHaveProperty(
      "additionalModelRequestFields",
    );
  });

  test("[106] members of the vendor's own and service tiers pass, everything else stays behind", () => {
    const native = {
      guardrailConfig: { guardrailIdentifier: "g", guardrailVersion: "1", trace: "enabled" },
      performanceConfig: { latency: "optimized" },
      requestMetadata: { team: "a" },
    };
    const body = translate({
      ...native,
      service_tier: "flex",
      seed: 1,
      user: "u",
      logit_bias: {},
      logprobs: true,
      presence_penalty: 1,
    });
    expect(body).toEqual({
      messages: [{ role: "user", content: [{ text: "Hello" }] }],
      ...native,
      serviceTier: { type: "flex" },
    });
    expect(translate({ service_tier: "auto", guardrailConfig: "no" })).not.toHaveProperty("serviceTier");
  });
});

describe("cache points", () => {
  const marked = (text: string, cache_control: object = { type: "ephemeral" }) => [
    { type: "text", text, cache_control },
  ];
  const point = { cachePoint: { type: "default" } };
  const hour = { cachePoint: { type: "default", ttl: "1h" } };

  test("[108] stand behind what the client marked: system, texts, results, tools", () => {
    const cache_control = { type: "ephemeral" };
    const body = translate({
      tools: [{ ...tool("f"), cache_control }],
      messages: [
        { role: "system", content: marked("S", { type: "ephemeral", ttl: "1h" }) },
        ...history("f").slice(0, 2),
        toolResult("a", marked("r")),
        user(marked("go")),
      ],
    });
    expect(body.toolConfig?.tools[1]).toEqual(point);
    expect(body.system).toEqual([{ text: "S" }, hour]);
    expect(body.messages[2]?.content).toEqual([
      { toolResult: { toolUseId: "a", content: [{ text: "r" }] } },
      point,
      { text: "go" },
      point,
    ]);
  });

  test("[108] where the model has none, or not there, they are left out", () => {
    const body = { tools: [{ ...tool("f"), cache_control: {} }], messages: [user(marked("go", { ttl: "1h" }))] };
    expect(JSON.stringify(translate(body, { model: LLAMA }))).not.toContain("cachePoint");
    const nova = translate(body, { model: NOVA });
    expect(nova.toolConfig?.tools).toHaveLength(1);
    expect(nova.messages[0]?.content).toEqual([{ text: "go" }, point]);
  });

  test("[108] by retention: behind the system prompt, or where the configuration says", () => {
    const messages = [{ role: "system", content: "S" }, user("a"), assistant("b"), user("c")];
    const ask = (provider: object, members: object = {}, model = SONNET_4_5) => {
      const { system, messages: turns } = translate({ messages, ...members }, { provider: { ...provider }, model });
      return [system!.length, ...turns.map(({ content }) => content.length)];
    };
    expect(ask({})).toEqual([1, 1, 1, 1]);
    expect(ask({ promptCacheRetention: "in_memory" })).toEqual([2, 1, 1, 1]);
    expect(ask({}, { prompt_cache_retention: "24h" })).toEqual([2, 1, 1, 1]);
    const bedrockPromptCachePointPositions = { lastUserMessage: true, lastMessage: true };
    const both = { promptCacheRetention: "24h", bedrockPromptCachePointPositions };
    expect(ask(both)).toEqual([1, 1, 1, 2]);
    expect(ask(both, { messages: [...messages, assistant("d")] })).toEqual([1, 1, 1, 2, 2]);
    expect(ask(both, {}, LLAMA)).toEqual([1, 1, 1, 1]);
    expect(ask(both, { messages: [...messages, user(marked("e"))] })).toEqual([1, 1, 1, 3]);
    expect(translate({ messages }, { provider: both, model: SONNET_4_5 }).messages.at(-1)?.content[1]).toEqual(hour);
  });
});

describe("formats", () => {
  const schema = {
    type: "object",
    properties: { a: { type: "string" } },
    required: ["a"],
    additionalProperties: false,
  };
  const json_schema = { name: "answer", strict: true, schema, description: "An answer." };
  const wanted = { response_format: { type: "json_schema", json_schema } };
  const formatTool = (description: string, json: object) => ({
    toolSpec: { name: "json_tool_call", description, inputSchema: { json } },
  });

  test("[108] a schema is a forced tool", () => {
    expect(translate(wanted).toolConfig).toEqual({
      tools: [formatTool("An answer.", schema)],
      toolChoice: { tool: { name: "json_tool_call" } },
    });
    const { toolConfig } = translate({ response_format: { type: "json_object" } }, { model: NOVA });
    expect(toolConfig?.tools[0]).toMatchObject({ toolSpec: { inputSchema: { json: { additionalProperties: true } } } });
  });

  test("[108] or the service's own words where the model knows them", () => {
    for (const model of [SONNET_4_5, GPT_OSS]) {
      const { outputConfig, toolConfig } = translate(wanted, { model }) as {
        outputConfig?: object;
        toolConfig?: object;
      };
      const structure = { jsonSchema: { schema: JSON.stringify(schema) } };
      expect(outputConfig).toEqual({ textFormat: { type: "json_schema", structure } });
      expect(toolConfig).toBeUndefined();
    }
  });

  test("[108] beside the client's tools one of all is forced; where none can be, the tool is offered", () => {
    const { toolConfig } = translate({ ...wanted, tools: [tool("f")] });
    expect(toolConfig?.tools).toHaveLength(2);
    expect(toolConfig?.toolChoice).toEqual({ any: {} });
    expect(translate(wanted, { model: LLAMA }).toolConfig).toEqual({ tools: [formatTool("An answer.", schema)] });
    expect(translate({ response_format: { type: "json_object" } }, { model: LLAMA })).not.toHaveProperty("toolConfig");
    const none = { ...wanted, tools: [tool("f")], tool_choice: "none" };
    expect(translate(none).toolConfig?.tools).toHaveLength(1);
  });
});
