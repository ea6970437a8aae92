import { buildTestModule } from "./build";

/** What the test entry exports (assembly/testing/translate.ts). */
interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  allocate(size: number): number;
  release(pointer: number): void;
  liveBlockCount(): number;
  resultPointer(number: number): number;
  resultLength(number: number): number;
  clearResult(number: number): void;
  useTarget(...argumentsAndLengths: number[]): number;
  translate(pointer: number, length: number): number;
  writeBodyAgain(): void;
  openAnswer(stream: number, events: number, id: number, idLength: number, created: bigint): void;
  feed(pointer: number, length: number, end: number): void;
  readError(status: number, pointer: number, length: number, type: number, typeLength: number): number;
  retryAfter(): number;
  hasContent(): number;
  isDone(): number;
  hasFailed(): number;
  answerFailure(): number;
  usage(number: number): bigint;
  close(): void;
}

const enum Result {
  Path = 0,
  Headers = 1,
  Body = 2,
  Error = 3,
  Answer = 4,
  Reason = 5,
}

/** Where a request is translated to. */
export interface Target {
  type: string;
  model: string;
  defaultMaxTokens?: number;
  apiToken?: string;
  apiVersion?: string;
  /** More members of the provider in the plugin JSON. */
  provider?: Record<string, unknown>;
}

/** The translated request, or the error that the client gets instead. */
export interface Translation {
  /** 0, or the status of the error. */
  status: number;
  path: string;
  headers: Record<string, string>;
  /** The body's bytes as text; empty with an error. */
  text: string;
  /** The parsed error envelope. */
  error: ErrorEnvelope | null;
}

export interface ErrorEnvelope {
  error: { message: string; type: string; param: string | null; code: string | null };
}

/** What the client would get, and what the gateway would know. */
export interface Answer {
  text: string;
  hasContent: boolean;
  isDone: boolean;
  failure: Failure | null;
  usage: Usage | null;
}

export interface Failure {
  reason: string;
  status: number;
  envelope: ErrorEnvelope;
}

export interface Usage {
  input: number;
  output: number;
  cachedInput: number;
  cacheCreation: number;
  reasoning: number;
}

/** The id and time that the gateway makes up; fixed, so that answers can be compared byte for byte. */
export const MADE_UP_ID = "chatcmpl-made-up";
export const MADE_UP_TIME = 1_700_000_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

function toBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? encoder.encode(content) : content;
}

/** One fresh instance of the client's and the providers' code. A trap inside rejects the test. */
export class TranslateModule {
  private constructor(private readonly exports: Exports) {}

  static async load(): Promise<TranslateModule> {
    const instance = await WebAssembly.instantiate(await buildTestModule("translate"), {});
    const module = new TranslateModule(instance.exports as unknown as Exports);
    module.exports._initialize();
    return module;
  }

  /** Translates a client's body: JSON text, bytes, or a value. */
  translate(target: Target, body: unknown): Translation {
    this.useTarget(target);
    for (const number of [Result.Path, Result.Headers, Result.Body, Result.Error]) this.exports.clearResult(number);
    const content = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
    const status = this.withBytes(content, (pointer, length) => this.exports.translate(pointer, length));
    return {
      status,
      path: this.read(Result.Path),
      headers: parseHeaders(this.read(Result.Headers)),
      text: this.read(Result.Body),
      error: status === 0 ? null : (JSON.parse(this.read(Result.Error)) as ErrorEnvelope),
    };
  }

  /** Writes the body of the last translation once more. */
  writeBodyAgain(): string {
    this.exports.writeBodyAgain();
    return this.read(Result.Body);
  }

