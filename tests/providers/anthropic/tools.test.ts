import { describe, expect, test } from "vitest";
import { assistant, tool, toolCall, toolResult, user } from "../../support/messages";
import { refuse, translate, translateText, type Upstream } from "./request";

const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const weather = tool("weather", { description: "Tells the weather.", parameters: schema });
const named = { type: "function", function: { name: "weather" } };
/** Models that reject forced tools, and models that think on request. */
const NO_FORCED_TOOLS = "claude-sonnet-5-5";
const NATIVE = "claude-sonnet-4-5";

describe("tools", () => {
  test("[50] name, description and parameters", () => {
    expect(translate({ tools: [weather] }).tools).toEqual([
      { name: "weather", description: "Tells the weather.", input_schema: schema },
    ]);
  });

  test.each([undefined, null, {}])("[50] the parameters %j become an empty object schema", (parameters) => {
    expect(translate({ tools: [tool("now", { parameters })] }).tools).toEqual([
      { name: "now", input_schema: { type: "object", properties: {} } },
    ]);
  });

  test("[50] a schema without a type gets one", () => {
    const parameters = { properties: { a: {} }, $defs: { b: {} } };
    expect(translate({ tools: [tool("now", { parameters })] }).tools).toEqual([
      { name: "now", input_schema: { type: "object", ...parameters } },
    ]);
  });

  test("[31] a schema keeps its bytes: order of keys, numbers, escapes", () => {
    const raw =
      '{"type":"object", "properties":{"z":{"maximum":9007199254740993},"a":{"const":1e-7,"x":-0,"y":1.0}},"title":"\\u00e9"}';
    const body = `{"model":"m","messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"f","parameters":${raw}}}]}`;
    expect(translateText(body).text).toContain(`"input_schema":${raw}`);
  });

  test("[50] strict is passed to models that know it, and only when true", () => {
    const strict = tool("weather", { parameters: schema, strict: true });
    expect(translate({ tools: [strict] }, { model: NATIVE }).tools).toMatchObject([{ strict: true }]);
    expect(translate({ tools: [strict] }).tools?.[0]).not.toHaveProperty("strict");
    const loose = tool("weather", { parameters: schema, strict: false });
    expect(translate({ tools: [loose] }, { model: NATIVE }).tools?.[0]).not.toHaveProperty("strict");
  });

  test("[50] other types of tools are refused", () => {
    expect(refuse({ tools: [{ type: "custom", custom: { name: "x" } }] })).toMatchObject({ status: 400 });
  });

  test("[49] legacy functions become tools, and their choice a tool choice", () => {
    const functions = [{ name: "weather", parameters: schema }];
    expect(translate({ functions }).tools).toEqual([{ name: "weather", input_schema: schema }]);
    expect(translate({ functions, function_call: { name: "weather" } }).tool_choice).toEqual({
      type: "tool",
      name: "weather",
    });
    expect(translate({ functions, function_call: "none" }).tool_choice).toEqual({ type: "none" });
  });

  test("[49] legacy calls and results get ids that fit together", () => {
    const call = (text: string) => assistant(null, { function_call: { name: "weather", arguments: text } });
    const result = (content: string) => ({ role: "function", name: "weather", content });
    const upstream = translate({
      functions: [{ name: "weather", parameters: schema }],
      messages: [user("a"), call('{"city":"Rome"}'), result("sunny"), call('{"city":"Oslo"}'), result("rain")],
    });
    expect(upstream.messages.slice(1).map((message) => (message.content as unknown[])[0])).toEqual([
      { type: "tool_use", id: "call_weather", name: "weather", input: { city: "Rome" } },
      { type: "tool_result", tool_use_id: "call_weather", content: "sunny" },
      { type: "tool_use", id: "call_weather_2", name: "weather", input: { city: "Oslo" } },
      { type: "tool_result", tool_use_id: "call_weather_2", content: "rain" },
    ]);
  });

  test("[49] a legacy name and the id of a tool call are not mixed up, however equal they are", () => {
    const upstream = translate({
      functions: [{ name: "weather", parameters: schema }],
      messages: [
        user("a"),
        assistant(null, { tool_calls: [toolCall("weather", "weather", "{}")] }),
        toolResult("weather", "sunny"),
        assistant(null, { function_call: { name: "weather", arguments: "{}" } }),
        { role: "function", name: "weather", content: "rain" },
      ],
    });
    expect(upstream.messages.slice(1).map((message) => (message.content as unknown[])[0])).toMatchObject([
      { type: "tool_use", id: "weather" },
      { type: "tool_result", tool_use_id: "weather" },
      { type: "tool_use", id: "call_weather" },
      { type: "tool_result", tool_use_id: "call_weather" },
    ]);
  });

  test("ids that come twice are told apart, with escapes or without", () => {
    const call = (id: string) => `{"role":"assistant","tool_calls":[{"id":"${id}","function":{"name":"f"}}]}`;
    const result = (id: string) => `{"role":"tool","tool_call_id":"${id}","content":"x"}`;
    const messages = ["call_0", String.raw`call\u005f0`].flatMap((id) => [call(id), result(id)]);
    const { text } = translateText(
      `{"model":"m","messages":[{"role":"user","content":"a"},${messages.join(",")}],"tools":[{"type":"function","function":{"name":"f"}}]}`,
    );
    const upstream = JSON.parse(text) as Upstream;
    expect(upstream.messages.slice(1).map((message) => (message.content as unknown[])[0])).toMatchObject([
      { type: "tool_use", id: "call_0" },
      { type: "tool_result", tool_use_id: "call_0" },
      { type: "tool_use", id: "call_0_2" },
      { type: "tool_result", tool_use_id: "call_0_2" },
    ]);
  });

  test("[49] a legacy result without a call is passed on", () => {
    const messages = [user("a"), { role: "function", name: "weather", content: "sunny" }];
    const upstream = translate({ messages, tools: [weather] }, { isRejected: true });
    expect(upstream.messages[0]?.content).toMatchObject([
      { type: "tool_result", tool_use_id: "call_weather" },
      { type: "text" },
    ]);
  });

  test("[51] a history with tools gets stubs, each name once, that are not to be called", () => {
    const calls = assistant(null, {
      tool_calls: [toolCall("1", "weather", "{}"), toolCall("2", "time", "{}"), toolCall("3", "weather", "{}")],
    });
    const results = ["1", "2", "3"].map((id) => toolResult(id, "ok"));
    const upstream = translate({ messages: [user("a"), calls, ...results] });
    const input_schema = { type: "object", properties: {} };
    expect(upstream.tools).toEqual([
      { name: "weather", input_schema },
      { name: "time", input_schema },
    ]);
    expect(upstream.tool_choice).toEqual({ type: "none" });
  });
});

