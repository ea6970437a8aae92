import { ByteBuffer } from "../bytes/buffer";
import { AnswerSink } from "../canonical/answer";
import { Failure } from "../canonical/failure";
import { CanonicalRequest } from "../canonical/request";
import { AttemptTarget } from "../providers/provider";

export { PassthroughState } from "../canonical/passthrough";

/** One try, as `error.attempts` lists it. */
export class AttemptRecord {
  constructor(
    /** Provider id and upstream model, UTF-8, not escaped. */
    public provider: StaticArray<u8>,
    public model: StaticArray<u8>,
    public failure: Failure,
  ) {}
}

/** A client protocol: a reader of requests and a writer of answers. One stateless object, shared by all requests. */
export abstract class ClientProtocol {
  /**
   * Checks what every request must have and fills `model`, `stream` and `includeUsage` from the parsed document.
   * False: the failure is a 400 with `param`.
   */
  abstract readHead(request: CanonicalRequest, failure: Failure): bool;
  /** Fills everything else of the canonical request, for a target that speaks another protocol. False: a 400 with `param`. */
  abstract readAll(request: CanonicalRequest, failure: Failure): bool;
  /**
   * A writer of a streamed answer into `out` (borrowed): one wire event per call. `created` in Unix seconds and `id`
   * (inside of a JSON string) are used when the provider gives none; the target's model likewise.
   */
  abstract openStreamWriter(
    request: CanonicalRequest,
    target: AttemptTarget,
    id: StaticArray<u8>,
    created: i64,
    out: ByteBuffer,
  ): AnswerSink;
  /** A writer of a unary answer: gathers, and writes one body into `out` (borrowed) at `done`. */
  abstract openAnswerWriter(
    request: CanonicalRequest,
    target: AttemptTarget,
    id: StaticArray<u8>,
    created: i64,
    out: ByteBuffer,
  ): AnswerSink;
  /** The error envelope. `attempts` is null when no attempt was made. */
  abstract writeError(failure: Failure, attempts: AttemptRecord[] | null, out: ByteBuffer): void;
}
