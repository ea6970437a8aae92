import "./abort";
import { allocate, liveBlockCount } from "../bytes/memory";
import { beginCallback, endCallback } from "./collector";
import { PluginContext, StreamContext } from "./context";
import { Action } from "./enums";
import { IdTable } from "./id-table";

/*
 * The callbacks of proxy-wasm ABI 0.2.1. Unknown ids are ignored, never a trap. Each begins and ends with the collector: no reference
 * to a managed object may be used behind `endCallback`.
 * Source: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1
 */

const plugins = new IdTable<PluginContext>();
const streams = new IdTable<StreamContext>();
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
  beginCallback();
  createContext(id, parentId);
  endCallback();
}

function createContext(id: i32, parentId: i32): void {
  if (parentId == 0) {
    const factory = createPlugin;
    if (factory !== null) plugins.set(id, factory());
    return;
  }
  const plugin = plugins.find(parentId);
  if (plugin === null) return;
  const stream = plugin.openStream(id);
  if (stream !== null) streams.set(id, stream);
}

export function proxy_on_configure(rootId: i32, configurationLength: i32): i32 {
  beginCallback();
  const plugin = plugins.find(rootId);
  const isAccepted = plugin !== null && plugin.configure(configurationLength);
  endCallback();
  return isAccepted ? 1 : 0;
}

export function proxy_on_request_headers(id: i32, count: i32, endOfStream: i32): i32 {
  beginCallback();
  const stream = streams.find(id);
  const action = stream === null ? Action.Continue : stream.onRequestHeaders(endOfStream != 0);
  endCallback();
  return action;
}

export function proxy_on_request_body(id: i32, size: i32, endOfStream: i32): i32 {
  beginCallback();
  const stream = streams.find(id);
  const action = stream === null ? Action.Continue : stream.onRequestBody(size, endOfStream != 0);
  endCallback();
  return action;
}

export function proxy_on_request_trailers(id: i32, count: i32): i32 {
  beginCallback();
  const stream = streams.find(id);
  const action = stream === null ? Action.Continue : stream.onRequestTrailers();
  endCallback();
  return action;
}

export function proxy_on_response_headers(id: i32, count: i32, endOfStream: i32): i32 {
  beginCallback();
  const stream = streams.find(id);
  const action = stream === null ? Action.Continue : stream.onResponseHeaders(endOfStream != 0);
  endCallback();
  return action;
}

export function proxy_on_response_body(id: i32, size: i32, endOfStream: i32): i32 {
  beginCallback();
  const stream = streams.find(id);
  const action = stream === null ? Action.Continue : stream.onResponseBody(size, endOfStream != 0);
  endCallback();
  return action;
}

export function proxy_on_response_trailers(id: i32, count: i32): i32 {
  beginCallback();
  const stream = streams.find(id);
  const action = stream === null ? Action.Continue : stream.onResponseTrailers();
  endCallback();
  return action;
}

export function proxy_on_log(id: i32): void {
  beginCallback();
  const stream = streams.find(id);
  if (stream !== null) stream.onLog();
  endCallback();
}

/**
 * The end of a stream or plugin. Hosts ask `proxy_on_done` right before this, and take its absence for "nothing to wait for"; a second
 * entry into the VM would only cost time.
 */
export function proxy_on_delete(id: i32): void {
  beginCallback();
  const stream = streams.find(id);
  if (stream !== null) {
    stream.onDone();
    stream.onDelete();
    streams.delete(id);
  } else plugins.delete(id);
  endCallback();
}
