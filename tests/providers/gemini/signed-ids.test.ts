import { describe, expect, test } from "vitest";
import { type Target, TranslateModule } from "../../support/translate";
import { assistant, toolCall, toolResult, user } from "../../support/messages";

const module = await TranslateModule.load();
const SIGNATURE = "CiQBcsjafGzE3tY+q1/8".repeat(100);
const ID = `call_resp1_0__thought__${SIGNATURE}`;
const BODY = {
  model: "m",
  messages: [
    user("go"),
    assistant(null, { tool_calls: [toolCall(ID, "f", "{}"), toolCall("call_resp1_1", "g", "{}")] }),
    toolResult(ID, "1"),
    toolResult("call_resp1_1", "2"),
  ],
};

function send(target: Target, body: object = BODY): string {
  const { text, error } = module.translate(target, body);
  expect(error).toBeNull();
  expect(module.writeBodyAgain()).toBe(text);
  expect(module.close()).toBe(0);
  return text;
}

describe("a conversation that goes on elsewhere", () => {
  test.each<[string, Target]>([
    ["OpenAI", { type: "openai", model: "m" }],
    ["DeepSeek, which has a dialect", { type: "deepseek", model: "m" }],
    ["Claude", { type: "claude", model: "claude-sonnet-4-5" }],
    ["Cohere", { type: "cohere", model: "command-a-03-2025" }],
    ["Bedrock", { type: "bedrock", model: "amazon.nova-pro-v1:0", provider: { awsRegion: "us-east-1" } }],
  ])("[85] %s gets the ids without Gemini's signatures", (_, target) => {
    const text = send(target);
    expect(text).not.toContain("thought");
    expect(text).not.toContain(SIGNATURE.slice(0, 20));
    expect(text.split('"call_resp1_0"')).toHaveLength(3);
    expect(text.split('"call_resp1_1"')).toHaveLength(3);
  });

  test("[85] ids that differ by their signatures only are told apart, and each result stays with its call", () => {
    const [one, two] = ["call_1__thought__QUFB", "call_1__thought__QkJC"];
    const messages = [
      user("go"),
      assistant(null, { tool_calls: [toolCall(one, "f", "{}"), toolCall(two, "g", "{}")] }),
      toolResult(two, "2"),
      toolResult(one, "1"),
    ];
    const text = send({ type: "claude", model: "claude-sonnet-4-5" }, { model: "m", messages });
    type Block = { id?: string; name?: string; tool_use_id?: string; content?: unknown };
    const blocks = (JSON.parse(text) as { messages: { content: Block[] }[] }).messages.flatMap(
      ({ content }) => content,
    );
    expect(blocks.flatMap(({ id, name }) => (id === undefined ? [] : [[id, name]]))).toEqual([
      ["call_1", "f"],
      ["call_1_2", "g"],
    ]);
    const results = blocks.filter((block) => block.tool_use_id !== undefined);
    expect(results.map((block) => [block.tool_use_id, JSON.stringify(block.content).includes('"2"')])).toEqual([
      ["call_1_2", true],
      ["call_1", false],
    ]);
  });

  test("[85] [137] everything else of an OpenAI body stays as it was, byte for byte", () => {
    const given = JSON.stringify(BODY);
    expect(send({ type: "openai", model: "m" })).toBe(given.replaceAll(`__thought__${SIGNATURE}`, ""));
    const unsigned = given.replaceAll(`__thought__${SIGNATURE}`, "");
    expect(send({ type: "openai", model: "m" }, JSON.parse(unsigned) as object)).toBe(unsigned);
  });
});
