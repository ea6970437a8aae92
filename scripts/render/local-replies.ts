import { extension } from "./settings";

/**
 * OpenAI's error envelope for the replies that Envoy makes where the module's filter cannot see them: requests that are not HTTP,
 * that lack a host, whose headers are too large, or that come while a trapped VM is being replaced.
 * All other local replies pass the module, which gives them the envelope itself.
 */
export function renderLocalReplies(): object {
  const message = "The gateway could not accept this HTTP request (%RESPONSE_CODE_DETAILS%).";
  const failed = "The gateway failed while handling this request; try again.";
  return {
    mappers: [
      { filter: both(neverReachedFilters(), statusAtLeast(500)), ...envelope("overloaded_error", message) },
      { filter: neverReachedFilters(), ...envelope("invalid_request_error", message) },
      { filter: isFailedModule(), ...envelope("api_error", failed) },
    ],
  };
}

/** Envoy gives a request its id just before the first filter runs, so a request without one never got there. */
function neverReachedFilters(): object {
  return { header_filter: { header: { name: "x-request-id", present_match: true, invert_match: true } } };
}

function isFailedModule(): object {
  const type = "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter";
  const expression = 'response.code_details == "wasm_fail_stream"';
  return { extension_filter: extension("envoy.access_loggers.extension_filters.cel", type, { expression }) };
}

function statusAtLeast(status: number): object {
  const value = { default_value: status, runtime_key: "modelmux.local_reply_status" };
  return { status_code_filter: { comparison: { op: "GE", value } } };
}

function both(first: object, second: object): object {
  return { and_filter: { filters: [first, second] } };
}

function envelope(type: string, message: string): object {
  const error = { message, type, param: null, code: null };
  return { body_format_override: { json_format: { error } } };
}
