import { describe, expect, test } from "vitest";
import { SeededRandom } from "../../support/chunking";
import { type Answer } from "../../support/openai";
import { useOpenAiModule } from "../../support/openai-fixture";
import { choice, chunk, DONE, FINISH, passThrough, received, ROLE, toEvents, WITH_USAGE } from "./chunks";

/* Reasoning that stands in the text, between tags: a server without a member for it. Every stream runs whole, byte by byte and split. */
const openai = useOpenAiModule();
const SERVER = "generic";
const THOUGHT = 'Hm <b>"x"</b> </thin k> 😀 \\ \n';
const TEXT = `<think>${THOUGHT}</think>\n\nYes </think> <think>no</think>`;
const EXPECTED = { reasoning: THOUGHT, content: "Yes </think> <think>no</think>", finishes: ["stop"] };

interface Words {
  content?: string | null;
  reasoning_content?: string | null;
}

interface Gathered {
  reasoning: string;
  content: string;
  finishes: string[];
}

/** What a client reads of a stream, of one choice. */
function gather(answer: Answer, index = 0): Gathered {
  expect(answer.state).toBe("done");
  const chunks = received(answer).filter((event) => event !== DONE) as { choices: Record<string, unknown>[] }[];
  const choices = chunks.flatMap(({ choices }) => choices).filter((one) => one["index"] === index);
  const deltas = choices.map(({ delta }) => delta as Words);
  expect(choices.filter(({ delta }) => (delta as { role?: string }).role === "assistant")).toHaveLength(1);
  return {
    reasoning: deltas.map((delta) => delta.reasoning_content ?? "").join(""),
    content: deltas.map((delta) => delta.content ?? "").join(""),
    finishes: choices.flatMap(({ finish_reason }) => (finish_reason as string | null) ?? []),
  };
}

function pass(pieces: string[], type = SERVER): Gathered {
  openai.module.useTarget(type, "m");
  const texts = pieces.map((content) => chunk([choice({ content })]));
  return gather(passThrough(openai.module, [ROLE, ...texts, FINISH, DONE]));
}

/** The same pieces as one whole answer, and through the hub from and to every form; all say the same. */
function expectSameEverywhere(pieces: string[], expected: Pick<Gathered, "reasoning" | "content">): void {
  expect(pass(pieces)).toEqual({ ...expected, finishes: ["stop"] });
  const content = pieces.join("");
  const message = { role: "assistant", content };
  const unary = { ...chunk([{ index: 0, message, finish_reason: "stop" }]), object: "chat.completion" };
  const words = (text: string): Words => (JSON.parse(text) as { choices: { message: Words }[] }).choices[0]!.message;
  const told = ({ reasoning_content, content }: Words) => ({
    reasoning: reasoning_content ?? "",
    content: content ?? "",
  });
  expect(told(words(openai.module.passAnswer(unary).text))).toEqual(expected);
  const bytes = (events: unknown[]): Uint8Array[] => [new TextEncoder().encode(toEvents(events))];
  const stream = [ROLE, ...pieces.map((piece) => chunk([choice({ content: piece })])), FINISH, DONE];
  expect(gather(openai.module.passHub(true, true, bytes(stream)))).toMatchObject(expected);
  expect(told(words(openai.module.passHub(true, false, bytes(stream)).text))).toEqual(expected);
  const body = [new TextEncoder().encode(JSON.stringify(unary))];
  expect(gather(openai.module.passHub(false, true, body))).toMatchObject(expected);
  expect(told(words(openai.module.passHub(false, false, body).text))).toEqual(expected);
}

