import { expect } from "vitest";
import { streamInEveryChunking } from "../../support/every-chunking";
import { type Answer, parseStream, type StreamEvent, TranslateModule } from "../../support/translate";
import { PLAIN_MODEL } from "./request";

const module = await TranslateModule.load();

/** An event of Anthropic's stream. */
export type VendorEvent = { type: string } & Record<string, unknown>;

export interface Streamed extends Answer {
  events: StreamEvent[];
  /** Members of all deltas of choice 0, in order. */
  deltas: Record<string, unknown>[];
  /** All visible text. */
  content: string;
  finishes: string[];
}

/** Writes events as the vendor does: name and data. */
export function toBytes(events: readonly (VendorEvent | string)[]): Uint8Array {
  const lines = events.map((event) =>
    typeof event === "string" ? event : `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
  );
  return new TextEncoder().encode(lines.join(""));
}

/** Streams events (or raw text) through the reader in every chunking; all must give the same. */
export function stream(events: readonly (VendorEvent | string)[], request: Record<string, unknown> = {}): Streamed {
  const body = {
    model: "m",
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: "user", content: "a" }],
    ...request,
  };
  const first = streamInEveryChunking(module, { type: "claude", model: PLAIN_MODEL }, body, toBytes(events));
  return { ...first, ...readDeltas(parseStream(first.text)) };
}

function readDeltas(events: StreamEvent[]) {
  type Choice = { delta: Record<string, unknown>; finish_reason: string | null };
  const choices = events.flatMap((event) => (event === "[DONE]" ? [] : ((event["choices"] ?? []) as Choice[])));
  const deltas = choices.map((choice) => choice.delta);
  return {
    events,
    deltas,
    content: deltas.map((delta) => (delta["content"] ?? "") as string).join(""),
    finishes: choices.flatMap((choice) => choice.finish_reason ?? []),
  };
}

export interface Completed extends Answer {
  body: {
    choices: { message: Record<string, unknown>; finish_reason: string }[];
    usage?: Record<string, unknown>;
  } & Record<string, unknown>;
  message: Record<string, unknown>;
  finish: string;
}

/** Reads a unary answer: a value, or raw text. */
export function complete(answer: unknown, request: Record<string, unknown> = {}): Completed {
  const body = { model: "m", messages: [{ role: "user", content: "a" }], ...request };
  expect(module.translate({ type: "claude", model: PLAIN_MODEL }, body).error).toBeNull();
  const text = typeof answer === "string" ? answer : JSON.stringify(answer);
  const read = module.answer(false, [new TextEncoder().encode(text)]);
  expect(module.close()).toBe(0);
  const parsed = read.text === "" ? { choices: [] } : (JSON.parse(read.text) as Completed["body"]);
  return {
    ...read,
    body: parsed,
    message: parsed.choices[0]?.message ?? {},
    finish: parsed.choices[0]?.finish_reason ?? "",
  };
}

/** Reads an error answer. */
export function readError(status: number, body: unknown) {
  const failure = module.readError(status, typeof body === "string" ? body : JSON.stringify(body));
  expect(module.close()).toBe(0);
  return failure;
}

export const messageStart = (usage: object = {}, message: object = {}): VendorEvent => ({
  type: "message_start",
  message: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    content: [],
    model: "claude-x",
    stop_reason: null,
    usage: { input_tokens: 10, output_tokens: 1, ...usage },
    ...message,
  },
});
export const blockStart = (index: number, content_block: object): VendorEvent => ({
  type: "content_block_start",
  index,
  content_block,
});
export const blockDelta = (index: number, delta: object): VendorEvent => ({
  type: "content_block_delta",
  index,
  delta,
});
export const blockStop = (index: number): VendorEvent => ({ type: "content_block_stop", index });
export const textBlock = (index: number, ...texts: string[]): VendorEvent[] => [
  blockStart(index, { type: "text", text: "" }),
  ...texts.map((text) => blockDelta(index, { type: "text_delta", text })),
  blockStop(index),
];
export const toolBlock = (index: number, id: string, name: string, ...pieces: string[]): VendorEvent[] => [
  blockStart(index, { type: "tool_use", id, name, input: {} }),
  ...pieces.map((partial_json) => blockDelta(index, { type: "input_json_delta", partial_json })),
  blockStop(index),
];
export const messageDelta = (stop_reason: string | null, usage: object = { output_tokens: 5 }): VendorEvent => ({
  type: "message_delta",
  delta: { stop_reason, stop_sequence: null },
  usage,
});
export const messageStop: VendorEvent = { type: "message_stop" };
export const ending = (reason: string | null = "end_turn"): VendorEvent[] => [messageDelta(reason), messageStop];
