import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ACCESS_KEY_ID } from "./bedrock-signature";
import { validateConverse } from "./bedrock-validate";
import { type Mocks, startMocks } from "./index";

/* The vendor's own SDK signs for the mock, sends to it and reads all of its answers; and what the mock refuses. */

const SONNET = "us.anthropic.claude-sonnet-4-20250514-v1:0";
const SONNET_4_5 = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const messages = [{ role: "user" as const, content: [{ text: "Grüße" }] }];
const said = `I am ${SONNET}, a mock of Bedrock. You said: Grüße`;

let mocks: Mocks;
beforeAll(async () => {
  mocks = await startMocks();
});
afterAll(() => mocks.close());
afterEach(() => mocks.reset());

function client(more: object = {}): BedrockRuntimeClient {
  const credentials = { accessKeyId: ACCESS_KEY_ID, secretAccessKey: mocks.keys.bedrock };
  return new BedrockRuntimeClient({
    endpoint: mocks.url("bedrock"),
    region: "us-east-1",
    credentials,
    // The SDK speaks HTTP/2 where it is not told otherwise.
    requestHandler: new NodeHttpHandler(),
    maxAttempts: 1,
    ...more,
  });
}

async function readText(sdk: BedrockRuntimeClient): Promise<{ text: string; kinds: string[] }> {
  const { stream } = await sdk.send(new ConverseStreamCommand({ modelId: SONNET, messages }));
  let text = "";
  const kinds: string[] = [];
  for await (const event of stream ?? []) {
    kinds.push(Object.keys(event)[0] ?? "");
    text += event.contentBlockDelta?.delta?.text ?? "";
  }
  return { text, kinds: [...new Set(kinds)] };
}

test("[100] [109] [110] [112] the SDK signs, and reads answers and streams", async () => {
  const answer = await client().send(new ConverseCommand({ modelId: SONNET, messages }));
  expect(answer.output?.message?.content).toEqual([{ text: said }]);
  expect(answer).toMatchObject({ stopReason: "end_turn", usage: { inputTokens: 2 } });
  mocks.script("bedrock", { chunking: { seed: 1 } });
  expect(await readText(client())).toEqual({
    text: said,
    kinds: ["messageStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"],
  });
});

test("[67] the SDK reads InvokeModel's answers", async () => {
  const body = JSON.stringify({
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: 50,
    messages: [{ role: "user", content: "Hi" }],
  });
  const input = { modelId: SONNET, body, contentType: "application/json" };
  const unary = await client().send(new InvokeModelCommand(input));
  expect(JSON.parse(new TextDecoder().decode(unary.body))).toMatchObject({ type: "message", stop_reason: "end_turn" });
  const { body: events } = await client().send(new InvokeModelWithResponseStreamCommand(input));
  const types: string[] = [];
  for await (const event of events ?? []) {
    types.push((JSON.parse(new TextDecoder().decode(event.chunk?.bytes)) as { type: string }).type);
  }
  expect(types[0]).toBe("message_start");
  expect(types.at(-1)).toBe("message_stop");
});

test("[113] [114] the SDK knows the mock's errors and exceptions", async () => {
  mocks.script("bedrock", [{ status: 429 }, { status: 424 }, { errorAtEvent: 2 }]);
  const ask = () => client().send(new ConverseCommand({ modelId: SONNET, messages }));
  await expect(ask()).rejects.toMatchObject({ name: "ThrottlingException" });
  await expect(ask()).rejects.toMatchObject({ name: "ModelErrorException" });
  await expect(readText(client())).rejects.toMatchObject({ name: "ServiceUnavailableException" });
});

test.each([
  [
    "a wrong secret",
    { credentials: { accessKeyId: ACCESS_KEY_ID, secretAccessKey: "wrong" } },
    "InvalidSignatureException",
  ],
  [
    "a wrong access key",
    { credentials: { accessKeyId: "AKIDOTHER", secretAccessKey: "k" } },
    "InvalidSignatureException",
  ],
  ["another region", { region: "eu-west-1" }, "InvalidSignatureException"],
  ["a clock that is wrong", { systemClockOffset: 3_600_000 }, "InvalidSignatureException"],
])("[100] %s is refused", async (_, more, name) => {
  const ask = client(more).send(new ConverseCommand({ modelId: SONNET, messages }));
  await expect(ask).rejects.toMatchObject({ name });
});

