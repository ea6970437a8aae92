import type { Rule, VendorName } from "../../mocks/index";

/** One way for a first provider to fail before its first content, and how the gateway counts it. */
export interface FailureCase {
  name: string;
  rule: Rule;
  /** Reason in metrics and `error.attempts`. */
  reason: string;
  /** Status of the final error when every target fails like this. */
  status: number;
  /** The same with Anthropic as the first target, whose error event names a status of its own. */
  anthropicStatus?: number;
  /** The case only exists for streams, or only for unary requests. */
  only?: "stream" | "unary";
}

/** Everything that moves on to the next target by default. */
export const FALLING_BACK: FailureCase[] = [
  { name: "429", rule: { status: 429, retryAfter: "3" }, reason: "rate-limit", status: 429 },
  { name: "500", rule: { status: 500 }, reason: "server-error", status: 500 },
  {
    name: "502 with a load balancer's page",
    rule: { status: 502, errorBody: "html" },
    reason: "server-error",
    status: 502,
  },
  { name: "503 without a body", rule: { status: 503, errorBody: "empty" }, reason: "overloaded", status: 503 },
  { name: "529", rule: { status: 529 }, reason: "overloaded", status: 529 },
  {
    name: "error event first",
    rule: { errorAtEvent: 0 },
    reason: "stream-error",
    status: 502,
    anthropicStatus: 529,
    only: "stream",
  },
  {
    name: "error event before content",
    rule: { errorAtEvent: 1, chunking: "byte" },
    reason: "stream-error",
    status: 502,
    anthropicStatus: 529,
    only: "stream",
  },
  {
    name: "clean end before content",
    rule: { endAfterEvents: 1 },
    reason: "stream-error",
    status: 502,
    only: "stream",
  },
  { name: "silence before headers", rule: { silentBeforeHeaders: true }, reason: "timeout", status: 504 },
  { name: "silence after headers", rule: { silentAfterEvents: 0 }, reason: "timeout", status: 504 },
  {
    name: "silence after the first event",
    rule: { silentAfterEvents: 1 },
    reason: "timeout",
    status: 504,
    only: "stream",
  },
  { name: "reset before headers", rule: { resetBeforeHeaders: true }, reason: "connect", status: 502 },
  { name: "reset after headers", rule: { resetAfterBytes: 0 }, reason: "connect", status: 502 },
  {
    name: "reset after the first event",
    rule: { resetAfterEvents: 1 },
    reason: "connect",
    status: 502,
    only: "stream",
  },
  { name: "reset inside a unary body", rule: { resetAfterBytes: 40 }, reason: "connect", status: 502, only: "unary" },
  { name: "a 200 that is not JSON", rule: { rawBody: "<html>hello</html>" }, reason: "stream-error", status: 502 },
  { name: "a compressed answer nobody asked for", rule: { gzip: true }, reason: "stream-error", status: 502 },
];

/** What the client is told at once, although another target waits. */
export const STAYING: FailureCase[] = [
  { name: "400", rule: { status: 400, message: "bad thing" }, reason: "bad-request", status: 400 },
  { name: "401", rule: { status: 401, message: "no key" }, reason: "auth", status: 401 },
  { name: "403", rule: { status: 403, message: "not you" }, reason: "auth", status: 403 },
  { name: "404", rule: { status: 404, message: "no such model" }, reason: "not-found", status: 404 },
];

/** A route from one provider to another. */
export interface Direction {
  /** The model that clients ask for. */
  route: string;
  from: { vendor: VendorName; provider: string; model: string };
  to: { vendor: VendorName; provider: string; model: string; title: string };
  /** Route of the same kind whose first provider refuses connections. */
  deadRoute: string;
  deadProvider: string;
}

const CLAUDE = { vendor: "anthropic", provider: "claude", model: "claude-sonnet-4-5", title: "Anthropic" } as const;
const DEEPSEEK = { vendor: "deepseek", provider: "deepseek", model: "deepseek-chat", title: "DeepSeek" } as const;
const DASHSCOPE = { vendor: "dashscope", provider: "dashscope", model: "qwen-turbo", title: "DashScope" } as const;

export const DIRECTIONS: Direction[] = [
  { route: "ds-qwen", from: DEEPSEEK, to: DASHSCOPE, deadRoute: "dead-ds-qwen", deadProvider: "dead-deepseek" },
  { route: "claude-ds", from: CLAUDE, to: DEEPSEEK, deadRoute: "dead-claude-ds", deadProvider: "dead-claude" },
  { route: "ds-claude", from: DEEPSEEK, to: CLAUDE, deadRoute: "dead-ds-claude", deadProvider: "dead-deepseek" },
];
