/*
 * The numbers and signatures of the Proxy-Wasm ABI 0.2.1 as Envoy 1.40 has them
 * (https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1).
 */

export const Result = {
  Ok: 0,
  NotFound: 1,
  BadArgument: 2,
  SerializationFailure: 3,
  ParseFailure: 4,
  InvalidMemoryAccess: 6,
  Empty: 7,
  CasMismatch: 8,
  InternalFailure: 10,
  BrokenConnection: 11,
  Unimplemented: 12,
} as const;

export const MapType = {
  RequestHeaders: 0,
  RequestTrailers: 1,
  ResponseHeaders: 2,
  ResponseTrailers: 3,
  GrpcInitialMetadata: 4,
  GrpcTrailingMetadata: 5,
  HttpCallResponseHeaders: 6,
  HttpCallResponseTrailers: 7,
} as const;

export const BufferType = {
  HttpRequestBody: 0,
  HttpResponseBody: 1,
  HttpCallResponseBody: 4,
  VmConfiguration: 6,
  PluginConfiguration: 7,
  CallData: 8,
} as const;

/** What a header callback may return; a trailer callback the first two. */
export const HeadersStatus = {
  Continue: 0,
  StopIteration: 1,
  StopAllIterationAndBuffer: 3,
  StopAllIterationAndWatermark: 4,
} as const;

/** What a body callback may return. */
export const DataStatus = {
  Continue: 0,
  StopIterationAndBuffer: 1,
  StopIterationAndWatermark: 2,
  StopIterationNoBuffer: 3,
} as const;

const i32s = (count: number, result = "i32"): string =>
  `${Array<string>(count).fill("i32").join(" ")} -> ${result}`.trim();

/** Every function that a module may import, and its signature. Anything else makes Envoy refuse the module. */
export const IMPORT_SIGNATURES: Readonly<Record<string, string>> = {
  "env.proxy_log": i32s(3),
  "env.proxy_get_log_level": i32s(1),
  "env.proxy_get_status": i32s(3),
  "env.proxy_set_property": i32s(4),
  "env.proxy_get_property": i32s(4),
  "env.proxy_send_local_response": i32s(8),
  "env.proxy_continue_stream": i32s(1),
  "env.proxy_close_stream": i32s(1),
  "env.proxy_get_shared_data": i32s(5),
  "env.proxy_set_shared_data": i32s(5),
  "env.proxy_register_shared_queue": i32s(3),
  "env.proxy_resolve_shared_queue": i32s(5),
  "env.proxy_dequeue_shared_queue": i32s(3),
  "env.proxy_enqueue_shared_queue": i32s(3),
  "env.proxy_get_header_map_value": i32s(5),
  "env.proxy_add_header_map_value": i32s(5),
  "env.proxy_replace_header_map_value": i32s(5),
  "env.proxy_remove_header_map_value": i32s(3),
  "env.proxy_get_header_map_pairs": i32s(3),
  "env.proxy_set_header_map_pairs": i32s(3),
  "env.proxy_get_header_map_size": i32s(2),
  "env.proxy_get_buffer_status": i32s(3),
  "env.proxy_get_buffer_bytes": i32s(5),
  "env.proxy_set_buffer_bytes": i32s(5),
  "env.proxy_http_call": i32s(10),
  "env.proxy_grpc_call": i32s(12),
  "env.proxy_grpc_stream": i32s(9),
  "env.proxy_grpc_close": i32s(1),
  "env.proxy_grpc_cancel": i32s(1),
  "env.proxy_grpc_send": i32s(4),
  "env.proxy_set_tick_period_milliseconds": i32s(1),
  "env.proxy_get_current_time_nanoseconds": i32s(1),
  "env.proxy_define_metric": i32s(4),
  "env.proxy_increment_metric": "i32 i64 -> i32",
  "env.proxy_record_metric": "i32 i64 -> i32",
  "env.proxy_get_metric": i32s(2),
  "env.proxy_set_effective_context": i32s(1),
  "env.proxy_done": "-> i32",
  "env.proxy_call_foreign_function": i32s(6),
  ...wasiSignatures("wasi_snapshot_preview1"),
  ...wasiSignatures("wasi_unstable"),
};

function wasiSignatures(module: string): Record<string, string> {
  const functions: Record<string, string> = {
    fd_write: i32s(4),
    fd_read: i32s(4),
    fd_seek: "i32 i64 i32 i32 -> i32",
    fd_close: i32s(1),
    fd_fdstat_get: i32s(2),
    environ_get: i32s(2),
    environ_sizes_get: i32s(2),
    args_get: i32s(2),
    args_sizes_get: i32s(2),
    clock_time_get: "i32 i64 i32 -> i32",
    random_get: i32s(2),
    proc_exit: i32s(1, "").trim(),
  };
  return Object.fromEntries(Object.entries(functions).map(([name, signature]) => [`${module}.${name}`, signature]));
}

/** The callbacks that Envoy looks for, and the signatures that it demands of those which are there. */
export const EXPORT_SIGNATURES: Readonly<Record<string, string>> = {
  proxy_on_memory_allocate: i32s(1),
  malloc: i32s(1),
  _initialize: "->",
  _start: "->",
  proxy_on_context_create: i32s(2, "").trim(),
  proxy_on_vm_start: i32s(2),
  proxy_validate_configuration: i32s(2),
  proxy_on_configure: i32s(2),
  proxy_on_tick: i32s(1, "").trim(),
  proxy_on_request_headers: i32s(3),
  proxy_on_request_body: i32s(3),
  proxy_on_request_trailers: i32s(2),
  proxy_on_response_headers: i32s(3),
  proxy_on_response_body: i32s(3),
  proxy_on_response_trailers: i32s(2),
  proxy_on_http_call_response: i32s(5, "").trim(),
  proxy_on_queue_ready: i32s(2, "").trim(),
  proxy_on_foreign_function: i32s(3, "").trim(),
  proxy_on_done: i32s(1),
  proxy_on_log: i32s(1, "").trim(),
  proxy_on_delete: i32s(1, "").trim(),
};

const RESTRICTED_WASI = [
  "fd_write",
  "args_sizes_get",
  "args_get",
  "environ_sizes_get",
  "environ_get",
  "clock_time_get",
  "random_get",
];

/** What may be called while the module starts (`_initialize`): logs, environment, clock, random bytes. */
export const ALLOWED_AT_START: ReadonlySet<string> = new Set(["env.proxy_log", ...bothWasi(RESTRICTED_WASI)]);

/** What may be called inside the allocation hook. */
export const ALLOWED_IN_ALLOCATION: ReadonlySet<string> = new Set([
  "env.proxy_log",
  ...bothWasi(["fd_write", "clock_time_get"]),
]);

function bothWasi(names: string[]): string[] {
  return names.flatMap((name) => [`wasi_snapshot_preview1.${name}`, `wasi_unstable.${name}`]);
}
