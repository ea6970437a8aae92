import { readFileSync } from "node:fs";
import { BodyBuffer } from "./buffer";
import { Clock } from "./clock";
import { Context, type Plugin } from "./context";
import { type ClientAnswer, DownstreamStream } from "./downstream";
import { HeaderMap, type HeaderInput } from "./header-map";
import { Log } from "./log";
import { MetricStore } from "./metrics";
import { AnswerPlayer, ScriptedUpstream, type UpstreamScript } from "./scripted-upstream";
import { type HttpCall, WasmVm } from "./vm";
import type { World } from "./world";

export interface MiniEnvoyOptions {
  /** Path of the module, or its bytes. */
  wasm: string | Uint8Array;
  /** The gateway filter's plugin JSON, or its text as it is. */
  plugin: object | string;
  /** The attempt filter's; `{"role":"attempt"}` when not given. Null: no filter in the upstream chain (one-filter mode). */
  attemptPlugin?: object | string | null;
  /** The cluster of every route; by default filter state names it. */
  fixedCluster?: string;
  /** The VM's environment variables. */
  environment?: Record<string, string>;
  /** Per-connection buffer limit of listener and clusters, bytes. */
  bufferLimit?: number;
  passTrailers?: boolean;
  allowOnHeadersStopIteration?: boolean;
  /** Whether Envoy trusts `x-envoy-*` of its clients (an internal address); by default it removes them. */
  trustClient?: boolean;
  /** Whether a trap ends the test (default), or only the VM. */
  failOnTrap?: boolean;
  /** Seed of the random bytes that the module gets. */
  seed?: number;
  logLevel?: Log["level"];
}

export interface ClientRequest {
  method?: string;
  path?: string;
  headers?: HeaderInput;
  body?: string | Uint8Array;
  /** The body in the pieces in which it arrives. */
  bodyChunks?: readonly (string | Uint8Array)[];
  trailers?: HeaderInput;
  /** The last piece carries the end of the stream (HTTP/2), instead of an empty one behind it. */
  endWithLastChunk?: boolean;
}

/** Envoy would not start: the module does not load, or a plugin refuses its configuration. */
export class StartError extends Error {
  constructor(
    message: string,
    readonly log: Log,
  ) {
    super(`${message}\n${log.text}`);
  }
}

const INTERNAL_HEADERS = [
  "max-retries",
  "retry-on",
  "retry-grpc-on",
  "retriable-header-names",
  "retriable-status-codes",
  "upstream-rq-timeout-ms",
  "upstream-rq-per-try-timeout-ms",
  "expected-rq-timeout-ms",
  "hedge-on-per-try-timeout",
  "upstream-alt-stat-name",
  "upstream-rq-timeout-alt-response",
  "force-trace",
  "ip-tags",
  "original-url",
  "internal",
  "attempt-count",
].map((name) => `x-envoy-${name}`);

const configurationText = (plugin: object | string): string =>
  typeof plugin === "string" ? plugin : JSON.stringify(plugin);

function attemptPlugin(options: MiniEnvoyOptions): Plugin | null {
  if (options.attemptPlugin === null) return null;
  const configuration = configurationText(options.attemptPlugin ?? { role: "attempt" });
  return {
    name: "attempt",
    rootId: "attempt",
    configuration,
    allowOnHeadersStopIteration: options.allowOnHeadersStopIteration ?? true,
  };
}

function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A request whose steps the test takes one by one, so that several can be open at once. */
export class OpenRequest {
  constructor(
    readonly stream: DownstreamStream,
    private readonly envoy: MiniEnvoy,
  ) {}
  get answer(): ClientAnswer {
    return this.stream.answer;
  }
  send(chunk: string | Uint8Array, end = false): this {
    this.stream.receiveData(Buffer.from(chunk), end);
    this.envoy.check();
    return this;
  }
  end(): this {
    return this.send("", true);
  }
  /** The client goes away. */
  disconnect(): this {
    this.stream.disconnect();
    this.envoy.check();
    return this;
  }
  /** Runs the clock from timer to timer until the answer is over; an answer that never ends is an error. */
  finish(): ClientAnswer {
    for (let next = this.envoy.clock.next; !this.answer.over && next !== undefined; next = this.envoy.clock.next)
      this.envoy.advance(next);
    if (!this.answer.over) throw new Error(`the request hangs; the module's log:\n${this.envoy.log.text}`);
    this.envoy.check();
    return this.answer;
  }
}

