import { MetricType } from "../abi/enums";
import { addToCounter, recordHistogram } from "../abi/host";
import { ByteBuffer, equalsText } from "../bytes/buffer";
import { FAILURE_REASON_COUNT, FailureReason, failureName } from "../canonical/failure";
import { Notice, NOTICE_COUNT, noticeName, Notices } from "../canonical/notices";
import { Usage } from "../canonical/usage";
import { GatewayConfig, ProviderConfig } from "../config/schema";
import { ModelLabels } from "./model-labels";
import {
  appendLabel,
  appendLiteralLabel,
  ATTEMPTS_TOTAL,
  FALLBACKS_TOTAL,
  NOTICES_TOTAL,
  REQUEST_DURATION,
  REQUESTS_TOTAL,
  TIME_PER_OUTPUT_TOKEN,
  TIME_TO_FIRST_TOKEN,
  TOKENS_TOTAL,
} from "./names";
import { hashBytes, metricId } from "./registry";

const NO_TEXT = new StaticArray<u8>(0);
const name = new ByteBuffer();

/** An id that was not looked up yet; the host's own are not negative, and -1 is a refusal. */
const UNKNOWN: i32 = -2;
const TOKEN_TYPES: string[] = ["input", "output", "cached_input", "reasoning"];
const TIMES: string[] = [REQUEST_DURATION, TIME_TO_FIRST_TOKEN, TIME_PER_OUTPUT_TOKEN];

function unknownIds(count: i32): StaticArray<i32> {
  const ids = new StaticArray<i32>(count);
  for (let index = 0; index < count; index++) unchecked((ids[index] = UNKNOWN));
  return ids;
}

/** The ids of the metrics of one provider and model label, so that their names are written only once. */
class TargetMetrics {
  /** By failure reason. */
  attempts: StaticArray<i32> = unknownIds(FAILURE_REASON_COUNT);
  /** By failure reason, for the route seen last: a target belongs to one route as a rule. */
  requests: StaticArray<i32> = unknownIds(FAILURE_REASON_COUNT);
  tokens: StaticArray<i32> = unknownIds(4);
  times: StaticArray<i32> = unknownIds(3);

  constructor(
    public provider: ProviderConfig,
    public label: StaticArray<u8>,
    public route: StaticArray<u8>,
  ) {}

  /** Whether these are the metrics of a target. */
  fits(provider: ProviderConfig, label: StaticArray<u8>): bool {
    return this.provider === provider && equalsText(changetype<usize>(label), label.length, this.label);
  }
}

/** The public metrics of one gateway configuration (`design.md`, "Metrics"). Counting never fails a request. */
export class GatewayMetrics {
  private labels: ModelLabels;
  /** By a hash of provider and label. As many as there are labels, which are bounded, times providers. */
  private targets: Map<u64, TargetMetrics> = new Map<u64, TargetMetrics>();

  constructor(config: GatewayConfig) {
    this.labels = new ModelLabels(config);
  }

  /** A request has ended. `provider` is null when it was refused before any target was chosen. */
  countRequest(
    route: StaticArray<u8>,
    provider: ProviderConfig | null,
    model: StaticArray<u8>,
    outcome: FailureReason,
  ): void {
    if (provider === null) {
      addToCounter(requestId(route, null, NO_TEXT, outcome), 1);
      return;
    }
    const target = this.targetOf(provider, model);
    if (target.route !== route) {
      target.route = route;
      target.requests = unknownIds(FAILURE_REASON_COUNT);
    }
    let id = unchecked(target.requests[outcome]);
    if (id == UNKNOWN) {
      id = requestId(route, provider, target.label, outcome);
      unchecked((target.requests[outcome] = id));
    }
    addToCounter(id, 1);
  }

  /** An attempt has ended; a success makes its model a known one. */
  countAttempt(provider: ProviderConfig, model: StaticArray<u8>, outcome: FailureReason): void {
    if (outcome == FailureReason.None) this.labels.learn(model);
    const target = this.targetOf(provider, model);
    let id = unchecked(target.attempts[outcome]);
    if (id == UNKNOWN) {
      begin(ATTEMPTS_TOTAL);
      appendTarget(provider, target.label);
      appendLiteralLabel(name, "outcome", failureName(outcome));
      id = metricId(MetricType.Counter, name);
      unchecked((target.attempts[outcome] = id));
    }
    addToCounter(id, 1);
  }

