import { BufferType, IMPORT_SIGNATURES, Result } from "./abi";
import { BodyBuffer } from "./buffer";
import type { Context } from "./context";
import { decodePairs, encodePairs, type HeaderMap } from "./header-map";
import { LOG_LEVELS } from "./log";
import type { WasmVm } from "./vm";
import { wasiFunctions } from "./wasi";

type HostFunction = (...values: never[]) => number | void;

/** The host's side of the ABI, for one VM. Each function checks first whether it may be called now. */
export function makeImports(vm: WasmVm): WebAssembly.Imports {
  const functions: Record<string, Record<string, HostFunction>> = {
    env: {
      ...generalFunctions(vm),
      ...headerFunctions(vm),
      ...bufferFunctions(vm),
      ...streamFunctions(vm),
      ...metricFunctions(vm),
      ...notModelled(vm),
    },
    wasi_snapshot_preview1: wasiFunctions(vm),
    wasi_unstable: wasiFunctions(vm),
  };
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {
    env: {},
    wasi_snapshot_preview1: {},
    wasi_unstable: {},
  };
  for (const name of Object.keys(IMPORT_SIGNATURES)) {
    const [module = "", field = ""] = name.split(".");
    const call = functions[module]?.[field] as ((...values: unknown[]) => number | void) | undefined;
    if (call === undefined) throw new Error(`the host lacks ${name}`);
    (imports[module] as Record<string, WebAssembly.ImportValue>)[field] = (...values: unknown[]) => {
      vm.checkAllowed(name);
      return call(...values);
    };
  }
  return imports;
}

function generalFunctions(vm: WasmVm): Record<string, HostFunction> {
  return {
    proxy_log: (level: number, pointer: number, size: number) => {
      const name = LOG_LEVELS[level];
      const bytes = vm.memory.read(pointer, size);
      if (name === undefined) return Result.BadArgument;
      if (bytes === null) return Result.InvalidMemoryAccess;
      vm.options.log.write(
        name,
        vm.context?.plugin.name ?? "",
        vm.context?.id ?? 0,
        Buffer.from(bytes).toString("utf8"),
      );
      return Result.Ok;
    },
    proxy_get_log_level: (slot: number) =>
      vm.memory.writeWord(slot, LOG_LEVELS.indexOf(vm.options.log.level)) ? Result.Ok : Result.InvalidMemoryAccess,
    proxy_get_current_time_nanoseconds: (slot: number) =>
      vm.memory.writeLong(slot, BigInt(Math.round(vm.options.clock.now * 1000)) * 1000n)
        ? Result.Ok
        : Result.InvalidMemoryAccess,
    proxy_set_tick_period_milliseconds: (period: number) => {
      vm.tickPeriodMs = period;
      return Result.Ok;
    },
    proxy_set_effective_context: (id: number) => (vm.setEffectiveContext(id) ? Result.Ok : Result.BadArgument),
    proxy_done: () => Result.NotFound,
    proxy_get_property: (path: number, pathSize: number, pointerSlot: number, sizeSlot: number) => {
      const text = vm.memory.read(path, pathSize);
      if (text === null) return Result.InvalidMemoryAccess;
      const value = readProperty(vm, Buffer.from(text).toString("utf8").split("\0"));
      if (value === null) return Result.NotFound;
      return vm.memory.give(value, pointerSlot, sizeSlot) ? Result.Ok : Result.InvalidMemoryAccess;
    },
    proxy_set_property: (path: number, pathSize: number, pointer: number, size: number) => {
      const key = vm.memory.read(path, pathSize);
      const value = vm.memory.read(pointer, size);
      if (key === null || value === null) return Result.InvalidMemoryAccess;
      const owner = vm.context?.owner ?? null;
      if (owner === null) return Result.NotFound;
      owner.filterState.set(`wasm.${Buffer.from(key).toString("utf8")}`, value);
      return Result.Ok;
    },
    proxy_get_shared_data: (key: number, keySize: number, pointerSlot: number, sizeSlot: number, casSlot: number) => {
      const entry = vm.sharedData.get(vm.memory.readText(key, keySize) ?? "");
      if (entry === undefined) return Result.NotFound;
      return vm.memory.give(entry.value, pointerSlot, sizeSlot) && vm.memory.writeWord(casSlot, entry.version)
        ? Result.Ok
        : Result.InvalidMemoryAccess;
    },
    proxy_set_shared_data: (key: number, keySize: number, pointer: number, size: number, cas: number) => {
      const name = vm.memory.readText(key, keySize);
      const value = vm.memory.read(pointer, size);
      if (name === null || value === null) return Result.InvalidMemoryAccess;
      const version = vm.sharedData.get(name)?.version ?? 0;
      if (cas !== 0 && cas !== version) return Result.CasMismatch;
      vm.sharedData.set(name, { value, version: version + 1 });
      return Result.Ok;
    },
  };
}

