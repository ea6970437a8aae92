import "./abort";
import { allocate, liveBlockCount } from "../bytes/memory";
import { PluginContext, StreamContext } from "./context";
import { Action } from "./enums";

/*
 * The callbacks of proxy-wasm ABI 0.2.1. Unknown ids are ignored, never a trap.
 * Source: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1
 */

const plugins: Map<i32, PluginContext> = new Map<i32, PluginContext>();
const streams: Map<i32, StreamContext> = new Map<i32, StreamContext>();
let createPlugin: (() => PluginContext) | null = null;

/** Says how a plugin instance is made; called once by the entry. */
export function registerPlugin(factory: () => PluginContext): void {
  createPlugin = factory;
}

/** The marker by which a host knows the ABI. */
export function proxy_abi_version_0_2_1(): void {}

/** The host asks for memory, re-entrantly, while one of our host calls runs. Unmanaged on purpose: no collection may run now. */
export function proxy_on_memory_allocate(size: usize): usize {
  return allocate(size);
}

/** Blocks of unmanaged memory in use; for tests and diagnosis. */
export function modelmux_live_blocks(): i32 {
  return liveBlockCount();
}

export function proxy_on_vm_start(rootId: i32, configurationLength: i32): i32 {
  return 1;
}

export function proxy_on_context_create(id: i32, parentId: i32): void {
  if (parentId == 0) {
    const factory = createPlugin;
    if (factory !== null) plugins.set(id, factory());
    return;
  }
  if (!plugins.has(parentId)) return;
  const stream = plugins.get(parentId).openStream(id);
  if (stream !== null) streams.set(id, stream);
}

export function proxy_on_configure(rootId: i32, configurationLength: i32): i32 {
  if (!plugins.has(rootId)) return 0;
  return plugins.get(rootId).configure(configurationLength) ? 1 : 0;
}

export function proxy_on_request_headers(id: i32, count: i32, endOfStream: i32): i32 {
  if (!streams.has(id)) return Action.Continue;
  return streams.get(id).onRequestHeaders(endOfStream != 0);
}

export function proxy_on_request_body(id: i32, size: i32, endOfStream: i32): i32 {
  if (!streams.has(id)) return Action.Continue;
  return streams.get(id).onRequestBody(size, endOfStream != 0);
}

export function proxy_on_request_trailers(id: i32, count: i32): i32 {
  if (!streams.has(id)) return Action.Continue;
  return streams.get(id).onRequestTrailers();
}

export function proxy_on_response_headers(id: i32, count: i32, endOfStream: i32): i32 {
  if (!streams.has(id)) return Action.Continue;
  return streams.get(id).onResponseHeaders(endOfStream != 0);
}

export function proxy_on_response_body(id: i32, size: i32, endOfStream: i32): i32 {
  if (!streams.has(id)) return Action.Continue;
  return streams.get(id).onResponseBody(size, endOfStream != 0);
}

export function proxy_on_response_trailers(id: i32, count: i32): i32 {
  if (!streams.has(id)) return Action.Continue;
  return streams.get(id).onResponseTrailers();
}

export function proxy_on_log(id: i32): void {
  if (streams.has(id)) streams.get(id).onLog();
}

export function proxy_on_done(id: i32): i32 {
  if (streams.has(id)) streams.get(id).onDone();
  return 1;
}

export function proxy_on_delete(id: i32): void {
  if (streams.has(id)) {
    streams.get(id).onDelete();
    streams.delete(id);
    return;
  }
  plugins.delete(id);
}
