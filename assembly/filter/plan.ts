import { HostBytes, monotonicNanoseconds, randomBits } from "../abi/host";
import { IdTable } from "../abi/id-table";
import { AttemptRecord } from "../clients/client";
import { Failure, FailureReason } from "../canonical/failure";
import { CanonicalRequest } from "../canonical/request";
import { Usage } from "../canonical/usage";
import { JsonDocument } from "../json/document";
import { GatewayMetrics } from "../metrics/gateway-metrics";
import { AttemptTarget } from "../providers/provider";
import { Selection } from "../routing/select";

const NO_TEXT = new StaticArray<u8>(0);
/** Shared, and nothing is ever added to them. */
const NO_RECORDS: AttemptRecord[] = [];
const NO_USAGE = new Usage();
const TIMER_TOLERANCE_MS: i64 = 20;

/**
 * Everything that a request's filters share: the client's bytes, what they mean, the targets in order, and how the attempts went.
 * Made by the gateway filter, found by each attempt filter, freed by the gateway filter.
 */
export class Plan {
  /** The client's original body; owned. */
  body: HostBytes = new HostBytes();
  request: CanonicalRequest = new CanonicalRequest(new JsonDocument());
  /** The `route` label; empty while no route was found. */
  route: StaticArray<u8> = NO_TEXT;
  /** The client's own `:authority`, for providers that set none. */
  clientAuthority: StaticArray<u8> = NO_TEXT;
  /** Whether the client's path and content type are already what most providers want, and the announced length of its body (or -1). */
  hasPlainPath: bool = false;
  hasPlainType: bool = false;
  clientLength: i64 = -1;
  selection: Selection | null = null;
  /** Attempts begun. */
  attempts: i32 = 0;
  /** How the failed attempts went; a list of its own from the first one on. */
  records: AttemptRecord[] = NO_RECORDS;
  /** Whether the current attempt's answer goes to the client; nothing is retried from then on. */
  isCommitted: bool = false;
  /** Whether the answer reached its proper end. */
  isComplete: bool = false;
  /** Set when an answer broke after it was committed. */
  brokenBy: FailureReason = FailureReason.None;
  /** What the answer has told so far; the answer's own object. */
  usage: Usage = NO_USAGE;
  startedAt: i64 = monotonicNanoseconds();
  attemptStartedAt: i64 = 0;
  /** When the host last asked for the access log's entry, its end as a rule; 0 before. */
  loggedAt: i64 = 0;
  /** When the first content of a stream was sent on; 0 while there is none. */
  firstContentAt: i64 = 0;
  private isAttemptReported: bool = true;
  /** Whether the client's bytes were given back before an answer was committed: there can be no further attempt. */
  private isRequestGone: bool = false;

  constructor(public metrics: GatewayMetrics) {}

  /** Targets still to be tried after the current one. */
  remainingTargets(): i32 {
    const selection = this.selection;
    return selection === null ? 0 : selection.targets.length - this.attempts;
  }

  /** The target of the attempt that runs now (or ran last), or null before the first. */
  currentTarget(): AttemptTarget | null {
    return this.attempts == 0 ? null : this.targetAt(this.attempts - 1);
  }

  /** The target after the current one, or null. */
  nextTarget(): AttemptTarget | null {
    return this.targetAt(this.attempts);
  }

  private targetAt(index: i32): AttemptTarget | null {
    const selection = this.selection;
    if (selection === null || index < 0 || index >= selection.targets.length) return null;
    return selection.targets[index];
  }

  /**
   * Begins an attempt and gives its target. An attempt that Envoy gave up without a word (reset, refused, timed out) is
   * reported here; when the route does not fall back on that, Envoy's retry is not wanted and there is no target: null.
   * A host whose own retry policy tries more often than there are targets stays at the last one while the client's body is there.
   */
  beginAttempt(): AttemptTarget | null {
    const now = monotonicNanoseconds();
    const previous = this.currentTarget();
    const selection = this.selection;
    if (selection === null) return null;
    if (previous !== null && !this.isAttemptReported) {
      const reason = this.interruptionReason(now);
      this.reportInterruption(reason, 0);
      if (!selection.policy.allows(reason)) return null;
    }
    const next = this.nextTarget();
    if (next === null) {
      if (this.isRequestGone) return null;
      if (previous !== null) this.isAttemptReported = false;
      return previous;
    }
    if (previous !== null && this.records.length > 0) {
      const reason = this.records[this.records.length - 1].failure.reason;
      this.metrics.countFallback(this.route, previous.provider, next.provider, reason);
    }
    this.attempts += 1;
    this.attemptStartedAt = now;
    this.isAttemptReported = false;
    return next;
  }

