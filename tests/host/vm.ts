import { ALLOWED_AT_START, ALLOWED_IN_ALLOCATION, EXPORT_SIGNATURES, IMPORT_SIGNATURES } from "./abi";
import type { Clock } from "./clock";
import type { Context } from "./context";
import { makeImports } from "./imports";
import type { Log } from "./log";
import { HostMemory } from "./memory";
import type { MetricStore } from "./metrics";
import type { Plugin } from "./context";
import { type ModuleShape, readModuleShape } from "./wasm-binary";

/** Envoy would refuse to load the module. */
export class LoadError extends Error {}
/** Envoy itself would crash. */
export class EnvoyCrash extends Error {}

export interface VmOptions {
  vmId: string;
  environment: Record<string, string>;
  clock: Clock;
  log: Log;
  metrics: MetricStore;
  /** A number from 0 to 1. */
  random: () => number;
  /** What `clear_route_cache` and other foreign functions do; an unknown name is NotFound. */
  httpCall?: (context: Context, call: HttpCall) => number | null;
}
export interface HttpCall {
  cluster: string;
  headers: readonly (readonly [string, string])[];
  body: Uint8Array;
  timeoutMs: number;
}

const compiled = new WeakMap<Uint8Array, WebAssembly.Module>();

/** One instance of the module in one thread of Envoy. After a trap it is dead: nothing is called any more. */
export class WasmVm {
  readonly contexts = new Map<number, Context>();
  readonly sharedData = new Map<string, { value: Uint8Array; version: number }>();
  /** Mistakes that Envoy would not forgive, or not notice: tests fail on them. */
  readonly violations: string[] = [];
  /** What killed the VM. */
  trap: Error | null = null;
  tickPeriodMs = 0;
  memory!: HostMemory;
  stopNextIteration = false;
  readonly afterCall: (() => void)[] = [];
  private exports: Record<string, WebAssembly.ExportValue> = {};
  private current: Context | null = null;
  private effectiveId = 0;
  private nextId = 1;
  private depth = 0;
  private allowed: ReadonlySet<string> | null = null;
  private isLinked = false;

  constructor(
    code: Uint8Array,
    readonly options: VmOptions,
  ) {
    checkShape(code);
    const module = compiled.get(code) ?? compile(code);
    compiled.set(code, module);
    const instance = new WebAssembly.Instance(module, makeImports(this));
    this.exports = instance.exports;
    const memory = this.exports["memory"];
    if (!(memory instanceof WebAssembly.Memory)) throw new LoadError("Wasm module exports no memory");
    this.memory = new HostMemory(memory, (size) => this.allocate(size));
    this.isLinked = true;
    this.start();
  }

  get dead(): boolean {
    return this.trap !== null;
  }
  register(context: Context): number {
    this.contexts.set(this.nextId, context);
    return this.nextId++;
  }
  unregister(context: Context): void {
    this.contexts.delete(context.id);
  }
  /** The context that host calls are about. */
  get context(): Context | null {
    return this.contexts.get(this.effectiveId) ?? this.current;
  }
  setEffectiveContext(id: number): boolean {
    if (!this.contexts.has(id)) return false;
    this.effectiveId = id;
    return true;
  }
  exported(name: string): ((...values: number[]) => number) | null {
    const value = this.exports[name];
    return typeof value === "function" ? (value as (...values: number[]) => number) : null;
  }
  /** Unmanaged blocks that the module holds now, when it says so. */
  get liveBlocks(): number {
    return this.exported("modelmux_live_blocks")?.() ?? 0;
  }
  hasCallback(name: string): boolean {
    return this.exported(name) !== null;
  }
  violate(text: string): void {
    this.violations.push(text);
  }
  /** Refuses host calls that are not allowed at this moment. */
  checkAllowed(name: string): void {
    if (!this.isLinked)
      throw new EnvoyCrash(`${name} is called in the module's start section, before its memory is known`);
    if (this.allowed !== null && !this.allowed.has(name)) throw new Error(`restricted_callback: ${name}`);
  }

