import type { BodyBuffer } from "./buffer";
import { Context, type LocalReply, type Side, type StreamOwner } from "./context";
import type { HeaderMap } from "./header-map";
import { streamProperty } from "./properties";
import type { Router } from "./router";
import {
  AnswerPlayer,
  type AnswerTaker,
  type ScriptedUpstream,
  type UpstreamRequest,
  type UpstreamScript,
} from "./scripted-upstream";
import { EmptyPath, FilterPath, type Path, type PathOwner, type Sink } from "./stream";
import type { Timer } from "./clock";

/** One try of the router at one provider: the upstream filter chain with the attempt filter, and the provider's side of the wire. */
export class Attempt implements StreamOwner, PathOwner, AnswerTaker {
  /** Null without an attempt filter: then the chain is empty. */
  private readonly context: Context | null;
  readonly requestPath: Path;
  readonly responsePath: Path;
  readonly filterState: Map<string, Uint8Array>;
  closed = false;
  perTryTimer: Timer | null = null;
  request: UpstreamRequest | null = null;
  private player: AnswerPlayer | null = null;
  private readonly script: UpstreamScript;
  private readonly refused: boolean;
  private responseHeaders: HeaderMap | null = null;

  constructor(
    private readonly router: Router,
    private readonly upstream: ScriptedUpstream,
    private readonly requestHeaders: HeaderMap,
  ) {
    const world = router.stream.world;
    this.filterState = router.stream.filterState;
    this.context = world.attempt === null ? null : new Context(world.vm, world.attempt, world.attemptRoot);
    if (this.context !== null) this.context.owner = this;
    this.requestPath = this.path("request", {
      headers: (headers, end) => this.encodeHeaders(headers, end),
      data: (bytes, end) => this.encodeData(bytes, end),
      trailers: () => this.encodeData(new Uint8Array(0), true),
    });
    this.responsePath = this.path("response", {
      headers: (headers, end) => router.onUpstreamHeaders(this, headers, end),
      data: (bytes, end) => router.onUpstreamData(this, bytes, end),
      trailers: (trailers) => router.onUpstreamTrailers(this, trailers),
    });
    this.script = upstream.nextScript();
    this.refused = typeof this.script === "object" && this.script.refuse === true;
    // Envoy connects before the filter runs, so the refusal comes whatever the filter waits for.
    if (this.refused) world.clock.after(0, () => this.onReset("remote connection failure"));
    this.context?.create();
  }

  private path(side: Side, next: Sink): Path {
    return this.context === null ? new EmptyPath(next) : new FilterPath(side, this.context, this, next);
  }

  get cluster(): string {
    return this.upstream.cluster;
  }
  get address(): string {
    return this.router.stream.world.addressOf(this.cluster);
  }
  get bufferLimit(): number {
    return this.router.stream.bufferLimit;
  }

  // --- to the provider

  private encodeHeaders(headers: HeaderMap, end: boolean): void {
    const missing = [":method", ":path", ":authority"].filter((name) => !headers.has(name));
    if (missing.length > 0) this.router.stream.world.vm.violate(`the upstream request lacks ${missing.join(", ")}`);
    this.request = {
      cluster: this.cluster,
      method: headers.get(":method") ?? "",
      path: headers.get(":path") ?? "",
      headers: headers.clone(),
      body: Buffer.alloc(0),
      complete: false,
    };
    if (!this.refused) {
      this.upstream.requests.push(this.request);
      this.router.stream.answer.upstreamRequests.push(this.request);
    }
    if (end) this.requestComplete();
  }
  private encodeData(bytes: Uint8Array, end: boolean): void {
    if (this.request === null) return;
    this.request.body = Buffer.concat([this.request.body, bytes]);
    if (end) this.requestComplete();
  }
  private requestComplete(): void {
    const request = this.request;
    if (request === null) return;
    request.complete = true;
    const length = request.headers.get("content-length");
    if (length !== undefined && Number(length) !== request.body.length)
      this.router.stream.world.vm.violate(
        `the request to ${this.cluster} has content-length ${length} and ${request.body.length} bytes`,
      );
    if (this.refused) return;
    const answer = typeof this.script === "function" ? this.script(request) : this.script;
    this.player = new AnswerPlayer(this.router.stream.world.clock, answer, this);
    this.player.play();
  }

  // --- from the provider

  onHeaders(headers: HeaderMap, end: boolean): void {
    this.responseHeaders = headers;
    this.router.stream.answer.details = "via_upstream";
    this.responsePath.receiveHeaders(headers, end);
  }
  onData(bytes: Uint8Array, end: boolean): void {
    this.responsePath.receiveData(bytes, end);
  }
  onTrailers(trailers: HeaderMap): void {
    if (this.router.stream.world.passTrailers) this.responsePath.receiveTrailers(trailers);
    else this.responsePath.receiveData(new Uint8Array(0), true);
  }
  onReset(reason: string): void {
    if (!this.closed) this.router.onUpstreamReset(this, reason);
  }

  /** Ends the attempt; the upstream chain has no access log, so the filter hears done and delete only. */
  destroy(): void {
    if (this.closed) return;
    this.closed = true;
    this.player?.stop();
    this.router.stream.world.clock.cancel(this.perTryTimer);
    this.context?.destroy();
  }

  // --- the chain

  enter(side: Side): void {
    if (side === "request") this.router.stream.enter("request");
  }
  leave(side: Side): void {
    if (side === "request") this.router.stream.leave("request");
  }
  overflow(side: Side): void {
    this.requestPath.aborted = this.responsePath.aborted = true;
    this.router.stream.overflow(side);
  }
  failed(): void {
    this.sendLocalReply({ status: 503, headers: [], body: new Uint8Array(0), details: "wasm_fail_stream" });
  }

  // --- for the filter

  /** Goes straight to the client's stream: final, never retried. */
  sendLocalReply(reply: LocalReply): void {
    this.requestPath.aborted = this.responsePath.aborted = true;
    this.router.stream.sendLocalReply(reply);
  }
  continueSide(side: Side): void {
    if (side === "request") this.requestPath.continueByFilter();
    else this.responsePath.continueByFilter();
  }
  /** Envoy resets the client's stream with it; there is no other try. */
  resetStream(details: string): void {
    this.router.stream.resetStream(details);
  }
  heldBody(side: Side): BodyBuffer | null {
    return side === "request" ? this.requestPath.held : this.responsePath.held;
  }
  clearRouteCache(): void {}
  property(path: readonly string[]): Uint8Array | null {
    const stream = this.router.stream;
    return streamProperty(
      {
        requestHeaders: this.requestHeaders,
        responseHeaders: this.responseHeaders,
        responseCode: stream.responseCode,
        details: stream.answer.details,
        flags: stream.flags,
        startedAt: stream.startedAt,
        now: stream.world.clock.now,
        requestBytes: stream.requestBytes,
        responseBytes: 0,
        cluster: this.cluster,
        upstreamAddress: this.address,
        filterState: stream.filterState,
      },
      path,
    );
  }
}
