import { expect } from "vitest";
import { allSplits } from "../../support/chunking";
import { type Answer, type OpenAiModule, toBytes } from "../../support/openai";

export const STREAM = { model: "m", stream: true, messages: [{ role: "user", content: "hi" }] };
export const WITH_USAGE = { ...STREAM, stream_options: { include_usage: true } };
export const DONE = "[DONE]";

export type Json = Record<string, unknown>;

export function chunk(choices: unknown, more: Json = {}): Json {
  return { id: "c", object: "chat.completion.chunk", created: 5, model: "u", choices, ...more };
}

export function choice(delta: unknown, finish: unknown = null, index = 0): Json {
  return { index, delta, finish_reason: finish };
}

export function toEvents(events: unknown[]): string {
  return events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join("");
}

export const ROLE = chunk([choice({ role: "assistant", content: "" })]);
export const TEXT = chunk([choice({ content: "a" })]);
export const FINISH = chunk([choice({}, "stop")]);

/** Passes events through in every split, which must all give the same. */
export function passThrough(module: OpenAiModule, events: unknown[] | string, request: unknown = STREAM): Answer {
  expect(module.readHead(request)).toBeNull();
  const bytes = toBytes(typeof events === "string" ? events : toEvents(events));
  const answers = allSplits(bytes).map(({ chunks }) => module.passStream(chunks));
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  return answers[0] as Answer;
}

/** What the client got, parsed; every event is one data line. */
export function received(answer: Answer): unknown[] {
  return answer.text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => {
      expect(event).toMatch(/^data: [^\n]*$/);
      const data = event.slice(6);
      return data === DONE ? data : (JSON.parse(data) as unknown);
    });
}
