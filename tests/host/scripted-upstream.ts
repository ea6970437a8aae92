import type { Clock, Timer } from "./clock";
import { HeaderMap, type HeaderInput } from "./header-map";

/** What a scripted provider does with one request. */
export interface ScriptedAnswer {
  /** The connection is refused. */
  refuse?: boolean;
  status?: number;
  headers?: HeaderInput;
  /** The body, in the pieces in which it arrives. */
  chunks?: readonly (string | Uint8Array)[];
  /** The body in one piece; `chunks` wins. */
  body?: string | Uint8Array;
  trailers?: HeaderInput;
  /** Virtual time before the headers, and before each chunk and the end. */
  delayMs?: number;
  gapMs?: number;
  /** What comes behind the last chunk; `complete` when not given. */
  ending?: "complete" | "reset" | "silence";
  /** The ending comes instead of the headers. */
  withoutHeaders?: boolean;
  /** The last chunk carries the end of the stream (HTTP/2), instead of an empty one behind it (HTTP/1.1 in Envoy). */
  endWithLastChunk?: boolean;
}

/** One request as a provider got it. */
export interface UpstreamRequest {
  cluster: string;
  method: string;
  path: string;
  headers: HeaderMap;
  body: Buffer;
  complete: boolean;
}

/** An answer, or what chooses one when the request has come whole (such a script cannot refuse the connection). */
export type UpstreamScript = ScriptedAnswer | ((request: UpstreamRequest) => ScriptedAnswer);

/** Takes an answer as Envoy's upstream codec gives it. */
export interface AnswerTaker {
  onHeaders(headers: HeaderMap, end: boolean): void;
  onData(bytes: Uint8Array, end: boolean): void;
  onTrailers(trailers: HeaderMap): void;
  onReset(reason: string): void;
}

/** A provider behind a cluster: answers its requests from a list; the last answer repeats. */
export class ScriptedUpstream {
  readonly requests: UpstreamRequest[] = [];
  private position = 0;

  constructor(
    readonly cluster: string,
    private readonly scripts: readonly UpstreamScript[],
  ) {}

  /** The answer to the next request. */
  nextScript(): UpstreamScript {
    const script = this.scripts[Math.min(this.position, this.scripts.length - 1)];
    this.position++;
    return script ?? { status: 500, body: "no script" };
  }
}

/** Plays one answer on the virtual clock; `stop` ends it early. */
export class AnswerPlayer {
  private timer: Timer | null = null;
  private stopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly answer: ScriptedAnswer,
    private readonly taker: AnswerTaker,
  ) {}

  play(): void {
    const { answer, taker } = this;
    if (answer.withoutHeaders === true) return this.later(answer.delayMs ?? 0, () => this.finish(true));
    const chunks = (answer.chunks ?? (answer.body === undefined ? [] : [answer.body])).map((chunk) =>
      Buffer.from(chunk),
    );
    const endsWithHeaders =
      chunks.length === 0 && answer.trailers === undefined && (answer.ending ?? "complete") === "complete";
    const headers = new HeaderMap([[":status", String(answer.status ?? 200)]]);
    for (const [name, value] of new HeaderMap(answer.headers ?? []).entries()) headers.add(name, value);
    this.later(answer.delayMs ?? 0, () => {
      taker.onHeaders(headers, endsWithHeaders);
      if (!endsWithHeaders) this.sendChunk(chunks, 0);
    });
  }
  stop(): void {
    this.stopped = true;
    this.clock.cancel(this.timer);
  }

  private sendChunk(chunks: Buffer[], index: number): void {
    const chunk = chunks[index];
    if (chunk === undefined) return this.later(this.answer.gapMs ?? 0, () => this.finish(false));
    const isComplete = (this.answer.ending ?? "complete") === "complete" && this.answer.trailers === undefined;
    const end = this.answer.endWithLastChunk === true && isComplete && index === chunks.length - 1;
    this.later(this.answer.gapMs ?? 0, () => {
      this.taker.onData(chunk, end);
      if (!end) this.sendChunk(chunks, index + 1);
    });
  }
  private finish(beforeHeaders: boolean): void {
    const ending = this.answer.ending ?? "complete";
    if (ending === "silence") return;
    // A chunked HTTP/1.1 answer that is cut is a protocol error to Envoy.
    if (ending === "reset") return this.taker.onReset(beforeHeaders ? "connection termination" : "protocol error");
    if (this.answer.trailers === undefined) this.taker.onData(new Uint8Array(0), true);
    else this.taker.onTrailers(new HeaderMap(this.answer.trailers));
  }
  private later(milliseconds: number, run: () => void): void {
    if (this.stopped) return;
    this.timer = this.clock.after(milliseconds, () => {
      if (!this.stopped) run();
    });
  }
}
