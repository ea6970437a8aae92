import { MapType } from "./abi";
import type { BodyBuffer } from "./buffer";
import { Context, type LocalReply, type Side, type StreamOwner } from "./context";
import { HeaderMap } from "./header-map";
import { streamProperty } from "./properties";
import { Router } from "./router";
import type { UpstreamRequest } from "./scripted-upstream";
import { FilterPath, type PathOwner } from "./stream";
import type { World } from "./world";

/** What the client has got so far. */
export interface ClientAnswer {
  /** 0 while there are no headers. */
  status: number;
  headers: HeaderMap;
  trailers: HeaderMap | null;
  body: Buffer;
  /** The body as it came, piece by piece; empty pieces are left out. */
  chunks: Buffer[];
  /** Whether the answer ended properly; false: it was cut, or has not ended. */
  complete: boolean;
  /** Whether the stream is over, properly or not. */
  over: boolean;
  /** Envoy's response code details. */
  details: string;
  /** The requests that providers got for it, in order. */
  upstreamRequests: UpstreamRequest[];
}

const encodedReplies = {
  tooLarge: [413, "Payload Too Large", "request_payload_too_large"],
  internal: [500, "Internal Server Error", "response_payload_too_large"],
} as const;

/** A client's stream: Envoy's HTTP connection manager and filter manager, with the gateway filter and the router in its chain. */
export class DownstreamStream implements StreamOwner, PathOwner {
  readonly filterState = new Map<string, Uint8Array>();
  readonly answer: ClientAnswer = {
    status: 0,
    headers: new HeaderMap(),
    trailers: null,
    body: Buffer.alloc(0),
    chunks: [],
    complete: false,
    over: false,
    details: "",
    upstreamRequests: [],
  };
  readonly context: Context;
  readonly router: Router;
  readonly responsePath: FilterPath;
  closed = false;
  flags = 0;
  requestHeaders: HeaderMap | null = null;
  requestBytes = 0;
  readonly startedAt: number;
  private readonly requestPath: FilterPath;
  private responseHeaders: HeaderMap | null = null;
  /** The status once the router or a local reply has set it; the attempt filter sees none before. */
  responseCode = 0;
  private headersSent = false;
  private prepared: LocalReply | null = null;
  private readonly depth: Record<Side, number> = { request: 0, response: 0 };
  private routeCluster: string | null = null;

  constructor(readonly world: World) {
    this.startedAt = world.clock.now;
    this.context = new Context(world.vm, world.gateway, world.gatewayRoot);
    this.context.owner = this;
    this.router = new Router(this);
    this.requestPath = new FilterPath("request", this.context, this, {
      headers: (headers, end) => this.inside("request", () => this.router.headers(headers, end)),
      data: (bytes, end) => this.inside("request", () => this.router.data(bytes, end)),
      trailers: () => this.inside("request", () => this.router.data(new Uint8Array(0), true)),
    });
    this.responsePath = new FilterPath("response", this.context, this, {
      headers: (headers, end) => this.sendHeaders(headers, end),
      data: (bytes, end) => this.sendData(bytes, end),
      trailers: (trailers) => this.sendTrailers(trailers),
    });
  }

  get bufferLimit(): number {
    return this.world.bufferLimit;
  }
  get responseStarted(): boolean {
    return this.responseHeaders !== null;
  }

  // --- from the client

  receiveHeaders(headers: HeaderMap, end: boolean): void {
    this.requestHeaders = headers;
    this.refreshRoute();
    this.context.create();
    if (this.world.vm.dead) return this.failed();
    this.requestPath.receiveHeaders(headers, end);
  }
  receiveData(bytes: Uint8Array, end: boolean): void {
    this.requestBytes += bytes.length;
    this.requestPath.receiveData(bytes, end);
  }
  receiveTrailers(trailers: HeaderMap): void {
    this.requestPath.receiveTrailers(trailers);
  }
  /** The client goes away. */
  disconnect(): void {
    this.reset("downstream_remote_disconnect");
  }

  // --- to the client

  private sendHeaders(headers: HeaderMap, end: boolean): void {
    this.headersSent = true;
    this.answer.status = Number(headers.get(":status") ?? 0);
    this.answer.headers = new HeaderMap(headers.entries().filter(([name]) => name !== ":status"));
    if (end) this.complete();
  }
  private sendData(bytes: Uint8Array, end: boolean): void {
    if (bytes.length > 0) {
      this.answer.chunks.push(Buffer.from(bytes));
      this.answer.body = Buffer.concat([this.answer.body, bytes]);
    }
    if (end) this.complete();
  }
  private sendTrailers(trailers: HeaderMap): void {
    this.answer.trailers = trailers.clone();
    this.complete();
  }
  private complete(): void {
    const length = this.answer.headers.get("content-length");
    const isHead = this.requestHeaders?.get(":method") === "HEAD";
    if (length !== undefined && !isHead && Number(length) !== this.answer.body.length)
      this.world.vm.violate(`the client's answer has content-length ${length} and ${this.answer.body.length} bytes`);
    this.answer.complete = true;
    this.close(null);
  }

  // --- ending

