import { describe, expect, test } from "vitest";
import { randomSplits, SeededRandom } from "../../support/chunking";
import { type Answer, TranslateModule } from "../../support/translate";
import type { Behaviour, ProtocolAdapter, SpokenAnswer } from "./adapter";
import { loadAdapters } from "./adapters";
import { targetOf } from "./ask";
import { feed, feedAllSplits, feedWhole } from "./answer";
import { type ClientAnswer, readCompletion, readStream } from "./read-answer";

const adapters = await loadAdapters();
const module = await TranslateModule.load();

const USAGE = { input: 21, output: 9 };
const CALLS = [
  { name: "get_weather", arguments: { city: 'Rome "la bella"', nested: { list: [1, 2.5, null, true] } } },
  { name: "get_time", arguments: {} },
];

/** What models say, by the behaviour that it shows. */
const ANSWERS: [Behaviour, string, SpokenAnswer][] = [
  ["text", "text", { text: 'Hello "you"\\\n日本語 😀 </end>', finish: "stop", usage: USAGE }],
  ["one tool", "one call", { toolCalls: CALLS.slice(0, 1), finish: "tool_calls", usage: USAGE }],
  [
    "one tool",
    "a call behind text",
    { text: "Let me see.", toolCalls: CALLS.slice(0, 1), finish: "tool_calls", usage: USAGE },
  ],
  ["one tool", "a call without arguments", { toolCalls: CALLS.slice(1), finish: "tool_calls", usage: USAGE }],
  ["parallel tools", "two calls", { toolCalls: CALLS, finish: "tool_calls", usage: USAGE }],
  ["parallel tools", "one function twice", { toolCalls: [CALLS[0]!, CALLS[0]!], finish: "tool_calls", usage: USAGE }],
  ["reasoning text", "reasoning", { reasoning: "First,\nthink.", text: "Then talk.", finish: "stop", usage: USAGE }],
  ["finish length", "a cut text", { text: "Once upon a", finish: "length", usage: USAGE }],
  ["finish content filter", "a filtered answer", { text: "Well", finish: "content_filter", usage: USAGE }],
  ["usage", "tokens", { text: "Hello", finish: "stop", usage: { input: 1234, output: 567 } }],
  ["cached tokens", "cached input", { text: "Hello", finish: "stop", usage: { ...USAGE, cachedInput: 16 } }],
  ["reasoning tokens", "reasoning tokens", { text: "Hello", finish: "stop", usage: { ...USAGE, reasoning: 4 } }],
];

/** The behaviours that an answer shows beside its own. */
function needs(answer: SpokenAnswer): Behaviour[] {
  return [
    ...(answer.reasoning === undefined ? [] : (["reasoning text"] as const)),
    ...(answer.toolCalls === undefined ? [] : (["one tool"] as const)),
  ];
}

function expectUsage(adapter: ProtocolAdapter, answer: Answer, seen: ClientAnswer, said: SpokenAnswer): void {
  if (adapter.unsupported.usage !== undefined) return;
  const { input, output, cachedInput = 0, reasoning = 0 } = said.usage;
  expect(answer.usage).toMatchObject({ input, output, cachedInput, reasoning });
  expect(seen.usage).toMatchObject({ prompt_tokens: input, completion_tokens: output, total_tokens: input + output });
  if (cachedInput > 0) expect(seen.usage).toMatchObject({ prompt_tokens_details: { cached_tokens: cachedInput } });
  if (reasoning > 0) expect(seen.usage).toMatchObject({ completion_tokens_details: { reasoning_tokens: reasoning } });
}

function expectSeen(adapter: ProtocolAdapter, answer: Answer, seen: ClientAnswer, said: SpokenAnswer): void {
  expect(answer.failure).toBeNull();
  expect([answer.isDone, answer.hasContent]).toEqual([true, true]);
  expect(seen.content ?? "").toBe(said.text ?? "");
  expect(seen.reasoning).toBe(said.reasoning ?? "");
  expect(seen.finish).toBe(said.finish);
  const calls = seen.calls.map((call) => ({ name: call.name, arguments: JSON.parse(call.arguments) as unknown }));
  expect(calls).toEqual(said.toolCalls ?? []);
  const ids = seen.calls.map(({ id }) => id);
  expect(ids).not.toContain("");
  expect(new Set(ids).size).toBe(ids.length);
  expectUsage(adapter, answer, seen, said);
}

