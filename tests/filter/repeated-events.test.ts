import { describe, expect, test } from "vitest";
import { mutate } from "../fuzz/mutate";
import type { ClientAnswer } from "../host/downstream";
import { MiniEnvoy } from "../host/mini-envoy";
import { allSplits, SeededRandom } from "../support/chunking";
import { eventFrame } from "../support/event-stream";
import { BUILDS, chat, readEvents } from "./gateway";

/*
 * Events that differ from the one before in their text only are not parsed. What is fed byte by byte is (but for Amazon's frames, which
 * are always put together first), so both ways must give the same, whatever stands between the events that are alike; and the client
 * must get exactly the texts that went in.
 */
const TEXTS = [
  "a", " word", "Grüße, ", "漢字かな", "😀", '"quoted" \\ back/slash', "\n\ttab\r\b\f", "\u0001\u001f\u007f\u2028", "", "x".repeat(700),
  "{}", "data: [DONE]\n\n", '"}}', "<think>", "ends with \\", "é".repeat(20), "0123456789abcdef", "0123456789abcde",
]; // prettier-ignore
const ROUNDS = 25;

/** A piece of a generated stream, and what it says. */
interface Said {
  event: string | Uint8Array;
  text?: string;
  reasoning?: string;
  args?: string;
}

/** How a provider writes a stream. */
interface Speaker {
  type: string;
  framed: boolean;
  begin: Said[];
  end: Said[];
  delta: (text: string, random: SeededRandom) => Said;
}

const unicode = (json: string): string =>
  json.replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** The same JSON in one of the forms that servers write. */
function written(value: object, random: SeededRandom): string {
  const json = JSON.stringify(value);
  switch (random.below(12)) {
    case 0:
      return JSON.stringify(value, null, 1).replaceAll("\n", "");
    case 1:
      return unicode(json);
    case 2:
      return json.replaceAll("/", "\\/");
    case 3:
      return JSON.stringify({ ...value, extra: random.below(3) });
    case 4:
      return JSON.stringify(Object.fromEntries(Object.entries(value).reverse()));
    default:
      return json;
  }
}

const line = (data: string): string => `data: ${data}\n\n`;
const base = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1767225600, model: "m" };
const chunk = (delta: object, reason: string | null = null): object => ({
  ...base,
  choices: [{ index: 0, delta, finish_reason: reason }],
});
const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };

const openAi: Speaker = {
  type: "openai",
  framed: false,
  begin: [
    { event: line(JSON.stringify(chunk({ role: "assistant", content: "" }))) },
    { event: line(JSON.stringify(chunk({ content: "first" }))), text: "first" },
    { event: line(JSON.stringify(chunk({ tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "f", arguments: "[" } }] }))), args: "[" },
  ], // prettier-ignore
  end: [
    { event: line(JSON.stringify(chunk({}, "stop"))) },
    { event: line(JSON.stringify({ ...base, choices: [], usage })) },
    { event: line("[DONE]") },
  ],
  delta: (text, random) => {
    const padding = random.chance(0.3) ? { obfuscation: random.pick(["", "a", "xyz", "é"]) } : {};
    switch (random.below(8)) {
      case 0:
        return { event: line(written(chunk({ reasoning_content: text }), random)), reasoning: text };
      case 3:
        return {
          event: line(written(chunk({ tool_calls: [{ index: 0, function: { arguments: text } }] }), random)),
          args: text,
        };
      case 1:
        return { event: line(written(chunk({ content: text, reasoning: null }), random)), text };
      case 2:
        return { event: line(written({ ...chunk({ content: text }), usage: null }, random)), text };
      default:
        return { event: line(written({ ...chunk({ content: text }), ...padding }, random)), text };
    }
  },
};

