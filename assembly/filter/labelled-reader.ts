import { trimStart } from "../bytes/ascii";
import { ByteBuffer } from "../bytes/buffer";
import { CanonicalRequest } from "../canonical/request";
import { Usage } from "../canonical/usage";
import { AttemptTarget } from "../providers/provider";
import { Framing } from "../sse/frame-decoder";
import { AnswerReader } from "./answer-reader";
import { openEvents, openJson } from "./open-answer";

/**
 * Reads an answer to a streaming client that calls itself JSON. Some servers put that label on events too, so the first byte of the
 * whole body decides (checklist items 11 and 21).
 */
export class LabelledJsonReader extends AnswerReader {
  private inner: AnswerReader | null = null;

  constructor(
    private request: CanonicalRequest,
    private target: AttemptTarget,
    private output: ByteBuffer,
  ) {
    super();
  }

  read(pointer: usize, length: i32, isEnd: bool, output: ByteBuffer): bool {
    const limit = pointer + length;
    const start = trimStart(pointer, limit);
    const byte: u8 = start < limit ? load<u8>(start) : 0;
    // An event stream begins with a field's name, a comment or a byte order mark; JSON that may be an answer with a brace.
    const isEvents = byte == 0x3a || byte == 0xef || (byte >= 0x61 && byte <= 0x7a);
    const inner = isEvents
      ? openEvents(this.request, this.target, Framing.ServerSentEvents, this.output)
      : openJson(this.request, this.target, this.output);
    this.inner = inner;
    const isUnchanged = inner.read(pointer, length, isEnd, output);
    this.isDone = inner.isDone;
    this.hasFailed = inner.hasFailed;
    this.failure = inner.failure;
    this.isTruncated = inner.isTruncated;
    return isUnchanged;
  }

  isServable(): bool {
    const inner = this.inner;
    return inner !== null && inner.isServable();
  }

  usage(): Usage {
    const inner = this.inner;
    return inner === null ? new Usage() : inner.usage();
  }

  free(): void {
    const inner = this.inner;
    if (inner !== null) inner.free();
  }
}