function readProperty(vm: WasmVm, path: string[]): Uint8Array | null {
  const context = vm.context;
  if (context === null) return null;
  if (path.length === 1 && path[0] === "plugin_name") return Buffer.from(context.plugin.name);
  if (path.length === 1 && path[0] === "plugin_root_id") return Buffer.from(context.plugin.rootId);
  if (path.length === 1 && path[0] === "plugin_vm_id") return Buffer.from(vm.options.vmId);
  if (path.join(".") === "node.id") return Buffer.from("test-node");
  return context.owner?.property(path) ?? null;
}

/** Reads texts out of the module's memory; null when one of them lies outside. */
function readTexts(vm: WasmVm, ...places: (readonly [number, number])[]): string[] | null {
  const texts = places.map(([pointer, size]) => vm.memory.readText(pointer, size));
  return texts.some((text) => text === null) ? null : (texts as string[]);
}

function headerFunctions(vm: WasmVm): Record<string, HostFunction> {
  const change = (
    type: number,
    texts: string[] | null,
    edit: (map: HeaderMap, name: string, value: string) => void,
  ): number => {
    if (type > 7) return Result.BadArgument;
    if (texts === null) return Result.InvalidMemoryAccess;
    const map = vm.context?.writableMap(type) ?? null;
    const [name = "", value = ""] = texts;
    if (map === null || name === "") return Result.BadArgument;
    checkHeader(vm, name, value);
    edit(map, name, value);
    if (type === 0) vm.context?.owner?.clearRouteCache();
    return Result.Ok;
  };
  return {
    proxy_get_header_map_value: (type: number, key: number, keySize: number, pointerSlot: number, sizeSlot: number) => {
      const name = vm.memory.readText(key, keySize);
      if (name === null) return Result.InvalidMemoryAccess;
      const map = type > 7 ? null : (vm.context?.readableMap(type) ?? null);
      if (map === null) return Result.BadArgument;
      const value = map.get(name);
      if (value === undefined) return Result.NotFound;
      return vm.memory.give(Buffer.from(value, "latin1"), pointerSlot, sizeSlot)
        ? Result.Ok
        : Result.InvalidMemoryAccess;
    },
    proxy_add_header_map_value: (type: number, key: number, keySize: number, value: number, valueSize: number) =>
      change(type, readTexts(vm, [key, keySize], [value, valueSize]), (map, name, text) => map.add(name, text)),
    proxy_replace_header_map_value: (type: number, key: number, keySize: number, value: number, valueSize: number) =>
      change(type, readTexts(vm, [key, keySize], [value, valueSize]), (map, name, text) => map.set(name, text)),
    proxy_remove_header_map_value: (type: number, key: number, keySize: number) =>
      change(type, readTexts(vm, [key, keySize]), (map, name) => map.remove(name)),
    proxy_get_header_map_pairs: (type: number, pointerSlot: number, sizeSlot: number) => {
      if (type > 7) return Result.BadArgument;
      const pairs = vm.context?.readableMap(type)?.entries() ?? [];
      return vm.memory.give(pairs.length === 0 ? new Uint8Array(0) : encodePairs(pairs), pointerSlot, sizeSlot)
        ? Result.Ok
        : Result.InvalidMemoryAccess;
    },
    proxy_set_header_map_pairs: (type: number, pointer: number, size: number) => {
      const bytes = vm.memory.read(pointer, size);
      if (bytes === null) return Result.InvalidMemoryAccess;
      const map = type > 7 ? null : (vm.context?.writableMap(type) ?? null);
      if (map === null) return Result.BadArgument;
      map.replaceAll(readPairs(vm, bytes));
      if (type === 0) vm.context?.owner?.clearRouteCache();
      return Result.Ok;
    },
    proxy_get_header_map_size: (type: number, slot: number) => {
      const map = type > 7 ? null : (vm.context?.readableMap(type) ?? null);
      if (map === null) return Result.BadArgument;
      return vm.memory.writeWord(slot, map.byteSize) ? Result.Ok : Result.InvalidMemoryAccess;
    },
  };
}