const named = (event: { type: string }, json = JSON.stringify(event)): string => `event: ${event.type}\n${line(json)}`;
const anthropic: Speaker = {
  type: "claude",
  framed: false,
  begin: [
    { event: named({ type: "message_start", message: { id: "msg_1", usage: { input_tokens: 11 } } } as never) },
    { event: named({ type: "content_block_start", index: 0, content_block: { type: "text", text: "first" } } as never), text: "first" },
    { event: named({ type: "content_block_start", index: 1, content_block: { type: "thinking", thinking: "" } } as never) },
    { event: named({ type: "content_block_start", index: 3, content_block: { type: "tool_use", id: "toolu_1", name: "f", input: {} } } as never) },
    { event: named({ type: "content_block_delta", index: 3, delta: { type: "input_json_delta", partial_json: "[" } } as never), args: "[" },
  ], // prettier-ignore
  end: [
    { event: named({ type: "content_block_stop", index: 0 } as never) },
    { event: named({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 7 } } as never) },
    { event: named({ type: "message_stop" }) },
  ], // prettier-ignore
  delta: (text, random) => {
    const delta = (index: number, value: object): string => {
      const event = { type: "content_block_delta", index, delta: value };
      return named(event, written(event, random));
    };
    switch (random.below(8)) {
      case 0:
        return { event: delta(1, { type: "thinking_delta", thinking: text }), reasoning: text };
      case 1:
        return { event: named({ type: "ping" }) };
      case 3:
        return { event: delta(3, { type: "input_json_delta", partial_json: text }), args: text };
      case 2:
        return { event: delta(2, { type: "text_delta", text }), text };
      default:
        return { event: delta(0, { type: "text_delta", text }), text };
    }
  },
};

const candidate = (parts: object[], more: object = {}): object => ({
  candidates: [{ content: { parts, role: "model" }, index: 0, ...more }],
  usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 },
  modelVersion: "m",
  responseId: "r",
});
const gemini: Speaker = {
  type: "gemini",
  framed: false,
  begin: [{ event: line(JSON.stringify(candidate([{ text: "first" }]))), text: "first" }],
  end: [{ event: line(JSON.stringify(candidate([{ text: "last" }], { finishReason: "STOP" }))), text: "last" }],
  delta: (text, random) => {
    switch (random.below(8)) {
      case 0:
        return { event: line(written(candidate([{ text, thought: true }]), random)), reasoning: text };
      case 1:
        return { event: line(written(candidate([{ text }, { text }]), random)), text: text + text };
      default:
        return { event: line(written(candidate([{ text }]), random)), text };
    }
  },
};

const delta = (index: number, value: object, random: SeededRandom): Uint8Array =>
  eventFrame("contentBlockDelta", written({ contentBlockIndex: index, delta: value, p: "abcdefghij".slice(random.below(10)) }, random)); // prettier-ignore
const bedrock: Speaker = {
  type: "bedrock",
  framed: true,
  begin: [
    { event: eventFrame("messageStart", { role: "assistant" }) },
    { event: eventFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "first" }, p: "a" }), text: "first" },
    { event: eventFrame("contentBlockStart", { contentBlockIndex: 2, start: { toolUse: { toolUseId: "t", name: "f" } } }) },
    { event: eventFrame("contentBlockDelta", { contentBlockIndex: 2, delta: { toolUse: { input: "[" } } }), args: "[" },
  ], // prettier-ignore
  end: [
    { event: eventFrame("contentBlockStop", { contentBlockIndex: 0 }) },
    { event: eventFrame("messageStop", { stopReason: "end_turn" }) },
    { event: eventFrame("metadata", { usage: { inputTokens: 11, outputTokens: 7 } }) },
  ],
  delta: (text, random) => {
    switch (random.below(8)) {
      case 0:
        return { event: delta(1, { reasoningContent: { text } }, random), reasoning: text };
      case 1:
        return { event: delta(2, { toolUse: { input: text } }, random), args: text };
      default:
        return { event: delta(0, { text }, random), text };
    }
  },
};

const SPEAKERS = { openAi, anthropic, gemini, bedrock };

const seen = (answer: ClientAnswer): string =>
  JSON.stringify([
    answer.status,
    answer.complete,
    answer.body
      .toString("utf8")
      .replaceAll(/chatcmpl-[0-9a-f]{16}/g, "chatcmpl-*")
      .replaceAll(/"created":\d+/g, '"created":0'),
  ]);

/** The texts of a streamed answer. */
function told(answer: ClientAnswer): { text: string; reasoning: string; args: string } {
  const deltas = readEvents(answer)
    .filter((data) => data !== "[DONE]")
    .flatMap((data) => (JSON.parse(data) as { choices?: { delta: Record<string, unknown> }[] }).choices ?? [])
    .map((choice) => choice.delta);
  const all = (name: string): string =>
    deltas.map((value) => (value[name] as string | null | undefined) ?? "").join("");
  const args = deltas
    .flatMap((value) => (value["tool_calls"] as { function?: { arguments?: string } }[] | undefined) ?? [])
    .map((call) => call.function?.arguments ?? "");
  return { text: all("content"), reasoning: all("reasoning_content"), args: args.join("") };
}

