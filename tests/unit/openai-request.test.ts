import { describe, expect, test } from "vitest";
import { type DumpedPart } from "../support/openai";
import { readFault, useOpenAiModule } from "../support/openai-fixture";

/** As in assembly/canonical/request.ts. */
const KIND = {
  text: 1,
  image: 2,
  document: 3,
  audio: 4,
  toolCall: 5,
  toolResult: 6,
  reasoning: 7,
  redacted: 8,
  unknown: 9,
};
const ROLE = { system: 1, user: 2, assistant: 3, tool: 4 };

const openai = useOpenAiModule();

const base = { model: "m", messages: [{ role: "user", content: "hi" }] };

const fault = (body: unknown): ReturnType<typeof readFault> => readFault(openai.module, body);

function parts(messages: unknown[]): DumpedPart[] {
  const { request, failure } = openai.module.read({ model: "m", messages });
  expect(failure).toBeNull();
  return request?.parts ?? [];
}

describe("the head", () => {
  test.each([
    [{ messages: base.messages }, "model", "missing_required_parameter"],
    [{ ...base, model: null }, "model", "missing_required_parameter"],
    [{ ...base, model: 5 }, "model", "invalid_type"],
    [{ ...base, model: "" }, "model", "invalid_value"],
    [{ model: "m" }, "messages", "missing_required_parameter"],
    [{ ...base, messages: "x" }, "messages", "invalid_type"],
    [{ ...base, messages: [] }, "messages", "invalid_value"],
    [{ ...base, messages: [...base.messages, 7] }, "messages[1]", "invalid_type"],
    [{ ...base, messages: [...base.messages, null] }, "messages[1]", "invalid_type"],
    [{ ...base, messages: [...base.messages, {}] }, "messages[1].role", "missing_required_parameter"],
    [{ ...base, messages: [...base.messages, { role: "wizard" }] }, "messages[1].role", "invalid_value"],
    [{ ...base, messages: [{ role: 1 }] }, "messages[0].role", "invalid_type"],
    [{ ...base, stream: "yes" }, "stream", "invalid_type"],
    [{ ...base, stream_options: true }, "stream_options", "invalid_type"],
    [{ ...base, stream: true, stream_options: { include_usage: 1 } }, "stream_options.include_usage", "invalid_type"],
  ])("%j is a 400 for %s", (body, param, code) => {
    expect(fault(body)).toMatchObject({ param, code, status: 400 });
  });

  test("says what was expected and what came", () => {
    expect(fault({ ...base, model: 5 }).message).toBe(
      "Invalid type for 'model': expected a string, but got an integer instead.",
    );
    expect(fault({ ...base, model: 5.5 }).message).toContain("a decimal");
    expect(fault({ ...base, stream: [] }).message).toContain("expected a boolean, but got an array");
  });

  test.each(["[]", '"x"', "7", "null"])("a body that is %s is a 400 for the body", (body) => {
    expect(fault(body)).toMatchObject({ param: "body", status: 400 });
  });

  test("[33] what is not JSON, doubles a key, nests too deep or is not UTF-8 is refused", () => {
    const deep = `{"model":"m","messages":[{"role":"user","content":"x"}],"x":${"[".repeat(300)}${"]".repeat(300)}}`;
    const bodies = [
      "",
      "{",
      '{"model":"m"}x',
      '{"model":"a","model":"b"}',
      '{"m\\u006fdel":"a","model":"b"}',
      deep,
      "\0",
    ];
    for (const body of bodies) expect(openai.module.readHead(body)?.status, body.slice(0, 40)).toBe(400);
    expect(openai.module.readHead(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))?.status).toBe(400);
  });

  test("null means not given", () => {
    const { request } = openai.module.read({ ...base, stream: null, stream_options: null });
    expect(request).toMatchObject({ model: "m", stream: 0, includeUsage: 0 });
  });

  test("usage is asked for only in a stream", () => {
    const options = { stream_options: { include_usage: true } };
    expect(openai.module.read({ ...base, ...options }).request).toMatchObject({ stream: 0, includeUsage: 0 });
    expect(openai.module.read({ ...base, ...options, stream: true }).request).toMatchObject({
      stream: 1,
      includeUsage: 1,
    });
  });
});

