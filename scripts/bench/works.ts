import { type AnswerShape, type Protocol } from "./answers";
import { type Pace } from "./programs";
import { type RequestShape } from "./requests";

/** How a piece of work is measured. */
export type Method =
  /** As fast as it goes, with a number of connections. */
  | { kind: "closed"; connections: number; seconds: number; rounds: number; warm?: number }
  /** At a fixed rate, whether or not the answers come. */
  | { kind: "rate"; perSecond: number; connections: number; seconds: number; rounds: number; warm?: number }
  /** Resident memory before and after so many requests. */
  | { kind: "memory"; requests: number; connections: number }
  /** Memory with so many open streams that say nothing. */
  | { kind: "idle"; streams: number }
  /** From start to ready. */
  | { kind: "start"; rounds: number; isPinned: boolean };

/** One row of the benchmark. */
export interface Work {
  id: string;
  title: string;
  /** What the provider speaks; the client always speaks OpenAI chat. */
  protocol: Protocol;
  request: RequestShape;
  answer: AnswerShape;
  pace: Pace;
  method: Method;
  /** The first target answers 429, the second one answers. */
  isLimited?: boolean;
  /** Part of `--quick`. */
  isQuick?: boolean;
  /** Has a target: measured with every system, and longer. */
  isMain?: boolean;
}

/**
 * A burst: several events per packet, as a fast provider's TLS records bring them. One packet per event would measure the kernel of the mock's
 * core, not the proxy (the row \`single\`); all in one packet is what a provider's cache would send (the row \`packed\`).
 */
const FAST: Pace = { gapUs: 0, perWrite: 6, holdAfter: 0 };
const SHORT_ANSWER: AnswerShape = { kind: "unary", bytes: 1024 };
const KILOBYTE: RequestShape = { bytes: 1024, stream: false, content: "chat" };
const STREAMED: RequestShape = { ...KILOBYTE, stream: true };
const STREAM_54: AnswerShape = { kind: "stream", events: 54 };
const STREAM_2000: AnswerShape = { kind: "stream", events: 2000 };

const LETTERS: Record<Protocol, string> = { openai: "o", anthropic: "a", gemini: "g", bedrock: "b" };
const NAMES: Record<Protocol, string> = {
  openai: "OpenAI -> OpenAI",
  anthropic: "OpenAI -> Anthropic",
  gemini: "OpenAI -> Gemini",
  bedrock: "OpenAI -> Bedrock",
};

type Details = Partial<Omit<Work, "id" | "title" | "protocol" | "method">> & { method?: Partial<Method> };

function closed(protocol: Protocol, name: string, title: string, connections: number, details: Details = {}): Work {
  const method = { kind: "closed", connections, ...SHORT, ...details.method } as Method;
  const parts = { request: KILOBYTE, answer: SHORT_ANSWER, pace: FAST, ...details };
  return { ...parts, id: `${LETTERS[protocol]}-${name}`, title: `${NAMES[protocol]}, ${title}`, protocol, method };
}

const MAIN = { method: { seconds: 0.8, rounds: 5 }, isMain: true };
const SHORT = { seconds: 0.5, rounds: 3 };