/** What clients compare: all but the ids that the gateway makes up. */
function comparable(seen: ClientAnswer): object {
  const { content, reasoning, thinkingBlocks, calls, finish, usage } = seen;
  const said = calls.map((call) => [call.name, JSON.parse(call.arguments) as unknown]);
  return { content: content ?? "", reasoning, thinkingBlocks, said, finish, usage };
}

function expectStreamEnd(answer: Answer): void {
  expect(answer.text.endsWith("data: [DONE]\n\n"), answer.text.slice(-200)).toBe(true);
  expect(answer.text.split("data: [DONE]").length).toBe(2);
}

describe.each(adapters)("$title", (adapter) => {
  describe.each(ANSWERS)("%s: %s", (behaviour, _name, said) => {
    const reason = [behaviour, ...needs(said)]
      .map((each) => adapter.unsupported[each])
      .find((each) => each !== undefined);
    if (reason !== undefined) {
      test.skip(`the vendor cannot: ${reason}`);
      return;
    }
    const streams = adapter.answersWhole !== true;

    test("whole", () => {
      const answer = feedWhole(module, adapter, behaviour, adapter.writeAnswer(said));
      expectSeen(adapter, answer, readCompletion(answer.text), said);
    });

    test("whole, to a client that streams", () => {
      const answer = feedWhole(module, adapter, behaviour, adapter.writeAnswer(said), true);
      expectSeen(adapter, answer, readStream(answer.text), said);
      expectStreamEnd(answer);
    });

    test.runIf(streams)("streamed, however it is cut", () => {
      const answer = feedAllSplits(module, adapter, behaviour, adapter.writeStream(said));
      expectSeen(adapter, answer, readStream(answer.text), said);
      expectStreamEnd(answer);
    });

    test.runIf(streams)("stream equals unary, also gathered for a client that does not stream", () => {
      const unary = feedWhole(module, adapter, behaviour, adapter.writeAnswer(said));
      const streamed = feedAllSplits(module, adapter, behaviour, adapter.writeStream(said));
      const gathered = feedAllSplits(module, adapter, behaviour, adapter.writeStream(said), false);
      const wanted = comparable(readCompletion(unary.text));
      expect(comparable(readStream(streamed.text))).toEqual(wanted);
      expect(comparable(readCompletion(gathered.text))).toEqual(wanted);
    });

    test.runIf(streams)("unknown events and members change nothing", () => {
      const plain = feedAllSplits(module, adapter, behaviour, adapter.writeStream(said));
      const noisy = feedAllSplits(module, adapter, behaviour, adapter.writeStream(said, { noise: true }));
      expect(noisy.failure).toBeNull();
      expect(comparable(readStream(noisy.text))).toEqual(comparable(readStream(plain.text)));
    });

    test.runIf(streams && adapter.unsupported.truncation === undefined)("truncated: never a clean end", () => {
      const native = adapter.writeStream(said, { withoutEnd: true });
      const answer = feedAllSplits(module, adapter, behaviour, native);
      expect(answer.failure).not.toBeNull();
      expect(answer.text).not.toContain("[DONE]");
      const random = new SeededRandom(native.bytes.length);
      for (let round = 0; round < 12; round++) {
        const bytes = native.bytes.subarray(0, random.below(native.bytes.length));
        const chunks = randomSplits(bytes, random);
        const cut = feed(module, adapter, targetOf(adapter, behaviour), true, chunks, true);
        expect(cut.failure, `cut after ${String(bytes.length)} bytes`).not.toBeNull();
        expect(cut.text).not.toContain("[DONE]");
      }
    });
  });

  test("empty answer", (context) => {
    const native = adapter.writeEmptyAnswer();
    if (native === null) {
      expect(adapter.unsupported["empty answer"]).toEqual(expect.any(String));
      context.skip(adapter.unsupported["empty answer"]);
      return;
    }
    const answer = feedWhole(module, adapter, "empty answer", native);
    expect(answer.failure).toBeNull();
    const seen = readCompletion(answer.text);
    expect([seen.content ?? "", seen.calls]).toEqual(["", []]);
    expect(["stop", "length", "content_filter"]).toContain(seen.finish);
    const streamed = feedWhole(module, adapter, "empty answer", native, true);
    expectStreamEnd(streamed);
    expect(readStream(streamed.text).finish).toBe(seen.finish);
  });
});
