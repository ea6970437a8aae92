import { expect } from "vitest";
import { streamInEveryChunking } from "../../support/every-chunking";
import { eventFrame } from "../../support/event-stream";
import { type Member, user } from "../../support/messages";
import { type Answer, type ErrorEnvelope, parseStream, type Target, TranslateModule } from "../../support/translate";
import { validate } from "./adapter";

export const SONNET_4 = "us.anthropic.claude-sonnet-4-20250514-v1:0";
export const SONNET_4_5 = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
export const NOVA = "amazon.nova-pro-v1:0";

export interface Options {
  model?: string;
  /** Members of the provider in the plugin JSON. */
  provider?: Member;
  /** Whether the service would refuse the request, which then is not checked. */
  isRejected?: boolean;
}

const module = await TranslateModule.load();

function targetOf({ model = SONNET_4, provider }: Options): Target {
  return { type: "bedrock", model, provider: { awsRegion: "us-east-1", ...provider } };
}

function bodyOf(members: Member): Member {
  return { model: "client-model", messages: [user("Hello")], ...members };
}

export interface Upstream extends Member {
  messages: { role: string; content: Member[] }[];
  system?: Member[];
  inferenceConfig?: Member;
  toolConfig?: { tools: Member[]; toolChoice?: Member };
  additionalModelRequestFields?: Member;
}

/** The whole translated request, which the service would take. */
export function send(
  members: Member,
  options: Options = {},
): { path: string; headers: Record<string, string>; text: string } {
  const translation = module.translate(targetOf(options), bodyOf(members));
  expect(translation.error).toBeNull();
  expect(module.writeBodyAgain()).toBe(translation.text);
  expect(module.close()).toBe(0);
  if (options.isRejected !== true) expect(validate(translation)).toBeNull();
  return translation;
}

/** The body of the translated request. */
export function translate(members: Member, options: Options = {}): Upstream {
  return JSON.parse(send(members, options).text) as Upstream;
}

/** Translates a request that must be refused and gives the error. */
export function refuse(members: Member, options: Options = {}): ErrorEnvelope["error"] & { status: number } {
  const translation = module.translate(targetOf(options), bodyOf(members));
  expect(module.close()).toBe(0);
  expect(translation.text).toBe("");
  if (translation.error === null) throw new Error("the request was not refused");
  return { ...translation.error.error, status: translation.status };
}

type Choice = { delta: Member; message: Member; finish_reason: string | null };

export interface Read extends Answer {
  /** Deltas of a stream, or the one message. */
  deltas: Member[];
  content: string;
  reasoning: string;
  finishes: string[];
  /** Tool calls with their arguments joined. */
  calls: { id: string; name: string; text: string }[];
  usageSeen: Member | undefined;
  isEnded: boolean;
}

function read(answer: Answer, events: unknown[]): Read {
  const bodies = events.filter((event): event is Member => event !== "[DONE]");
  const choices = bodies.flatMap((body) => (body["choices"] ?? []) as Choice[]);
  const deltas = choices.map((choice) => choice.delta ?? choice.message);
  const join = (name: string): string => deltas.map((delta) => (delta[name] ?? "") as string).join("");
  const calls: Read["calls"] = [];
  for (const delta of deltas) {
    for (const call of (delta["tool_calls"] ?? []) as {
      id?: string;
      function: { name?: string; arguments: string };
    }[]) {
      if (call.id !== undefined) calls.push({ id: call.id, name: call.function.name ?? "", text: "" });
      const open = calls.at(-1);
      if (open) open.text += call.function.arguments;
    }
  }
  return {
    ...answer,
    deltas,
    content: join("content"),
    reasoning: join("reasoning_content"),
    finishes: choices.flatMap((choice) => choice.finish_reason ?? []),
    calls,
    usageSeen: bodies.flatMap((body) => (body["usage"] ? [body["usage"] as Member] : [])).at(-1),
    isEnded: events.includes("[DONE]"),
  };
}

export type Event = [type: string, payload: unknown] | Uint8Array;

export const toBytes = (events: readonly Event[]): Uint8Array =>
  new Uint8Array(Buffer.concat(events.map((event) => (event instanceof Uint8Array ? event : eventFrame(...event)))));

/** Streams events through the reader in every chunking; all must give the same. */
export function stream(events: readonly Event[], members: Member = {}, options: Options = {}): Read {
  const body = bodyOf({ stream: true, stream_options: { include_usage: true }, ...members });
  const first = streamInEveryChunking(module, targetOf(options), body, toBytes(events));
  return read(first, parseStream(first.text));
}

/** Reads a unary answer. */
export function complete(answer: unknown, members: Member = {}, options: Options = {}): Read {
  expect(module.translate(targetOf(options), bodyOf(members)).error).toBeNull();
  const text = typeof answer === "string" ? answer : JSON.stringify(answer);
  const found = module.answer(false, [new TextEncoder().encode(text)]);
  expect(module.close()).toBe(0);
  return read(found, found.text === "" ? [] : [JSON.parse(found.text)]);
}

export function readError(status: number, body: unknown, errorType = "") {
  expect(module.translate(targetOf({}), bodyOf({})).error).toBeNull();
  const failure = module.readError(status, typeof body === "string" ? body : JSON.stringify(body), errorType);
  expect(module.close()).toBe(0);
  return failure;
}

export const answerOf = (content: unknown, stopReason: string, more: Member = {}): Member => ({
  output: { message: { role: "assistant", content } },
  stopReason,
  usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
  metrics: { latencyMs: 1 },
  ...more,
});

export const start: Event = ["messageStart", { role: "assistant", p: "abc" }];
export const delta = (contentBlockIndex: number, content: Member): Event => [
  "contentBlockDelta",
  { contentBlockIndex, delta: content, p: "abcdefgh" },
];
export const stopBlock = (contentBlockIndex: number): Event => ["contentBlockStop", { contentBlockIndex, p: "ab" }];
export const startTool = (contentBlockIndex: number, toolUseId: string, name: string): Event => [
  "contentBlockStart",
  { contentBlockIndex, start: { toolUse: { toolUseId, name } }, p: "abcd" },
];
export const ending = (stopReason = "end_turn", usage: Member = {}): Event[] => [
  ["messageStop", { stopReason, p: "a" }],
  [
    "metadata",
    { usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15, ...usage }, metrics: { latencyMs: 1 }, p: "a" },
  ],
];