/** One Envoy worker with the gateway filter, the router and the attempt filter, all in one VM. */
export class MiniEnvoy implements World {
  readonly clock = new Clock();
  readonly log = new Log();
  readonly metricStore = new MetricStore();
  readonly gateway: Plugin;
  readonly attempt: Plugin | null;
  readonly fixedCluster: string | null;
  readonly gatewayRoot: Context;
  readonly attemptRoot: Context | null;
  readonly vm: WasmVm;
  readonly bufferLimit: number;
  readonly passTrailers: boolean;
  /** `wasm.modelmux` at the end of each request: what the access log would show. */
  readonly accessLog: { status: number; details: string; state: Record<string, string> }[] = [];
  private readonly upstreams = new Map<string, ScriptedUpstream>();
  private readonly live = new Set<DownstreamStream>();
  private blocksAtRest: number;
  private readonly contextsAtRest: number;
  private nextToken = 1;
  private ticksUntil = 0;

  static start(options: MiniEnvoyOptions): MiniEnvoy {
    return new MiniEnvoy(options);
  }

  private constructor(private readonly options: MiniEnvoyOptions) {
    const allowOnHeadersStopIteration = options.allowOnHeadersStopIteration ?? true;
    this.gateway = {
      name: "gateway",
      rootId: "gateway",
      configuration: configurationText(options.plugin),
      allowOnHeadersStopIteration,
    };
    this.attempt = attemptPlugin(options);
    this.fixedCluster = options.fixedCluster ?? null;
    this.bufferLimit = options.bufferLimit ?? 64 * 1024 * 1024;
    this.passTrailers = options.passTrailers ?? false;
    this.log.level = options.logLevel ?? "info";
    const code = typeof options.wasm === "string" ? loadFile(options.wasm) : options.wasm;
    // Envoy tries every plugin in a VM of its own on the main thread, before the workers get theirs.
    for (const plugin of [this.gateway, this.attempt]) if (plugin !== null) this.configure(this.newVm(code), plugin);
    this.vm = this.newVm(code);
    this.gatewayRoot = this.configure(this.vm, this.gateway);
    this.attemptRoot = this.attempt === null ? null : this.configure(this.vm, this.attempt);
    this.blocksAtRest = this.vm.liveBlocks;
    this.contextsAtRest = this.vm.contexts.size;
  }
  private get roots(): Context[] {
    return this.attemptRoot === null ? [this.gatewayRoot] : [this.gatewayRoot, this.attemptRoot];
  }
  private newVm(code: Uint8Array): WasmVm {
    const random = seededRandom(this.options.seed ?? 1);
    const { clock, log } = this;
    try {
      return new WasmVm(code, {
        vmId: "modelmux",
        environment: this.options.environment ?? {},
        clock,
        log,
        metrics: this.metricStore,
        random,
        httpCall: (context, call) => this.httpCall(context, call),
      });
    } catch (error) {
      throw new StartError(error instanceof Error ? error.message : String(error), log);
    }
  }
  private configure(vm: WasmVm, plugin: Plugin): Context {
    const root = new Context(vm, plugin, null);
    if (!vm.configure(root)) throw new StartError(`the ${plugin.name} plugin refuses its configuration`, this.log);
    return root;
  }

  // --- providers

  /** Puts a provider behind a cluster; it gives its answers in order, and the last one again and again. */
  upstream(cluster: string, ...scripts: UpstreamScript[]): ScriptedUpstream {
    const upstream = new ScriptedUpstream(cluster, scripts);
    this.upstreams.set(cluster, upstream);
    return upstream;
  }
  upstreamFor(cluster: string): ScriptedUpstream | null {
    return this.upstreams.get(cluster) ?? null;
  }
  addressOf(cluster: string): string {
    return `127.0.0.1:${9101 + [...this.upstreams.keys()].indexOf(cluster)}`;
  }

  // --- clients

  /** Opens a stream and sends the headers. */
  openRequest(request: ClientRequest = {}, end = false): OpenRequest {
    const headers = new HeaderMap([
      [":authority", "gateway.test"],
      [":path", request.path ?? "/v1/chat/completions"],
      [":method", request.method ?? "POST"],
      [":scheme", "http"],
    ]);
    for (const [name, value] of new HeaderMap(request.headers ?? []).entries()) {
      if (name.startsWith(":")) headers.set(name, value);
      else headers.add(name, value);
    }
    if (this.options.trustClient !== true) for (const name of INTERNAL_HEADERS) headers.remove(name);
    headers.set("x-forwarded-proto", "http");
    headers.set("x-request-id", "00000000-0000-4000-8000-000000000000");
    const stream = new DownstreamStream(this);
    this.live.add(stream);
    stream.receiveHeaders(headers, end);
    this.check();
    return new OpenRequest(stream, this);
  }
  /** A whole request; gives what the client got. Virtual time passes as needed. */
  request(request: ClientRequest = {}): ClientAnswer {
    const chunks = request.bodyChunks ?? (request.body === undefined ? [] : [request.body]);
    const open = this.openRequest(request, chunks.length === 0 && request.trailers === undefined);
    for (const [index, chunk] of chunks.entries()) {
      const isLast = index === chunks.length - 1 && request.trailers === undefined;
      open.send(chunk, isLast && request.endWithLastChunk === true);
    }
    if (request.trailers !== undefined) open.stream.receiveTrailers(new HeaderMap(request.trailers));
    else if (chunks.length > 0 && request.endWithLastChunk !== true) open.end();
    return open.finish();
  }
  onClosed(stream: DownstreamStream): void {
    this.live.delete(stream);
  }
  onAccessLog(stream: DownstreamStream): void {
    const state = Object.fromEntries(
      [...stream.filterState].map(([key, value]) => [key, Buffer.from(value).toString("utf8")]),
    );
    this.accessLog.push({ status: stream.answer.status, details: stream.answer.details, state });
  }

