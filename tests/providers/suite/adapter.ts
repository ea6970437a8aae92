import type { Target } from "../../support/translate";

/** The behaviours of the shared suite: the rows of the support matrix. */
export const BEHAVIOURS = [
  "text",
  "system messages",
  "developer messages",
  "multi-turn",
  "one tool",
  "parallel tools",
  "tool choice required",
  "tool choice named",
  "tool choice none",
  "tool results",
  "image by URL",
  "image inline",
  "document inline",
  "JSON object",
  "JSON schema",
  "reasoning effort",
  "reasoning text",
  "stop sequences",
  "token limit",
  "temperature and top_p",
  "usage",
  "cached tokens",
  "reasoning tokens",
  "finish length",
  "finish content filter",
  "empty answer",
  "error answers",
  "error event before content",
  "error event after content",
  "truncation",
  "unknown events and members",
  "stream equals unary",
  "changed provider midway",
] as const;

/** What a behaviour is called. */
export type Behaviour = (typeof BEHAVIOURS)[number];

/** A translated request as it goes to the vendor. */
export interface UpstreamRequest {
  path: string;
  headers: Record<string, string>;
  /** The body's text. */
  text: string;
}

/** One turn of a conversation, as the vendor's model would see it. */
export interface SpokenTurn {
  role: "user" | "assistant";
  texts: string[];
  /** `data:<type>;base64,<data>` or a URL, as given. */
  images: string[];
  /** The same for documents. */
  documents: string[];
  toolCalls: { name: string; arguments: unknown }[];
  /** Results in order; `name` is the function's. Text content joined. */
  toolResults: { name: string; text: string }[];
}

/** What a native request says, in terms that all protocols share. Members that the protocol has no word for stay undefined. */
export interface SpokenRequest {
  system: string[];
  turns: SpokenTurn[];
  tools: { name: string; description: string | undefined }[];
  /** `auto` is also what an absent choice means. */
  toolChoice: "auto" | "required" | "none" | { name: string };
  maxTokens: number | undefined;
  temperature: number | undefined;
  topP: number | undefined;
  stop: string[];
  /** Whether the answer's form was asked for in the vendor's own words (`schema`, `object`), or not. */
  format: "text" | "object" | "schema";
  /** Whether reasoning was asked for. */
  reasons: boolean | undefined;
  stream: boolean | undefined;
}

/** What the model says, in terms that all protocols share. */
export interface SpokenAnswer {
  reasoning?: string;
  text?: string;
  toolCalls?: { name: string; arguments: Record<string, unknown> }[];
  finish: "stop" | "length" | "tool_calls" | "content_filter";
  usage: { input: number; output: number; cachedInput?: number; reasoning?: number };
}

/** A native answer, ready to be fed in any pieces. */
export interface NativeAnswer {
  bytes: Uint8Array;
  /** Whether the bytes are events. */
  isEvents?: boolean;
}

/** An error as the vendor says it. */
export interface NativeError {
  status: number;
  body: string;
  /** Value of `x-amzn-errortype`, when the vendor sends one. */
  errorType?: string;
  /** What modelmux must call it (`rate-limit`, `auth`, ...). */
  reason: string;
}

/** A reason for which a valid OpenAI request cannot be said in the protocol and is refused while planning. */
export interface Refusal {
  /** What the message of the 400 looks like. */
  message: RegExp;
  /** As the support matrix shows it: "Audio input: the API has no word for it". */
  reason: string;
}

/**
 * What the shared suite needs to know of one provider protocol. One file `tests/providers/<protocol>/adapter.ts` exports `adapter`.
 * `npm run providers` reads it too, outside of any test: it imports nothing that imports vitest.
 */
export interface ProtocolAdapter {
  /** The protocol's folder. */
  name: string;
  /** As the support matrix calls it, such as `Gemini (generateContent)`. */
  title: string;
  /** A provider type and model that knows all that the protocol can do. */
  target: Target;
  /** Another type or model for behaviours that the target of the others does not have. */
  targets?: Partial<Record<Behaviour, Target>>;
  /** More targets that the corpus of generated requests is translated to, beside `target`: models with other rules, other addresses. */
  corpusTargets?: Target[];
  /** Every 400 over the corpus of valid requests must be one of these. */
  refusals?: Refusal[];
  /** Set when the vendor cannot stream and answers whole whatever is asked: `writeStream` is then never called. */
  answersWhole?: boolean;
  /** `content-type` of a streamed answer; `text/event-stream` when not given. */
  streamContentType?: string;
  /** Behaviours that the vendor cannot do, each with the reason that the support matrix shows. */
  unsupported: Partial<Record<Behaviour, string>>;
  /** The strict check of the mock vendor: null when the vendor would take the request, else what it would say. */
  validate(request: UpstreamRequest): string | null;
  readRequest(request: UpstreamRequest): SpokenRequest;
  /** The whole answer of a request without `stream`. */
  writeAnswer(answer: SpokenAnswer): NativeAnswer;
  /** The same answer as a stream. `noise`: with unknown events and members in between, as future versions of the vendor may send. */
  writeStream(answer: SpokenAnswer, options?: { noise?: boolean; withoutEnd?: boolean }): NativeAnswer;
  /** An error inside a 200 stream: at its begin, or behind some content. Null: the protocol has none. */
  writeErrorStream(afterContent: boolean): NativeAnswer | null;
  /** An answer without any content, when the vendor can give one. */
  writeEmptyAnswer(): NativeAnswer | null;
  /** At least: a bad request, a wrong key, a rate limit, a server error, in the vendor's own shape. */
  errors: NativeError[];
}
