import { DataStatus, HeadersStatus, MapType } from "./abi";
import { BodyBuffer } from "./buffer";
import type { Context, Side } from "./context";
import type { HeaderMap } from "./header-map";

/** Where one side of a stream goes behind the filter. */
export interface Sink {
  headers(headers: HeaderMap, end: boolean): void;
  data(bytes: Uint8Array, end: boolean): void;
  trailers(trailers: HeaderMap): void;
}

/** One side of a stream on its way through a chain. */
export interface Path {
  aborted: boolean;
  readonly held: BodyBuffer | null;
  receiveHeaders(headers: HeaderMap, end: boolean): void;
  receiveData(bytes: Uint8Array, end: boolean): void;
  receiveTrailers(trailers: HeaderMap): void;
  continueByFilter(): void;
}

/** A chain without a filter. */
export class EmptyPath implements Path {
  aborted = false;
  readonly held = null;

  constructor(private readonly next: Sink) {}

  receiveHeaders(headers: HeaderMap, end: boolean): void {
    this.next.headers(headers, end);
  }
  receiveData(bytes: Uint8Array, end: boolean): void {
    this.next.data(bytes, end);
  }
  receiveTrailers(trailers: HeaderMap): void {
    this.next.trailers(trailers);
  }
  continueByFilter(): void {}
}

/** The chain that a path belongs to. */
export interface PathOwner {
  /** Nothing may be called any more. */
  readonly closed: boolean;
  /** Most bytes that the chain holds for a filter that buffers. */
  readonly bufferLimit: number;
  /** A filter callback of this side begins or has ended: decides how a local reply goes out. */
  enter(side: Side): void;
  leave(side: Side): void;
  /** The filter holds more than the limit. */
  overflow(side: Side): void;
  /** The VM is dead. */
  failed(): void;
}

const NAMES = {
  request: {
    headers: "proxy_on_request_headers",
    data: "proxy_on_request_body",
    trailers: "proxy_on_request_trailers",
  },
  response: {
    headers: "proxy_on_response_headers",
    data: "proxy_on_response_body",
    trailers: "proxy_on_response_trailers",
  },
} as const;

/**
 * One side of one filter: what Envoy's filter manager and its Wasm context do with the statuses that the module returns. Held headers, body
 * and trailers go on when the filter continues; bytes that come while everything is stopped are shown to the filter later.
 */
export class FilterPath implements Path {
  /** Set by a local reply or reset: the filter's status no longer counts. */
  aborted = false;
  held: BodyBuffer | null = null;
  private state: "flowing" | "stopped" | "all-stopped" = "flowing";
  private headersPassed = false;
  /** Set when the filter has continued the side inside the running callback. */
  private continuedInside = false;
  private ended = false;
  private headers: HeaderMap | null = null;
  private heldTrailers: HeaderMap | null = null;

  constructor(
    private readonly side: Side,
    private readonly context: Context,
    private readonly owner: PathOwner,
    private readonly next: Sink,
  ) {}

  private get stopped(): boolean {
    return this.aborted || this.owner.closed;
  }

  receiveHeaders(headers: HeaderMap, end: boolean): void {
    if (this.stopped) return;
    this.headers = headers;
    this.ended = end;
    const type = this.side === "request" ? MapType.RequestHeaders : MapType.ResponseHeaders;
    this.context.maps[type] = headers;
    const status = this.call(NAMES[this.side].headers, [headers.size, end ? 1 : 0], (raw) => this.headersStatus(raw));
    if (status === HeadersStatus.Continue) this.context.maps[type] = null;
    if (this.stopped) return;
    if (status === HeadersStatus.StopIteration) this.state = "stopped";
    else if (status >= HeadersStatus.StopAllIterationAndBuffer) this.state = "all-stopped";
    else if (!this.headersPassed) {
      this.headersPassed = true;
      this.next.headers(headers, end);
    }
  }