  // --- time

  /** Lets virtual time pass; due timers and ticks run. */
  advance(milliseconds: number): void {
    const end = this.clock.now + milliseconds;
    const period = this.vm.tickPeriodMs;
    while (period > 0 && this.ticksUntil + period <= end) {
      if (this.ticksUntil + period >= this.clock.now) {
        this.clock.advance(Math.max(0, this.ticksUntil + period - this.clock.now));
        for (const root of this.roots) this.vm.invoke(root, "proxy_on_tick", [root.id]);
      }
      this.ticksUntil = Math.max(this.ticksUntil + period, this.clock.now);
    }
    this.clock.advance(Math.max(0, end - this.clock.now));
    this.check();
  }
  private httpCall(context: Context, call: HttpCall): number | null {
    const upstream = this.upstreamFor(call.cluster);
    if (upstream === null) return null;
    const token = this.nextToken++;
    const headers = new HeaderMap(call.headers);
    const body = Buffer.from(call.body);
    const request = {
      cluster: call.cluster,
      method: headers.get(":method") ?? "",
      path: headers.get(":path") ?? "",
      headers,
      body,
      complete: true,
    };
    upstream.requests.push(request);
    const script = upstream.nextScript();
    const root = context.root;
    const answered = { headers: new HeaderMap(), body: new BodyBuffer(), trailers: new HeaderMap() };
    const respond = (isAnswer: boolean): void => {
      root.httpCall = isAnswer ? answered : null;
      this.vm.invoke(root, "proxy_on_http_call_response", [
        root.id,
        token,
        isAnswer ? answered.headers.size : 0,
        answered.body.length,
        0,
      ]);
      root.httpCall = null;
    };
    new AnswerPlayer(this.clock, typeof script === "function" ? script(request) : script, {
      onHeaders: (map, end) => {
        answered.headers = map;
        if (end) respond(true);
      },
      onData: (bytes, end) => {
        answered.body.append(bytes);
        if (end) respond(true);
      },
      onTrailers: () => respond(true),
      onReset: () => respond(false),
    }).play();
    return token;
  }

  // --- what tests look at

  /** Statistics by their names in the module; a histogram's value is its samples. */
  metrics(): Record<string, number | number[]> {
    return this.metricStore.snapshot();
  }
  /**
   * Takes the module's present state as its state of rest: what it has allocated so far for good (buffers that all requests share) is no leak.
   * Forgets providers, log lines and the values of statistics.
   */
  settle(): void {
    this.assertQuiet();
    this.blocksAtRest = this.vm.liveBlocks;
    this.log.lines.length = 0;
    this.accessLog.length = 0;
    this.upstreams.clear();
    this.metricStore.reset();
  }
  /** Fails on a trap, and on anything that the host had to object to. */
  check(): void {
    if (this.vm.dead && this.options.failOnTrap !== false)
      throw new Error(`the module has trapped: ${this.vm.trap?.stack ?? ""}\n${this.log.text}`);
    if (this.vm.violations.length > 0) throw new Error(this.vm.violations.join("\n"));
  }
  private assertQuiet(): void {
    this.check();
    if (this.live.size > 0) throw new Error(`${this.live.size} streams are still open`);
    if (this.vm.contexts.size !== this.contextsAtRest)
      throw new Error(`${this.vm.contexts.size - this.contextsAtRest} contexts were never deleted`);
    if (this.clock.pending > 0) throw new Error(`${this.clock.pending} timers are still set`);
  }
  /** After all streams have ended: no context, no timer and no unmanaged block is left beyond those of the state of rest. */
  assertNoLeaks(): void {
    this.assertQuiet();
    const blocks = this.vm.liveBlocks - this.blocksAtRest;
    if (blocks > 0) throw new Error(`${blocks} unmanaged blocks were never released`);
  }
  /** Envoy shuts down: both root contexts hear done and delete. Gives the blocks that are left then. */
  stop(): number {
    for (const stream of [...this.live]) stream.disconnect();
    for (const root of this.roots.reverse()) root.destroy();
    this.check();
    return this.vm.liveBlocks;
  }
}

const files = new Map<string, Uint8Array>();
/** The file's bytes; the same array for the same file, so that it is compiled once. */
function loadFile(path: string): Uint8Array {
  const known = files.get(path) ?? readFileSync(path);
  files.set(path, known);
  return known;
}
