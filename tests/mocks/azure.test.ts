import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Mocks, startMocks } from "./index";

/* What Azure refuses, and what it says more than OpenAI. */
let mocks: Mocks;
beforeAll(async () => {
  mocks = await startMocks();
});
afterAll(() => mocks.close());

const DATED = "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21";
const V1 = "/openai/v1/chat/completions";
const USER = { role: "user", content: "Hi" };

async function send(
  path: string,
  body: object = {},
  headers: Record<string, string> = { "api-key": mocks.keys.azure },
): Promise<{ status: number; headers: Headers; text: string }> {
  const response = await fetch(mocks.url("azure") + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ model: "gpt-4o", messages: [USER], ...body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

test("takes a right request in both forms, and the deployment is in the path", async () => {
  for (const path of [DATED, V1, `${V1}?api-version=preview`, DATED.replace("gpt-4o", "my%20gpt%2F4o")]) {
    const { status, text } = await send(path);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      prompt_filter_results: [{ prompt_index: 0 }],
      choices: [{ content_filter_results: { hate: { filtered: false } } }],
    });
  }
});

test("opens a stream with the filter's results and no choices", async () => {
  const { text } = await send(DATED, { stream: true });
  const first = JSON.parse(text.slice("data: ".length, text.indexOf("\n"))) as object;
  expect(first).toMatchObject({ choices: [], id: "", prompt_filter_results: [{ prompt_index: 0 }] });
  expect(text.trimEnd().endsWith("data: [DONE]")).toBe(true);
});

describe("refuses", () => {
  test.each<[string, string, object, number, string]>([
    ["a path of OpenAI", "/v1/chat/completions", {}, 404, "Resource not found"],
    ["no version", DATED.split("?")[0]!, {}, 404, "Resource not found"],
    ["a version that is none", DATED.replace("2024-10-21", "2020-01-01"), {}, 400, "API version not supported"],
    ["a dated version at v1", `${V1}?api-version=2024-10-21`, {}, 400, "API version not supported"],
    ["a deployment that is not there", DATED.replace("gpt-4o", "nope"), {}, 404, "DeploymentNotFound"],
    ["the same at v1", V1, { model: "nope" }, 404, "DeploymentNotFound"],
    ["max_tokens for a reasoning model", DATED.replace("gpt-4o", "reasoner"), { max_tokens: 5 }, 400, "max_tokens"],
    ["sampling for a reasoning model", V1, { model: "prod", temperature: 0.5 }, 400, "temperature"],
    ["an unknown member", V1, { top_k: 3 }, 400, "top_k"],
  ])("%s", async (_name, path, body, status, words) => {
    const answer = await send(path, body);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(words)]);
  });

  test("no key, a wrong key, a key in another header, and two keys", async () => {
    const missing = await send(V1, {}, {});
    expect([missing.status, JSON.parse(missing.text)]).toMatchObject([401, { statusCode: 401 }]);
    expect((await send(V1, {}, { "api-key": "wrong" })).text).toContain('"code":"401"');
    expect((await send(V1, {}, { authorization: `Bearer ${mocks.keys.azure}` })).status).toBe(401);
    const both = { "api-key": mocks.keys.azure, authorization: "Bearer x" };
    expect((await send(V1, {}, both)).status).toBe(400);
  });

  test("a resource's key where Entra ID is asked for", async () => {
    const token = "eyJhbGciOiJub25lIn0.eyJhdWQiOiJhIn0.c2ln";
    const others = await startMocks({ keys: { azure: token } });
    const ask = async (headers: Record<string, string>): Promise<number> => {
      const body = JSON.stringify({ model: "gpt-4o", messages: [USER] });
      const init = { method: "POST", headers: { "content-type": "application/json", ...headers }, body };
      return (await fetch(others.url("azure") + V1, init)).status;
    };
    expect(await ask({ authorization: `Bearer ${token}` })).toBe(200);
    expect(await ask({ "api-key": token })).toBe(401);
    expect(await ask({ authorization: "Bearer eyJ.wrong.token" })).toBe(401);
    await others.close();
  });
});

test("says errors as Azure does", async () => {
  mocks.script("azure", [{ status: 429 }, { status: 400 }, { status: 404 }, { status: 401 }]);
  const limited = await send(V1);
  expect(limited.status).toBe(429);
  expect(limited.headers.get("retry-after-ms")).toBe("1200");
  expect(limited.headers.get("x-ms-retry-after-ms")).toBe("1200");
  const filtered = JSON.parse((await send(V1)).text) as object;
  expect(filtered).toMatchObject({ error: { code: "content_filter", innererror: {} } });
  expect((await send(V1)).text).toContain("DeploymentNotFound");
  expect(JSON.parse((await send(V1)).text)).toMatchObject({ statusCode: 401 });
});