describe("tool choice", () => {
  test.each([
    ["auto", { type: "auto" }],
    ["required", { type: "any" }],
    ["none", { type: "none" }],
    [named, { type: "tool", name: "weather" }],
  ])("[52] %j", (tool_choice, expected) => {
    expect(translate({ tools: [weather], tool_choice }).tool_choice).toEqual(expected);
  });

  test("[52] none is sent without a choice, and no choice without tools", () => {
    expect(translate({ tools: [weather] })).not.toHaveProperty("tool_choice");
    expect(translate({ tool_choice: "auto", parallel_tool_calls: false })).not.toHaveProperty("tool_choice");
  });

  test.each([
    [undefined, { type: "auto", disable_parallel_tool_use: true }],
    ["auto", { type: "auto", disable_parallel_tool_use: true }],
    ["required", { type: "any", disable_parallel_tool_use: true }],
    [named, { type: "tool", name: "weather", disable_parallel_tool_use: true }],
    ["none", { type: "none" }],
  ])("[53] no parallel calls with %j", (tool_choice, expected) => {
    expect(translate({ tools: [weather], tool_choice, parallel_tool_calls: false }).tool_choice).toEqual(expected);
  });

  test("[53] parallel calls are the default", () => {
    expect(translate({ tools: [weather], parallel_tool_calls: true })).not.toHaveProperty("tool_choice");
  });

  test.each(["required", named])("[62] a forced choice (%j) becomes auto while the model thinks", (tool_choice) => {
    const upstream = translate({ tools: [weather], tool_choice, reasoning_effort: "low" });
    expect(upstream.tool_choice).toEqual({ type: "auto" });
    expect(upstream.thinking).toMatchObject({ type: "enabled" });
  });

  test("[62] a forced choice becomes auto on models that reject it", () => {
    const upstream = translate({ tools: [weather], tool_choice: "required" }, { model: NO_FORCED_TOOLS });
    expect(upstream.tool_choice).toEqual({ type: "auto" });
  });
});

