import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Mocks, startMocks, type VendorName } from "./index";

/*
 * What each vendor refuses, in its own words and status. A mock that lets these through would let a gateway's mistakes through.
 */
let mocks: Mocks;
beforeAll(async () => {
  mocks = await startMocks();
});
afterAll(() => mocks.close());

/** Of the vendors whose refusals are told here; the others are shown by their adapters. */
const PATHS: Partial<Record<VendorName, string>> = {
  openai: "/v1/chat/completions",
  deepseek: "/chat/completions",
  dashscope: "/compatible-mode/v1/chat/completions",
  anthropic: "/v1/messages",
  cohere: "/v2/chat",
  ollama: "/api/chat",
  "dashscope-native": "/api/v1/services/aigc/text-generation/generation",
};
const MODELS: Partial<Record<VendorName, string>> = {
  openai: "gpt-4o",
  deepseek: "deepseek-chat",
  dashscope: "qwen-max",
  anthropic: "claude-sonnet-4-5",
  cohere: "command-a-03-2025",
  ollama: "llama3.2",
  "dashscope-native": "qwen-max",
};
const USER = { role: "user", content: "Hi" };
const TOOL = { type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } };
const CALL = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };

function rightHeaders(vendor: VendorName): Record<string, string> {
  if (vendor === "anthropic") {
    return { "content-type": "application/json", "x-api-key": mocks.keys.anthropic, "anthropic-version": "2023-06-01" };
  }
  return { "content-type": "application/json", authorization: `Bearer ${mocks.keys[vendor]}` };
}

interface Wrong {
  method?: string;
  path?: string;
  headers?: Record<string, string | undefined>;
  body?: object;
  text?: string;
}

