import { Attempt } from "./attempt";
import { BodyBuffer } from "./buffer";
import type { Timer } from "./clock";
import type { DownstreamStream } from "./downstream";
import type { HeaderMap } from "./header-map";
import type { Sink } from "./stream";

/** Headers that the router reads and takes out of the request. */
const POLICY_HEADERS = [
  "x-envoy-retry-on",
  "x-envoy-retry-grpc-on",
  "x-envoy-max-retries",
  "x-envoy-retriable-header-names",
  "x-envoy-retriable-status-codes",
  "x-envoy-hedge-on-per-try-timeout",
];

/** Response flags of Envoy's access log (bits). */
export const FLAGS = {
  noHealthyUpstream: 0x2,
  upstreamTimeout: 0x4,
  upstreamConnectionFailure: 0x20,
  upstreamReset: 0x40,
  noCluster: 0x40000,
} as const;

interface RetryPolicy {
  on: Set<string>;
  headerNames: string[];
  left: number;
}

const number = (text: string | undefined): number | null =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : null;

/** Envoy's router filter, as far as modelmux uses it: attempts, retries, timeouts and the replies that Envoy makes itself. */
export class Router implements Sink {
  attempt: Attempt | null = null;
  lastCluster: string | null = null;
  private attempts = 0;
  private policy: RetryPolicy | null = null;
  private requestHeaders: HeaderMap | null = null;
  private requestBody: BodyBuffer | null = new BodyBuffer();
  private requestEnded = false;
  private responseStarted = false;
  private perTryMs = 0;
  private globalMs = 0;
  private globalTimer: Timer | null = null;
  private retryTimer: Timer | null = null;
  private destroyed = false;

  constructor(readonly stream: DownstreamStream) {}

  // --- the request

  headers(headers: HeaderMap, end: boolean): void {
    const upstream = this.stream.world.upstreamFor(this.stream.cluster);
    if (upstream === null) return this.reply(503, "", "cluster_not_found", FLAGS.noCluster);
    this.requestHeaders = headers;
    this.readTimeouts(headers);
    this.readPolicy(headers);
    this.begin(headers, end, null);
    if (end) this.onRequestComplete();
  }
  data(bytes: Uint8Array, end: boolean): void {
    if (this.destroyed) return;
    if (this.policy !== null && this.requestBody !== null) {
      this.requestBody.append(bytes);
      // Too much to keep for another try: Envoy gives up on retries without a word.
      if (this.requestBody.length > this.stream.bufferLimit) {
        this.requestBody = null;
        this.policy = null;
      }
    }
    this.attempt?.requestPath.receiveData(bytes, end);
    if (end) this.onRequestComplete();
  }
  trailers(): void {
    this.data(new Uint8Array(0), true);
  }

  private readTimeouts(headers: HeaderMap): void {
    this.globalMs = number(headers.get("x-envoy-upstream-rq-timeout-ms")) ?? 0;
    this.perTryMs = number(headers.get("x-envoy-upstream-rq-per-try-timeout-ms")) ?? 0;
    headers.remove("x-envoy-upstream-rq-timeout-ms");
    headers.remove("x-envoy-upstream-rq-per-try-timeout-ms");
    if (this.globalMs !== 0 && this.perTryMs >= this.globalMs) this.perTryMs = 0;
    const expected = this.perTryMs === 0 ? this.globalMs : this.perTryMs;
    if (expected > 0) headers.set("x-envoy-expected-rq-timeout-ms", String(expected));
  }
  private readPolicy(headers: HeaderMap): void {
    const on = new Set([
      "retriable-headers",
      ...(headers.get("x-envoy-retry-on") ?? "").split(",").map((part) => part.trim()),
    ]);
    const headerNames = (headers.get("x-envoy-retriable-header-names") ?? "")
      .split(",")
      .map((part) => part.trim().toLowerCase());
    this.policy = {
      on,
      headerNames: headerNames.filter((name) => name !== ""),
      left: number(headers.get("x-envoy-max-retries")) ?? 1,
    };
    for (const name of POLICY_HEADERS) headers.remove(name);
  }
  private begin(headers: HeaderMap, end: boolean, body: Uint8Array | null): void {
    const name = this.attempts === 0 ? this.stream.cluster : this.stream.clusterNow();
    const upstream = this.stream.world.upstreamFor(name);
    if (upstream === null)
      return this.reply(503, "no healthy upstream", "no_healthy_upstream", FLAGS.noHealthyUpstream);
    this.attempts++;
    this.lastCluster = upstream.cluster;
    headers.set("x-envoy-attempt-count", String(this.attempts));
    const attempt = new Attempt(this, upstream, headers);
    this.attempt = attempt;
    attempt.requestPath.receiveHeaders(headers, end);
    if (body !== null && !attempt.closed) attempt.requestPath.receiveData(body, this.requestEnded);
  }
  private onRequestComplete(): void {
    this.requestEnded = true;
    if (this.destroyed) return;
    if (this.globalMs > 0)
      this.globalTimer = this.stream.world.clock.after(this.globalMs, () => this.onTimeout("response_timeout"));
    this.startPerTryTimer();
  }
  private startPerTryTimer(): void {
    const attempt = this.attempt;
    if (this.perTryMs === 0 || attempt === null || attempt.closed || this.responseStarted) return;
    attempt.perTryTimer = this.stream.world.clock.after(this.perTryMs, () => this.onPerTryTimeout(attempt));
  }

