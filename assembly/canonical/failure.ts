import { encodeText } from "../bytes/buffer";

/** Why an attempt or a request failed. The names are part of the plugin JSON and of the metrics (`failureName`). */
export const enum FailureReason {
  None = 0,
  RateLimit = 1,
  Overloaded = 2,
  ServerError = 3,
  Timeout = 4,
  Connect = 5,
  StreamError = 6,
  Auth = 7,
  NotFound = 8,
  ContextLength = 9,
  ContentFilter = 10,
  BadRequest = 11,
  /** The client went away before its answer was complete. Never a reason for a fallback. */
  Cancelled = 12,
}

/** Number of members of `FailureReason`. */
export const FAILURE_REASON_COUNT: i32 = 13;

/** The reason's name in plugin JSON, metrics and `error.attempts`; `ok` for `None`. */
export function failureName(reason: FailureReason): string {
  switch (reason) {
    case FailureReason.RateLimit:
      return "rate-limit";
    case FailureReason.Overloaded:
      return "overloaded";
    case FailureReason.ServerError:
      return "server-error";
    case FailureReason.Timeout:
      return "timeout";
    case FailureReason.Connect:
      return "connect";
    case FailureReason.StreamError:
      return "stream-error";
    case FailureReason.Auth:
      return "auth";
    case FailureReason.NotFound:
      return "not-found";
    case FailureReason.ContextLength:
      return "context-length";
    case FailureReason.ContentFilter:
      return "content-filter";
    case FailureReason.BadRequest:
      return "bad-request";
    case FailureReason.Cancelled:
      return "cancelled";
    default:
      return "ok";
  }
}

/** The reason for an HTTP status that is not a success. */
export function reasonForStatus(status: i32): FailureReason {
  if (status == 429) return FailureReason.RateLimit;
  if (status == 503 || status == 529) return FailureReason.Overloaded;
  if (status == 408) return FailureReason.Timeout;
  if (status >= 500) return FailureReason.ServerError;
  if (status == 401 || status == 403) return FailureReason.Auth;
  if (status == 404) return FailureReason.NotFound;
  return FailureReason.BadRequest;
}

/** OpenAI's `error.type` for an HTTP status (checklist item 16). */
export function errorTypeForStatus(status: i32): string {
  switch (status) {
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 408:
    case 504:
      return "timeout";
    case 413:
      return "request_too_large";
    case 429:
      return "rate_limit_error";
    case 503:
    case 529:
      return "overloaded_error";
    default:
      return status >= 500 || status < 400 ? "api_error" : "invalid_request_error";
  }
}

const EMPTY: StaticArray<u8> = new StaticArray<u8>(0);

/**
 * What went wrong, in OpenAI's terms. The texts are the insides of JSON strings (already escaped, without the quotes),
 * managed, and never hold a secret. An empty text means `null` in the envelope (an empty `type` means the status's own type).
 */
export class Failure {
  reason: FailureReason = FailureReason.None;
  /** HTTP status for the client, 0 while there is none (then 502 is used). */
  status: i32 = 0;
  message: StaticArray<u8> = EMPTY;
  type: StaticArray<u8> = EMPTY;
  code: StaticArray<u8> = EMPTY;
  param: StaticArray<u8> = EMPTY;
  /** Seconds after which the provider's body says to come back; 0 when it does not. A `retry-after` header of the provider's own wins. */
  retryAfterSeconds: i32 = 0;

  /** Forgets everything. */
  reset(): void {
    this.reason = FailureReason.None;
    this.status = 0;
    this.message = EMPTY;
    this.type = EMPTY;
    this.code = EMPTY;
    this.param = EMPTY;
    this.retryAfterSeconds = 0;
  }

  /** Fills the failure from ASCII literals that need no JSON escape. */
  set(reason: FailureReason, status: i32, message: string, code: string = "", param: string = ""): void {
    this.reason = reason;
    this.status = status;
    this.message = encodeText(message);
    this.type = EMPTY;
    this.code = encodeText(code);
    this.param = encodeText(param);
    this.retryAfterSeconds = 0;
  }
}
