/** What a host call answers. */
export const enum Status {
  Ok = 0,
  NotFound = 1,
  BadArgument = 2,
}

/** Log levels of the host. */
export const enum LogLevel {
  Trace = 0,
  Debug = 1,
  Info = 2,
  Warn = 3,
  Error = 4,
  Critical = 5,
}

/** Header maps of a stream. */
export const enum HeaderMap {
  RequestHeaders = 0,
  RequestTrailers = 1,
  ResponseHeaders = 2,
  ResponseTrailers = 3,
}

/** Buffers of the host. */
export const enum BufferType {
  RequestBody = 0,
  ResponseBody = 1,
  PluginConfiguration = 7,
}

/** What a stream callback answers: go on, or hold (headers are held, body bytes are gathered by the host). */
export const enum Action {
  Continue = 0,
  Pause = 1,
}

/** Kinds of metric. */
export const enum MetricType {
  Counter = 0,
  Gauge = 1,
  Histogram = 2,
}

/** Which half of an HTTP stream to close. */
export const enum StreamType {
  Request = 0,
  Response = 1,
}