  /** A request moves on from one provider to the next. */
  countFallback(route: StaticArray<u8>, from: ProviderConfig, to: ProviderConfig, reason: FailureReason): void {
    begin(FALLBACKS_TOTAL);
    appendLabel(name, "route", route);
    appendLabel(name, "from", from.id);
    appendLabel(name, "to", to.id);
    appendLiteralLabel(name, "reason", failureName(reason));
    addToCounter(metricId(MetricType.Counter, name), 1);
  }

  /** What the translation of one attempt noticed. */
  countNotices(provider: ProviderConfig, notices: Notices): void {
    for (let notice = 0; notice < NOTICE_COUNT; notice++) {
      const count = notices.count(notice as Notice);
      if (count == 0) continue;
      begin(NOTICES_TOTAL);
      appendLabel(name, "provider", provider.id);
      appendLiteralLabel(name, "type", noticeName(notice as Notice));
      addToCounter(metricId(MetricType.Counter, name), count);
    }
  }

  /** The tokens of one answer. */
  countTokens(provider: ProviderConfig, model: StaticArray<u8>, usage: Usage): void {
    if (!usage.known) return;
    const target = this.targetOf(provider, model);
    countTokenType(target, 0, usage.input);
    countTokenType(target, 1, usage.output);
    countTokenType(target, 2, usage.cachedInput);
    countTokenType(target, 3, usage.reasoning);
  }

  /** Times of one request in ms; a negative one was not measured. */
  recordTimes(provider: ProviderConfig, model: StaticArray<u8>, duration: i64, firstToken: i64, perToken: i64): void {
    const target = this.targetOf(provider, model);
    recordTime(target, 0, duration);
    recordTime(target, 1, firstToken);
    recordTime(target, 2, perToken);
  }

  private targetOf(provider: ProviderConfig, model: StaticArray<u8>): TargetMetrics {
    const label = model.length == 0 ? model : this.labels.label(model);
    const hash = hashBytes(changetype<usize>(label), label.length) ^ (changetype<usize>(provider) as u64);
    if (this.targets.has(hash)) {
      const known = this.targets.get(hash);
      if (known.fits(provider, label)) return known;
    }
    const target = new TargetMetrics(provider, label, NO_TEXT);
    this.targets.set(hash, target);
    return target;
  }
}

function requestId(
  route: StaticArray<u8>,
  provider: ProviderConfig | null,
  label: StaticArray<u8>,
  outcome: FailureReason,
): i32 {
  begin(REQUESTS_TOTAL);
  appendLabel(name, "route", route);
  appendTarget(provider, label);
  appendLiteralLabel(name, "outcome", failureName(outcome));
  return metricId(MetricType.Counter, name);
}

function countTokenType(target: TargetMetrics, type: i32, count: i64): void {
  if (count <= 0) return;
  let id = unchecked(target.tokens[type]);
  if (id == UNKNOWN) {
    begin(TOKENS_TOTAL);
    appendTarget(target.provider, target.label);
    appendLiteralLabel(name, "type", unchecked(TOKEN_TYPES[type]));
    id = metricId(MetricType.Counter, name);
    unchecked((target.tokens[type] = id));
  }
  addToCounter(id, count);
}

function recordTime(target: TargetMetrics, time: i32, milliseconds: i64): void {
  if (milliseconds < 0) return;
  let id = unchecked(target.times[time]);
  if (id == UNKNOWN) {
    begin(unchecked(TIMES[time]));
    appendTarget(target.provider, target.label);
    id = metricId(MetricType.Histogram, name);
    unchecked((target.times[time] = id));
  }
  recordHistogram(id, milliseconds);
}

function appendTarget(provider: ProviderConfig | null, label: StaticArray<u8>): void {
  appendLabel(name, "provider", provider === null ? NO_TEXT : provider.id);
  appendLabel(name, "model", label);
}

function begin(metric: string): void {
  name.clear();
  name.ascii(metric);
}
