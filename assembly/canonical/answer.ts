import { Failure, FailureReason } from "./failure";
import { Usage } from "./usage";

/** Most choices and tool calls that one answer may have; what lies beyond is ignored, so that no provider can fill the memory. */
export const MAX_ANSWER_CHOICES: i32 = 128;
export const MAX_TOOL_CALLS: i32 = 1024;

/** Longest id or model of an answer that is taken over, as written: every chunk of a stream repeats it. */
export const MAX_NAME_BYTES: i32 = 1024;

/** Why a choice ended, in OpenAI's terms. */
export const enum FinishReason {
  Stop = 1,
  Length = 2,
  ToolCalls = 3,
  ContentFilter = 4,
}

/**
 * The hub's answer side: a provider protocol's reader calls these in order, a client protocol's writer implements them.
 * Every `(pointer, length)` pair is the inside of a JSON string: valid UTF-8, already escaped, without the quotes;
 * it is read before the call returns. A writer for streams turns each call into wire bytes at once; a writer for unary
 * answers gathers them and writes at `done`.
 *
 * Order: `start`, then any of text / reasoning / tool calls, then `finish` once per choice, `usage` at any time
 * (the last one wins), then `done` or `fail`. Calls after `done` or `fail` are ignored.
 */
export abstract class AnswerSink {
  /** Set once something that a client would show has arrived: text, reasoning, a tool call, or a finish. */
  hasContent: bool = false;
  /** Set by `done`. */
  isDone: bool = false;
  /** Set by `fail`; `failure` says what it was. */
  hasFailed: bool = false;
  private ownFailure: Failure | null = null;
  usage: Usage = new Usage();

  /** The answer begins. An empty id or model means that the provider gave none. `created`: Unix seconds, 0 when not given. */
  abstract start(id: usize, idLength: i32, model: usize, modelLength: i32, created: i64): void;
  /** More visible text. */
  abstract text(choice: i32, pointer: usize, length: i32): void;
  /** More reasoning text. */
  abstract reasoning(choice: i32, pointer: usize, length: i32): void;
  /** Ends a block of reasoning text; the signature proves it to its vendor (may be empty). */
  abstract reasoningSignature(choice: i32, pointer: usize, length: i32): void;
  /** A block of reasoning that only its vendor can read. */
  abstract redactedReasoning(choice: i32, pointer: usize, length: i32): void;
  /** An image that the model made: its media type and its base64 text. */
  abstract image(choice: i32, mediaType: usize, mediaTypeLength: i32, data: usize, dataLength: i32): void;
  /** A citation: one JSON object, raw, as it goes into OpenAI's `annotations`. */
  abstract annotation(choice: i32, pointer: usize, length: i32): void;
  /** Log probabilities of one token: one JSON object, raw, as it goes into OpenAI's `logprobs.content`. */
  abstract logprobs(choice: i32, pointer: usize, length: i32): void;
  /** Tool call number `tool` (0, 1, ... per choice) begins. */
  abstract toolCall(choice: i32, tool: i32, id: usize, idLength: i32, name: usize, nameLength: i32): void;
  /** More of the arguments of a tool call: JSON text, escaped as the inside of a JSON string. */
  abstract toolArguments(choice: i32, tool: i32, pointer: usize, length: i32): void;
  /** A choice ends. */
  abstract finish(choice: i32, reason: FinishReason): void;
  /** The answer is complete. */
  abstract done(): void;

  /** Fills `failure`, then ends the answer as failed. A writer for streams adds its error event when content has gone out. */
  abstract fail(): void;

  /** What went wrong; made when it is first asked for, because most answers go well. */
  get failure(): Failure {
    let failure = this.ownFailure;
    if (failure === null) {
      failure = new Failure();
      this.ownFailure = failure;
    }
    return failure;
  }

  /** Ends the answer as failed with a text of our own. */
  failWith(reason: FailureReason, status: i32, message: string, code: string = ""): void {
    if (this.isDone || this.hasFailed) return;
    this.failure.set(reason, status, message, code);
    this.fail();
  }

  /** Gives back unmanaged memory. */
  abstract free(): void;
}