describe("response format", () => {
  const closed = { ...schema, additionalProperties: false };
  const format = (value: object, more: object = {}) => ({
    response_format: { type: "json_schema", json_schema: { name: "answer", schema: value, ...more } },
  });
  const formatTool = { type: "tool", name: "json_tool_call", disable_parallel_tool_use: true };

  test("[59] a strict schema is sent natively where the model has it", () => {
    const upstream = translate(format(closed, { strict: true }), { model: NATIVE });
    expect(upstream.output_config).toEqual({ format: { type: "json_schema", schema: closed } });
    expect(upstream).not.toHaveProperty("tools");
  });

  test("[59] a closed schema is native without strict; an open one, which the vendor rejects, is not", () => {
    expect(translate(format(closed), { model: NATIVE })).toHaveProperty("output_config");
    const upstream = translate(format(schema), { model: NATIVE });
    expect(upstream).not.toHaveProperty("output_config");
    expect(upstream.tool_choice).toEqual(formatTool);
  });

  test("[59] a model that takes neither the open schema nor a forced tool is offered the tool", () => {
    const upstream = translate({ ...format(schema), reasoning_effort: "low" }, { model: NO_FORCED_TOOLS });
    expect(upstream).toMatchObject({
      tools: [{ name: "json_tool_call", input_schema: schema }],
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
      thinking: { type: "adaptive" },
      output_config: { effort: "low" },
    });
    expect(translate(format(closed), { model: NO_FORCED_TOOLS })).toHaveProperty("output_config.format");
  });

  test("[59] other models are forced to call a tool", () => {
    const upstream = translate(format(closed, { description: "The place." }));
    expect(upstream.tools).toEqual([{ name: "json_tool_call", description: "The place.", input_schema: closed }]);
    expect(upstream.tool_choice).toEqual(formatTool);
  });

  test("[59] beside tools of the client the model may call those", () => {
    const upstream = translate({ ...format(closed), tools: [weather] });
    expect(upstream.tools?.map((each) => (each as { name: string }).name)).toEqual(["weather", "json_tool_call"]);
    expect(upstream.tool_choice).toEqual({ type: "any" });
    expect(translate({ ...format(closed), tools: [weather], tool_choice: "none" }).tool_choice).toEqual(formatTool);
    expect(translate({ ...format(closed), tools: [weather], tool_choice: named }).tool_choice).toEqual({
      type: "tool",
      name: "weather",
    });
  });

  test("[59] a tool of the client with that name is not replaced", () => {
    const upstream = translate({ ...format(closed), tools: [tool("json_tool_call", { parameters: schema })] });
    expect(upstream.tools).toHaveLength(1);
    expect(upstream).not.toHaveProperty("tool_choice");
  });

  test("[59] the format is a promise: a hint to think gives way to it", () => {
    const upstream = translate({ ...format(closed), reasoning_effort: "high" });
    expect(upstream).not.toHaveProperty("thinking");
    expect(upstream.tool_choice).toEqual(formatTool);
    const native = translate({ ...format(closed), reasoning_effort: "high" }, { model: NATIVE });
    expect(native).toMatchObject({ thinking: { type: "enabled" }, output_config: { format: { type: "json_schema" } } });
  });

  test("[59] the client's own thinking wins over the force", () => {
    const thinking = { type: "enabled", budget_tokens: 1024 };
    const upstream = translate({ ...format(closed), thinking });
    expect(upstream.tool_choice).toEqual({ type: "auto", disable_parallel_tool_use: true });
    expect(upstream.thinking).toEqual(thinking);
  });

  test("[60] json_object forces a tool with an open schema, where tools can be forced", () => {
    const upstream = translate({ response_format: { type: "json_object" } });
    expect(upstream.tools).toMatchObject([
      { name: "json_tool_call", input_schema: { type: "object", additionalProperties: true } },
    ]);
    expect(upstream.tool_choice).toEqual(formatTool);
    const unforced = translate({ response_format: { type: "json_object" } }, { model: NO_FORCED_TOOLS });
    expect(unforced).not.toHaveProperty("tools");
    expect(unforced).not.toHaveProperty("output_config");
  });

  test("[60] text changes nothing", () => {
    expect(translate({ response_format: { type: "text" } })).toEqual(translate({}));
  });
});