/** Header text that Envoy would put on the wire as it is, or die of in a debug build. */
function checkHeader(vm: WasmVm, name: string, value: string): void {
  if (!/^:?[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) vm.violate(`header name is no token: ${JSON.stringify(name)}`);
  if (/[\r\n\0]/.test(value)) vm.violate(`header value with CR, LF or NUL: ${name}: ${JSON.stringify(value)}`);
}

function readPairs(vm: WasmVm, bytes: Uint8Array): (readonly [string, string])[] {
  const pairs = decodePairs(bytes);
  if (pairs === null) vm.violate("malformed header pairs");
  for (const [name, value] of pairs ?? []) checkHeader(vm, name, value);
  return pairs ?? [];
}

function bufferOf(vm: WasmVm, type: number): BodyBuffer | null {
  const context = vm.context;
  if (context === null) return null;
  if (type === BufferType.HttpRequestBody) return context.body("request") ?? new BodyBuffer();
  if (type === BufferType.HttpResponseBody) return context.body("response") ?? new BodyBuffer();
  if (type === BufferType.PluginConfiguration)
    return context.isConfiguring ? new BodyBuffer(Buffer.from(context.plugin.configuration)) : null;
  if (type === BufferType.VmConfiguration || type === BufferType.CallData) return new BodyBuffer();
  return type === BufferType.HttpCallResponseBody ? (context.root.httpCall?.body ?? null) : null;
}

function bufferFunctions(vm: WasmVm): Record<string, HostFunction> {
  return {
    proxy_get_buffer_bytes: (type: number, start: number, length: number, pointerSlot: number, sizeSlot: number) => {
      const buffer = type >>> 0 > 8 ? null : bufferOf(vm, type);
      if (type >>> 0 > 8) return Result.BadArgument;
      if (buffer === null) return Result.NotFound;
      const from = start >>> 0;
      const count = Math.min(length >>> 0, Math.max(0, buffer.length - from));
      // For no bytes Envoy answers Ok and leaves the module's slots as they were.
      if (count === 0) return Result.Ok;
      return vm.memory.give(buffer.slice(from, count), pointerSlot, sizeSlot) ? Result.Ok : Result.InvalidMemoryAccess;
    },
    proxy_get_buffer_status: (type: number, lengthSlot: number, flagsSlot: number) => {
      const buffer = bufferOf(vm, type);
      if (buffer === null) return Result.NotFound;
      return vm.memory.writeWord(lengthSlot, buffer.length) && vm.memory.writeWord(flagsSlot, 0)
        ? Result.Ok
        : Result.InvalidMemoryAccess;
    },
    proxy_set_buffer_bytes: (type: number, start: number, length: number, pointer: number, size: number) => {
      const data = vm.memory.read(pointer, size);
      if (data === null) return Result.InvalidMemoryAccess;
      const side =
        type === BufferType.HttpRequestBody ? "request" : type === BufferType.HttpResponseBody ? "response" : null;
      const buffer = side === null ? null : (vm.context?.body(side) ?? null);
      return buffer === null ? Result.BadArgument : buffer.set(start >>> 0, length >>> 0, data);
    },
  };
}

function streamFunctions(vm: WasmVm): Record<string, HostFunction> {
  const later = (run: (context: Context) => void): number => {
    const context = vm.context;
    if (context !== null) vm.afterCall.push(() => run(context));
    return Result.Ok;
  };
  return {
    proxy_send_local_response: (
      status: number,
      details: number,
      detailsSize: number,
      body: number,
      bodySize: number,
      pairs: number,
      pairsSize: number,
    ) => {
      const texts = readTexts(vm, [details, detailsSize]);
      const bytes = vm.memory.read(body, bodySize);
      const encoded = vm.memory.read(pairs, pairsSize);
      if (texts === null || bytes === null || encoded === null) return Result.InvalidMemoryAccess;
      const headers = readPairs(vm, encoded);
      vm.stopNextIteration = true;
      return later((context) => {
        if (context.localReplySent || context.deleted) return;
        context.localReplySent = true;
        context.owner?.sendLocalReply({ status, headers, body: bytes, details: (texts[0] ?? "").replaceAll(" ", "_") });
      });
    },
    proxy_continue_stream: (type: number) => {
      if (type > 3) return Result.BadArgument;
      if (type > 1) return Result.BadArgument;
      return later((context) => {
        if (!context.deleted) context.owner?.continueSide(type === 0 ? "request" : "response");
      });
    },
    proxy_close_stream: (type: number) => {
      if (type > 3) return Result.BadArgument;
      return later((context) => {
        if (!context.deleted) context.owner?.resetStream("wasm_close_stream");
      });
    },
    proxy_call_foreign_function: (name: number, nameSize: number) => {
      const text = vm.memory.readText(name, nameSize);
      if (text === null) return Result.InvalidMemoryAccess;
      if (text !== "clear_route_cache") return Result.NotFound;
      vm.context?.owner?.clearRouteCache();
      return Result.Ok;
    },
    proxy_http_call: (
      uri: number,
      uriSize: number,
      pairs: number,
      pairsSize: number,
      body: number,
      bodySize: number,
      trailers: number,
      trailersSize: number,
      timeoutMs: number,
      slot: number,
    ) => {
      const texts = readTexts(vm, [uri, uriSize]);
      const encoded = vm.memory.read(pairs, pairsSize);
      const bytes = vm.memory.read(body, bodySize);
      if (texts === null || encoded === null || bytes === null || vm.memory.read(trailers, trailersSize) === null)
        return Result.InvalidMemoryAccess;
      const headers = readPairs(vm, encoded);
      const names = new Set(headers.map(([name]) => name.toLowerCase()));
      if (timeoutMs < 0 || ![":path", ":method", ":authority"].every((name) => names.has(name)))
        return Result.BadArgument;
      const context = vm.context;
      const token =
        context === null
          ? null
          : (vm.options.httpCall?.(context, { cluster: texts[0] ?? "", headers, body: bytes, timeoutMs }) ?? null);
      if (token === null) return Result.BadArgument;
      return vm.memory.writeWord(slot, token) ? Result.Ok : Result.InvalidMemoryAccess;
    },
    proxy_get_status: (codeSlot: number, pointerSlot: number, sizeSlot: number) =>
      vm.memory.writeWord(codeSlot, vm.context?.root.httpCall === null ? Result.BrokenConnection : Result.Ok) &&
      vm.memory.give(new Uint8Array(0), pointerSlot, sizeSlot)
        ? Result.Ok
        : Result.InvalidMemoryAccess,
  };
}

function metricFunctions(vm: WasmVm): Record<string, HostFunction> {
  const metrics = vm.options.metrics;
  return {
    proxy_define_metric: (kind: number, name: number, nameSize: number, slot: number) => {
      const bytes = vm.memory.read(name, nameSize);
      if (bytes === null) return Result.InvalidMemoryAccess;
      const { result, id } = metrics.define(kind, Buffer.from(bytes).toString("utf8"));
      if (result !== Result.Ok) return result;
      return vm.memory.writeWord(slot, id) ? Result.Ok : Result.InvalidMemoryAccess;
    },
    proxy_increment_metric: (id: number, offset: bigint) => metrics.increment(id, offset),
    proxy_record_metric: (id: number, value: bigint) => metrics.record(id, BigInt.asUintN(64, value)),
    proxy_get_metric: (id: number, slot: number) => {
      const { result, value } = metrics.get(id);
      if (result !== Result.Ok) return result;
      return vm.memory.writeLong(slot, value) ? Result.Ok : Result.InvalidMemoryAccess;
    },
  };
}

/** Functions that Envoy has and this host does not model: using one fails the test. */
function notModelled(vm: WasmVm): Record<string, HostFunction> {
  const names = [
    "register_shared_queue",
    "resolve_shared_queue",
    "dequeue_shared_queue",
    "enqueue_shared_queue",
    "grpc_call",
    "grpc_stream",
    "grpc_close",
    "grpc_cancel",
    "grpc_send",
  ];
  return Object.fromEntries(
    names.map((name) => [
      `proxy_${name}`,
      (): number => {
        vm.violate(`proxy_${name} is not modelled by this host`);
        return Result.Unimplemented;
      },
    ]),
  );
}
