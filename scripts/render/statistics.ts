import { extension } from "./settings";

/** Labels of the metrics contract; the module writes `name;label=value;...` and Envoy takes the labels out again. */
const LABELS = ["route", "provider", "model", "outcome", "type", "from", "to", "reason"];

/** Turns `wasmcustom.modelmux_tokens_total;provider=p;model=m;type=input` into a metric with Prometheus labels. */
export function renderStatistics(): object {
  return {
    stats_tags: LABELS.map((label) => ({
      tag_name: label,
      regex: `^wasmcustom\\..*?(;${label}=([^;]*))`,
    })),
  };
}

/**
 * The JSON access log, one object a line. It holds no header but the request id, and the path without its query: nothing secret.
 * `modelmux` is the module's own JSON object (route, provider, model, attempts, tokens, ttft_ms) as a text;
 * `path` is what the last attempt asked its provider for.
 */
export function renderAccessLog(path: string): object {
  const format = { log_format: { json_format: LOG_FIELDS } };
  const type = "envoy.extensions.access_loggers";
  // Standard output is written to, not opened: opening it fails where it is a socket or belongs to another user.
  if (path === "/dev/stdout")
    return extension("envoy.access_loggers.stdout", `${type}.stream.v3.StdoutAccessLog`, format);
  if (path === "/dev/stderr")
    return extension("envoy.access_loggers.stderr", `${type}.stream.v3.StderrAccessLog`, format);
  return extension("envoy.access_loggers.file", `${type}.file.v3.FileAccessLog`, { path, ...format });
}

const LOG_FIELDS = {
  time: "%START_TIME%",
  method: "%REQ(:METHOD)%",
  path: "%PATH(NQ)%",
  protocol: "%PROTOCOL%",
  status: "%RESPONSE_CODE%",
  flags: "%RESPONSE_FLAGS%",
  details: "%RESPONSE_CODE_DETAILS%",
  duration_ms: "%DURATION%",
  bytes_received: "%BYTES_RECEIVED%",
  bytes_sent: "%BYTES_SENT%",
  cluster: "%UPSTREAM_CLUSTER%",
  upstream: "%UPSTREAM_HOST%",
  request_id: "%REQ(X-REQUEST-ID)%",
  modelmux: "%FILTER_STATE(wasm.modelmux:PLAIN)%",
};
