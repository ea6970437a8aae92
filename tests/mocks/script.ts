import { type AnswerWishes, isObject, type Json } from "./types";

/** How the bytes of an answer are cut into writes: as they come, whole, one by one, by N bytes, or at seeded random places. */
export type Chunking = "events" | "whole" | "byte" | number | { seed: number; max?: number };

/**
 * What one answer (or the next `times` answers) should do. Members may be combined; without any, the answer is the normal one.
 * "Event N" counts the vendor's events from 0, comments left out.
 */
export interface Rule {
  /** How many requests the rule serves before the next rule of the queue; 1 when not given. */
  times?: number;
  /** The rule is only for requests whose body holds this text; others pass it by. */
  match?: string;
  /** Answers with this status and the vendor's error body. */
  status?: number;
  /** Value of the `retry-after` header. */
  retryAfter?: string;
  /** Body of the error: the vendor's own (default), a load balancer's page, a text, or nothing. */
  errorBody?: "vendor" | "html" | "text" | "empty";
  /** Text in the error body or error event. */
  message?: string;
  /** The vendor's own number in the error body or error event, at a vendor that has such; with `status: 200` in a 200. */
  code?: number;
  /** More response headers. */
  headers?: Record<string, string>;
  /** Sends the vendor's error event in place of event N and ends there. */
  errorAtEvent?: number;
  /** Sends N events (0: headers only) and then nothing more, with the connection open. */
  silentAfterEvents?: number;
  /** Accepts the request and sends nothing at all. */
  silentBeforeHeaders?: boolean;
  /** Resets the connection (TCP RST) before the response headers. */
  resetBeforeHeaders?: boolean;
  /** Resets the connection after N bytes of the body (0: headers only). */
  resetAfterBytes?: number;
  /** Resets the connection after N events (0: headers only). */
  resetAfterEvents?: number;
  /** Ends the body cleanly after N events. */
  endAfterEvents?: number;
  /** Ends without `[DONE]` or `message_stop`. */
  withoutLastEvent?: boolean;
  chunking?: Chunking;
  /** Wait between two writes of `chunking`, in ms. */
  chunkDelayMs?: number;
  /** Wait before each event, in ms. */
  eventDelayMs?: number;
  /** Wait before the response headers, in ms. */
  headersDelayMs?: number;
  /** Compresses the answer and says so. */
  gzip?: boolean;
  /** `events`: a stream for a unary request; `unary`: one JSON for a streaming request. */
  form?: "unary" | "events";
  /** Sends this text as the 200 body (content type `text/html`) in place of an answer. */
  rawBody?: string;
  /** Pads the visible text to at least this many bytes. */
  textBytes?: number;
  /** Comments or empty lines before the answer. */
  keepAlives?: number;
}

const KINDS: Record<keyof Rule, string> = {
  times: "count",
  match: "string",
  status: "count",
  retryAfter: "string",
  errorBody: "string",
  message: "string",
  code: "count",
  headers: "object",
  errorAtEvent: "count",
  silentAfterEvents: "count",
  silentBeforeHeaders: "boolean",
  resetBeforeHeaders: "boolean",
  resetAfterBytes: "count",
  resetAfterEvents: "count",
  endAfterEvents: "count",
  withoutLastEvent: "boolean",
  chunking: "chunking",
  chunkDelayMs: "count",
  eventDelayMs: "count",
  headersDelayMs: "count",
  gzip: "boolean",
  form: "string",
  rawBody: "string",
  textBytes: "count",
  keepAlives: "count",
};

const WORDS: Partial<Record<keyof Rule, string[]>> = {
  errorBody: ["vendor", "html", "text", "empty"],
  form: ["unary", "events"],
};

/** Reads a rule, or says what is wrong with it: a misspelt member would make a test pass for the wrong reason. */
export function readRule(value: Json): Rule {
  if (!isObject(value)) throw new Error("a rule is a JSON object");
  for (const [name, member] of Object.entries(value)) {
    const kind = KINDS[name as keyof Rule];
    if (kind === undefined)
      throw new Error(`unknown member "${name}" in a rule; known: ${Object.keys(KINDS).join(", ")}`);
    if (!hasKind(member, kind)) throw new Error(`"${name}" of a rule must be a ${kind}`);
    const words = WORDS[name as keyof Rule];
    if (words && !words.includes(member as string)) throw new Error(`"${name}" must be one of ${words.join(", ")}`);
  }
  return value;
}

function hasKind(value: Json, kind: string): boolean {
  switch (kind) {
    case "count":
      return typeof value === "number" && Number.isInteger(value) && value >= 0;
    case "object":
      return isObject(value);
    case "chunking":
      if (typeof value === "string") return ["events", "whole", "byte"].includes(value);
      if (typeof value === "number") return Number.isInteger(value) && value > 0;
      return isObject(value) && typeof value.seed === "number";
    default:
      return typeof value === kind;
  }
}

/** Rules in the order in which they are to be used. A rule leaves the queue when it has served its `times`. */
export class ScriptQueue {
  private rules: { rule: Rule; left: number }[] = [];

  add(rules: Rule[]): void {
    for (const rule of rules) this.rules.push({ rule, left: rule.times ?? 1 });
  }

  clear(): void {
    this.rules = [];
  }

  /** The rule for the next request, or null. */
  next(body: string): Rule | null {
    const index = this.rules.findIndex((entry) => entry.rule.match === undefined || body.includes(entry.rule.match));
    const entry = this.rules[index];
    if (!entry) return null;
    entry.left--;
    if (entry.left <= 0) this.rules.splice(index, 1);
    return entry.rule;
  }
}

/** What a rule asks of the answer itself. */
export function wishesOf(rule: Rule): AnswerWishes {
  return {
    form: rule.form ?? "as-asked",
    textBytes: rule.textBytes ?? 0,
    withoutLastEvent: rule.withoutLastEvent ?? false,
    keepAlives: rule.keepAlives ?? 0,
  };
}