describe("[100] the door", () => {
  const ask = async (headers: Record<string, string>, path = `/model/${encodeURIComponent(SONNET)}/converse`) => {
    const init = {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ messages }),
    };
    const response = await fetch(mocks.url("bedrock") + path, init);
    return [response.status, response.headers.get("x-amzn-errortype")?.split(":")[0]];
  };

  test("takes a key, and nothing else beside it", async () => {
    const authorization = `Bearer ${mocks.keys.bedrock}`;
    expect((await ask({ authorization }))[0]).toBe(200);
    expect(await ask({ authorization: "Bearer wrong" })).toEqual([403, "AccessDeniedException"]);
    expect(await ask({})).toEqual([403, "MissingAuthenticationTokenException"]);
    for (const name of ["x-api-key", "anthropic-version", "x-amz-date", "x-amz-security-token", "x-goog-api-key"]) {
      expect((await ask({ authorization, [name]: "x" }))[0], name).toBe(400);
    }
    expect((await ask({ authorization, "content-type": "text/plain" }))[0]).toBe(415);
    expect((await ask({ authorization }, "/model/a%3A0"))[0]).toBe(404);
    const twice = `/model/${encodeURIComponent(encodeURIComponent(SONNET))}/converse`;
    expect((await ask({ authorization }, twice))[0]).toBe(400);
  });
});

const user = (...content: object[]) => ({ role: "user", content });
const assistant = (...content: object[]) => ({ role: "assistant", content });
const text = { text: "a" };
const use = { toolUse: { toolUseId: "i", name: "f", input: {} } };
const result = (toolUseId: string) => ({ toolResult: { toolUseId, content: [{ text: "" }] } });
const spec = (name: string, json: object = { type: "object" }) => ({ toolSpec: { name, inputSchema: { json } } });
const tools = (...list: object[]) => ({ messages: [user(text)], toolConfig: { tools: list } });
const document = (name: string) => ({ document: { name, format: "pdf", source: { bytes: "AAAA" } } });
const point = { cachePoint: { type: "default" } };