function generate(speaker: Speaker, random: SeededRandom): Said[] {
  const said: Said[] = [];
  while (said.length < 24) {
    const seed = random.below(1 << 30);
    // Runs of events that are alike, because their form is chosen by the same seed.
    for (let count = 1 + random.below(5); count > 0; count--)
      said.push(speaker.delta(random.pick(TEXTS), new SeededRandom(seed)));
  }
  return said;
}

const bytesOf = (said: Said[], lineEnd: string): Buffer =>
  Buffer.concat(
    said.map(({ event }) => Buffer.from(typeof event === "string" ? event.replaceAll("\n", lineEnd) : event)),
  );

describe.each(BUILDS)("[3] runs of events that differ in their text only, %s", (_name, wasm) => {
  const plugin = {
    role: "gateway",
    providers: Object.values(SPEAKERS).map(({ type }) => ({
      id: type,
      type,
      apiTokens: ["key"],
      ...(type === "bedrock" ? { awsRegion: "us-east-1" } : {}),
    })),
    routes: Object.values(SPEAKERS).map(({ type }) => ({ model: type, targets: [{ provider: type }] })),
  };
  const ask = (envoy: MiniEnvoy, speaker: Speaker, chunks: Uint8Array[], stream: boolean): ClientAnswer => {
    const type = speaker.framed ? "application/vnd.amazon.eventstream" : "text/event-stream";
    envoy.upstream(speaker.type, {
      headers: { "content-type": type },
      chunks: chunks.filter((part) => part.length > 0),
    });
    return envoy.request(chat(speaker.type, stream ? { stream, stream_options: { include_usage: true } } : {}));
  };

  test.each(Object.entries(SPEAKERS))("%s: the client gets every text, however the bytes are cut", (_type, speaker) => {
    const envoy = MiniEnvoy.start({ wasm, plugin });
    for (let round = 0; round < ROUNDS; round++) {
      const random = new SeededRandom(round + 1);
      const lineEnd = random.pick(["\n", "\n", "\r\n", "\r"]);
      const said = [...speaker.begin, ...generate(speaker, random), ...speaker.end];
      const answers = allSplits(bytesOf(said, lineEnd), round).map(({ chunks }) => ask(envoy, speaker, chunks, true));
      answers.push(
        ask(
          envoy,
          speaker,
          said.map((one) => bytesOf([one], lineEnd)),
          true,
        ),
      );
      const expected = {
        text: said.map(({ text }) => text ?? "").join(""),
        reasoning: said.map(({ reasoning }) => reasoning ?? "").join(""),
        args: said.map(({ args }) => args ?? "").join(""),
      };
      for (const answer of answers) {
        expect(told(answer)).toEqual(expected);
        expect(readEvents(answer).at(-1)).toBe("[DONE]");
      }
      expect([...new Set(answers.map(seen))]).toHaveLength(1);
      const gathered = ask(envoy, speaker, [bytesOf(said, lineEnd)], false);
      expect(JSON.parse(gathered.body.toString("utf8"))).toMatchObject({
        choices: [{ message: { content: expected.text } }],
        usage: { prompt_tokens: 11, completion_tokens: 7 },
      });
      // Buffers that all requests share are there once each kind was served; what comes beyond that is a leak.
      if (round === 5) envoy.settle();
    }
    envoy.assertNoLeaks();
  });

  test.each(Object.entries(SPEAKERS).filter(([, { framed }]) => !framed))(
    "%s: broken events among them break the stream at the same place",
    (_type, speaker) => {
      const envoy = MiniEnvoy.start({ wasm, plugin });
      let broken = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const random = new SeededRandom(round + 1000);
        const begin = bytesOf(speaker.begin, "\n");
        const rest = generate(speaker, random).map((one) => bytesOf([one], "\n"));
        const damaged = rest.map((bytes) => (random.chance(0.1) ? mutate(bytes, random) : bytes));
        const bytes = Buffer.concat([...damaged, bytesOf(speaker.end, "\n")]);
        // The begin comes alone, so that what breaks later always finds an answer that has gone out.
        const answers = allSplits(bytes, round).map(({ chunks }) => ask(envoy, speaker, [begin, ...chunks], true));
        const outcomes = [...new Set(answers.map(seen))];
        expect(outcomes, outcomes.join("\n\n")).toHaveLength(1);
        if (outcomes[0]?.includes('\\"error\\"')) broken += 1;
        if (round === 20) envoy.settle();
      }
      expect(broken).toBeGreaterThan(ROUNDS / 8);
      expect(broken).toBeLessThan(ROUNDS);
      envoy.assertNoLeaks();
    },
  );
});