describe("[134] [127] reasoning between tags at the begin of the text becomes reasoning_content", () => {
  test("wherever the pieces are cut; a stream and a whole answer say the same", () => {
    for (let size = 1; size <= TEXT.length; size += size < 12 ? 1 : 17) {
      const pieces = [...TEXT].join("").match(new RegExp(`[^]{1,${size}}`, "gu")) ?? [];
      expectSameEverywhere(pieces, { reasoning: EXPECTED.reasoning, content: EXPECTED.content });
    }
  });

  test("at random cuts", () => {
    const random = new SeededRandom(134);
    for (let round = 0; round < 50; round++) {
      const pieces: string[] = [];
      for (let rest = [...TEXT]; rest.length > 0;) pieces.push(rest.splice(0, 1 + random.below(9)).join(""));
      expect(pass(pieces), JSON.stringify(pieces)).toEqual(EXPECTED);
    }
  });

  test("escaped as the server likes: \\u003c, \\u003C and \\/; the text's own escapes stay as they came", () => {
    openai.module.useTarget(SERVER, "m");
    const raw = String.raw`\u003cthink\u003EH\u006d \ud83d\ude00 \u003c\/b>\n\u003C\/think>\r\n\tGr\u00fc\u00dfe`;
    const head = String.raw`data: {"id":"c","object":"chat.completion.chunk","created":5,"model":"u","choices":[`;
    const events = (text: string): string =>
      `${toEvents([ROLE])}${head}{"index":0,"delta":{"content":"${text}"},"finish_reason":null}]}\n\n${toEvents([FINISH, DONE])}`;
    const answer = passThrough(openai.module, events(raw));
    expect(gather(answer)).toEqual({ reasoning: "Hm 😀 </b>\n", content: "Grüße", finishes: ["stop"] });
    expect(answer.text).toContain(String.raw`"H\u006d \ud83d\ude00 \u003c\/b>\n"`);
    expect(answer.text).toContain(String.raw`"Gr\u00fc\u00dfe"`);
  });

  test.each([
    [["<thi", "s is no tag"], "<this is no tag", ""],
    [["<", "think", ">", "a", "<", "/think", ">", "b"], "b", "a"],
    [["<think>a<", "</think>b"], "b", "a<"],
    [["<think>a</th", "</think>b"], "b", "a</th"],
    [["<think>", "never closed </thi"], "", "never closed </thi"],
    [["<think></think>", " \n", "a"], "a", ""],
    [["<think>\n\n</think>"], "", "\n\n"],
    [[" \n", "<think>a</think>b"], "b", "a"],
    [[" \n<th"], " \n<th", ""],
    [["", "<think>a", "", "</think>", "", "b"], "b", "a"],
    [["Say <think>a</think>"], "Say <think>a</think>", ""],
    [["<thinking>a</thinking>"], "<thinking>a</thinking>", ""],
    [[" ".repeat(100), "<think>a</think>"], `${" ".repeat(100)}<think>a</think>`, ""],
    [["\n", "\nYes"], "\n\nYes", ""],
  ])("%j -> %j", (pieces, content, reasoning) => {
    expectSameEverywhere(pieces, { reasoning, content });
  });

  test("all in one chunk with role and finish; usage is untouched", () => {
    openai.module.useTarget(SERVER, "m");
    const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
    const only = chunk([choice({ role: "assistant", content: "<think>a</think>b" }, "length")], { usage });
    const answer = passThrough(openai.module, [only, DONE], WITH_USAGE);
    expect(received(answer)).toEqual([
      chunk([choice({ role: "assistant", reasoning_content: "a", content: "b" })], { usage: null }),
      chunk([choice({}, "length")]),
      chunk([], { usage }),
      DONE,
    ]);
    expect(answer.usage).toMatchObject({ input: 5, output: 7 });
  });

  test("what is held back comes out with the finish, and with [DONE] when there is no finish", () => {
    openai.module.useTarget(SERVER, "m");
    const held = chunk([choice({ content: "<think>a</thi" })]);
    const expected = { reasoning: "a</thi", content: "", finishes: ["stop"] };
    const finish = (delta: unknown): unknown => chunk([{ index: 0, delta, finish_reason: "stop" }]);
    for (const last of [finish({}), finish({ content: "" }), finish({ content: null }), finish(undefined)]) {
      expect(gather(passThrough(openai.module, [ROLE, held, last, DONE]))).toEqual(expected);
    }
    expect(gather(passThrough(openai.module, [ROLE, held, DONE]))).toEqual(expected);
    expect(gather(passThrough(openai.module, [ROLE, held, finish({ content: "nk>b" }), DONE]))).toEqual({
      ...expected,
      reasoning: "a",
      content: "b",
    });
  });

  test("every choice has its own", () => {
    openai.module.useTarget(SERVER, "m");
    const both = (first: string, second: string): unknown =>
      chunk([choice({ content: first }), choice({ content: second }, null, 1)]);
    const finishes = chunk([choice({}, "stop"), choice({}, "stop", 1)]);
    const answer = passThrough(openai.module, [both("<thi", "Plain"), both("nk>a</think>", " text"), finishes, DONE]);
    expect(gather(answer)).toEqual({ reasoning: "a", content: "", finishes: ["stop"] });
    expect(gather(answer, 1)).toEqual({ reasoning: "", content: "Plain text", finishes: ["stop"] });
  });

  test("calls of tools behind the thoughts", () => {
    openai.module.useTarget(SERVER, "m");
    const call = { index: 0, id: "x", type: "function", function: { name: "f", arguments: "{}" } };
    const thought = chunk([choice({ content: "<think>a</think>" })]);
    const called = chunk([choice({ tool_calls: [call] })]);
    const events = received(
      passThrough(openai.module, [ROLE, thought, called, chunk([choice({}, "tool_calls")]), DONE]),
    );
    expect(events).toEqual([
      ROLE,
      chunk([choice({ reasoning_content: "a", content: null })]),
      called,
      chunk([choice({}, "tool_calls")]),
      DONE,
    ]);
    const message = { role: "assistant", content: "<think>a</think>\n", tool_calls: [{ ...call, index: undefined }] };
    const body = { ...chunk([{ index: 0, message, finish_reason: "tool_calls" }]), object: "chat.completion" };
    const { text } = openai.module.passAnswer(body);
    expect((JSON.parse(text) as { choices: unknown }).choices).toEqual([
      { index: 0, message: { ...message, reasoning_content: "a", content: null }, finish_reason: "tool_calls" },
    ]);
  });

  test("empty members of the other names do not stay beside it", () => {
    openai.module.useTarget(SERVER, "m");
    const words = { reasoning_content: null, content: "<think>a</think>b", reasoning: "" };
    const answer = passThrough(openai.module, [ROLE, chunk([choice(words)]), FINISH, DONE]);
    expect(received(answer)[1]).toEqual(chunk([choice({ reasoning_content: "a", content: "b" })]));
    expect(answer.text.match(/"reasoning/g)).toHaveLength(1);
    const body = chunk([{ index: 0, message: { role: "assistant", ...words }, finish_reason: "stop" }]);
    expect(openai.module.passAnswer(body).text.match(/"reasoning/g)).toHaveLength(1);
  });
});

describe("[137] what needs no change goes out byte for byte", () => {
  test("a text without tags, with any escapes", () => {
    openai.module.useTarget(SERVER, "m");
    const first = String.raw`{"id":"c","object":"chat.completion.chunk","created":5,"model":"u","choices":[{"index":0,"delta":{"content":"\u0047r\u00fc\u003cthink>"},"finish_reason":null}]}`;
    const events = `${toEvents([ROLE])}data: ${first}\n\n${toEvents([chunk([choice({ content: "<think>" })]), FINISH, DONE])}`;
    expect(passThrough(openai.module, events)).toMatchObject({ text: events, unchanged: 5 });
  });

  test("reasoning in its own member: tags in the text are text", () => {
    openai.module.useTarget(SERVER, "m");
    const thought = chunk([choice({ reasoning_content: "a" })]);
    const text = chunk([choice({ content: "<think>b</think>" })]);
    const events = toEvents([ROLE, thought, text, FINISH, DONE]);
    expect(passThrough(openai.module, events)).toMatchObject({ text: events, unchanged: 5 });
    const message = { role: "assistant", content: "<think>b</think>", reasoning_content: "a" };
    const body = { ...chunk([{ index: 0, message, finish_reason: "stop" }]), object: "chat.completion" };
    expect(openai.module.passAnswer(body)).toMatchObject({ text: JSON.stringify(body), unchanged: 1 });
  });

  test("servers that have a member for it: their text is text", () => {
    for (const type of ["openai", "azure", "deepseek", "qwen", "openrouter"]) {
      expect(pass(["<think>a</think>b"], type)).toMatchObject({ reasoning: "", content: "<think>a</think>b" });
    }
  });
});
