/*
 * The host functions that this module imports, exactly as proxy-wasm ABI 0.2.1 and WASI preview 1 declare them; a wrong signature or an
 * unknown name makes Envoy refuse the module. Out parameters are addresses of 4-byte or 8-byte slots that the host writes.
 * Source: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1
 */

// @ts-ignore: decorator
@external("env", "proxy_log")
export declare function proxyLog(level: i32, message: usize, length: i32): i32;

// @ts-ignore: decorator
@external("env", "proxy_get_property")
export declare function proxyGetProperty(path: usize, pathLength: i32, value: usize, valueLength: usize): i32;

// @ts-ignore: decorator
@external("env", "proxy_set_property")
export declare function proxySetProperty(path: usize, pathLength: i32, value: usize, valueLength: i32): i32;

// @ts-ignore: decorator
@external("env", "proxy_get_header_map_pairs")
export declare function proxyGetHeaderMapPairs(map: i32, pairs: usize, pairsLength: usize): i32;

// @ts-ignore: decorator
@external("env", "proxy_add_header_map_value")
export declare function proxyAddHeaderMapValue(
  map: i32,
  name: usize,
  nameLength: i32,
  value: usize,
  valueLength: i32,
): i32;

// @ts-ignore: decorator
@external("env", "proxy_replace_header_map_value")
export declare function proxyReplaceHeaderMapValue(
  map: i32,
  name: usize,
  nameLength: i32,
  value: usize,
  valueLength: i32,
): i32;

// @ts-ignore: decorator
@external("env", "proxy_remove_header_map_value")
export declare function proxyRemoveHeaderMapValue(map: i32, name: usize, nameLength: i32): i32;

// @ts-ignore: decorator
@external("env", "proxy_get_buffer_bytes")
export declare function proxyGetBufferBytes(buffer: i32, start: i32, length: i32, data: usize, dataLength: usize): i32;

// @ts-ignore: decorator
@external("env", "proxy_set_buffer_bytes")
export declare function proxySetBufferBytes(buffer: i32, start: i32, length: i32, data: usize, dataLength: i32): i32;

// @ts-ignore: decorator
@external("env", "proxy_send_local_response")
export declare function proxySendLocalResponse(
  status: i32,
  details: usize,
  detailsLength: i32,
  body: usize,
  bodyLength: i32,
  headers: usize,
  headersLength: i32,
  grpcStatus: i32,
): i32;

// @ts-ignore: decorator
@external("env", "proxy_close_stream")
export declare function proxyCloseStream(streamType: i32): i32;

// @ts-ignore: decorator
@external("env", "proxy_define_metric")
export declare function proxyDefineMetric(type: i32, name: usize, nameLength: i32, metric: usize): i32;

// @ts-ignore: decorator
@external("env", "proxy_increment_metric")
export declare function proxyIncrementMetric(metric: i32, offset: i64): i32;

// @ts-ignore: decorator
@external("env", "proxy_record_metric")
export declare function proxyRecordMetric(metric: i32, value: i64): i32;

// @ts-ignore: decorator
@external("env", "proxy_get_shared_data")
export declare function proxyGetSharedData(
  key: usize,
  keyLength: i32,
  value: usize,
  valueLength: usize,
  version: usize,
): i32;

// @ts-ignore: decorator
@external("env", "proxy_set_shared_data")
export declare function proxySetSharedData(
  key: usize,
  keyLength: i32,
  value: usize,
  valueLength: i32,
  version: i32,
): i32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "clock_time_get")
export declare function wasiClockTimeGet(clock: i32, precision: i64, time: usize): i32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "random_get")
export declare function wasiRandomGet(buffer: usize, length: usize): i32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "environ_sizes_get")
export declare function wasiEnvironSizesGet(count: usize, bytes: usize): i32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "environ_get")
export declare function wasiEnvironGet(pointers: usize, bytes: usize): i32;