  /** Notes how the current attempt failed. */
  reportFailure(failure: Failure): void {
    const target = this.currentTarget();
    if (target === null || this.isAttemptReported) return;
    this.isAttemptReported = true;
    this.countNotices(target);
    this.metrics.countAttempt(target.provider, target.model, failure.reason);
    if (this.records === NO_RECORDS) this.records = [];
    this.records.push(new AttemptRecord(target.provider.id, target.model, failure));
  }

  /** Notes that Envoy ended the current attempt. `status` is Envoy's own answer, 0 when there is none. */
  reportInterruption(reason: FailureReason, status: i32): void {
    if (this.isAttemptReported) return;
    const failure = new Failure();
    if (reason == FailureReason.Timeout) {
      failure.set(reason, 504, "The provider did not answer in time.");
    } else if (reason == FailureReason.Connect) {
      failure.set(reason, 502, "The connection to the provider failed or was closed before it answered.");
    } else {
      failure.set(reason, status, "The gateway ended the attempt before the provider answered.");
    }
    this.reportFailure(failure);
  }

  /** How the last attempt failed. */
  lastFailure(): Failure {
    return this.records.length == 0 ? new Failure() : this.records[this.records.length - 1].failure;
  }

  /** Whether an attempt that ended at `now` without an answer ran out of time or lost its connection. */
  interruptionReason(now: i64): FailureReason {
    const elapsed = (now - this.attemptStartedAt) / 1000000;
    const timeout = this.attemptTimeoutMs();
    // Envoy's timers count from the time at which its event loop last woke up, so they may fire a little early by our clock.
    const tolerance = max<i64>(TIMER_TOLERANCE_MS, timeout / 50);
    return elapsed + tolerance >= timeout ? FailureReason.Timeout : FailureReason.Connect;
  }

  /** Ms that one attempt may take: until the first content of a stream, or until a whole answer. */
  attemptTimeoutMs(): i64 {
    const selection = this.selection;
    if (selection === null) return 0;
    return this.request.stream ? selection.policy.firstTokenTimeoutMs : selection.policy.attemptTimeoutMs;
  }

  /** The current attempt's answer goes to the client. Gives the request's memory back: no later attempt can need it. */
  commit(): void {
    this.isCommitted = true;
    if (this.request.stream) this.firstContentAt = monotonicNanoseconds();
    this.releaseRequest();
  }

  /** Notes the outcome of a committed attempt, once. */
  reportCommitted(): void {
    const target = this.currentTarget();
    if (target === null || this.isAttemptReported) return;
    this.isAttemptReported = true;
    this.countNotices(target);
    this.metrics.countAttempt(target.provider, target.model, this.brokenBy);
  }

  private countNotices(target: AttemptTarget): void {
    const notices = this.request.notices;
    if (notices.isEmpty()) return;
    this.metrics.countNotices(target.provider, notices);
    notices.reset();
  }

  /** Whether the current attempt still has to be reported. */
  isAttemptOpen(): bool {
    return !this.isAttemptReported;
  }

  /** The last attempt has what it needs of the client's bytes. */
  giveUpRequest(): void {
    this.isRequestGone = true;
    this.releaseRequest();
  }

  /** Gives back the client's bytes and their index. */
  releaseRequest(): void {
    this.body.release();
    this.request.document.free();
  }
}

/*
 * Plans by the gateway stream's id. The key that travels through filter state also holds a random number of this VM: after a VM
 * was re-created (failure_policy: FAIL_RELOAD), ids start again, and a stream of the old VM must not find another request's plan.
 */
const plans = new IdTable<Plan>();
const PLAN_KEY_LENGTH: i32 = 12;
const planKey: usize = memory.data(16, 8);
let vmNonce: u64 = 0;

/** Makes a plan findable; gives the address of its key of `planKeyLength` bytes, valid until the next call. */
export function registerPlan(id: i32, plan: Plan): usize {
  if (vmNonce == 0) vmNonce = randomBits() | 1;
  plans.set(id, plan);
  store<u64>(planKey, vmNonce);
  store<i32>(planKey, id, 8);
  return planKey;
}

/** Bytes of a plan's key. */
export function planKeyLength(): i32 {
  return PLAN_KEY_LENGTH;
}

/** The plan of a key, or null. */
export function findPlan(key: usize, length: i32): Plan | null {
  if (length != PLAN_KEY_LENGTH || load<u64>(key) != vmNonce) return null;
  return plans.find(load<i32>(key, 8));
}

/** Forgets a plan. */
export function unregisterPlan(id: i32): void {
  plans.delete(id);
}