  // --- the answer

  onUpstreamHeaders(attempt: Attempt, headers: HeaderMap, end: boolean): void {
    if (attempt !== this.attempt || this.destroyed) return;
    // An answer to half a request is not tried again.
    if (this.isRetriable(headers) && this.requestEnded && this.takeRetry()) return this.retry(attempt);
    this.stream.world.clock.cancel(attempt.perTryTimer);
    this.responseStarted = true;
    headers.set("x-envoy-upstream-service-time", "0");
    if (end) attempt.destroy();
    this.stream.respondHeaders(headers, end);
  }
  onUpstreamData(attempt: Attempt, bytes: Uint8Array, end: boolean): void {
    if (attempt !== this.attempt || this.destroyed) return;
    if (end) attempt.destroy();
    this.stream.responsePath.receiveData(bytes, end);
  }
  onUpstreamTrailers(attempt: Attempt, trailers: HeaderMap): void {
    if (attempt !== this.attempt || this.destroyed) return;
    attempt.destroy();
    this.stream.responsePath.receiveTrailers(trailers);
  }
  onUpstreamReset(attempt: Attempt, reason: string): void {
    if (attempt !== this.attempt || this.destroyed) return;
    const isConnectFailure = reason === "remote connection failure";
    const mayRetry =
      this.policy !== null &&
      (this.policy.on.has("reset") || (isConnectFailure && this.policy.on.has("connect-failure")));
    if (!this.responseStarted && mayRetry && this.takeRetry()) return this.retry(attempt);
    attempt.destroy();
    const cause = reason.replaceAll(" ", "_") + (isConnectFailure ? "|delayed_connect_error:_Connection_refused" : "");
    if (this.responseStarted) return this.stream.reset(`upstream_reset_after_response_started{${cause}}`);
    const text = `upstream connect error or disconnect/reset before headers. ${this.attempts > 1 ? "retried and the latest " : ""}reset reason: ${reason}`;
    const flag = isConnectFailure ? FLAGS.upstreamConnectionFailure : FLAGS.upstreamReset;
    this.reply(reason === "protocol error" ? 502 : 503, text, `upstream_reset_before_response_started{${cause}}`, flag);
  }
  private onPerTryTimeout(attempt: Attempt): void {
    if (attempt !== this.attempt || this.destroyed || this.responseStarted) return;
    if (this.policy?.on.has("reset") === true && this.takeRetry()) return this.retry(attempt);
    this.onTimeout("upstream_per_try_timeout");
  }
  private onTimeout(details: string): void {
    if (this.destroyed) return;
    this.attempt?.destroy();
    if (this.responseStarted) return this.stream.reset(details);
    this.reply(504, "upstream request timeout", details, FLAGS.upstreamTimeout);
  }

  // --- retries

  private isRetriable(headers: HeaderMap): boolean {
    if (this.policy === null || this.responseStarted) return false;
    if (headers.has("x-envoy-overloaded") || headers.has("x-envoy-ratelimited")) return false;
    const status = Number(headers.get(":status") ?? 0);
    if (this.policy.on.has("5xx") && status >= 500) return true;
    if (this.policy.on.has("gateway-error") && [502, 503, 504].includes(status)) return true;
    return this.policy.on.has("retriable-headers") && this.policy.headerNames.some((name) => headers.has(name));
  }
  /** Whether one more try is allowed; it is then taken. */
  private takeRetry(): boolean {
    if (this.policy === null || this.policy.left <= 0) return false;
    this.policy.left--;
    return true;
  }
  private retry(attempt: Attempt): void {
    attempt.destroy();
    this.attempt = null;
    this.retryTimer = this.stream.world.clock.after(1, () => {
      if (this.destroyed || this.requestHeaders === null) return;
      const body =
        this.requestBody !== null && this.requestBody.length > 0
          ? this.requestBody.slice(0, this.requestBody.length)
          : null;
      this.stream.inside("request", () =>
        this.begin(this.requestHeaders as HeaderMap, body === null && this.requestEnded, body),
      );
      if (this.requestEnded) this.startPerTryTimer();
    });
  }
  private reply(status: number, body: string, details: string, flags: number): void {
    this.stream.sendLocalReply({ status, headers: [], body: Buffer.from(body), details, flags });
  }

  /** The stream is over or gets a local reply: ends what still runs. */
  destroy(): void {
    this.destroyed = true;
    for (const timer of [this.globalTimer, this.retryTimer]) this.stream.world.clock.cancel(timer);
    this.attempt?.destroy();
  }
}
