import { describe, expect, test } from "vitest";
import { toBytes } from "../../support/openai";
import { useOpenAiModule } from "../../support/openai-fixture";
import { chunk, choice, DONE, FINISH, ROLE, STREAM, TEXT, toEvents, WITH_USAGE } from "./chunks";

/*
 * Answers that are valid and meant to cost: more work or more bytes than what came in would explain.
 */
const openai = useOpenAiModule();

const NUMBER = 150_000;
const calls = Array.from(
  { length: NUMBER },
  (_, index) => `{"index":${index},"id":"a","function":{"name":"f"}}`,
).join();

/** Without the bound on tool calls this takes 8 to 10 s. */
function expectQuick(work: () => void): void {
  const started = performance.now();
  work();
  expect(performance.now() - started).toBeLessThan(4000);
}

describe("150,000 tool calls in one answer take time in proportion, and the first 1024 are passed on", () => {
  test("unary", () => {
    expect(openai.module.readHead({ ...STREAM, stream: false })).toBeNull();
    const body = `{"choices":[{"message":{"tool_calls":[${calls}]}}]}`;
    let text = "";
    expectQuick(() => ({ text } = openai.module.passHub(false, false, [toBytes(body)])));
    expect(text.match(/"type":"function"/g)).toHaveLength(1024);
  }, 60_000);

  test("streamed", () => {
    expect(openai.module.readHead(STREAM)).toBeNull();
    const event = `data: {"choices":[{"delta":{"tool_calls":[${calls}]},"finish_reason":"tool_calls"}]}\n\n`;
    let text = "";
    expectQuick(() => ({ text } = openai.module.passHub(true, true, [toBytes(`${event}data: [DONE]\n\n`)])));
    expect(text.match(/"type":"function"/g)).toHaveLength(1024);
  }, 60_000);
});

describe("a name of 100 kB is not repeated in every chunk", () => {
  const long = "x".repeat(100_000);
  const first = { ...ROLE, id: long, model: long };
  const nameless = { object: "chat.completion.chunk", created: 5, choices: [choice({ content: "a" })] };
  const events = toBytes(toEvents([first, ...Array.from({ length: 300 }, () => nameless), FINISH, DONE]));

  test.each([
    ["through the hub", () => openai.module.passHub(true, true, [events])],
    ["passed through", () => openai.module.passStream([events])],
  ])("%s", (_, pass) => {
    expect(openai.module.readHead(STREAM)).toBeNull();
    const answer = pass();
    expect(answer.state).toBe("done");
    expect(answer.text.length).toBeLessThan(2 * events.length);
    expect(answer.text).toContain('"id":"chatcmpl-made-up"');
    expect(answer.text).toContain('"model":"gpt-test"');
  });
});

test("token counts beyond belief stay positive when they are added", () => {
  expect(openai.module.readHead(WITH_USAGE)).toBeNull();
  const usage = '"usage":{"prompt_tokens":9223372036854775807,"completion_tokens":1e30}';
  const events = `${toEvents([ROLE, TEXT, FINISH, chunk([])]).replace(/"choices":\[\]/, `"choices":[],${usage}`)}data: [DONE]\n\n`;
  const answer = openai.module.passHub(true, true, [toBytes(events)]);
  expect(answer.text).toMatch(/"total_tokens":\d+,/);
  expect(answer.usage?.input).toBe(2 ** 48);
});
