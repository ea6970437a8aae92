import { ByteBuffer } from "../bytes/buffer";

/*
 * Metric names as Envoy's Wasm host takes them: `name;label=value;label=value;...`. The rendered configuration's `stats_tags` turn
 * the labels into Prometheus labels (docs: envoy.config.metrics.v3.StatsConfig). Label values must not hold a semicolon.
 */

export const REQUESTS_TOTAL = "modelmux_requests_total";
export const TOKENS_TOTAL = "modelmux_tokens_total";
export const ATTEMPTS_TOTAL = "modelmux_attempts_total";
export const FALLBACKS_TOTAL = "modelmux_fallbacks_total";
export const NOTICES_TOTAL = "modelmux_notices_total";
export const REQUEST_DURATION = "modelmux_request_duration_milliseconds";
export const TIME_TO_FIRST_TOKEN = "modelmux_time_to_first_token_milliseconds";
export const TIME_PER_OUTPUT_TOKEN = "modelmux_time_per_output_token_milliseconds";

/** Appends `;label=` and the value; bytes that would end the label or break a line become `_`, an empty value becomes `none`. */
export function appendLabel(out: ByteBuffer, label: string, value: StaticArray<u8>): void {
  out.byte(0x3b);
  out.ascii(label);
  out.byte(0x3d);
  if (value.length == 0) {
    out.ascii("none");
    return;
  }
  for (let index = 0; index < value.length; index++) {
    const byte = unchecked(value[index]);
    out.byte(byte == 0x3b || byte < 0x20 || byte == 0x7f ? 0x5f : byte);
  }
}

/** Appends `;label=` and an ASCII literal. */
export function appendLiteralLabel(out: ByteBuffer, label: string, value: string): void {
  out.byte(0x3b);
  out.ascii(label);
  out.byte(0x3d);
  out.ascii(value);
}