describe("messages", () => {
  test("all roles with plain text", () => {
    const roles = ["system", "developer", "user", "assistant"];
    expect(parts(roles.map((role) => ({ role, content: role })))).toEqual([
      { kind: KIND.text, role: ROLE.system, message: 0, value: "system" },
      { kind: KIND.text, role: ROLE.system, message: 1, value: "developer" },
      { kind: KIND.text, role: ROLE.user, message: 2, value: "user" },
      { kind: KIND.text, role: ROLE.assistant, message: 3, value: "assistant" },
    ]);
  });

  test("empty and missing content gives no part", () => {
    const contents = ["", null, [], undefined, [{ type: "text", text: "" }]];
    expect(parts(contents.map((content) => ({ role: "user", content })))).toEqual([]);
  });

  test("text, images, files, audio and unknown parts", () => {
    const content = [
      { type: "text", text: "a", cache_control: { type: "ephemeral" } },
      { type: "image_url", image_url: { url: "https://x/y.png", detail: "low" } },
      { type: "image_url", image_url: "https://x/z.png" },
      { type: "file", file: { file_data: "data:application/pdf;base64,AA==", filename: "a.pdf" } },
      { type: "file", file: { file_id: "file-1", file_data: null } },
      { type: "input_audio", input_audio: { data: "AA==", format: "wav" } },
      { type: "video_url", video_url: { url: "v" } },
    ];
    const common = { role: ROLE.user, message: 0 };
    expect(parts([{ role: "user", content }])).toEqual([
      { ...common, kind: KIND.text, value: "a", cacheControl: { type: "ephemeral" } },
      { ...common, kind: KIND.image, value: "https://x/y.png", extra: "low" },
      { ...common, kind: KIND.image, value: "https://x/z.png" },
      { ...common, kind: KIND.document, value: "data:application/pdf;base64,AA==", name: "a.pdf" },
      { ...common, kind: KIND.document, id: "file-1" },
      { ...common, kind: KIND.audio, value: "AA==", name: "wav" },
      { ...common, kind: KIND.unknown, value: content[6], name: "video_url" },
    ]);
  });

  test("[46] reasoning comes first, then text, then tool calls, whatever the order of the members", () => {
    const call = { id: "c1", type: "function", function: { name: "f", arguments: '{"a":1}' } };
    const message = { tool_calls: [call], content: "text", reasoning_content: "why", role: "assistant" };
    expect(parts([message])).toEqual([
      { kind: KIND.reasoning, role: ROLE.assistant, message: 0, value: "why" },
      { kind: KIND.text, role: ROLE.assistant, message: 0, value: "text" },
      { kind: KIND.toolCall, role: ROLE.assistant, message: 0, id: "c1", name: "f", value: '{"a":1}' },
    ]);
  });

  test("[65] thinking blocks win over reasoning_content and keep their signatures", () => {
    const blocks = [
      { type: "thinking", thinking: "why", signature: "sig" },
      { type: "redacted_thinking", data: "opaque" },
      { type: "thinking", thinking: "and", signature: null },
      { type: "later_kind", x: 1 },
    ];
    const message = { role: "assistant", content: "t", thinking_blocks: blocks, reasoning_content: "why and" };
    expect(parts([message])).toEqual([
      { kind: KIND.reasoning, role: ROLE.assistant, message: 0, value: "why", extra: "sig" },
      { kind: KIND.redacted, role: ROLE.assistant, message: 0, value: "opaque" },
      { kind: KIND.reasoning, role: ROLE.assistant, message: 0, value: "and" },
      { kind: KIND.text, role: ROLE.assistant, message: 0, value: "t" },
    ]);
    const plain = { role: "assistant", content: "t", reasoning: "why", reasoning_signature: "s" };
    expect(parts([plain])[0]).toEqual({
      kind: KIND.reasoning,
      role: ROLE.assistant,
      message: 0,
      value: "why",
      extra: "s",
    });
    expect(
      parts([{ role: "assistant", content: "t", thinking_blocks: [], reasoning: { effort: "low" } }]),
    ).toHaveLength(1);
  });

  test("[65] cache_control of a message goes to its last part, of a tool message to the result", () => {
    const cache = { type: "ephemeral" };
    const result = parts([
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
        cache_control: cache,
      },
      { role: "tool", tool_call_id: "c", content: "r", cache_control: cache },
    ]);
    expect(result.map((part) => part.cacheControl)).toEqual([undefined, cache, cache, undefined]);
  });

  test("refusals are text", () => {
    expect(parts([{ role: "assistant", content: [{ type: "refusal", refusal: "no" }] }])[0]).toMatchObject({
      value: "no",
    });
    expect(parts([{ role: "assistant", content: null, refusal: "never" }])[0]).toMatchObject({ value: "never" });
    expect(parts([{ role: "assistant", content: "x", refusal: "never" }])).toHaveLength(1);
  });

  test("[44] tool results: text, parts, nothing", () => {
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
    const result = parts([
      { role: "tool", tool_call_id: "a", content: "text" },
      { role: "tool", tool_call_id: "b", content: [{ type: "text", text: "t" }, image] },
      { role: "tool", tool_call_id: "c", content: "" },
    ]);
    expect(result).toEqual([
      { kind: KIND.toolResult, role: ROLE.tool, message: 0, id: "a" },
      { kind: KIND.text, role: ROLE.tool, message: 0, nested: 1, value: "text" },
      { kind: KIND.toolResult, role: ROLE.tool, message: 1, id: "b" },
      { kind: KIND.text, role: ROLE.tool, message: 1, nested: 1, value: "t" },
      { kind: KIND.image, role: ROLE.tool, message: 1, nested: 1, value: "data:image/png;base64,AA==" },
      { kind: KIND.toolResult, role: ROLE.tool, message: 2, id: "c" },
    ]);
  });

  test("[49] the forms from before tools", () => {
    const { request } = openai.module.read({
      model: "m",
      functions: [{ name: "f", description: "d", parameters: { type: "object" } }],
      function_call: { name: "f" },
      messages: [
        { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
        { role: "function", name: "f", content: "r" },
      ],
    });
    expect(request?.parts).toEqual([
      { kind: KIND.toolCall, role: ROLE.assistant, message: 0, idFromName: 1, id: "f", name: "f", value: "{}" },
      { kind: KIND.toolResult, role: ROLE.tool, message: 1, idFromName: 1, id: "f" },
      { kind: KIND.text, role: ROLE.tool, message: 1, nested: 1, value: "r" },
    ]);
    expect(request?.tools).toEqual([{ name: "f", description: "d", parameters: { type: "object" } }]);
    expect(request).toMatchObject({ toolChoice: 4, toolChoiceName: "f" });
  });

  const user = (content: unknown): unknown => ({
    model: "m",
    messages: [
      { role: "user", content: "x" },
      { role: "user", content },
    ],
  });
  const assistant = (members: object): unknown => ({ model: "m", messages: [{ role: "assistant", ...members }] });

  test.each([
    [user(5), "messages[1].content"],
    [user([5]), "messages[1].content[0]"],
    [user([{ text: "x" }]), "messages[1].content[0].type"],
    [user([{ type: "text" }]), "messages[1].content[0].text"],
    [
      user([
        { type: "text", text: "a" },
        { type: "text", text: 1 },
      ]),
      "messages[1].content[1].text",
    ],
    [user([{ type: "image_url", image_url: {} }]), "messages[1].content[0].image_url.url"],
    [user([{ type: "image_url", image_url: { url: 3 } }]), "messages[1].content[0].image_url.url"],
    [user([{ type: "image_url" }]), "messages[1].content[0].image_url"],
    [user([{ type: "file", file: {} }]), "messages[1].content[0].file.file_data"],
    [user([{ type: "input_audio", input_audio: { data: "x" } }]), "messages[1].content[0].input_audio.format"],
    [user([{ type: "text", text: "x", cache_control: 1 }]), "messages[1].content[0].cache_control"],
    [assistant({ tool_calls: {} }), "messages[0].tool_calls"],
    [assistant({ tool_calls: [1] }), "messages[0].tool_calls[0]"],
    [assistant({ tool_calls: [{ function: { name: "f" } }] }), "messages[0].tool_calls[0].id"],
    [assistant({ tool_calls: [{ id: "a" }] }), "messages[0].tool_calls[0].function"],
    [assistant({ tool_calls: [{ id: "a", function: {} }] }), "messages[0].tool_calls[0].function.name"],
    [assistant({ tool_calls: [{ id: "a", function: { name: "" } }] }), "messages[0].tool_calls[0].function.name"],
    [
      assistant({ tool_calls: [{ id: "a", function: { name: "f", arguments: {} } }] }),
      "messages[0].tool_calls[0].function.arguments",
    ],
    [assistant({ tool_calls: [{ id: "a", type: "custom", custom: {} }] }), "messages[0].tool_calls[0].type"],
    [assistant({ thinking_blocks: [{ type: "thinking" }] }), "messages[0].thinking_blocks[0].thinking"],
    [assistant({ reasoning_content: 1 }), "messages[0].reasoning_content"],
    [{ model: "m", messages: [{ role: "tool", content: "x" }] }, "messages[0].tool_call_id"],
    [{ model: "m", messages: [{ role: "function", content: "x" }] }, "messages[0].name"],
  ])("%j is a 400", (body, param) => {
    expect(fault(body)).toMatchObject({ param, status: 400 });
  });
});
