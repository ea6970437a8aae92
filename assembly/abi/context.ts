import { Action } from "./enums";

/** A plugin instance: receives its configuration, and makes a context for each stream. */
export abstract class PluginContext {
  /** Reads the plugin's configuration; false makes Envoy refuse it. */
  abstract configure(configurationLength: i32): bool;
  /** A context for a new stream with the host's id `id`, or null while there is no valid configuration. */
  abstract openStream(id: i32): StreamContext | null;
}

/**
 * One HTTP stream as one filter sees it. Each callback gets whether the message ends with it, and answers whether the host goes on
 * or holds. Sizes are in bytes.
 */
export abstract class StreamContext {
  onRequestHeaders(endOfStream: bool): Action {
    return Action.Continue;
  }
  onRequestBody(size: i32, endOfStream: bool): Action {
    return Action.Continue;
  }
  onRequestTrailers(): Action {
    return Action.Continue;
  }
  onResponseHeaders(endOfStream: bool): Action {
    return Action.Continue;
  }
  onResponseBody(size: i32, endOfStream: bool): Action {
    return Action.Continue;
  }
  onResponseTrailers(): Action {
    return Action.Continue;
  }
  /** The host is about to write its access log; may be called more than once, and for a stream that never reached the filter. */
  onLog(): void {}
  /** The stream is over: last chance to count. `onDelete` follows at once. */
  onDone(): void {}
  /** The host forgets the stream: everything unmanaged is given back here. */
  onDelete(): void {}
}
