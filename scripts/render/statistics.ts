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
 * `modelmux` is the module's own JSON object (route, provider, model, attempts, tokens, ttft_ms) as a text.
 */
export function renderAccessLog(path: string): object {
  return extension("envoy.access_loggers.file", "envoy.extensions.access_loggers.file.v3.FileAccessLog", {
    path,
    log_format: {
      json_format: {
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
      },
    },
  });
}
