import { ByteBuffer } from "../bytes/buffer";
import { Failure } from "../canonical/failure";
import { Usage } from "../canonical/usage";

/**
 * Reads a successful answer and writes the client's bytes into an output buffer that the caller empties after each call. Until
 * something servable has come, the caller holds everything back, so that another target can still take over.
 */
export abstract class AnswerReader {
  /** Whether each chunk is read as it comes; otherwise `read` wants the whole body at once, with `isEnd`. */
  isIncremental: bool = false;
  isDone: bool = false;
  /** Set when the answer is no answer, or broke; `failure` says why. */
  hasFailed: bool = false;
  private ownFailure: Failure | null = null;
  /** Set when the provider closed a stream before its terminal event. */
  isTruncated: bool = false;

  /** What went wrong; made when it is first asked for, because most answers go well. */
  get failure(): Failure {
    let failure = this.ownFailure;
    if (failure === null) {
      failure = new Failure();
      this.ownFailure = failure;
    }
    return failure;
  }
  set failure(failure: Failure) {
    this.ownFailure = failure;
  }

  /** Reads bytes of the provider; true when they may go out exactly as they are, false when the output takes their place. */
  abstract read(pointer: usize, length: i32, isEnd: bool, output: ByteBuffer): bool;
  /** Whether what was read so far is worth serving: nothing can fall back from then on. */
  abstract isServable(): bool;
  /** Tokens, as far as the provider has told. */
  abstract usage(): Usage;
  /** Gives unmanaged memory back. */
  abstract free(): void;
}
