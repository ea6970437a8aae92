import { ByteBuffer, copyToText } from "../bytes/buffer";
import { release } from "../bytes/memory";
import { BufferType, HeaderMap, LogLevel, MetricType, Status, StreamType } from "./enums";
import {
  proxyAddHeaderMapValue,
  proxyCloseStream,
  proxyDefineMetric,
  proxyGetBufferBytes,
  proxyGetProperty,
  proxyGetSharedData,
  proxyIncrementMetric,
  proxyLog,
  proxyRecordMetric,
  proxyRemoveHeaderMapValue,
  proxyReplaceHeaderMapValue,
  proxySendLocalResponse,
  proxySetBufferBytes,
  proxySetProperty,
  proxySetSharedData,
  wasiClockTimeGet,
  wasiRandomGet,
} from "./imports";

/** Where the host writes what it returns: an address, a length, or one 8-byte number. Read at once after each call. */
export const RETURN_SLOTS: usize = memory.data(16, 8);

/** Bytes that the host has put into our memory. The holder calls `release` once. */
export class HostBytes {
  pointer: usize = 0;
  length: i32 = 0;

  /** Takes what the last host call returned. */
  take(): void {
    this.pointer = load<usize>(RETURN_SLOTS);
    this.length = this.pointer == 0 ? 0 : load<i32>(RETURN_SLOTS, 4);
  }

  /** Gives the bytes back. */
  release(): void {
    release(this.pointer);
    this.pointer = 0;
    this.length = 0;
  }
}

function clearReturnSlots(): void {
  store<u64>(RETURN_SLOTS, 0);
}

/** Reads `length` bytes of a buffer from its start into `into`; false when there are none. */
export function getBufferBytes(buffer: BufferType, length: i32, into: HostBytes): bool {
  clearReturnSlots();
  const status = proxyGetBufferBytes(buffer, 0, length, RETURN_SLOTS, RETURN_SLOTS + 4);
  into.take();
  return status == Status.Ok && into.length > 0;
}

/** Puts bytes in the place of the first `length` bytes of a buffer. */
export function replaceBufferPrefix(buffer: BufferType, length: i32, data: usize, dataLength: i32): void {
  proxySetBufferBytes(buffer, 0, length, data, dataLength);
}

/** Sets a header, or adds it when it is missing. */
export function setHeader(map: HeaderMap, name: StaticArray<u8>, value: usize, length: i32): void {
  proxyReplaceHeaderMapValue(map, changetype<usize>(name), name.length, value, length);
}

/** Sets a header to a managed text. */
export function setHeaderText(map: HeaderMap, name: StaticArray<u8>, value: StaticArray<u8>): void {
  proxyReplaceHeaderMapValue(map, changetype<usize>(name), name.length, changetype<usize>(value), value.length);
}

/** Adds a header that is known to be missing: Envoy appends it without building an index of all names, which a look-up makes it do. */
export function addHeader(map: HeaderMap, name: StaticArray<u8>, value: usize, length: i32): void {
  proxyAddHeaderMapValue(map, changetype<usize>(name), name.length, value, length);
}

/** Adds a header that is known to be missing, with a managed text. */
export function addHeaderText(map: HeaderMap, name: StaticArray<u8>, value: StaticArray<u8>): void {
  proxyAddHeaderMapValue(map, changetype<usize>(name), name.length, changetype<usize>(value), value.length);
}

/** Removes a header; nothing happens when it is not there. */
export function removeHeader(map: HeaderMap, name: StaticArray<u8>): void {
  proxyRemoveHeaderMapValue(map, changetype<usize>(name), name.length);
}

/** Removes the header whose name lies at `name`. */
export function removeHeaderAt(map: HeaderMap, name: usize, nameLength: i32): void {
  proxyRemoveHeaderMapValue(map, name, nameLength);
}

/** Stores a filter state object of this stream; Envoy knows it as `wasm.<name>`. */
export function setProperty(name: StaticArray<u8>, value: usize, length: i32): void {
  proxySetProperty(changetype<usize>(name), name.length, value, length);
}

