import { FAILURE_REASON_COUNT, failureName, FailureReason } from "../canonical/failure";
import { elementPath, listNames, quote } from "./errors";
import { ConfigReader } from "./reader";
import { FallbackPolicy } from "./schema";
import { suggestion } from "./suggest";

const FALLBACK_KEYS: string[] = ["on", "firstTokenTimeoutMs", "attemptTimeoutMs", "timeoutMs"];

/** Longest timeout that is accepted: a day, in ms. */
const MAX_TIMEOUT_MS: i32 = 86_400_000;

/** The reason of a name in `fallback.on`; `None` when there is no such name, or it can never lead to a fallback. */
function findReason(name: string): FailureReason {
  for (let index: i32 = FailureReason.RateLimit; index < FAILURE_REASON_COUNT; index++) {
    const reason = index as FailureReason;
    if (reason != FailureReason.Cancelled && failureName(reason) == name) return reason;
  }
  return FailureReason.None;
}

function listReasons(): string[] {
  const names: string[] = [];
  for (let index: i32 = FailureReason.RateLimit; index < FAILURE_REASON_COUNT; index++) {
    const reason = index as FailureReason;
    if (reason != FailureReason.Cancelled) names.push(failureName(reason));
  }
  return names;
}

/** The policy of a configuration that says nothing about it. */
export function defaultFallback(): FallbackPolicy {
  const policy = new FallbackPolicy();
  const reasons: FailureReason[] = [
    FailureReason.RateLimit,
    FailureReason.Overloaded,
    FailureReason.ServerError,
    FailureReason.Timeout,
    FailureReason.Connect,
    FailureReason.StreamError,
  ];
  for (let index = 0; index < reasons.length; index++) policy.on[reasons[index]] = true;
  return policy;
}

/** A `fallback` object laid over another policy: what it does not say stays. A node of -1 gives the other policy itself. */
export function parseFallback(reader: ConfigReader, node: i32, path: string, base: FallbackPolicy): FallbackPolicy {
  if (node < 0 || !reader.requireObject(node, path)) return base;
  reader.checkKeys(node, path, FALLBACK_KEYS);
  const policy = new FallbackPolicy();
  const on = reader.find(node, "on");
  policy.on = on < 0 ? base.on : parseReasons(reader, on, path + ".on");
  policy.firstTokenTimeoutMs = readTimeout(reader, node, path, "firstTokenTimeoutMs", base.firstTokenTimeoutMs);
  policy.attemptTimeoutMs = readTimeout(reader, node, path, "attemptTimeoutMs", base.attemptTimeoutMs);
  policy.timeoutMs = readTimeout(reader, node, path, "timeoutMs", base.timeoutMs);
  return policy;
}

function readTimeout(reader: ConfigReader, node: i32, path: string, name: string, fallback: i32): i32 {
  return reader.integer(reader.find(node, name), path + "." + name, 1, MAX_TIMEOUT_MS, fallback);
}

function parseReasons(reader: ConfigReader, node: i32, path: string): StaticArray<bool> {
  const on = new StaticArray<bool>(FAILURE_REASON_COUNT);
  if (!reader.requireArray(node, path)) return on;
  let index = 0;
  for (let element = reader.document.first(node); element >= 0; element = reader.document.nextElement(element)) {
    const elementAt = elementPath(path, index);
    index += 1;
    const name = reader.word(element, elementAt);
    if (name === null) continue;
    const reason = findReason(name);
    if (reason == FailureReason.None) {
      const known = listReasons();
      const advice = suggestion(name, known) + "; known: " + listNames(known);
      reader.errors.add(elementAt, "no failure has the name " + quote(name) + advice);
    } else if (on[reason]) {
      reader.errors.add(elementAt, quote(name) + " stands in the list twice; remove one");
    } else {
      on[reason] = true;
    }
  }
  return on;
}
