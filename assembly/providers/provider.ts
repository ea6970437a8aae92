import { ByteBuffer } from "../bytes/buffer";
import { AnswerSink } from "../canonical/answer";
import { Failure } from "../canonical/failure";
import { CanonicalRequest } from "../canonical/request";
import { ProviderConfig } from "../config/schema";
import { JsonDocument } from "../json/document";
import { Framing } from "../sse/frame-decoder";

const NO_TOKEN = new StaticArray<u8>(0);

/** Where one attempt goes: a provider, the upstream model, and the key chosen for this attempt. Owned by the plan. */
export class AttemptTarget {
  constructor(
    public provider: ProviderConfig,
    /** Upstream model, UTF-8, not escaped. */
    public model: StaticArray<u8>,
  ) {}
  /** The secret for this attempt; empty when the provider has none. */
  apiToken: StaticArray<u8> = NO_TOKEN;
}

/** Takes the headers of an upstream request. Names are lower case; values are copied before the call returns. */
export abstract class HeaderSink {
  abstract set(name: StaticArray<u8>, value: usize, length: i32): void;
  /** Sets a header to a managed text. */
  setText(name: StaticArray<u8>, value: StaticArray<u8>): void {
    this.set(name, changetype<usize>(value), value.length);
  }
}

/**
 * Reads one streamed answer of a provider and tells it to the sink. One object per attempt; holds the little state that
 * lies between two events. Unknown events and members are ignored. Never traps, whatever the bytes are:
 * an event that is not JSON, or not what the protocol says, ends the answer with `sink.failWith(StreamError, ...)`.
 */
export abstract class StreamReader {
  /**
   * One event: its name (may be empty) and data. The pointers are valid during the call only. A reader may note in `repeatable`
   * (canonical/repeatable.ts) that the next event need not be read if it differs from this one in its text only.
   */
  abstract event(name: usize, nameLength: i32, data: usize, dataLength: i32, sink: AnswerSink): void;
  /** The provider has closed the stream cleanly: ends the answer if its terminal event came, else fails it as truncated (checklist item 9). */
  abstract end(sink: AnswerSink): void;
  /** Gives unmanaged memory back. */
  abstract free(): void;
}

/** A provider's answer that is no success. The pointers are valid during the call only. */
export class ErrorAnswer {
  constructor(
    /** HTTP status. */
    public status: i32,
    /** The body, which may be anything: JSON, HTML, text, empty. */
    public body: usize,
    public length: i32,
    /** Value of the header `x-amzn-errortype`; empty when there is none. */
    public errorType: StaticArray<u8>,
  ) {}
}

/**
 * A provider protocol: a writer of requests and a reader of answers. One stateless object per protocol, shared by all requests.
 * A request may be written several times (fallback), always from the client's own bytes, which are never changed.
 */
export abstract class ProviderProtocol {
  /**
   * Whether the request can be said in this protocol to this target. Called while planning, before any attempt; on false the
   * failure says what to tell the client (400 with `param`). After true, `writeBody` cannot fail.
   */
  abstract check(request: CanonicalRequest, target: AttemptTarget, failure: Failure): bool;
  /** The request's `:path`, query included. */
  abstract writePath(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void;
  /** How a streamed answer is framed when its content type does not say. */
  framing(request: CanonicalRequest, target: AttemptTarget): Framing {
    return Framing.ServerSentEvents;
  }
  /** Authentication (`writeAuth`) and protocol headers. `content-type`, `content-length`, `accept-encoding`, `:authority` and the provider's `headers` are set by the caller. */
  abstract writeHeaders(request: CanonicalRequest, target: AttemptTarget, headers: HeaderSink): void;
  /** The names of all headers beside `AUTH_HEADERS` that `writeHeaders` or a signing filter behind us may set: the next attempt removes them. */
  ownedHeaders(): StaticArray<u8>[] {
    return [];
  }
  /** Writes the whole upstream body. */
  abstract writeBody(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void;
  /**
   * Headers that depend on the body or on the time, such as a signature; called last, with the bytes that `writeBody` wrote and the
   * time in Unix seconds. Their names stand in `ownedHeaders`.
   */
  signRequest(target: AttemptTarget, body: usize, length: i32, now: i64, headers: HeaderSink): void {}
  /**
   * Whether reading an answer looks at the client's bytes or their index again. Where it does not, both are given back as soon as the last
   * possible attempt has written its body.
   */
  readsRequestAgain(request: CanonicalRequest): bool {
    return true;
  }
  /** A reader for one streamed answer to this request. */
  abstract openStream(request: CanonicalRequest, target: AttemptTarget): StreamReader;
  /** Tells a unary answer (a parsed 2xx body) to the sink, `done` or `fail` included. */
  abstract readAnswer(document: JsonDocument, request: CanonicalRequest, target: AttemptTarget, sink: AnswerSink): void;
  /** Reads an error answer: fills reason, status, message, type, code and param (checklist items 14 to 16). */
  abstract readError(answer: ErrorAnswer, failure: Failure): void;
}
