import { describe, expect, test } from "vitest";
import { tool, toolCall, toolResult } from "../../support/messages";
import { call, candidate, complete, stop, stream } from "./answer";
import { translate } from "./request";

const SECOND = "gemini-2.0-flash";
const SCHEMA = {
  type: "object",
  properties: { city: { type: "string", description: "A city" } },
  required: ["city"],
  additionalProperties: false,
};
const format = (schema: object) => ({
  type: "json_schema",
  json_schema: { name: "answer", strict: true, schema: schema },
});

describe("functions", () => {
  test("[90] all of them in one tool, with JSON Schema as it is", () => {
    const tools = [
      tool("a", { description: "Does it.", parameters: SCHEMA, strict: true }),
      tool("b", { description: "", parameters: { type: "object", properties: {} } }),
      tool("c"),
    ];
    expect(translate({ tools }).tools).toEqual([
      {
        functionDeclarations: [
          { name: "a", description: "Does it.", parametersJsonSchema: SCHEMA },
          { name: "b" },
          { name: "c" },
        ],
      },
    ]);
  });

  test("[90] older models get the vendor's own schema", () => {
    expect(translate({ tools: [tool("a", { parameters: SCHEMA })] }, SECOND).tools?.[0]?.functionDeclarations).toEqual([
      {
        name: "a",
        parameters: {
          type: "OBJECT",
          properties: { city: { type: "STRING", description: "A city" } },
          required: ["city"],
        },
      },
    ]);
  });

  test("[90] no tools, no member", () => {
    expect(translate({ tools: [] }).tools).toBeUndefined();
  });
});

describe("names", () => {
  const named = ["3d_search", "a b", "a_b", "run.code", "größe", "-x", "x".repeat(80), "ns:f"];
  const sent = ["_3d_search", "a_b_3", "a_b", "run.code", "gr____e", "_-x", "x".repeat(64), "ns_f"];

  test("[90] names that the vendor does not take are changed, and back in the answer", () => {
    const tools = named.map((name) => tool(name));
    const messages = [
      { role: "user", content: "go" },
      { role: "assistant", content: null, tool_calls: named.map((name, index) => toolCall(`c${index}`, name, "{}")) },
      ...named.map((_, index) => toolResult(`c${index}`, "1")),
    ];
    const choice = { type: "function", function: { name: "3d_search" } };
    const upstream = translate({ tools, messages, tool_choice: choice }, "gemini-3-flash-preview");
    expect(upstream.tools?.[0]?.functionDeclarations?.map(({ name }) => name)).toEqual(sent);
    expect(upstream.contents[1]?.parts?.map(({ functionCall }) => functionCall?.name)).toEqual(sent);
    expect(upstream.contents[2]?.parts?.map(({ functionResponse }) => functionResponse?.name)).toEqual(sent);
    expect(upstream.toolConfig?.functionCallingConfig?.allowedFunctionNames).toEqual(["_3d_search"]);
    const answer = candidate(
      sent.map((name) => call(name)),
      stop,
    );
    type Calls = { function: { name: string } }[];
    const called = (value: unknown) => (value as Calls).map((each) => each.function.name);
    expect(called(complete(answer, { tools }).message["tool_calls"])).toEqual(named);
    const begun = (stream([answer], { tools }).deltas as { tool_calls?: (Calls[number] & { id?: string })[] }[])
      .flatMap(({ tool_calls }) => tool_calls ?? [])
      .filter(({ id }) => id !== undefined);
    expect(called(begun)).toEqual(named);
  });
});

describe("the choice", () => {
  const tools = [tool("a"), tool("b")];
  const choice = (tool_choice: unknown) => translate({ tools, tool_choice }).toolConfig?.functionCallingConfig;

  test.each([
    ["auto", { mode: "AUTO" }],
    ["none", { mode: "NONE" }],
    ["required", { mode: "ANY" }],
    [
      { type: "function", function: { name: "b" } },
      { mode: "ANY", allowedFunctionNames: ["b"] },
    ],
    [undefined, undefined],
  ])("[91] %j", (given, expected) => {
    expect(choice(given)).toEqual(expected);
  });

  test("[91] without tools it is left out", () => {
    expect(translate({ tool_choice: "auto" }).toolConfig).toBeUndefined();
  });

  test("[91] one call at most cannot be said", () => {
    expect(translate({ tools, parallel_tool_calls: false }).toolConfig).toBeUndefined();
  });
});

