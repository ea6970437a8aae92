import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ACCESS_KEY_ID, SESSION_TOKEN } from "../mocks/bedrock-signature";
import { type Gateway, startGateway } from "./support/gateway";

/*
 * Bedrock behind the real Envoy: requests are signed by Envoy's own filter behind the module, with credentials of its environment. The
 * mock verifies every signature against body, path and time, and refuses what was left over from an attempt at another provider.
 */

const SONNET = "us.anthropic.claude-sonnet-4-20250514-v1:0";
const PROFILE = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456";
const SIGNED = {
  awsRegion: "us-east-1",
  awsAccessKey: "${AWS_ACCESS_KEY_ID}",
  awsSecretKey: "${AWS_SECRET_ACCESS_KEY}",
};

let gateway: Gateway;
let client: OpenAI;

beforeAll(async () => {
  gateway = await startGateway({
    change: (plugin) => {
      plugin.providers.push(
        { id: "bedrock", type: "bedrock", ...SIGNED },
        {
          id: "bedrock-other",
          type: "bedrock",
          cluster: "bedrock",
          ...SIGNED,
          modelMapping: { "*": "amazon.nova-pro-v1:0" },
        },
        { id: "bedrock-invoke", type: "bedrock", bedrockApi: "invoke", ...SIGNED },
        { id: "bedrock-key", type: "bedrock", awsRegion: "us-east-1", apiTokens: ["${E2E_BEDROCK_KEY}"] },
      );
      const bedrock = { provider: "bedrock", model: SONNET };
      plugin.routes.push(
        { model: "signed", targets: [bedrock] },
        { model: "profile", targets: [{ provider: "bedrock", model: PROFILE }] },
        { model: "invoke", targets: [{ provider: "bedrock-invoke", model: SONNET }] },
        { model: "key", targets: [{ provider: "bedrock-key", model: SONNET }] },
        { model: "openai-first", targets: [{ provider: "openai", model: "gpt-4o" }, bedrock] },
        {
          model: "claude-first",
          targets: [
            { provider: "claude", model: "claude-sonnet-4-5" },
            { provider: "bedrock-key", model: SONNET },
          ],
        },
        { model: "bedrock-first", targets: [bedrock, { provider: "openai", model: "gpt-4o" }] },
        {
          model: "twice",
          targets: [
            bedrock,
            { provider: "bedrock-other" },
            { provider: "bedrock-key", model: SONNET },
            { provider: "claude", model: "claude-sonnet-4-5" },
          ],
        },
      );
    },
    environment: (mocks) => ({
      AWS_ACCESS_KEY_ID: ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY: mocks.keys.bedrock,
      AWS_SESSION_TOKEN: SESSION_TOKEN,
      AWS_EC2_METADATA_DISABLED: "true",
    }),
  });
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: "client-key", maxRetries: 0 });
});
afterAll(() => gateway.close());
afterEach(() => gateway.mocks.reset());

const messages = [{ role: "user" as const, content: "Grüße 😀" }];

async function ask(model: string): Promise<string> {
  const answer = await client.chat.completions.create({ model, messages });
  return answer.choices[0]?.message.content ?? "";
}

