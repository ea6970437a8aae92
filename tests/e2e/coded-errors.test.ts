import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Gateway, startGateway } from "./support/gateway";
import { KEY_VARIABLES } from "./support/plugin";

/* Vendors that answer errors with 200 and a number of their own, through a real Envoy: fallback, statuses, error events. */
const TYPES = ["spark", "minimax", "zhipuai"] as const;
/** A number that is worth another provider, and one that is the client's business. */
const CODES = { spark: [11202, 10013], minimax: [1002, 1026], zhipuai: [1302, 1301] } as const;
let gateway: Gateway;
let client: OpenAI;

beforeAll(async () => {
  gateway = await startGateway({
    change: (plugin) => {
      for (const type of TYPES) {
        plugin.providers.push({ id: type, type, apiTokens: [`\${${KEY_VARIABLES.compatible}}`] });
        const targets = [
          { provider: type, model: "m" },
          { provider: "openai", model: "gpt-4o" },
        ];
        plugin.routes.push({ model: `route-${type}`, targets });
      }
    },
  });
  const settings = { apiKey: "sk-the-clients-own-key", maxRetries: 0, timeout: 15_000 };
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, ...settings });
}, 180_000);
afterAll(() => gateway.close());
afterEach(() => gateway.mocks.reset());

async function readStream(model: string): Promise<{ text: string; provider: string | null }> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "Hi" }];
  const { data, response } = await client.chat.completions.create({ model, messages, stream: true }).withResponse();
  let text = "";
  for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? "";
  return { text, provider: response.headers.get("x-modelmux-provider") };
}

describe.each(TYPES)("%s", (type) => {
  const model = `route-${type}`;
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "Hi" }];
  const [retried, refused] = CODES[type];

  test("without an error it answers", async () => {
    const { response } = await client.chat.completions.create({ model, messages }).withResponse();
    expect(response.headers.get("x-modelmux-provider")).toBe(type);
    expect((await readStream(model)).provider).toBe(type);
  });

  test("[10] [14] a limit inside a 200: the next provider answers, whole and streamed", async () => {
    gateway.mocks.script("compatible", { status: 200, code: retried, message: "Not now", times: 2 });
    const { data, response } = await client.chat.completions.create({ model, messages }).withResponse();
    expect(response.headers.get("x-modelmux-provider")).toBe("openai");
    expect(data.choices[0]?.message.content).toContain("Hi");
    expect((await readStream(model)).provider).toBe("openai");
    gateway.mocks.script("compatible", { errorAtEvent: 0, code: retried, message: "Not now" });
    expect((await readStream(model)).provider).toBe("openai");
  });

  test("[14] [16] alone, the number's status and the vendor's message are the answer", async () => {
    for (const [code, kind] of [
      [retried, OpenAI.RateLimitError],
      [refused, OpenAI.BadRequestError],
    ] as const) {
      gateway.mocks.script("compatible", { status: 200, code, message: "Not this", times: 2 });
      for (const stream of [false, true]) {
        const error: unknown = await client.chat.completions.create({ model: `${type}/m`, messages, stream }).then(
          () => null,
          (reason: unknown) => reason,
        );
        expect(error).toBeInstanceOf(kind);
        expect(error).toMatchObject({ code: String(code), message: expect.stringContaining("Not this") as string });
      }
    }
  });

  test("[10] behind content it is an error event", async () => {
    gateway.mocks.script("compatible", { errorAtEvent: 3, code: retried, message: "Not now", eventDelayMs: 50 });
    await expect(readStream(model)).rejects.toThrow("Not now");
  });
});