describe("the form of the answer", () => {
  test("[89] any JSON", () => {
    expect(translate({ response_format: { type: "json_object" } }).generationConfig).toEqual({
      responseMimeType: "application/json",
    });
    expect(translate({ response_format: { type: "text" } }).generationConfig).toBeUndefined();
  });

  test("[89] JSON Schema as it is, since 2.5", () => {
    for (const model of ["gemini-2.5-pro", "gemini-3-pro-preview"]) {
      expect(translate({ response_format: format(SCHEMA) }, model).generationConfig).toEqual({
        responseMimeType: "application/json",
        responseJsonSchema: SCHEMA,
      });
    }
  });

  test("[89] Gemini 3 takes it together with functions", () => {
    const upstream = translate({ response_format: format(SCHEMA), tools: [tool("a")] }, "gemini-3-pro-preview");
    expect(upstream.generationConfig?.responseJsonSchema).toEqual(SCHEMA);
    expect(upstream.tools?.[0]?.functionDeclarations).toHaveLength(1);
    expect(upstream.toolConfig).toBeUndefined();
  });

  test("[89] before, a function stands for it where others are offered", () => {
    const upstream = translate({ response_format: format(SCHEMA), tools: [tool("a")] });
    expect(upstream.generationConfig).toBeUndefined();
    expect(upstream.tools?.[0]?.functionDeclarations?.[1]).toEqual({
      name: "json_tool_call",
      description: "Gives the final answer to the user as JSON.",
      parametersJsonSchema: SCHEMA,
    });
    expect(upstream.toolConfig).toEqual({ functionCallingConfig: { mode: "ANY" } });
  });

  test("[89] with the choice none the functions go, not the form", () => {
    const upstream = translate({ response_format: format(SCHEMA), tools: [tool("a")], tool_choice: "none" });
    expect(upstream.generationConfig?.responseJsonSchema).toEqual(SCHEMA);
    expect([upstream.tools, upstream.toolConfig]).toEqual([undefined, undefined]);
  });
});

describe("the vendor's own schema", () => {
  const cleaned = (schema: object) =>
    translate({ response_format: format(schema) }, SECOND).generationConfig?.responseSchema;
  const inside = (schema: object) =>
    cleaned({ type: "object", properties: { x: schema }, required: ["x"] })?.properties?.["x"];

  test.each<[string, object, object]>([
    [
      "types in capital letters",
      { type: "integer", minimum: 1, maximum: 9 },
      { type: "INTEGER", minimum: 1, maximum: 9 },
    ],
    [
      "whole numbers as strings",
      { type: "array", items: { type: "number" }, minItems: 1 },
      { type: "ARRAY", minItems: "1", items: { type: "NUMBER" } },
    ],
    ["null as one of the types", { type: ["string", "null"] }, { type: "STRING", nullable: true }],
    [
      "several types",
      { type: ["string", "integer", "null"] },
      { anyOf: [{ type: "STRING" }, { type: "INTEGER" }], nullable: true },
    ],
    ["null as an option", { anyOf: [{ type: "boolean" }, { type: "null" }] }, { type: "BOOLEAN", nullable: true }],
    [
      "several options",
      { oneOf: [{ type: "string" }, { type: "number" }] },
      { anyOf: [{ type: "STRING" }, { type: "NUMBER" }] },
    ],
    ["one of all", { allOf: [{ type: "string" }] }, { type: "STRING" }],
    ["enumerations of texts", { enum: ["a", "b", 3] }, { type: "STRING", enum: ["a", "b"] }],
    ["a constant", { const: "a" }, { type: "STRING", enum: ["a"] }],
    ["formats that are known", { type: "string", format: "date-time" }, { type: "STRING", format: "date-time" }],
    ["formats that are not", { type: "string", format: "uuid" }, { type: "STRING" }],
    [
      "members that are not known",
      { $comment: "c", type: "string", default: "x", examples: ["y"], strict: true },
      { type: "STRING" },
    ],
    ["an array of anything", { type: "array" }, { type: "ARRAY", items: { type: "STRING" } }],
    [
      "a type that is not said",
      { properties: { a: { items: { type: "string" } } } },
      { type: "OBJECT", properties: { a: { type: "ARRAY", items: { type: "STRING" } } } },
    ],
    [
      "required names without a property",
      { type: "object", properties: { a: { type: "string" } }, required: ["a", "b"] },
      { type: "OBJECT", properties: { a: { type: "STRING" } }, required: ["a"] },
    ],
    ["an object of anything", { type: "object" }, { type: "OBJECT" }],
  ])("[89] %s", (_, schema, expected) => {
    expect(inside(schema)).toEqual(expected);
  });

  test("[89] references are resolved, endless ones end", () => {
    const node = { type: "object", properties: { name: { type: "string" }, next: { $ref: "#/$defs/node" } } };
    const written = cleaned({
      $schema: "x",
      type: "object",
      properties: { list: { $ref: "#/$defs/node" } },
      $defs: { node },
    });
    expect(written?.properties?.["list"]?.properties?.["next"]?.properties?.["name"]).toEqual({ type: "STRING" });
    expect(JSON.stringify(written)).not.toMatch(/\$ref|\$defs|\$schema/);
    const wide = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`p${String(index)}`, { $ref: "#/definitions/wide" }]),
    );
    const grown = cleaned({
      type: "object",
      properties: { wide: { $ref: "#/definitions/wide" } },
      definitions: { wide: { type: "object", properties: wide } },
    });
    expect(JSON.stringify(grown).length).toBeLessThan(1_000_000);
    expect(inside({ $ref: "#/$defs/nobody" })).toEqual({ type: "OBJECT" });
  });
});