/** Reads a property (path parts separated by NUL) into `into`; false when there is none. */
export function getProperty(path: StaticArray<u8>, into: HostBytes): bool {
  clearReturnSlots();
  const status = proxyGetProperty(changetype<usize>(path), path.length, RETURN_SLOTS, RETURN_SLOTS + 4);
  into.take();
  return status == Status.Ok && into.length > 0;
}

/** Ends the stream with an answer of our own. `headers` is a serialised map of header pairs (`writePairs`). */
export function sendLocalResponse(status: i32, details: StaticArray<u8>, body: ByteBuffer, headers: ByteBuffer): bool {
  return (
    proxySendLocalResponse(
      status,
      changetype<usize>(details),
      details.length,
      body.pointer,
      body.length,
      headers.pointer,
      headers.length,
      -1,
    ) == Status.Ok
  );
}

/** Resets the stream, so that the client sees a cut transfer. */
export function resetStream(type: StreamType): void {
  proxyCloseStream(type);
}

/** Defines a metric and gives its id, or -1 when the host refuses. Not allowed before the plugin is configured. */
export function defineMetric(type: MetricType, name: usize, length: i32): i32 {
  clearReturnSlots();
  if (proxyDefineMetric(type, name, length, RETURN_SLOTS) != Status.Ok) return -1;
  return load<i32>(RETURN_SLOTS);
}

/** Adds to a counter; an id below 0 is ignored, so counting can never fail a request. */
export function addToCounter(metric: i32, offset: i64): void {
  if (metric >= 0) proxyIncrementMetric(metric, offset);
}

/** Records a value in a histogram; an id below 0 is ignored. */
export function recordHistogram(metric: i32, value: i64): void {
  if (metric >= 0) proxyRecordMetric(metric, value);
}

/**
 * Reads a value that all workers of one `vm_id` share into `into`; gives its version for `setSharedData`, or 0 when there is no value
 * (0 also stands for any version when writing).
 */
export function getSharedData(key: StaticArray<u8>, into: HostBytes): i32 {
  clearReturnSlots();
  store<u64>(RETURN_SLOTS, 0, 8);
  const status = proxyGetSharedData(
    changetype<usize>(key),
    key.length,
    RETURN_SLOTS,
    RETURN_SLOTS + 4,
    RETURN_SLOTS + 8,
  );
  into.take();
  return status == Status.Ok ? load<i32>(RETURN_SLOTS, 8) : 0;
}

/** Writes a shared value if its version is still the one that was read; false when another worker was faster. */
export function setSharedData(key: StaticArray<u8>, value: usize, length: i32, version: i32): bool {
  return proxySetSharedData(changetype<usize>(key), key.length, value, length, version) == Status.Ok;
}

/** Nanoseconds since an arbitrary point, never going back. */
export function monotonicNanoseconds(): i64 {
  store<i64>(RETURN_SLOTS, 0);
  wasiClockTimeGet(1, 0, RETURN_SLOTS);
  return load<i64>(RETURN_SLOTS);
}

/** Seconds since 1970. */
export function unixSeconds(): i64 {
  store<i64>(RETURN_SLOTS, 0);
  wasiClockTimeGet(0, 0, RETURN_SLOTS);
  return load<i64>(RETURN_SLOTS) / 1000000000;
}

/** 64 random bits from the host. */
export function randomBits(): u64 {
  store<u64>(RETURN_SLOTS, 0);
  wasiRandomGet(RETURN_SLOTS, 8);
  return load<u64>(RETURN_SLOTS);
}

/** Logs a line. Never pass a secret. For rare events only: the text is encoded at every call. */
export function log(level: LogLevel, message: string): void {
  const encoded = String.UTF8.encode(message);
  proxyLog(level, changetype<usize>(encoded), encoded.byteLength);
}

/** A managed copy of a property, empty when there is none. For rare paths. */
export function readProperty(path: StaticArray<u8>): StaticArray<u8> {
  const bytes = new HostBytes();
  getProperty(path, bytes);
  const text = copyToText(bytes.pointer, bytes.length);
  bytes.release();
  return text;
}