/** The rows that issue 5 sets targets for come first, so that a slow machine leaves out others. */
export const WORKS: readonly Work[] = [
  closed("openai", "1k-c16", "1 KB, 16 connections", 16, { ...MAIN, isQuick: true }),
  closed("anthropic", "1k-c16", "1 KB, 16 connections", 16, { ...MAIN, isQuick: true }),
  closed("anthropic", "stream54-c16", "stream of 54 events, burst, 16 connections", 16, {
    request: STREAMED,
    answer: STREAM_54,
    ...MAIN,
    isQuick: true,
  }),
  closed("anthropic", "paced-c128", "stream of 54 events, 2 ms apart, 128 at once", 128, {
    request: STREAMED,
    answer: STREAM_54,
    pace: { gapUs: 2000, perWrite: 1, holdAfter: 0 },
    ...MAIN,
  }),
  // Before large bodies, of which memory stays.
  closed("anthropic", "memory", "memory over 50,000 requests, every second one streamed", 16, {
    method: { kind: "memory", requests: 50000 },
  }),
  closed("anthropic", "idle", "memory with 10,000 idle open streams", 1, {
    request: STREAMED,
    answer: STREAM_54,
    pace: { gapUs: 0, perWrite: 8, holdAfter: 8 },
    method: { kind: "idle", streams: 10000 },
  }),
  closed("anthropic", "100k-c16", "100 KB, 16 connections", 16, {
    request: { ...KILOBYTE, bytes: 100 * 1024 },
    ...MAIN,
    isQuick: true,
  }),
  closed("anthropic", "1m-c4", "1 MB, 4 connections", 4, {
    request: { ...KILOBYTE, bytes: 1024 * 1024 },
    ...MAIN,
    isQuick: true,
  }),
  closed("openai", "1m-c4", "1 MB, 4 connections", 4, {
    request: { ...KILOBYTE, bytes: 1024 * 1024 },
    ...MAIN,
  }),
  closed("openai", "fallback-c16", "1 KB, the first target answers 429, 16 connections", 16, {
    isLimited: true,
    ...MAIN,
    isQuick: true,
  }),
  closed("anthropic", "1k-c1", "1 KB, 1 connection", 1, { ...MAIN, isQuick: true }),
  closed("anthropic", "first-event-c1", "first event of a stream, 1 connection", 1, {
    request: STREAMED,
    answer: STREAM_54,
    pace: { gapUs: 500, perWrite: 3, holdAfter: 0 },
    ...MAIN,
  }),
  closed("anthropic", "10m-c2", "10 MB of text, 2 connections", 2, {
    request: { ...KILOBYTE, bytes: 10 * 1024 * 1024 },
    method: { seconds: 0.8 },
  }),
  closed("anthropic", "stream54-packed-c16", "stream of 54 events in one packet, 16 connections", 16, {
    request: STREAMED,
    answer: STREAM_54,
    pace: { ...FAST, perWrite: 54 },
  }),
  closed("anthropic", "stream54-single-c16", "stream of 54 events in 54 packets, 16 connections", 16, {
    request: STREAMED,
    answer: STREAM_54,
    pace: { ...FAST, perWrite: 1 },
  }),
  closed("anthropic", "start", "from start to ready, any core", 1, {
    method: { kind: "start", rounds: 5, isPinned: false },
    isMain: true,
  }),
  closed("anthropic", "start-pinned", "from start to ready, on the proxy's one core", 1, {
    method: { kind: "start", rounds: 3, isPinned: true },
    isMain: true,
  }),
  closed("anthropic", "rate-2000", "1 KB, 2,000 requests per second, open loop", 64, {
    method: { kind: "rate", perSecond: 2000, seconds: 1.5, rounds: 3 },
  }),
  ...(["gemini", "bedrock"] as const).flatMap((protocol) => [
    closed(protocol, "1k-c16", "1 KB, 16 connections", 16),
    closed(protocol, "stream54-c16", "stream of 54 events, burst, 16 connections", 16, {
      request: STREAMED,
      answer: STREAM_54,
    }),
    closed(protocol, "100k-c16", "100 KB, 16 connections", 16, {
      request: { ...KILOBYTE, bytes: 100 * 1024 },
    }),
  ]),
  closed("openai", "1k-c1", "1 KB, 1 connection", 1),
  closed("openai", "1k-c64", "1 KB, 64 connections", 64),
  closed("anthropic", "1k-c64", "1 KB, 64 connections", 64),
  closed("openai", "100k-c16", "100 KB, 16 connections", 16, {
    request: { ...KILOBYTE, bytes: 100 * 1024 },
  }),
  closed("anthropic", "10m-image-c2", "10 MB with an inline image, 2 connections", 2, {
    request: { bytes: 10 * 1024 * 1024, stream: false, content: "image" },
    method: { seconds: 0.8 },
  }),
  closed("anthropic", "1m-image-c4", "1 MB with an inline image, 4 connections", 4, {
    request: { bytes: 1024 * 1024, stream: false, content: "image" },
  }),
  closed("anthropic", "answer-100k-c16", "answer of 100 KB, 16 connections", 16, {
    answer: { kind: "unary", bytes: 100 * 1024 },
  }),
  closed("anthropic", "tools-c16", "tools, 16 connections", 16, {
    request: { ...KILOBYTE, bytes: 2048, content: "tools" },
    answer: { kind: "tool" },
  }),
  closed("openai", "tools-c16", "tools, 16 connections", 16, {
    request: { ...KILOBYTE, bytes: 2048, content: "tools" },
    answer: { kind: "tool" },
  }),
  closed("openai", "stream54-c16", "stream of 54 events, burst, 16 connections", 16, {
    request: STREAMED,
    answer: STREAM_54,
  }),
  closed("openai", "stream2000-c16", "stream of 2,000 events, burst, 16 connections", 16, {
    request: STREAMED,
    answer: STREAM_2000,
  }),
  closed("anthropic", "stream2000-c16", "stream of 2,000 events, burst, 16 connections", 16, {
    request: STREAMED,
    answer: STREAM_2000,
  }),
  closed("anthropic", "paced-c1000", "stream of 54 events, 20 ms apart, 1,000 at once", 1000, {
    request: STREAMED,
    answer: STREAM_54,
    pace: { gapUs: 20000, perWrite: 1, holdAfter: 0 },
    method: { seconds: 1.4, rounds: 2, warm: 1.3 },
  }),
];
