import { expect } from "vitest";
import { streamInEveryChunking } from "./every-chunking";
import type { Member } from "./messages";
import { type Answer, type Failure, parseStream, type StreamEvent, type Target, TranslateModule } from "./translate";

/** What a client of a stream has got. */
export interface Streamed extends Answer {
  events: StreamEvent[];
  /** The deltas of choice 0, in order. */
  deltas: Member[];
  /** All visible text, and all reasoning. */
  content: string;
  reasoning: string;
  /** Calls with their gathered arguments. */
  calls: { id: string; name: string; arguments: string }[];
  finishes: string[];
}

/** What a client without a stream has got. */
export interface Completed extends Answer {
  body: Member;
  message: Member;
  finish: string;
}

/** Drives one protocol's translation for tests: requests are checked by the mock's rules, streams run in every chunking. */
export class ProtocolHarness {
  private constructor(
    private readonly module: TranslateModule,
    private readonly target: Target,
    private readonly validate: (body: unknown) => unknown,
  ) {}

  /** `validate` gives null when the vendor would take the body. */
  static async open(target: Target, validate: (body: unknown) => unknown): Promise<ProtocolHarness> {
    return new ProtocolHarness(await TranslateModule.load(), target, validate);
  }

  /** Translates members beside a model and one user message (unless given). The vendor must take the result, unless `isRejected`. */
  translate(members: Member | string, options: Partial<Target> & { isRejected?: boolean } = {}) {
    const { isRejected, ...target } = options;
    const translation = this.module.translate({ ...this.target, ...target }, complete(members));
    expect(translation.error).toBeNull();
    expect(this.module.writeBodyAgain()).toBe(translation.text);
    expect(this.module.close()).toBe(0);
    const body = JSON.parse(translation.text) as Member;
    if (isRejected !== true) expect(this.validate(body)).toBeNull();
    return { ...translation, body };
  }

  /** Only the body of `translate`. */
  body(members: Member | string, options: Partial<Target> & { isRejected?: boolean } = {}): Member {
    return this.translate(members, options).body;
  }

  /** Translates a request that must be refused, and gives the error. */
  refuse(members: Member, options: Partial<Target> = {}) {
    const translation = this.module.translate({ ...this.target, ...options }, complete(members));
    expect(this.module.close()).toBe(0);
    if (translation.error === null) throw new Error("the request was not refused");
    return { ...translation.error.error, status: translation.status };
  }

  /** Streams an answer in every chunking; all must give the same. */
  stream(wire: string, request: Member = {}, options: Partial<Target> = {}): Streamed {
    const body = complete({ stream: true, stream_options: { include_usage: true }, ...request });
    const first = streamInEveryChunking(
      this.module,
      { ...this.target, ...options },
      body,
      new TextEncoder().encode(wire),
    );
    return { ...first, ...readDeltas(parseStream(first.text)) };
  }

  /** Reads a unary answer: a value, or raw text. */
  complete(answer: unknown, request: Member = {}, options: Partial<Target> = {}): Completed {
    const text = typeof answer === "string" ? answer : JSON.stringify(answer);
    return this.readWhole(text, request, options, false);
  }

  /** Reads a stream of the provider for a client that does not stream. */
  gather(wire: string, request: Member = {}, options: Partial<Target> = {}): Completed {
    return this.readWhole(wire, request, options, true);
  }

  private readWhole(text: string, request: Member, options: Partial<Target>, sendsEvents: boolean): Completed {
    expect(this.module.translate({ ...this.target, ...options }, complete(request)).error).toBeNull();
    const read = this.module.answer(false, [new TextEncoder().encode(text)], sendsEvents);
    expect(this.module.close()).toBe(0);
    const body = read.text === "" ? {} : (JSON.parse(read.text) as Member);
    const [choice] = (body["choices"] ?? []) as { message: Member; finish_reason: string }[];
    return { ...read, body, message: choice?.message ?? {}, finish: choice?.finish_reason ?? "" };
  }

  /** Reads an error answer: a value, or raw text. */
  readError(status: number, body: unknown): Failure {
    this.module.translate(this.target, complete({}));
    const failure = this.module.readError(status, typeof body === "string" ? body : JSON.stringify(body));
    expect(this.module.close()).toBe(0);
    return failure;
  }
}

/** Text goes out as it is. */
function complete(members: Member | string): Member | string {
  if (typeof members === "string") return members;
  return { model: "client-model", messages: [{ role: "user", content: "Hello" }], ...members };
}

function readDeltas(events: StreamEvent[]) {
  type Choice = { delta: Member; finish_reason: string | null };
  type Piece = { index: number; id?: string; function: { name?: string; arguments: string } };
  const choices = events.flatMap((event) => (event === "[DONE]" ? [] : ((event["choices"] ?? []) as Choice[])));
  const deltas = choices.map((choice) => choice.delta);
  const join = (member: string): string => deltas.map((delta) => (delta[member] ?? "") as string).join("");
  const calls: Streamed["calls"] = [];
  for (const piece of deltas.flatMap((delta) => (delta["tool_calls"] ?? []) as Piece[])) {
    if (piece.id !== undefined) calls[piece.index] = { id: piece.id, name: piece.function.name ?? "", arguments: "" };
    const call = calls[piece.index];
    if (call) call.arguments += piece.function.arguments;
  }
  const finishes = choices.flatMap((choice) => choice.finish_reason ?? []);
  return { events, deltas, content: join("content"), reasoning: join("reasoning_content"), calls, finishes };
}
