import { monotonicNanoseconds, setProperty } from "../abi/host";
import { ByteBuffer } from "../bytes/buffer";
import { FailureReason, failureName } from "../canonical/failure";
import { ProviderConfig } from "../config/schema";
import { escapeInto } from "../json/write";
import { LOG_PROPERTY } from "./header-names";
import { Plan } from "./plan";

const NO_TEXT = new StaticArray<u8>(0);
const entry = new ByteBuffer();

/** Counts a finished request. */
export function countRequest(plan: Plan, outcome: FailureReason): void {
  // The access log is written right before a request is counted.
  const now = plan.loggedAt == 0 ? monotonicNanoseconds() : plan.loggedAt;
  const target = plan.currentTarget();
  const metrics = plan.metrics;
  if (target === null) {
    metrics.countRequest(plan.route, null, NO_TEXT, outcome);
    return;
  }
  const provider = target.provider;
  metrics.countRequest(plan.route, provider, target.model, outcome);
  metrics.countTokens(provider, target.model, plan.usage);
  let perToken: i64 = -1;
  if (plan.firstContentAt != 0 && plan.usage.output > 1) {
    perToken = (now - plan.firstContentAt) / 1000000 / (plan.usage.output - 1);
  }
  metrics.recordTimes(provider, target.model, millisecondsSince(plan.startedAt, now), firstTokenTime(plan), perToken);
}

/** Leaves the access log's entry, one JSON object, in filter state `wasm.modelmux`. */
export function logRequest(plan: Plan, outcome: FailureReason): void {
  const target = plan.currentTarget();
  const provider: ProviderConfig | null = target === null ? null : target.provider;
  const model = target === null ? NO_TEXT : target.model;
  plan.loggedAt = monotonicNanoseconds();
  const duration = millisecondsSince(plan.startedAt, plan.loggedAt);
  writeLogEntry(plan, provider, model, outcome, duration, firstTokenTime(plan));
  setProperty(LOG_PROPERTY, entry.pointer, entry.length);
}

function millisecondsSince(start: i64, end: i64): i64 {
  return (end - start) / 1000000;
}

/** Ms until the first content of a stream; -1 when there was none. */
function firstTokenTime(plan: Plan): i64 {
  return plan.firstContentAt == 0 ? -1 : millisecondsSince(plan.startedAt, plan.firstContentAt);
}

function writeLogEntry(
  plan: Plan,
  provider: ProviderConfig | null,
  model: StaticArray<u8>,
  outcome: FailureReason,
  duration: i64,
  firstToken: i64,
): void {
  entry.clear(65536);
  entry.byte(0x7b);
  writeText("route", plan.route);
  writeText("provider", provider === null ? NO_TEXT : provider.id);
  writeText("model", model);
  entry.ascii('"outcome":"');
  entry.ascii(failureName(outcome));
  entry.ascii('",');
  writeNumber("attempts", plan.attempts);
  const usage = plan.usage;
  if (usage.known) {
    entry.ascii('"tokens":{');
    writeNumber("input", usage.input);
    writeNumber("output", usage.output);
    writeNumber("cached_input", usage.cachedInput);
    entry.ascii('"reasoning":');
    entry.decimal(usage.reasoning);
    entry.ascii("},");
  } else entry.ascii('"tokens":null,');
  entry.ascii('"ttft_ms":');
  if (firstToken < 0) entry.ascii("null");
  else entry.decimal(firstToken);
  entry.ascii(',"duration_ms":');
  entry.decimal(duration);
  entry.byte(0x7d);
}

function writeText(name: string, value: StaticArray<u8>): void {
  entry.byte(0x22);
  entry.ascii(name);
  if (value.length == 0) {
    entry.ascii('":null,');
    return;
  }
  entry.ascii('":"');
  escapeInto(changetype<usize>(value), value.length, entry);
  entry.ascii('",');
}

function writeNumber(name: string, value: i64): void {
  entry.byte(0x22);
  entry.ascii(name);
  entry.ascii('":');
  entry.decimal(value);
  entry.byte(0x2c);
}
