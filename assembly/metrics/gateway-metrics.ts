import { MetricType } from "../abi/enums";
import { addToCounter, recordHistogram } from "../abi/host";
import { ByteBuffer } from "../bytes/buffer";
import { FailureReason, failureName } from "../canonical/failure";
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
import { metricId } from "./registry";

const NO_TEXT = new StaticArray<u8>(0);
const name = new ByteBuffer();

/** The public metrics of one gateway configuration (`design.md`, "Metrics"). Counting never fails a request. */
export class GatewayMetrics {
  private labels: ModelLabels;

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
    begin(REQUESTS_TOTAL);
    appendLabel(name, "route", route);
    this.appendTarget(provider, model);
    appendLiteralLabel(name, "outcome", failureName(outcome));
    addToCounter(metricId(MetricType.Counter, name), 1);
  }

  /** An attempt has ended; a success makes its model a known one. */
  countAttempt(provider: ProviderConfig, model: StaticArray<u8>, outcome: FailureReason): void {
    if (outcome == FailureReason.None) this.labels.learn(model);
    begin(ATTEMPTS_TOTAL);
    this.appendTarget(provider, model);
    appendLiteralLabel(name, "outcome", failureName(outcome));
    addToCounter(metricId(MetricType.Counter, name), 1);
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
    this.countTokenType(provider, model, "input", usage.input);
    this.countTokenType(provider, model, "output", usage.output);
    this.countTokenType(provider, model, "cached_input", usage.cachedInput);
    this.countTokenType(provider, model, "reasoning", usage.reasoning);
  }

  /** Times of one request in ms; a negative one was not measured. */
  recordTimes(provider: ProviderConfig, model: StaticArray<u8>, duration: i64, firstToken: i64, perToken: i64): void {
    this.recordTime(REQUEST_DURATION, provider, model, duration);
    this.recordTime(TIME_TO_FIRST_TOKEN, provider, model, firstToken);
    this.recordTime(TIME_PER_OUTPUT_TOKEN, provider, model, perToken);
  }

  private countTokenType(provider: ProviderConfig, model: StaticArray<u8>, type: string, count: i64): void {
    if (count <= 0) return;
    begin(TOKENS_TOTAL);
    this.appendTarget(provider, model);
    appendLiteralLabel(name, "type", type);
    addToCounter(metricId(MetricType.Counter, name), count);
  }

  private recordTime(metric: string, provider: ProviderConfig, model: StaticArray<u8>, milliseconds: i64): void {
    if (milliseconds < 0) return;
    begin(metric);
    this.appendTarget(provider, model);
    recordHistogram(metricId(MetricType.Histogram, name), milliseconds);
  }

  private appendTarget(provider: ProviderConfig | null, model: StaticArray<u8>): void {
    appendLabel(name, "provider", provider === null ? NO_TEXT : provider.id);
    appendLabel(name, "model", model.length == 0 ? model : this.labels.label(model));
  }
}

function begin(metric: string): void {
  name.clear();
  name.ascii(metric);
}