  /**
   * Calls the module for a context; null when the VM is dead or the module has no such callback. `convert` sees the raw answer before the
   * deferred actions (local replies, continued streams) run.
   */
  invoke(
    context: Context | null,
    name: string,
    values: number[],
    convert: (raw: number) => number = (raw) => raw,
  ): number | null {
    const callback = this.exported(name);
    if (this.dead || callback === null) return null;
    const saved = [this.current, this.effectiveId] as const;
    this.current = context;
    this.effectiveId = 0;
    this.depth++;
    let answer: number | null = null;
    try {
      answer = convert(callback(...values) ?? 0);
    } catch (error) {
      this.kill(error, name);
    }
    this.depth--;
    [this.current, this.effectiveId] = saved;
    this.stopNextIteration = false;
    for (let action = this.afterCall.shift(); action !== undefined; action = this.afterCall.shift()) action();
    return this.dead ? null : answer;
  }
  private kill(error: unknown, name: string): void {
    if (error instanceof EnvoyCrash) throw error;
    this.trap = error instanceof Error ? error : new Error(String(error));
    this.options.log.write("critical", "", this.current?.id ?? 0, `Function: ${name} failed: ${this.trap.message}`);
  }
  private start(): void {
    this.allowed = ALLOWED_AT_START;
    this.invoke(null, this.hasCallback("_initialize") ? "_initialize" : "_start", []);
    if (this.hasCallback("_initialize") && this.hasCallback("main")) this.invoke(null, "main", [0, 0]);
    this.allowed = null;
    if (this.trap !== null) throw new LoadError(`Failed to initialize Wasm code: ${this.trap.message}`);
  }
  private allocate(size: number): number {
    const allocate = this.exported("malloc") ?? this.exported("proxy_on_memory_allocate");
    const before = this.allowed;
    this.allowed = ALLOWED_IN_ALLOCATION;
    try {
      return allocate?.(size) ?? 0;
    } finally {
      this.allowed = before;
    }
  }
  /** Starts a plugin in this VM: `proxy_on_context_create`, `proxy_on_vm_start`, `proxy_on_configure`. */
  configure(root: Context): boolean {
    const plugin: Plugin = root.plugin;
    root.isConfiguring = true;
    root.create();
    root.isConfiguring = false;
    if (this.hasCallback("proxy_on_vm_start") && this.invoke(root, "proxy_on_vm_start", [root.id, 0]) !== 1)
      return false;
    root.isConfiguring = true;
    const size = Buffer.byteLength(plugin.configuration);
    const accepted =
      !this.hasCallback("proxy_on_configure") || this.invoke(root, "proxy_on_configure", [root.id, size]) === 1;
    root.isConfiguring = false;
    return accepted && !this.dead;
  }
}

function compile(code: Uint8Array): WebAssembly.Module {
  try {
    return new WebAssembly.Module(code as Uint8Array<ArrayBuffer>);
  } catch (error) {
    throw new LoadError(`Failed to load Wasm bytecode: ${String(error)}`);
  }
}

function readShape(code: Uint8Array): ModuleShape {
  try {
    return readModuleShape(code);
  } catch (error) {
    throw new LoadError(String(error));
  }
}

/** What Envoy checks before it links: ABI version, allocation hook, imports, signatures. */
function checkShape(code: Uint8Array): void {
  const shape = readShape(code);
  if (!["proxy_abi_version_0_2_0", "proxy_abi_version_0_2_1"].some((name) => shape.exports.has(name)))
    throw new LoadError("Missing or unknown Proxy-Wasm ABI version");
  for (const { name, kind, signature } of shape.imports) {
    if (kind === "memory") continue;
    const wanted = IMPORT_SIGNATURES[name];
    if (kind !== "function" || wanted === undefined)
      throw new LoadError(`Failed to load Wasm module due to a missing import: ${name}`);
    if (wanted !== signature)
      throw new LoadError(
        `Failed to load Wasm module due to an import type mismatch: ${name}, want: ${signature}, but host exports: ${wanted}`,
      );
  }
  for (const [name, wanted] of Object.entries(EXPORT_SIGNATURES)) {
    const signature = shape.exports.get(name);
    if (signature !== undefined && signature !== wanted)
      throw new LoadError(`Bad function signature for: ${name}, want: ${wanted}, but the module exports: ${signature}`);
  }
  if (!shape.exports.has("malloc") && !shape.exports.has("proxy_on_memory_allocate"))
    throw new LoadError("Wasm module is missing malloc function.");
  for (const name of shape.exports.keys())
    if (name.startsWith("proxy_on_") && !(name in EXPORT_SIGNATURES))
      throw new LoadError(`this host does not know the callback ${name}: a typing error?`);
}
