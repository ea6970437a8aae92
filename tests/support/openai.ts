import { buildTestModule } from "./build";

/** What the test entry exports (assembly/testing/openai.ts). */
interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  allocate(size: number): number;
  release(pointer: number): void;
  liveBlockCount(): number;
  resultPointer(number: number): number;
  resultLength(number: number): number;
  clearResults(): void;
  useType(name: number, length: number): number;
  useMadeUpType(streamOptions: number, maxTokens: number, maxCompletionTokens: number): void;
  rejectMember(name: number, length: number): void;
  useModel(model: number, modelLength: number, token: number, tokenLength: number): void;
  readHead(pointer: number, length: number): number;
  readAll(): number;
  writePrefix(): number;
  writeBody(): void;
  writePath(): void;
  writeHeaders(): void;
  openPassthrough(id: number, length: number, created: bigint): void;
  openHub(fromStream: number, toStream: number, id: number, length: number, created: bigint): void;
  feed(pointer: number, length: number, end: number): void;
  answerState(): number;
  takeUnchangedEvents(): number;
  passAnswer(pointer: number, length: number, id: number, idLength: number, created: bigint): number;
  usage(number: number): bigint;
  readError(status: number, pointer: number, length: number): number;
  writeAttempts(): void;
  models(config: number, configLength: number, name: number, nameLength: number, created: bigint): number;
  close(): void;
}

const enum Result {
  Output = 0,
  Error = 1,
  Reason = 2,
  Headers = 3,
}

/** A server that the catalogue does not list. */
export interface MadeUpType {
  acceptsStreamOptions?: boolean;
  acceptsMaxTokens?: boolean;
  acceptsMaxCompletionTokens?: boolean;
  rejectedMembers?: string[];
}

export interface Envelope {
  error: {
    message: string;
    type: string;
    param: string | null;
    code: string | null;
    attempts?: unknown[];
  };
}

export interface Failure {
  reason: string;
  status: number;
  envelope: Envelope;
}

export interface Usage {
  input: number;
  output: number;
  cachedInput: number;
  cacheCreation: number;
  reasoning: number;
}

/** What the client gets of an answer, and what the gateway knows of it. */
export interface Answer {
  text: string;
  state: "waiting" | "content" | "done" | "failed";
  failure: Failure | null;
  usage: Usage | null;
  /** Streams: events that went out exactly as they came. Unary: 1 when the body did. */
  unchanged: number;
}

/** One part of the canonical request; enums are numbers as in assembly/canonical/request.ts. */
export interface DumpedPart {
  kind: number;
  role: number;
  message: number;
  nested?: number;
  idFromName?: number;
  value?: unknown;
  id?: unknown;
  name?: unknown;
  extra?: unknown;
  cacheControl?: unknown;
}

export interface DumpedRequest {
  [parameter: string]: unknown;
  parts: DumpedPart[];
  tools: Record<string, unknown>[];
}

/** The id and time that the gateway makes up; fixed, so that answers can be compared byte for byte. */
export const MADE_UP_ID = "chatcmpl-made-up";
export const MADE_UP_TIME = 1_700_000_000;

const STATES = ["waiting", "content", "done", "failed"] as const;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** A request's body as bytes: text, bytes, or a value that is written as JSON. */
export function toBytes(content: unknown): Uint8Array {
  if (content instanceof Uint8Array) return content;
  return encoder.encode(typeof content === "string" ? content : JSON.stringify(content));
}

/** One fresh instance of the OpenAI side. A trap inside rejects the test. */
export class OpenAiModule {
  private constructor(private readonly exports: Exports) {}

  /** Compiles what `load` needs; on a busy machine this takes longer than a test may. */
  static async prepare(this: void): Promise<void> {
    await buildTestModule("openai");
  }

  static async load(simd = true): Promise<OpenAiModule> {
    const instance = await WebAssembly.instantiate(await buildTestModule("openai", { simd }), {});
    const module = new OpenAiModule(instance.exports as unknown as Exports);
    module.exports._initialize();
    module.useTarget("openai", "gpt-test");
    return module;
  }

  useTarget(type: string | MadeUpType, model: string, token = "test-key"): void {
    if (typeof type === "string") {
      const found = this.withBytes(type, (pointer, length) => this.exports.useType(pointer, length));
      if (found === 0) throw new Error(`no provider type is called ${type}`);
    } else {
      this.exports.useMadeUpType(
        Number(type.acceptsStreamOptions ?? true),
        Number(type.acceptsMaxTokens ?? true),
        Number(type.acceptsMaxCompletionTokens ?? true),
      );
      for (const name of type.rejectedMembers ?? []) {
        this.withBytes(name, (pointer, length) => {
          this.exports.rejectMember(pointer, length);
        });
      }
    }
    this.withBytes(model, (pointer, length) => {
      this.withBytes(token, (tokenPointer, tokenLength) => {
        this.exports.useModel(pointer, length, tokenPointer, tokenLength);
      });
    });
  }

  /** Reads the head; null when it is good. */
  readHead(body: unknown): Failure | null {
    return this.failureOf(this.withBytes(body, (pointer, length) => this.exports.readHead(pointer, length)));
  }

  /** Reads the whole request and gives what the hub knows, or the error. */
  read(body: unknown): { request: DumpedRequest | null; failure: Failure | null } {
    const head = this.readHead(body);
    if (head !== null) return { request: null, failure: head };
    this.exports.clearResults();
    const failure = this.failureOf(this.exports.readAll());
    return { failure, request: failure === null ? (JSON.parse(this.output()) as DumpedRequest) : null };
  }