async function send(vendor: VendorName, wrong: Wrong): Promise<{ status: number; text: string; type: string }> {
  const headers = new Headers(rightHeaders(vendor));
  for (const [name, value] of Object.entries(wrong.headers ?? {})) {
    if (value === undefined) headers.delete(name);
    else headers.set(name, value);
  }
  const body = {
    model: MODELS[vendor],
    messages: [USER],
    ...(vendor === "anthropic" ? { max_tokens: 100 } : {}),
    ...wrong.body,
  };
  const method = wrong.method ?? "POST";
  const response = await fetch(mocks.url(vendor) + (wrong.path ?? PATHS[vendor] ?? ""), {
    method,
    headers,
    ...(method === "GET" ? {} : { body: wrong.text ?? JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text(), type: response.headers.get("content-type") ?? "" };
}

const VENDORS: VendorName[] = ["openai", "deepseek", "dashscope", "anthropic"];
const EVERYWHERE: [name: string, wrong: Wrong, statuses: Partial<Record<VendorName, number>>][] = [
  [
    "no key",
    { headers: { authorization: undefined, "x-api-key": undefined } },
    { openai: 401, deepseek: 401, dashscope: 401, anthropic: 401 },
  ],
  ["a wrong path", { path: "/v1/chat" }, { openai: 404, deepseek: 404, dashscope: 404, anthropic: 404 }],
  ["a wrong method", { method: "PUT" }, { openai: 405, deepseek: 405, dashscope: 405, anthropic: 405 }],
  [
    "a wrong content type",
    { headers: { "content-type": "text/plain" } },
    { openai: 415, deepseek: 415, dashscope: 400, anthropic: 400 },
  ],
  [
    "a content encoding",
    { headers: { "content-encoding": "gzip" } },
    { openai: 400, deepseek: 400, dashscope: 400, anthropic: 400 },
  ],
  [
    "our own header",
    { headers: { "x-modelmux-provider": "x" } },
    { openai: 400, deepseek: 400, dashscope: 400, anthropic: 400 },
  ],
  ["truncated JSON", { text: '{"model":' }, { openai: 400, deepseek: 400, dashscope: 400, anthropic: 400 }],
  ["a body that is no object", { text: "[1]" }, { openai: 400, deepseek: 400, dashscope: 400, anthropic: 400 }],
  ["no model", { body: { model: undefined } }, { openai: 400, deepseek: 400, dashscope: 400, anthropic: 400 }],
  ["an unknown model", { body: { model: "nope" } }, { openai: 404, deepseek: 400, dashscope: 404, anthropic: 404 }],
  ["no messages", { body: { messages: undefined } }, { openai: 400, deepseek: 400, dashscope: 400, anthropic: 400 }],
  ["no message at all", { body: { messages: [] } }, { openai: 400, deepseek: 400, dashscope: 400, anthropic: 400 }],
  [
    "messages that are no list",
    { body: { messages: "Hi" } },
    { openai: 400, deepseek: 400, dashscope: 400, anthropic: 400 },
  ],
  [
    "an unknown role",
    { body: { messages: [{ role: "boss", content: "Hi" }] } },
    { openai: 400, deepseek: 400, dashscope: 400, anthropic: 400 },
  ],
  [
    "too high a temperature",
    { body: { temperature: 2.5 } },
    { openai: 400, deepseek: 400, dashscope: 400, anthropic: 400 },
  ],
  ["no room for tokens", { body: { max_tokens: 0 } }, { openai: 400, deepseek: 400, dashscope: 400, anthropic: 400 }],
  ["too many tokens", { body: { max_tokens: 999999 } }, { openai: 400, deepseek: 400, dashscope: 400, anthropic: 400 }],
  ["stream as a word", { body: { stream: "yes" } }, { openai: 400, deepseek: 400, dashscope: 400, anthropic: 400 }],
];

describe.each(VENDORS)("%s refuses", (vendor) => {
  test("nothing of a right request", async () => {
    expect((await send(vendor, {})).status).toBe(200);
    expect((await send(vendor, { body: { stream: true } })).type).toContain("text/event-stream");
  });

  test.each(EVERYWHERE)("%s", async (_name, wrong, statuses) => {
    const answer = await send(vendor, wrong);
    expect([answer.status, answer.text]).toEqual([statuses[vendor], expect.any(String)]);
    if (answer.text.startsWith("{")) expect(JSON.parse(answer.text)).toHaveProperty("error.message");
  });

  test("another vendor's key header, and a wrong key", async () => {
    const foreign: Record<string, string> =
      vendor === "anthropic" ? { authorization: "Bearer k" } : { "x-api-key": "k" };
    expect((await send(vendor, { headers: foreign })).status).toBe(vendor === "anthropic" ? 401 : 400);
    const wrong: Record<string, string> =
      vendor === "anthropic" ? { "x-api-key": "sk-wrong" } : { authorization: "Bearer sk-wrong-key" };
    const answer = await send(vendor, { headers: wrong });
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain("sk-wrong-key");
  });
});

const OWN: [vendor: VendorName, name: string, wrong: Wrong, status: number, words: RegExp][] = [
  ["openai", "an unknown member", { body: { top_k: 3 } }, 400, /Unrecognized request argument supplied: top_k/],
  [
    "openai",
    "another vendor's thoughts",
    { body: { messages: [USER, { role: "assistant", content: "x", reasoning_content: "y" }, USER] } },
    400,
    /Unknown parameter: 'messages\[1\].reasoning_content'/,
  ],
  [
    "openai",
    "stream_options alone",
    { body: { stream_options: { include_usage: true } } },
    400,
    /only allowed when 'stream' is enabled/,
  ],
  [
    "openai",
    "tool_choice without tools",
    { body: { tool_choice: "auto" } },
    400,
    /only allowed when 'tools' are specified/,
  ],
  [
    "openai",
    "a lonely tool message",
    { body: { messages: [USER, { role: "tool", tool_call_id: "c1", content: "x" }] } },
    400,
    /preceeding message with 'tool_calls'/,
  ],
  [
    "openai",
    "an unanswered call",
    { body: { messages: [USER, { role: "assistant", tool_calls: [CALL] }, USER], tools: [TOOL] } },
    400,
    /did not have response messages: c1/,
  ],
  [
    "openai",
    "max_tokens at a reasoning model",
    { body: { model: "o4-mini", max_tokens: 5 } },
    400,
    /Use 'max_completion_tokens' instead/,
  ],
  [
    "openai",
    "a temperature at a reasoning model",
    { body: { model: "gpt-5", temperature: 0.2 } },
    400,
    /does not support 0.2/,
  ],
  [
    "openai",
    "a broken image",
    {
      body: {
        messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,???" } }] }],
      },
    },
    400,
    /Invalid base64 image_url/,
  ],
  [
    "openai",
    "json_object without the word",
    { body: { response_format: { type: "json_object" } } },
    400,
    /must contain the word 'json'/,
  ],
  [
    "openai",
    "an open strict schema",
    {
      body: {
        response_format: { type: "json_schema", json_schema: { name: "a", strict: true, schema: { type: "object" } } },
      },
    },
    400,
    /additionalProperties/,
  ],
  [
    "openai",
    "a bad tool name",
    { body: { tools: [{ type: "function", function: { name: "a b" } }] } },
    400,
    /does not match pattern/,
  ],
  ["openai", "content null", { body: { messages: [{ role: "user", content: null }] } }, 400, /got null/],
  [
    "deepseek",
    "the developer role",
    { body: { messages: [{ role: "developer", content: "x" }, USER] } },
    400,
    /messages\[0\]\.role: unknown variant `developer`, expected one of `system`, `user`, `assistant`, `tool`/,
  ],
  [
    "deepseek",
    "json_schema",
    { body: { response_format: { type: "json_schema", json_schema: { name: "a", schema: {} } } } },
    400,
    /This response_format type is unavailable now/,
  ],
  [
    "deepseek",
    "an image",
    {
      body: {
        messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }] }],
      },
    },
    400,
    /unknown variant `image_url`, expected `text`/,
  ],
  ["deepseek", "too many tokens", { body: { max_tokens: 9000 } }, 400, /Invalid max_tokens value, the valid range/],
  [
    "deepseek",
    "a lonely tool message",
    { body: { messages: [USER, { role: "tool", tool_call_id: "c1", content: "x" }] } },
    400,
    /must be a response to a preceding message with 'tool_calls'"/,
  ],
  [
    "deepseek",
    "a forced tool while thinking",
    { body: { model: "deepseek-reasoner", tools: [TOOL], tool_choice: "required" } },
    400,
    /Thinking mode does not support this tool_choice/,
  ],
  [
    "deepseek",
    "a tool loop without its thoughts",
    {
      body: {
        model: "deepseek-reasoner",
        tools: [TOOL],
        messages: [
          USER,
          { role: "assistant", content: null, tool_calls: [CALL] },
          { role: "tool", tool_call_id: "c1", content: "x" },
        ],
      },
    },
    400,
    /Missing `reasoning_content` field in the assistant message at message index 1/,
  ],
  [
    "dashscope",
    "the developer role",
    { body: { messages: [{ role: "developer", content: "x" }, USER] } },
    400,
    /developer is not one of \['system', 'assistant', 'user', 'tool', 'function'\] - 'messages\.\[0\]\.role'/,
  ],
  [
    "dashscope",
    "tool_choice required",
    { body: { tools: [TOOL], tool_choice: "required" } },
    400,
    /tool_choice is one of the strings that should be/,
  ],
  ["dashscope", "too many tokens", { body: { max_tokens: 9000 } }, 400, /Range of max_tokens should be \[1, 8192\]/],
  ["dashscope", "temperature 2", { body: { temperature: 2 } }, 400, /temperature should be in \[0.0, 2.0\)/],
  [
    "dashscope",
    "an image at a text model",
    {
      body: {
        messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }] }],
      },
    },
    400,
    /image_url is not one of \['text'\]/,
  ],
  [
    "dashscope",
    "a stream of a stream-only model, not streamed",
    { body: { model: "qwq-plus" } },
    400,
    /only support stream mode/,
  ],
  [
    "anthropic",
    "no version",
    { headers: { "anthropic-version": undefined } },
    400,
    /anthropic-version: header is required/,
  ],
  ["anthropic", "an unknown member", { body: { n: 1 } }, 400, /n: Extra inputs are not permitted/],
  ["anthropic", "no max_tokens", { body: { max_tokens: undefined } }, 400, /max_tokens: Field required/],
  ["anthropic", "a system message", { body: { messages: [{ role: "system", content: "x" }, USER] } }, 400, /role/],
];

test.each(OWN)("%s refuses %s", async (vendor, _name, wrong, status, words) => {
  const answer = await send(vendor, wrong);
  expect(answer.text).toMatch(words);
  expect(answer.status).toBe(status);
});

test("dashscope refuses a stream in events, with the status of the refusal", async () => {
  const answer = await send("dashscope", { body: { stream: true, temperature: 3 } });
  expect(answer.status).toBe(400);
  expect(answer.type).toContain("text/event-stream");
  expect(JSON.parse(/^data: (.*)\n\n$/.exec(answer.text)?.[1] ?? "")).toHaveProperty(
    "error.code",
    "invalid_parameter_error",
  );
});

test("deepseek also answers under /v1", async () => {
  expect((await send("deepseek", { path: "/v1/chat/completions" })).status).toBe(200);
});