  /** Ends the stream without a proper end: the client sees a cut. */
  reset(details: string, overwrite = true): void {
    if (this.closed) return;
    if (overwrite || this.answer.details === "") this.answer.details = details;
    this.close(details);
  }
  private close(cut: string | null): void {
    if (this.closed) return;
    this.closed = true;
    this.answer.over = true;
    this.answer.complete = cut === null;
    this.context.logMaps[MapType.RequestHeaders] = this.requestHeaders;
    this.context.logMaps[MapType.ResponseHeaders] = this.responseHeaders;
    this.context.log();
    this.world.onAccessLog(this);
    this.context.destroy();
    this.router.destroy();
    this.world.onClosed(this);
  }

  /** Envoy's or a filter's own reply. Deferred while a request callback runs; not through the filter once response headers are on their way. */
  sendLocalReply(reply: LocalReply): void {
    if (this.closed) return;
    const isDecoding = this.depth.request > 0;
    if (isDecoding || this.responseHeaders === null) this.requestPath.aborted = true;
    else if (this.depth.response > 0) this.responsePath.aborted = true;
    this.answer.details = reply.details;
    this.flags |= reply.flags ?? 0;
    this.router.destroy();
    if (this.responseHeaders === null) {
      if (isDecoding) this.prepared ??= reply;
      else this.replyThroughFilter(reply);
    } else if (!this.headersSent) this.replyDirectly(reply);
    else this.reset(reply.details);
  }
  private replyHeaders(reply: LocalReply): HeaderMap {
    const headers = new HeaderMap([[":status", String(reply.status)]]);
    for (const [name, value] of reply.headers) headers.add(name, value);
    if (reply.body.length > 0) {
      headers.set("content-length", String(reply.body.length));
      if (!headers.has("content-type")) headers.set("content-type", "text/plain");
    }
    this.responseHeaders = headers;
    this.responseCode = reply.status;
    return headers;
  }
  private replyThroughFilter(reply: LocalReply): void {
    const end = reply.body.length === 0 || this.requestHeaders?.get(":method") === "HEAD";
    this.responsePath.receiveHeaders(this.replyHeaders(reply), end);
    if (!end) this.responsePath.receiveData(reply.body, true);
  }
  private replyDirectly(reply: LocalReply): void {
    this.responsePath.aborted = true;
    this.sendHeaders(this.replyHeaders(reply), false);
    this.sendData(reply.body, true);
  }

  // --- from the router

  respondHeaders(headers: HeaderMap, end: boolean): void {
    this.responseHeaders = headers;
    this.responseCode = Number(headers.get(":status") ?? 0);
    this.responsePath.receiveHeaders(headers, end);
  }

  // --- the chain

  enter(side: Side): void {
    this.depth[side]++;
  }
  leave(side: Side): void {
    this.depth[side]--;
    if (this.depth.request > 0 || this.prepared === null || this.closed) return;
    const reply = this.prepared;
    this.prepared = null;
    this.replyThroughFilter(reply);
  }
  inside(side: Side, run: () => void): void {
    this.enter(side);
    run();
    this.leave(side);
  }
  overflow(side: Side): void {
    const [status, body, details] = side === "request" ? encodedReplies.tooLarge : encodedReplies.internal;
    this.sendLocalReply({ status, headers: [], body: Buffer.from(body), details });
  }
  failed(): void {
    this.sendLocalReply({ status: 503, headers: [], body: new Uint8Array(0), details: "wasm_fail_stream" });
  }

  // --- for the filter

  continueSide(side: Side): void {
    if (side === "request") this.requestPath.continueByFilter();
    else this.responsePath.continueByFilter();
  }
  resetStream(details: string): void {
    this.reset(details, false);
  }
  heldBody(side: Side): BodyBuffer | null {
    return side === "request" ? this.requestPath.held : this.responsePath.held;
  }
  clearRouteCache(): void {
    this.routeCluster = null;
  }
  /** The cluster of the first attempt: chosen when the request comes in, and again after the filter has touched the headers. */
  get cluster(): string {
    if (this.routeCluster === null) this.refreshRoute();
    return this.routeCluster ?? "";
  }
  private refreshRoute(): void {
    this.routeCluster = this.clusterNow();
  }
  /** What the matcher says of the filter state now: the cluster's name when the route knows it, else nothing. */
  clusterNow(): string {
    if (this.world.fixedCluster !== null) return this.world.fixedCluster;
    const value = this.filterState.get("wasm.modelmux_cluster");
    return value === undefined ? "" : Buffer.from(value).toString("utf8");
  }
  property(path: readonly string[]): Uint8Array | null {
    const attempt = this.router.attempt;
    return streamProperty(
      {
        requestHeaders: this.requestHeaders,
        responseHeaders: this.responseHeaders,
        responseCode: this.responseCode,
        details: this.answer.details,
        flags: this.flags,
        startedAt: this.startedAt,
        now: this.world.clock.now,
        requestBytes: this.requestBytes,
        responseBytes: this.answer.body.length,
        cluster: this.router.lastCluster,
        upstreamAddress: attempt?.address ?? null,
        filterState: this.filterState,
      },
      path,
    );
  }
}