  /** Writes the upstream body for a request, both ways, which must agree; and how many of the first bytes were replaced. */
  write(body: unknown): { text: string; replaced: number } {
    const bytes = toBytes(body);
    const failure = this.readHead(bytes);
    if (failure !== null) throw new Error(failure.envelope.error.message);
    this.exports.clearResults();
    const replaced = this.exports.writePrefix();
    const prefix = this.output();
    if (replaced === 0 && prefix !== "") throw new Error("bytes were written that replace nothing");
    const spliced = prefix + decoder.decode(bytes.subarray(replaced));
    this.exports.clearResults();
    this.exports.writeBody();
    if (this.output() !== spliced) throw new Error("the prefix and the whole body disagree");
    return { text: spliced, replaced };
  }

  path(): string {
    this.exports.clearResults();
    this.exports.writePath();
    return this.output();
  }

  headers(): string {
    this.exports.clearResults();
    this.exports.writeHeaders();
    return this.readResult(Result.Headers);
  }

  /** Passes the pieces of a stream through; without `end` the stream is still open afterwards. */
  passStream(chunks: readonly Uint8Array[], end = true): Answer {
    this.withBytes(MADE_UP_ID, (pointer, length) => {
      this.exports.openPassthrough(pointer, length, BigInt(MADE_UP_TIME));
    });
    return this.feedAll(chunks, end);
  }

  /** Sends the pieces of an answer through the hub. */
  passHub(fromStream: boolean, toStream: boolean, chunks: readonly Uint8Array[]): Answer {
    this.withBytes(MADE_UP_ID, (pointer, length) => {
      this.exports.openHub(Number(fromStream), Number(toStream), pointer, length, BigInt(MADE_UP_TIME));
    });
    return this.feedAll(chunks);
  }

  /** Passes a unary answer through. */
  passAnswer(body: unknown): Answer {
    const bytes = toBytes(body);
    this.exports.clearResults();
    const outcome = this.withBytes(bytes, (pointer, length) =>
      this.withBytes(MADE_UP_ID, (id, idLength) =>
        this.exports.passAnswer(pointer, length, id, idLength, BigInt(MADE_UP_TIME)),
      ),
    );
    if (outcome === 0 && this.output() !== "") throw new Error("bytes were written for an unchanged answer");
    return {
      text: outcome === 0 ? decoder.decode(bytes) : this.output(),
      state: outcome === 2 ? "failed" : "done",
      failure: outcome === 2 ? this.readFailure(0) : null,
      usage: this.usage(),
      unchanged: outcome === 0 ? 1 : 0,
    };
  }

  readError(status: number, body: unknown): Failure {
    this.exports.clearResults();
    return this.readFailure(this.withBytes(body, (pointer, length) => this.exports.readError(status, pointer, length)));
  }

  writeAttempts(): string {
    this.exports.clearResults();
    this.exports.writeAttempts();
    return this.output();
  }

  /** The model list, or one model; null when it is not served. */
  models(config: unknown, name = ""): unknown {
    this.exports.clearResults();
    const found = this.withBytes(config, (pointer, length) =>
      this.withBytes(name, (namePointer, nameLength) =>
        this.exports.models(pointer, length, namePointer, nameLength, BigInt(MADE_UP_TIME)),
      ),
    );
    return found === 0 ? null : (JSON.parse(this.output()) as unknown);
  }

  /** Gives all memory back; returns the blocks that stayed behind. */
  close(): number {
    this.exports.close();
    return this.exports.liveBlockCount();
  }

  private feedAll(chunks: readonly Uint8Array[], end = true): Answer {
    this.exports.clearResults();
    for (const chunk of chunks) {
      this.withBytes(chunk, (pointer, length) => {
        this.exports.feed(pointer, length, 0);
      });
    }
    if (end) this.exports.feed(0, 0, 1);
    const state = STATES[this.exports.answerState()] ?? "waiting";
    return {
      text: this.output(),
      state,
      failure: state === "failed" ? this.readFailure(0) : null,
      usage: this.usage(),
      unchanged: this.exports.takeUnchangedEvents(),
    };
  }

  private usage(): Usage | null {
    if (this.exports.usage(0) !== 1n) return null;
    const count = (number: number): number => Number(this.exports.usage(number));
    return {
      input: count(1),
      output: count(2),
      cachedInput: count(3),
      cacheCreation: count(4),
      reasoning: count(5),
    };
  }

  private failureOf(status: number): Failure | null {
    return status === 0 ? null : this.readFailure(status);
  }

  private readFailure(status: number): Failure {
    const envelope = JSON.parse(this.readResult(Result.Error)) as Envelope;
    return { reason: this.readResult(Result.Reason), status, envelope };
  }

  private output(): string {
    return this.readResult(Result.Output);
  }

  /** Every byte that comes out must be UTF-8. */
  private readResult(number: Result): string {
    const pointer = this.exports.resultPointer(number);
    return decoder.decode(new Uint8Array(this.exports.memory.buffer, pointer, this.exports.resultLength(number)));
  }

  private withBytes<Value>(content: unknown, use: (pointer: number, length: number) => Value): Value {
    const bytes = toBytes(content);
    const pointer = this.exports.allocate(bytes.length);
    new Uint8Array(this.exports.memory.buffer, pointer, bytes.length).set(bytes);
    const result = use(pointer, bytes.length);
    this.exports.release(pointer);
    return result;
  }
}
