import { encodeText } from "../bytes/buffer";
import { sameBytes } from "../bytes/memory";

/* Header and property names as bytes, made once per VM. */

export const PATH = encodeText(":path");
export const AUTHORITY = encodeText(":authority");
export const STATUS = encodeText(":status");
export const METHOD = encodeText(":method");
export const CONTENT_TYPE = encodeText("content-type");
export const CONTENT_LENGTH = encodeText("content-length");
export const CONTENT_ENCODING = encodeText("content-encoding");
export const ACCEPT_ENCODING = encodeText("accept-encoding");
export const ALLOW = encodeText("allow");
export const RETRY_AFTER = encodeText("retry-after");
/** Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html */
export const AMAZON_ERROR_TYPE = encodeText("x-amzn-errortype");

export const IDENTITY = encodeText("identity");
/** Where clients ask; many providers have the same path. */
export const CHAT_PATH = encodeText("/v1/chat/completions");
export const JSON_TYPE = encodeText("application/json");
export const EVENT_STREAM_TYPE = encodeText("text/event-stream");

/** Set on a response that should go to the next target; Envoy retries on its presence. */
export const FALLBACK_MARK = encodeText("x-modelmux-fallback");
export const FALLBACK_MARK_VALUE = encodeText("1");
export const ANSWER_PROVIDER = encodeText("x-modelmux-provider");
export const ANSWER_MODEL = encodeText("x-modelmux-model");
export const ANSWER_ROUTE = encodeText("x-modelmux-route");
export const ANSWER_ATTEMPTS = encodeText("x-modelmux-attempts");

/*
 * Envoy's router reads its retry policy from these.
 * Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter
 */
export const MAX_RETRIES = encodeText("x-envoy-max-retries");
export const RETRY_ON = encodeText("x-envoy-retry-on");
export const RETRIABLE_HEADER_NAMES = encodeText("x-envoy-retriable-header-names");
export const REQUEST_TIMEOUT = encodeText("x-envoy-upstream-rq-timeout-ms");
export const ATTEMPT_TIMEOUT = encodeText("x-envoy-upstream-rq-per-try-timeout-ms");

/** Filter state that names the cluster of the next attempt; the route's matcher reads `wasm.modelmux_cluster`. */
export const CLUSTER_PROPERTY = encodeText("modelmux_cluster");
/** Filter state by which an attempt finds its plan in the shared memory of the VM. */
export const PLAN_PROPERTY = encodeText("modelmux_plan");
/** Filter state for the access log: one JSON object. */
export const LOG_PROPERTY = encodeText("modelmux");
/** Envoy's word for why a response is what it is. */
export const CODE_DETAILS_PROPERTY = encodeText("response\0code_details");

const CLIENT_PRIVATE: StaticArray<u8>[] = [
  encodeText("authorization"),
  encodeText("proxy-authorization"),
  encodeText("cookie"),
  encodeText("forwarded"),
  encodeText("x-api-key"),
  encodeText("api-key"),
  encodeText("x-goog-api-key"),
  encodeText("x-amz-date"),
  encodeText("x-amz-content-sha256"),
  encodeText("x-amz-security-token"),
  encodeText("anthropic-version"),
  encodeText("anthropic-beta"),
  encodeText("openai-organization"),
  encodeText("openai-project"),
];

const PROVIDER_PRIVATE: StaticArray<u8>[] = [
  encodeText("set-cookie"),
  encodeText("openai-organization"),
  encodeText("openai-project"),
  encodeText("anthropic-organization-id"),
  encodeText("alt-svc"),
  encodeText("strict-transport-security"),
];

const OWN_PREFIX = encodeText("x-modelmux-");
const ENVOY_PREFIX = encodeText("x-envoy-");
const RATE_LIMIT_PREFIX = encodeText("x-ratelimit-");
const ANTHROPIC_RATE_LIMIT_PREFIX = encodeText("anthropic-ratelimit-");
const KEPT_ON_ERROR: StaticArray<u8>[] = [
  RETRY_AFTER,
  encodeText("retry-after-ms"),
  encodeText("x-ms-retry-after-ms"),
  encodeText("request-id"),
  encodeText("x-request-id"),
  encodeText("x-amzn-requestid"),
  encodeText("apim-request-id"),
];

/** Whether a name equals a text. */
export function isName(pointer: usize, length: i32, name: StaticArray<u8>): bool {
  return length == name.length && sameBytes(pointer, changetype<usize>(name), length);
}

function startsWith(pointer: usize, length: i32, prefix: StaticArray<u8>): bool {
  return length >= prefix.length && sameBytes(pointer, changetype<usize>(prefix), prefix.length);
}

function isOneOf(pointer: usize, length: i32, names: StaticArray<u8>[]): bool {
  for (let index = 0; index < names.length; index++) {
    if (isName(pointer, length, unchecked(names[index]))) return true;
  }
  return false;
}

/** Request headers of a client that no provider may see, or that would steer Envoy's router (checklist item 36). */
export function isClientHeaderToRemove(pointer: usize, length: i32): bool {
  return (
    startsWith(pointer, length, OWN_PREFIX) ||
    startsWith(pointer, length, ENVOY_PREFIX) ||
    isOneOf(pointer, length, CLIENT_PRIVATE)
  );
}

/**
 * Response headers of a provider that no client may see. Among them Envoy's own: a provider behind an Envoy may send
 * `x-envoy-ratelimited` or `x-envoy-overloaded`, on which our Envoy would refuse to retry.
 */
export function isProviderHeaderToRemove(pointer: usize, length: i32): bool {
  return (
    startsWith(pointer, length, OWN_PREFIX) ||
    startsWith(pointer, length, ENVOY_PREFIX) ||
    isOneOf(pointer, length, PROVIDER_PRIVATE)
  );
}

/** Response headers of the last attempt that an error keeps: when to come back, and the provider's name for the request (items 17, 73). */
export function isKeptOnError(pointer: usize, length: i32): bool {
  return (
    startsWith(pointer, length, RATE_LIMIT_PREFIX) ||
    startsWith(pointer, length, ANTHROPIC_RATE_LIMIT_PREFIX) ||
    isOneOf(pointer, length, KEPT_ON_ERROR)
  );
}
