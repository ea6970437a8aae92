/** The vendors that have a mock, in the order of the ports that `main.ts` gives them. */
export const VENDOR_NAMES = [
  "openai",
  "deepseek",
  "dashscope",
  "anthropic",
  "azure",
  "compatible",
  "cohere",
  "ollama",
  "dashscope-native",
  "dify",
  "bedrock",
  "gemini",
  "vertex",
  "hunyuan",
  "minimax",
  "coze",
  "triton",
  "deepl",
] as const;
export type VendorName = (typeof VENDOR_NAMES)[number];

/** A value that came out of `JSON.parse`. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [member: string]: Json;
}

/** A request as the mock received it, body complete. */
export interface MockRequest {
  method: string;
  /** Path without the query. */
  path: string;
  query: string;
  /** Names in lower case; the last value of a repeated header. */
  headers: Record<string, string>;
  /** Names that were sent more than once. */
  repeatedHeaders: string[];
  body: Buffer;
}

/** An answer whose whole body is known at once. */
export interface UnaryAnswer {
  kind: "unary";
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** An answer as a stream of events; each entry is one event as it goes over the wire: text with its empty line, a line of JSON, or a binary frame. */
export interface EventAnswer {
  kind: "events";
  status: number;
  headers: Record<string, string>;
  events: (string | Uint8Array)[];
}

export type Answer = UnaryAnswer | EventAnswer;

/** How an answer is to be made: what a script may ask for beside failures. */
export interface AnswerWishes {
  /** Overrides the form that the request asked for. */
  form: "as-asked" | "unary" | "events";
  /** Pads the visible text to at least this many bytes. */
  textBytes: number;
  /** Leaves the protocol's last event out. */
  withoutLastEvent: boolean;
  /** Comments (streams) or empty lines (unary) before the answer, where the vendor sends such. */
  keepAlives: number;
}

/** What else a scripted error is to say, at a vendor that has more than one way. */
export interface ErrorWishes {
  request: MockRequest;
  /** The vendor's own number; null when the script has none. */
  code: number | null;
}

/** One vendor: its rules, its answers, its errors. */
export interface Vendor {
  readonly name: VendorName;
  /** Checks a request the way the vendor does and answers it. `key` is the only accepted key. */
  answer(request: MockRequest, key: string, wishes: AnswerWishes): Answer;
  /** The vendor's own error body for a scripted status. */
  errorAnswer(status: number, message: string | null, wishes: ErrorWishes): UnaryAnswer;
  /** The event, as it goes over the wire, by which the vendor reports an error inside a stream. */
  errorEvent(message: string | null, wishes: ErrorWishes): string | Uint8Array;
}

/** Whether a value is a JSON object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A JSON value as text: a string as it is, nothing as `undefined`, everything else as JSON. */
export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : value === undefined ? "undefined" : JSON.stringify(value);
}