  receiveData(bytes: Uint8Array, end: boolean): void {
    if (this.stopped) return;
    this.ended ||= end;
    const piece = new BodyBuffer(bytes);
    if (this.state === "all-stopped") return this.hold(piece, true);
    this.context.pieces[this.side] = piece;
    this.owner.enter(this.side);
    // Envoy adds the piece to what it holds before the filter sees it; a reply for too much of it may end the filter here.
    if (this.context.buffering[this.side]) this.hold(piece, false);
    if (this.context.done) return this.owner.leave(this.side);
    const size = this.context.body(this.side)?.length ?? 0;
    this.continuedInside = false;
    const status = this.call(NAMES[this.side].data, [size, end ? 1 : 0], (raw) => this.dataStatus(raw));
    this.owner.leave(this.side);
    this.context.buffering[this.side] = status === DataStatus.StopIterationAndBuffer;
    if (status === DataStatus.Continue) this.context.pieces[this.side] = null;
    if (this.side === "request" && this.continuedInside && status === DataStatus.StopIterationAndBuffer)
      this.context.vm.violate(
        "a request body is continued and still buffered: Envoy shows and sends its bytes twice when the router keeps them for a retry",
      );
    if (!this.stopped) this.afterData(status, piece);
  }

  receiveTrailers(trailers: HeaderMap): void {
    if (this.stopped) return;
    this.heldTrailers = trailers;
    this.ended = true;
    if (this.state === "all-stopped") return;
    const type = this.side === "request" ? MapType.RequestTrailers : MapType.ResponseTrailers;
    this.context.maps[type] = trailers;
    const status = this.call(NAMES[this.side].trailers, [trailers.size], (raw) =>
      this.context.vm.stopNextIteration || raw > 1 ? 1 : raw,
    );
    if (status === 0) this.context.maps[type] = null;
    if (this.stopped || status !== 0) return;
    if (this.state === "stopped") return this.continue();
    this.next.trailers(trailers);
  }

  /** `proxy_continue_stream`. */
  continueByFilter(): void {
    this.continuedInside = true;
    this.continue();
  }

  /** Goes on with everything held. */
  private continue(): void {
    if (this.stopped || this.headers === null) return;
    const replay = this.state === "all-stopped";
    this.state = "flowing";
    if (!this.headersPassed) {
      this.headersPassed = true;
      this.next.headers(this.headers, this.ended && this.held === null && this.heldTrailers === null);
    }
    const held = this.held;
    this.held = null;
    const trailers = this.heldTrailers;
    const isLast = this.ended && trailers === null;
    if (held !== null && !this.stopped) {
      if (replay) this.receiveData(held.take(), isLast);
      else this.next.data(held.take(), isLast);
    }
    if (trailers === null || this.stopped) return;
    this.heldTrailers = null;
    if (replay) this.receiveTrailers(trailers);
    else this.next.trailers(trailers);
  }

  private afterData(status: number, piece: BodyBuffer): void {
    if (status === DataStatus.Continue) {
      if (this.state === "flowing") return this.next.data(piece.take(), this.ended && this.heldTrailers === null);
      this.hold(piece, false);
      return this.continue();
    }
    this.state = "stopped";
    if (status === DataStatus.StopIterationNoBuffer) {
      if (this.ended) this.held ??= new BodyBuffer();
      return;
    }
    this.hold(piece, status === DataStatus.StopIterationAndWatermark);
  }

  /** Moves a piece to what is held. Beyond the limit a buffering filter's stream fails; a watermark only slows the sender down. */
  private hold(piece: BodyBuffer, hasWatermark: boolean): void {
    this.held ??= new BodyBuffer();
    this.held.append(piece.take());
    if (!hasWatermark && this.held.length > this.owner.bufferLimit) this.owner.overflow(this.side);
  }

  private headersStatus(raw: number): number {
    if (this.context.vm.stopNextIteration || raw > HeadersStatus.StopAllIterationAndWatermark)
      return HeadersStatus.StopAllIterationAndWatermark;
    if (raw === HeadersStatus.StopIteration && !this.context.plugin.allowOnHeadersStopIteration)
      return HeadersStatus.StopAllIterationAndWatermark;
    return raw === 2 ? HeadersStatus.Continue : raw;
  }
  private dataStatus(raw: number): number {
    return this.context.vm.stopNextIteration || raw > DataStatus.StopIterationNoBuffer
      ? DataStatus.StopIterationNoBuffer
      : raw;
  }

  private call(name: string, values: number[], convert: (raw: number) => number): number {
    const vm = this.context.vm;
    if (!vm.dead && !vm.hasCallback(name)) return 0;
    this.owner.enter(this.side);
    const status = vm.invoke(this.context, name, [this.context.id, ...values], convert);
    if (status === null) this.owner.failed();
    this.owner.leave(this.side);
    return status ?? HeadersStatus.StopAllIterationAndWatermark;
  }
}
