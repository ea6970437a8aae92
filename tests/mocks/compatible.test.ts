import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listProviderTypes } from "../../assembly/providers/catalogue";
import { Protocol, ReasoningHistory } from "../../assembly/providers/provider-type";
import { type Mocks, startMocks } from "./index";

/* The mock of all compatible vendors takes what a vendor takes, and refuses what its row says that it refuses. */
let mocks: Mocks;
beforeAll(async () => {
  mocks = await startMocks();
});
afterAll(() => mocks.close());

const ROWS = listProviderTypes().filter(
  (row) => row.protocol === Protocol.OpenAi && row.withoutChat === "" && row.name !== "azure",
);
const USER = { role: "user", content: "Hi" };

interface Sent {
  host?: string;
  path: string;
  body?: object;
  key?: string;
}

/** `fetch` sets the host itself, so this one does it by hand. */
async function send({ host = "127.0.0.1", path, body = {}, key = mocks.keys.compatible }: Sent) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = { host, "content-type": "application/json", authorization: `Bearer ${key}` };
    const options = { host: "127.0.0.1", port: mocks.ports.compatible, method: "POST", path, headers };
    const request = httpRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    request.on("error", reject);
    request.end(JSON.stringify({ model: "m", messages: [USER], ...body }));
  });
}

function pathOf(row: (typeof ROWS)[number]): string {
  return (row.basePath + row.chatPath).replace(/\{\w+\}/, "my-account");
}

describe.each(ROWS.map((row) => [row.name, row] as const))("%s", (name, row) => {
  const host = row.host === "" ? "127.0.0.1" : row.host;

  test("is found by the first segment of the path", async () => {
    expect((await send({ host, path: `/${name}${pathOf(row)}` })).status).toBe(200);
    expect((await send({ host, path: `/${name}${pathOf(row)}`, key: "wrong" })).status).toBe(401);
    expect((await send({ host, path: `/${name}/elsewhere` })).status).toBe(404);
  });

  test("is found by its host, and is nowhere else", async () => {
    const expected = row.host === "" ? 404 : 200;
    expect((await send({ host, path: pathOf(row) })).status).toBe(expected);
    if (row.host === "") return;
    expect((await send({ host: "api.other.example", path: `/${name}${pathOf(row)}` })).status).toBe(421);
  });

  test("refuses what its row says", async () => {
    const path = `/${name}${pathOf(row)}`;
    const isRefused = async (body: object): Promise<boolean> => (await send({ host, path, body })).status === 422;
    for (const member of row.rejectedMembers.split(" ").filter((word) => word !== "")) {
      expect([member, await isRefused({ [member]: 1 })]).toEqual([member, true]);
    }
    const stream = { stream: true, stream_options: { include_usage: true } };
    expect(await isRefused(stream)).toBe(!row.acceptsStreamOptions);
    expect(await isRefused({ messages: [{ role: "developer", content: "x" }, USER] })).toBe(!row.acceptsDeveloperRole);
    expect(await isRefused({ max_completion_tokens: 5 })).toBe(!row.acceptsMaxCompletionTokens);
    expect(await isRefused({ temperature: 1.5 })).toBe(row.hasTemperatureUpToOne);
    expect(await isRefused({ seed: 1 })).toBe(row.seedMember !== "" || row.rejectedMembers.includes("seed"));
    expect(await isRefused({ messages: [{ ...USER, name: "Ann" }] })).toBe(row.rejectsNames);
    const thoughts = { role: "assistant", content: "x", thinking_blocks: [] };
    expect(await isRefused({ messages: [USER, thoughts, USER] })).toBe(row.reasoningHistory !== ReasoningHistory.Keep);
  });

  if (row.hasReasoningTags)
    test("writes the thoughts of some models into the text", async () => {
      const { text } = await send({ host, path: `/${name}${pathOf(row)}`, body: { model: "deepseek-r1" } });
      const [first] = (JSON.parse(text) as { choices: { message: object }[] }).choices;
      expect(first?.message).toEqual({ role: "assistant", content: expect.stringMatching(/^<think>.+<\/think>/s) });
    });

  test("shows its thoughts and its usage where it has them", async () => {
    const path = `/${name}${pathOf(row)}`;
    const { text } = await send({ host, path, body: { model: "a-thinking-model", stream: true } });
    if (row.reasoningMember.startsWith("reasoning")) expect(text).toContain(`"${row.reasoningMember}":"`);
    else expect(text).not.toMatch(/"reasoning(_content)?":/);
    const isAlways = row.hasUsageInChoice || !row.acceptsStreamOptions;
    expect(text.includes('"usage":{')).toBe(isAlways);
  });
});

test("nobody is at other hosts and paths", async () => {
  expect((await send({ path: "/v1/chat/completions" })).status).toBe(404);
  expect((await send({ path: "/kling/v1/chat/completions" })).status).toBe(404);
});