test.each<[string, object, RegExp]>([
  ["an unknown member", { messages: [user(text)], stream: true }, /extraneous key \[stream\]/],
  ["no role", { messages: [{ content: [text] }] }, /role: Member must not be null/],
  ["a role of OpenAI", { messages: [{ role: "tool", content: [text] }] }, /enum value set/],
  ["a text in place of blocks", { messages: [{ role: "user", content: "a" }] }, /expected a list/],
  [
    "two members of a union",
    { messages: [user({ text: "a", cachePoint: { type: "default" } })] },
    /exactly one member/,
  ],
  ["a number as text", { messages: [user(text)], inferenceConfig: { maxTokens: "5" } }, /expected a number/],
  ["half a token", { messages: [user(text)], inferenceConfig: { maxTokens: 1.5 } }, /expected an integer/],
  [
    "a temperature of OpenAI",
    { messages: [user(text)], inferenceConfig: { temperature: 1.5 } },
    /less than or equal to 1/,
  ],
  ["an empty stop sequence", { messages: [user(text)], inferenceConfig: { stopSequences: [""] } }, /length greater/],
  ["no messages", { messages: [] }, /must start with a user message/],
  ["an assistant first", { messages: [assistant(text)] }, /must start with a user message/],
  ["two users", { messages: [user(text), user(text)] }, /must alternate/],
  ["no content", { messages: [user()] }, /content field is empty/],
  ["a blank text", { messages: [user({ text: " " })] }, /is blank/],
  ["white space at a prefill's end", { messages: [user(text), assistant({ text: "a " })] }, /trailing whitespace/],
  ["an image URL", { messages: [user({ image: { format: "png", source: { url: "https://x" } } })] }, /extraneous key/],
  [
    "an image that is no base64",
    { messages: [user({ image: { format: "png", source: { bytes: "a b" } } })] },
    /base64/,
  ],
  ["an unknown image", { messages: [user({ image: { format: "bmp", source: { bytes: "AAAA" } } })] }, /enum value set/],
  ["a file name with dots", { messages: [user(text, document("a.pdf"))] }, /can only contain/],
  ["two files of one name", { messages: [user(text, document("a"), document("a"))] }, /must be unique/],
  ["a file without a text", { messages: [user(document("a"))] }, /need a text block/],
  [
    "calls without tools",
    { messages: [user(text), assistant(use), user(result("i"))] },
    /toolConfig field must be defined/,
  ],
  [
    "a result that nobody asked for",
    { ...tools(spec("f")), messages: [user(text), assistant(text), user(result("i"))] },
    /without a toolUse/,
  ],
  [
    "a call without its result",
    { ...tools(spec("f")), messages: [user(text), assistant(use), user(text)] },
    /Expected toolResult blocks/,
  ],
  ["a name with a dot", tools(spec("f.g")), /regular expression/],
  ["two tools of one name", tools(spec("f"), spec("f")), /same name/],
  ["a schema without a type", tools(spec("f", {})), /inputSchema\.json\.type/],
  [
    "a choice of a tool that is not there",
    { messages: [user(text)], toolConfig: { tools: [spec("f")], toolChoice: { tool: { name: "g" } } } },
    /must be one of the tools/,
  ],
  ["a cache point first", { messages: [user(point, text)] }, /must follow/],
  ["five cache points", { messages: [user(...Array.from({ length: 5 }, () => [text, point]).flat())] }, /maximum of 4/],
  [
    "reasoning without a signature",
    { messages: [user(text), assistant({ reasoningContent: { reasoningText: { text: "a" } } }), user(text)] },
    /signature/,
  ],
  [
    "a small budget",
    {
      messages: [user(text)],
      inferenceConfig: { maxTokens: 2000 },
      additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 5 } },
    },
    /1024/,
  ],
  [
    "a budget over the limit",
    {
      messages: [user(text)],
      inferenceConfig: { maxTokens: 1024 },
      additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 1024 } },
    },
    /must be greater/,
  ],
  [
    "a field of another family",
    { messages: [user(text)], additionalModelRequestFields: { reasoning_effort: "low" } },
    /extraneous key/,
  ],
  [
    "a format that the model does not know",
    {
      messages: [user(text)],
      outputConfig: { textFormat: { type: "json_schema", structure: { jsonSchema: { schema: "{}" } } } },
    },
    /textFormat/,
  ],
])("[101] [104] [106] [107] [108] Converse refuses %s", (_, body, message) => {
  expect(validateConverse(SONNET, body)).toMatch(message);
});

test("[105] Converse refuses Claude's own tool choice where it does not fit", () => {
  const ask = (tool_choice: object, toolConfig: object | undefined, model = SONNET_4_5) =>
    validateConverse(model, {
      messages: [user(text)],
      ...(toolConfig === undefined ? {} : { toolConfig }),
      additionalModelRequestFields: { tool_choice },
    });
  const single = { type: "auto", disable_parallel_tool_use: true };
  const tools = { tools: [spec("f")] };
  expect(ask(single, tools)).toBeNull();
  expect(ask({ ...single, type: "tool", name: "f" }, tools)).toBeNull();
  expect(ask(single, { ...tools, toolChoice: { auto: {} } })).toMatch(/conflicts/);
  expect(ask({ disable_parallel_tool_use: true }, tools)).toMatch(/Field required/);
  expect(ask({ ...single, type: "tool", name: "g" }, tools)).toMatch(/Field required/);
  expect(ask(single, undefined)).toMatch(/with tools/);
  expect(ask(single, tools, "anthropic.claude-3-5-haiku-20241022-v1:0")).toMatch(/extraneous key/);
});

test("[105] Converse refuses choices, cache points and ids that a model does not know", () => {
  const forced = { messages: [user(text)], toolConfig: { tools: [spec("f")], toolChoice: { any: {} } } };
  expect(validateConverse("meta.llama3-70b-instruct-v1:0", forced)).toMatch(/toolChoice\.any/);
  expect(validateConverse("meta.llama3-70b-instruct-v1:0", { messages: [user(text, point)] })).toMatch(
    /prompt caching/,
  );
  expect(validateConverse("gpt-4o", { messages: [user(text)] })).toMatch(/model identifier is invalid/);
  expect(validateConverse(SONNET, forced)).toBeNull();
});