async function stream(model: string): Promise<string> {
  const events = await client.chat.completions.create({
    model,
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = "";
  let usage = 0;
  for await (const event of events) {
    text += event.choices[0]?.delta.content ?? "";
    usage += event.usage?.completion_tokens ?? 0;
  }
  expect(usage).toBeGreaterThan(0);
  return text;
}

const bedrockSays = (model = SONNET, vendor = "Bedrock") => `I am ${model}, a mock of ${vendor}. You said: Grüße 😀`;

describe.each([
  ["[100] signed", "signed", SONNET],
  ["[100] signed, for an ARN", "profile", PROFILE],
  ["[100] with a Bedrock API key", "key", SONNET],
])("%s", (_, model, upstream) => {
  test("unary", async () => {
    expect(await ask(model)).toBe(bedrockSays(upstream));
    const [request] = gateway.mocks.requests("bedrock");
    expect(request?.path).toBe(`/model/${encodeURIComponent(upstream)}/converse`);
  });

  test("stream, cut at every byte", async () => {
    gateway.mocks.script("bedrock", { chunking: "byte" });
    expect(await stream(model)).toBe(bedrockSays(upstream));
  });
});

test("[67] [100] Claude by InvokeModel, signed, unary and as a stream", async () => {
  const said = bedrockSays("claude-sonnet-4-20250514", "Anthropic");
  expect(await ask("invoke")).toBe(said);
  expect(await stream("invoke")).toBe(said);
  expect(gateway.mocks.requests("bedrock").map(({ path }) => path.split("/").at(-1))).toEqual([
    "invoke",
    "invoke-with-response-stream",
  ]);
});

test("[34] [100] a fallback to Bedrock is signed for its own path and body, without the key of the provider before", async () => {
  gateway.mocks.script("openai", [{ status: 429 }, { status: 503 }]);
  expect(await ask("openai-first")).toBe(bedrockSays());
  expect(await stream("openai-first")).toBe(bedrockSays());
  gateway.mocks.script("anthropic", { status: 529 });
  expect(await ask("claude-first")).toBe(bedrockSays());
  const requests = gateway.mocks.requests("bedrock");
  expect(requests).toHaveLength(3);
  expect(JSON.stringify(requests)).not.toContain(gateway.mocks.keys.openai);
  expect(requests[2]?.headers).not.toHaveProperty("x-amz-date");
});

test("[34] [100] a fallback from Bedrock carries neither signature nor token to the next provider", async () => {
  gateway.mocks.script("bedrock", [{ status: 429 }, { errorAtEvent: 0 }]);
  expect(await ask("bedrock-first")).toMatch(/a mock of OpenAI/);
  expect(await stream("bedrock-first")).toMatch(/a mock of OpenAI/);
  const requests = gateway.mocks.requests("openai");
  expect(requests).toHaveLength(2);
  for (const { headers } of requests) {
    expect(Object.keys(headers).filter((name) => name.startsWith("x-amz-"))).toEqual([]);
    expect(headers["authorization"]).toBe(`Bearer ${gateway.mocks.keys.openai}`);
  }
});

test("[34] [100] every attempt at Bedrock is signed anew, and a key of its own follows a signature", async () => {
  gateway.mocks.script("bedrock", [{ status: 503 }, { status: 429 }, { status: 500 }]);
  expect(await ask("twice")).toMatch(/a mock of Anthropic/);
  expect(gateway.mocks.requests("bedrock").map(({ status }) => status)).toEqual([503, 429, 500]);
  const [first, second, third] = gateway.mocks.requests("bedrock").map(({ headers }) => headers["authorization"]);
  expect(first).toMatch(/^AWS4-HMAC-SHA256 /);
  expect(second).toMatch(/^AWS4-HMAC-SHA256 /);
  expect(second).not.toBe(first);
  expect(third).toBe(`Bearer ${gateway.mocks.keys.bedrock}`);
});

test("[36] [100] headers of a client that look like a signature change nothing", async () => {
  const headers = {
    "x-amz-date": "20200101T000000Z",
    "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
    "x-amz-security-token": "clients-token",
    accept: "text/event-stream",
  };
  for (const [model, vendor] of [
    ["signed", "Bedrock"],
    ["key", "Bedrock"],
    ["gpt-4o", "OpenAI"],
  ] as const) {
    const answer = await client.chat.completions.create({ model, messages }, { headers });
    expect(answer.choices[0]?.message.content).toContain(`a mock of ${vendor}`);
  }
});

test("[113] an exception behind content becomes an error event, and no [DONE]", async () => {
  gateway.mocks.script("bedrock", { errorAtEvent: 4, message: "too busy" });
  await expect(stream("signed")).rejects.toThrow("too busy");
});

test("[9] a stream cut behind content is an error", async () => {
  gateway.mocks.script("bedrock", { endAfterEvents: 4 });
  await expect(stream("signed")).rejects.toThrow(/before the answer was complete/);
});
