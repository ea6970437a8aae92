import { readFileSync } from "node:fs";

/**
 * Host functions that stock Envoy 1.40 offers to a module of ABI 0.2.1. An import outside this list makes Envoy refuse the module,
 * at once or on the host that lacks it (`proxy_clear_route_cache` for example is gone). Source: the Proxy-Wasm ABI 0.2.1,
 * https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1, checked by loading probes into Envoy 1.40.
 */
const ENVOY_FUNCTIONS = new Set([
  "proxy_log",
  "proxy_get_log_level",
  "proxy_get_property",
  "proxy_set_property",
  "proxy_get_status",
  "proxy_get_buffer_bytes",
  "proxy_get_buffer_status",
  "proxy_set_buffer_bytes",
  "proxy_get_header_map_pairs",
  "proxy_get_header_map_size",
  "proxy_get_header_map_value",
  "proxy_set_header_map_pairs",
  "proxy_add_header_map_value",
  "proxy_replace_header_map_value",
  "proxy_remove_header_map_value",
  "proxy_continue_stream",
  "proxy_close_stream",
  "proxy_send_local_response",
  "proxy_http_call",
  "proxy_grpc_call",
  "proxy_grpc_stream",
  "proxy_grpc_send",
  "proxy_grpc_cancel",
  "proxy_grpc_close",
  "proxy_get_shared_data",
  "proxy_set_shared_data",
  "proxy_register_shared_queue",
  "proxy_resolve_shared_queue",
  "proxy_dequeue_shared_queue",
  "proxy_enqueue_shared_queue",
  "proxy_define_metric",
  "proxy_increment_metric",
  "proxy_record_metric",
  "proxy_get_metric",
  "proxy_set_effective_context",
  "proxy_set_tick_period_milliseconds",
  "proxy_get_current_time_nanoseconds",
  "proxy_call_foreign_function",
  "proxy_done",
]);

/** The few WASI functions that the gateway may use: the environment (keys), the clock and randomness. */
const WASI_FUNCTIONS = new Set(["environ_get", "environ_sizes_get", "clock_time_get", "random_get"]);

/** Imports of a compiled module that stock Envoy does not have, or that the gateway has no business to use; as `module.name`. */
export async function findForbiddenImports(path: string): Promise<string[]> {
  const module = await WebAssembly.compile(readFileSync(path));
  return WebAssembly.Module.imports(module)
    .filter((entry) => entry.kind !== "function" || !isAllowedImport(entry.module, entry.name))
    .map((entry) => `${entry.module}.${entry.name}`);
}

function isAllowedImport(module: string, name: string): boolean {
  if (module === "env") return ENVOY_FUNCTIONS.has(name);
  return module === "wasi_snapshot_preview1" && WASI_FUNCTIONS.has(name);
}