  /**
   * Feeds an answer to the last translated request in the given pieces. `stream`: the client wants a stream; `sendsEvents`: the provider
   * sends one, as asked when not given.
   */
  answer(stream: boolean, chunks: readonly Uint8Array[], sendsEvents = stream): Answer {
    this.withBytes(MADE_UP_ID, (pointer, length) =>
      this.exports.openAnswer(Number(stream), Number(sendsEvents), pointer, length, BigInt(MADE_UP_TIME)),
    );
    for (const chunk of chunks) {
      this.withBytes(chunk, (pointer, length) => this.exports.feed(pointer, length, 0));
    }
    this.exports.feed(0, 0, 1);
    return {
      text: this.read(Result.Answer),
      hasContent: this.exports.hasContent() !== 0,
      isDone: this.exports.isDone() !== 0,
      failure: this.exports.hasFailed() === 0 ? null : this.readFailure(this.exports.answerFailure()),
      usage: this.readUsage(),
    };
  }

  /** Reads an error answer of the provider; `errorType` is its header `x-amzn-errortype`. */
  readError(status: number, body: string | Uint8Array, errorType = ""): Failure {
    return this.readFailure(
      this.withBytes(body, (pointer, length) =>
        this.withBytes(errorType, (type, typeLength) =>
          this.exports.readError(status, pointer, length, type, typeLength),
        ),
      ),
    );
  }

  /** Seconds after which the body of the error read last says to come back; 0 when it does not. */
  retryAfter(): number {
    return this.exports.retryAfter();
  }

  /** Gives all memory back; returns the blocks that stayed behind. */
  close(): number {
    this.exports.close();
    return this.exports.liveBlockCount();
  }

  private useTarget(target: Target): void {
    const { type, apiToken = "test-key", apiVersion, defaultMaxTokens, provider } = target;
    const tokens = apiToken === "" ? [] : [apiToken];
    const members = { id: "target", type, apiTokens: tokens, apiVersion, defaultMaxTokens, ...provider };
    const config = JSON.stringify({ role: "gateway", providers: [members] });
    const found = this.withBytes(config, (pointer, length) =>
      this.withBytes(target.model, (model, modelLength) => this.exports.useTarget(pointer, length, model, modelLength)),
    );
    if (found === 0) throw new Error(`the plugin JSON is wrong: ${this.read(Result.Error)}`);
  }

  private readFailure(status: number): Failure {
    const envelope = JSON.parse(this.read(Result.Error)) as ErrorEnvelope;
    return { reason: this.read(Result.Reason), status, envelope };
  }

  private readUsage(): Usage | null {
    if (this.exports.usage(0) !== 1n) return null;
    const [input, output, cachedInput, cacheCreation, reasoning] = [1, 2, 3, 4, 5].map((number) =>
      Number(this.exports.usage(number)),
    ) as [number, number, number, number, number];
    return { input, output, cachedInput, cacheCreation, reasoning };
  }

  /** Every byte that comes out must be UTF-8. */
  private read(number: Result): string {
    const pointer = this.exports.resultPointer(number);
    return decoder.decode(new Uint8Array(this.exports.memory.buffer, pointer, this.exports.resultLength(number)));
  }

  private withBytes<T>(content: string | Uint8Array, use: (pointer: number, length: number) => T): T {
    const bytes = toBytes(content);
    const pointer = this.exports.allocate(bytes.length);
    new Uint8Array(this.exports.memory.buffer, pointer, bytes.length).set(bytes);
    const result = use(pointer, bytes.length);
    this.exports.release(pointer);
    return result;
  }
}

function parseHeaders(lines: string): Record<string, string> {
  const pairs = lines.split("\n").filter((line) => line !== "");
  return Object.fromEntries(
    pairs.map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]),
  );
}

/** One event of an OpenAI stream: its parsed JSON, or `[DONE]`. */
export type StreamEvent = Record<string, unknown> | "[DONE]";

/** Splits an OpenAI stream into its events; every event must be one `data:` line with valid JSON. */
export function parseStream(text: string): StreamEvent[] {
  if (text === "") return [];
  if (!text.endsWith("\n\n")) throw new Error(`the stream ends inside an event: ${text.slice(-80)}`);
  return text
    .slice(0, -2)
    .split("\n\n")
    .map((event) => {
      if (!event.startsWith("data: ") || event.includes("\n")) throw new Error(`not one data line: ${event}`);
      const data = event.slice("data: ".length);
      return data === "[DONE]" ? data : (JSON.parse(data) as Record<string, unknown>);
    });
}
