import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Rule } from "../mocks/index";
import { type Gateway, startGateway } from "./support/gateway";
import { expectedText } from "./support/vendors";

/*
 * The story that a newcomer tries first, with curl, word for word; only the port differs.
 */
const run = promisify(execFile);
let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway({
    change: (plugin) => {
      plugin.routes.find((route) => route.model === "deepseek-chat")!.fallback = {
        firstTokenTimeoutMs: 400,
        attemptTimeoutMs: 400,
      };
      plugin.routes.push({
        model: "refused",
        targets: [
          { provider: "dead-deepseek", model: "deepseek-chat" },
          { provider: "dashscope", model: "qwen-turbo" },
        ],
      });
    },
  });
}, 180_000);
afterAll(() => gateway.close());
beforeEach(() => gateway.mocks.reset());

/** Runs the story's command with another model (and `stream`); gives what curl prints, headers first. */
async function curl(model: string, stream = false): Promise<{ status: number; head: string; body: string }> {
  const data = `{"model":"${model}",${stream ? '"stream":true,' : ""}"messages":[{"role":"user","content":"Who are you?"}]}`;
  const url = `http://localhost:${gateway.port}/v1/chat/completions`;
  const { stdout } = await run("curl", ["-4", "-sS", "-i", url, "-H", "Content-Type: application/json", "-d", data]);
  const at = stdout.indexOf("\r\n\r\n");
  return { status: Number(stdout.slice(9, 12)), head: stdout.slice(0, at).toLowerCase(), body: stdout.slice(at + 4) };
}

/** The issue's own line; nothing of it may change but the port. */
const STORY = `curl http://localhost:8080/v1/chat/completions -H 'Content-Type: application/json' -d '{"model":"qwen-max","messages":[{"role":"user","content":"Who are you?"}]}'`;

interface Completion {
  object: string;
  model: string;
  choices: [{ message: { role: string; content: string }; finish_reason: string }];
}

function contentOf(body: string): string {
  return body
    .split("\n\n")
    .filter((event) => event.startsWith("data: {"))
    .map(
      (event) =>
        (JSON.parse(event.slice(6)) as { choices: { delta: { content?: string | null } }[] }).choices[0]?.delta
          .content ?? "",
    )
    .join("");
}

test("the story's command, word for word", async () => {
  const { stdout } = await run("sh", ["-c", STORY.replace("8080", String(gateway.port))]);
  const completion = JSON.parse(stdout) as Completion;
  expect(completion).toMatchObject({ object: "chat.completion", model: "qwen-max" });
  expect(completion.choices[0].message.content).toBe(expectedText("qwen-max", "DashScope", "Who are you?"));
  const seen = gateway.mocks.requests("dashscope");
  expect(seen).toHaveLength(1);
  for (const vendor of ["deepseek", "openai", "anthropic"] as const)
    expect(gateway.mocks.requests(vendor)).toHaveLength(0);
});

test.each([
  ["qwen-max", "dashscope", "DashScope"],
  ["deepseek-chat", "deepseek", "DeepSeek"],
  ["claude-sonnet-4-5", "claude", "Anthropic"],
])("curl %s goes to %s", async (model, provider, title) => {
  const { status, head, body } = await curl(model);
  expect(status).toBe(200);
  expect(head).toContain("content-type: application/json");
  expect(head).toContain(`x-modelmux-provider: ${provider}`);
  const completion = JSON.parse(body) as Completion;
  expect(completion).toMatchObject({ object: "chat.completion", model });
  expect(completion.choices[0].message).toMatchObject({
    role: "assistant",
    content: expectedText(model, title, "Who are you?"),
  });
  expect(completion.choices[0].finish_reason).toBe("stop");
});

const TROUBLES: [name: string, rule: Rule][] = [
  ["429", { status: 429, retryAfter: "1" }],
  ["503", { status: 503 }],
  ["an error event inside a 200", { errorAtEvent: 0 }],
  ["silence", { silentAfterEvents: 0 }],
  ["a reset", { resetBeforeHeaders: true }],
];

describe.each([false, true])("when DeepSeek fails, DashScope's qwen-turbo answers (stream: %s)", (stream) => {
  test.each([...TROUBLES, ["a refused connection", null] as const])("%s", async (name, rule) => {
    if (name.startsWith("an error event") && !stream) rule = { rawBody: '{"error":{"message":"Service is too busy"}}' };
    if (rule) gateway.mocks.script("deepseek", rule);
    const { status, head, body } = await curl(rule ? "deepseek-chat" : "refused", stream);
    expect(status).toBe(200);
    expect(head).toContain("x-modelmux-provider: dashscope");
    expect(head).toContain("x-modelmux-model: qwen-turbo");
    expect(head).toContain("x-modelmux-attempts: 2");
    const expected = expectedText("qwen-turbo", "DashScope", "Who are you?");
    if (stream) {
      expect(head).toContain("content-type: text/event-stream");
      expect(contentOf(body)).toBe(expected);
      expect(body.match(/data: \[DONE\]\n\n/g)).toHaveLength(1);
      expect(body.endsWith("data: [DONE]\n\n")).toBe(true);
      expect(body).not.toContain('"error"');
    } else {
      expect((JSON.parse(body) as Completion).choices[0].message.content).toBe(expected);
    }
  });
});
