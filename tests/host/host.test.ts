import { beforeAll, describe, expect, test } from "vitest";
import { BodyBuffer } from "./buffer";
import { Clock } from "./clock";
import { compileAssembly, compileProbe } from "./compile-probe";
import { decodePairs, encodePairs, HeaderMap, type HeaderPair } from "./header-map";
import { Log } from "./log";
import { MetricStore } from "./metrics";
import { MiniEnvoy, StartError } from "./mini-envoy";
import { EnvoyCrash, LoadError, WasmVm } from "./vm";

/** A module that has just what Envoy demands; `more` is added. */
const minimal = (more = ""): string => `
export function abort(message: string | null, fileName: string | null, line: u32, column: u32): void { unreachable(); }
export function proxy_abi_version_0_2_1(): void {}
let blocks = 0;
export function proxy_on_memory_allocate(size: usize): usize { blocks++; return heap.alloc(size); }
export function modelmux_live_blocks(): i32 { return blocks; }
${more}`;

function load(code: Uint8Array, environment: Record<string, string> = {}): { vm: WasmVm; log: Log } {
  const log = new Log();
  const vm = new WasmVm(code, {
    vmId: "test",
    environment,
    clock: new Clock(),
    log,
    metrics: new MetricStore(),
    random: () => 0.5,
  });
  return { vm, log };
}
const start = (
  wasm: Uint8Array,
  options: { failOnTrap?: boolean; bufferLimit?: number; environment?: Record<string, string> } = {},
): MiniEnvoy => MiniEnvoy.start({ wasm, plugin: "gateway", attemptPlugin: "attempt", ...options });

let probe: Uint8Array;
beforeAll(async () => {
  probe = await compileProbe();
}, 60_000);

describe("loading", () => {
  test("a module that Envoy takes", async () => {
    expect(load(await compileAssembly(minimal())).vm.dead).toBe(false);
  });
  test("bytes that are no module", () => {
    expect(() => load(Buffer.from("\0asm\x01\0\0\0\x01\x7f"))).toThrow(LoadError);
  });
  test("no ABI version", async () => {
    const code = await compileAssembly(minimal().replace("proxy_abi_version_0_2_1", "proxy_abi_version_0_2_100"));
    expect(() => load(code)).toThrow("Missing or unknown Proxy-Wasm ABI version");
  });
  test("no allocation hook", async () => {
    const code = await compileAssembly(minimal().replace("proxy_on_memory_allocate", "proxy_on_memory_alocate_"));
    expect(() => load(code)).toThrow(/missing malloc|does not know the callback/);
  });
  test.each([
    ["env", "proxy_clear_route_cache", "(): i32"],
    ["env", "abort", "(): void"],
    ["env", "proxy_continue_request", "(): i32"],
    ["wasi_snapshot_preview1", "path_open", "(): i32"],
  ])("an import that Envoy lacks: %s.%s", async (module, name, signature) => {
    const code = await compileAssembly(
      minimal(
        `@external("${module}", "${name}") declare function host${signature}; export function use(): void { host(); }`,
      ),
    );
    expect(() => load(code)).toThrow(`missing import: ${module}.${name}`);
  });
  test("an import with another signature", async () => {
    const code = await compileAssembly(
      minimal(
        '@external("env", "proxy_increment_metric") declare function host(id: i32, by: i32): i32; export function use(): void { host(1, 1); }',
      ),
    );
    expect(() => load(code)).toThrow(
      "import type mismatch: env.proxy_increment_metric, want: i32 i32 -> i32, but host exports: i32 i64 -> i32",
    );
  });
  test("a callback with another signature", async () => {
    const code = await compileAssembly(
      minimal("export function proxy_on_request_headers(context: i32, count: i32): i32 { return 0; }"),
    );
    expect(() => load(code)).toThrow("Bad function signature for: proxy_on_request_headers");
  });
});

const LOG = '@external("env", "proxy_log") declare function proxy_log(level: i32, pointer: usize, size: i32): i32;';
const DEFINE =
  '@external("env", "proxy_define_metric") declare function define(type: i32, name: usize, size: i32, slot: usize): i32;';

describe("what may be called at start", () => {
  test("logging in _initialize works", async () => {
    const { log } = load(
      await compileAssembly(minimal(`${LOG} const text = memory.data<u8>([104, 105]); proxy_log(2, text, 2);`)),
    );
    expect(log.lines.map((line) => line.message)).toEqual(["hi"]);
  });
  test("a metric in _initialize is a restricted callback", async () => {
    const code = await compileAssembly(minimal(`${DEFINE} const slot = memory.data(8); define(0, slot, 1, slot + 4);`));
    expect(() => load(code)).toThrow("restricted_callback: env.proxy_define_metric");
  });
  test("any host call in a start section crashes Envoy", async () => {
    const code = await compileAssembly(
      minimal(`${LOG} const text = memory.data<u8>([104, 105]); proxy_log(2, text, 2);`),
      ["-O0"],
    );
    expect(() => load(code)).toThrow(EnvoyCrash);
  });
  test("a host call in the allocation hook is a trap, except for logs", async () => {
    const hook = (call: string): string =>
      minimal(`${LOG} ${DEFINE} const slot = memory.data(16);
        @external("env", "proxy_get_buffer_bytes") declare function get(type: i32, start: i32, length: i32, pointer: usize, size: usize): i32;
        export function proxy_on_configure(context: i32, size: i32): i32 { return get(7, 0, 100, slot, slot + 4) == 0 ? 1 : 0; }`).replace(
        "blocks++;",
        call,
      );
    expect(() => start(Buffer.from([]))).toThrow();
    const allowed = await compileAssembly(hook("blocks++; proxy_log(2, slot, 1);"));
    expect(start(allowed).vm.dead).toBe(false);
    const forbidden = await compileAssembly(hook("blocks++; define(0, slot, 1, slot + 8);"));
    expect(() => start(forbidden)).toThrow(/refuses its configuration[^]*restricted_callback/);
  });
});

describe("memory", () => {
  test("bytes come through the allocation hook; none for no bytes, whose slots stay as they were", async () => {
    const code = await compileAssembly(
      minimal(`const slots = memory.data(16);
        @external("env", "proxy_get_buffer_bytes") declare function bytes(type: i32, start: i32, length: i32, pointer: usize, size: usize): i32;
        @external("env", "proxy_get_header_map_pairs") declare function pairs(map: i32, pointer: usize, size: usize): i32;
        export function proxy_on_request_headers(context: i32, count: i32, end: i32): i32 {
          store<u32>(slots, 77); store<u32>(slots, 88, 4);
          const result = bytes(0, 0, 100, slots, slots + 4);
          if (result != 0 || load<u32>(slots) != 77 || load<u32>(slots, 4) != 88 || blocks != 0) unreachable();
          if (pairs(2, slots, slots + 4) != 0 || load<u32>(slots) != 0 || load<u32>(slots, 4) != 0 || blocks != 0) unreachable();
          if (pairs(0, slots, slots + 4) != 0 || load<u32>(slots) == 0 || load<u32>(slots, 4) == 0 || blocks != 1) unreachable();
          heap.free(load<u32>(slots)); blocks--;
          return 0;
        }`),
    );
    const envoy = start(code);
    envoy.request({ body: "x" });
    envoy.assertNoLeaks();
    expect(envoy.vm.memory.allocations).toBe(1);
  });
  test("addresses outside the memory are InvalidMemoryAccess", async () => {
    const code = await compileAssembly(
      minimal(`${LOG} @external("env", "proxy_get_property") declare function property(path: usize, size: i32, pointer: usize, length: usize): i32;
        export function proxy_on_configure(context: i32, size: i32): i32 { return proxy_log(2, 0xfffffff0, 100) == 6 && property(0xfffffff0, 100, 0, 4) == 6 ? 1 : 0; }`),
    );
    expect(start(code).vm.dead).toBe(false);
  });
  test("a block that is not released is found", async () => {
    const envoy = start(
      await compileAssembly(
        minimal(
          "export function proxy_on_request_headers(context: i32, count: i32, end: i32): i32 { blocks++; return 0; }",
        ),
      ),
    );
    envoy.request({ body: "x" });
    expect(() => envoy.assertNoLeaks()).toThrow("1 unmanaged blocks were never released");
  });
  test("a stream that is still open is found", () => {
    const envoy = start(probe);
    const open = envoy.openRequest({ headers: { "x-probe-gateway": "H:1" } });
    expect(() => envoy.assertNoLeaks()).toThrow("1 streams are still open");
    open.disconnect();
    envoy.assertNoLeaks();
  });
});

describe("a trap", () => {
  test("fails the test", () => {
    expect(() => start(probe).request({ headers: { "x-probe-gateway": "H:T" } })).toThrow("the module has trapped");
  });
  test("kills the VM: 503 for this request and every later one", () => {
    const envoy = start(probe, { failOnTrap: false });
    expect(envoy.request({ headers: { "x-probe-gateway": "H:T" } }).status).toBe(503);
    const lines = envoy.log.lines.length;
    const later = envoy.request({ body: "x" });
    expect([later.status, later.details]).toEqual([503, "wasm_fail_stream"]);
    expect(envoy.log.lines.length).toBe(lines);
    expect(envoy.log.text).toContain("Function: proxy_on_request_headers failed");
  });
});

describe("header pairs", () => {
  const pairs: HeaderPair[] = [
    [":status", "200"],
    ["set-cookie", "a"],
    ["set-cookie", "b"],
    ["empty", ""],
    ["bytes", "\x01\xff"],
  ];
  test("come back as they were", () => {
    expect(decodePairs(encodePairs(pairs))).toEqual(pairs);
    expect(decodePairs(encodePairs([]))).toEqual([]);
  });
  test("have the layout of the ABI", () => {
    expect([...encodePairs([["ab", "c"]])]).toEqual([1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 97, 98, 0, 99, 0]);
  });
  test("cut or missing a NUL are refused, at every length", () => {
    const bytes = encodePairs(pairs);
    for (let length = 1; length < bytes.length; length++) expect(decodePairs(bytes.subarray(0, length))).toBeNull();
    const broken = Buffer.from(bytes);
    broken[broken.length - 1] = 7;
    expect(decodePairs(broken)).toBeNull();
  });
  test("beyond 1,024 pairs or 1 MiB are refused", () => {
    expect(decodePairs(encodePairs(Array.from({ length: 1025 }, () => ["a", "b"] as const)))).toBeNull();
    expect(decodePairs(encodePairs([["a", "b".repeat(1024 * 1024)]]))).toBeNull();
  });
});

describe("header maps", () => {
  test("are ordered, have lower-case names and several values", () => {
    const map = new HeaderMap([
      ["A", "1"],
      ["b", "2"],
      ["a", "3"],
    ]);
    expect(map.getAll("A")).toEqual(["1", "3"]);
    map.set("a", "4");
    map.add("C", "5");
    expect(map.entries()).toEqual([
      ["a", "4"],
      ["b", "2"],
      ["c", "5"],
    ]);
    map.remove("B");
    expect([map.size, map.byteSize, map.get("b")]).toEqual([2, 4, undefined]);
  });
});

describe("changing a body", () => {
  const changed = (start: number, length: number, data: string): [number, string] => {
    const buffer = new BodyBuffer(Buffer.from("hello"));
    const result = buffer.set(start, length, Buffer.from(data));
    return [result, Buffer.from(buffer.take()).toString()];
  };
  test.each([
    ["prepend", 0, 0, "> ", [0, "> hello"]],
    ["replace a prefix", 0, 2, "J", [0, "Jllo"]],
    ["replace all", 0, 5, "bye", [0, "bye"]],
    ["replace more than all", 0, 0xffffffff, "bye", [0, "bye"]],
    ["empty", 0, 5, "", [0, ""]],
    ["append", 5, 0, "!", [0, "hello!"]],
    ["append behind the end", 9, 9, "!", [0, "hello!"]],
    ["the middle is a bad argument", 1, 1, "a", [2, "hello"]],
    ["the tail is a bad argument", 4, 1, "a", [2, "hello"]],
  ] as const)("%s", (_name, start, length, data, expected) => {
    expect(changed(start, length, data)).toEqual(expected);
  });
});

describe("metrics", () => {
  test("one name is one metric, whatever id it got; counters only grow; the store outlives a VM", () => {
    const store = new MetricStore();
    const [first, second] = [store.define(0, "a"), store.define(0, "a")];
    expect(first.id).not.toBe(second.id);
    expect([
      store.increment(first.id, 2n),
      store.increment(second.id, 3n),
      store.increment(first.id, -1n),
      store.increment(99, 1n),
    ]).toEqual([0, 0, 2, 1]);
    const histogram = store.define(2, "h");
    expect([
      store.record(histogram.id, 5n),
      store.increment(histogram.id, 1n),
      store.get(histogram.id).result,
      store.define(3, "x").result,
    ]).toEqual([0, 2, 2, 2]);
    const gauge = store.define(1, "g");
    store.increment(gauge.id, -2n);
    expect(store.snapshot()).toEqual({ a: 5, h: [5], g: -2 });
  });
  test("configure runs in the main thread's VM for each plugin and in the worker's", () => {
    expect(start(probe).metrics()).toEqual({ probe_configured: 4 });
  });
});

describe("starting", () => {
  test("a refused configuration is an error", () => {
    expect(() => MiniEnvoy.start({ wasm: probe, plugin: "reject" })).toThrow(StartError);
  });
  test("both roots hear done and delete at the end", () => {
    const envoy = start(probe);
    envoy.log.lines.length = 0;
    envoy.stop();
    expect(envoy.log.lines.map((line) => line.message)).toEqual(
      ["attempt-root#2 done ", "attempt-root#2 delete", "gateway-root#1 done ", "gateway-root#1 delete"].map(
        (text) => text,
      ),
    );
    expect(envoy.vm.contexts.size).toBe(0);
  });
});

describe("WASI", () => {
  test("environment, clock and random bytes", async () => {
    const code = await compileAssembly(
      minimal(`${LOG} const slots = memory.data(64);
        @external("wasi_snapshot_preview1", "environ_sizes_get") declare function sizes(count: usize, size: usize): i32;
        @external("wasi_snapshot_preview1", "environ_get") declare function environment(pointers: usize, buffer: usize): i32;
        @external("wasi_snapshot_preview1", "clock_time_get") declare function clock(id: i32, precision: i64, slot: usize): i32;
        @external("wasi_snapshot_preview1", "random_get") declare function random(pointer: usize, size: i32): i32;
        export function proxy_on_configure(context: i32, size: i32): i32 {
          sizes(slots, slots + 4);
          const buffer = heap.alloc(load<u32>(slots, 4));
          environment(slots + 8, buffer);
          proxy_log(2, buffer, load<u32>(slots, 4));
          if (clock(0, 0, slots + 40) != 0 || load<u64>(slots, 40) != 1767225600000000000 || clock(2, 0, slots) == 0) return 0;
          return random(slots, 4) == 0 && load<u8>(slots) != 0 ? 1 : 0;
        }`),
    );
    expect(start(code, { environment: { KEY: "secret", B: "" } }).log.lines[0]?.message).toBe("KEY=secret\0B=\0");
  });
});

describe("calls and ticks", () => {
  const source = minimal(`${LOG} const slots = memory.data(64);
    const cluster = memory.data<u8>([116, 111, 107, 101, 110]);
    @external("env", "proxy_http_call") declare function call(uri: usize, uriSize: i32, pairs: usize, pairsSize: i32, body: usize, bodySize: i32, trailers: usize, trailersSize: i32, timeout: i32, token: usize): i32;
    @external("env", "proxy_set_tick_period_milliseconds") declare function tick(period: i32): i32;
    @external("env", "proxy_get_buffer_bytes") declare function bytes(type: i32, start: i32, length: i32, pointer: usize, size: usize): i32;
    @external("env", "proxy_set_effective_context") declare function effective(context: i32): i32;
    @external("env", "proxy_continue_stream") declare function resume(stream: i32): i32;
    const names = memory.data<u8>([3,0,0,0, 5,0,0,0,1,0,0,0, 7,0,0,0,3,0,0,0, 10,0,0,0,1,0,0,0, 58,112,97,116,104,0,47,0, 58,109,101,116,104,111,100,0,71,69,84,0, 58,97,117,116,104,111,114,105,116,121,0,97,0]);
    let waiting = 0;
    export function proxy_on_configure(context: i32, size: i32): i32 { tick(1000); return 1; }
    export function proxy_on_tick(context: i32): void { proxy_log(2, cluster, 3); }
    export function proxy_on_request_headers(context: i32, count: i32, end: i32): i32 {
      waiting = context;
      return call(cluster, 5, names, 63, 0, 0, 0, 0, 1000, slots) == 0 ? 4 : 0;
    }
    export function proxy_on_http_call_response(context: i32, token: i32, headers: i32, size: i32, trailers: i32): void {
      if (bytes(4, 0, size, slots, slots + 4) == 0) { proxy_log(2, load<u32>(slots), load<u32>(slots, 4)); heap.free(load<u32>(slots)); blocks--; }
      effective(waiting);
      resume(0);
    }`);
  test("a stream waits for a call's answer and is continued from the root's callback", async () => {
    const envoy = start(await compileAssembly(source));
    envoy.upstream("token", { body: "granted" });
    const answer = envoy.request({ headers: { "x-a": "b" }, body: "x" });
    expect([answer.status, answer.details]).toEqual([503, "cluster_not_found"]);
    expect(envoy.log.lines.map((line) => line.message)).toContain("granted");
    envoy.assertNoLeaks();
  });
  test("an unknown cluster is a bad argument", async () => {
    const envoy = start(await compileAssembly(source));
    expect(envoy.request({ body: "x" }).status).toBe(503);
    expect(envoy.log.lines.map((line) => line.message)).not.toContain("granted");
  });
  test("ticks come by virtual time", async () => {
    const envoy = start(await compileAssembly(source));
    envoy.advance(3500);
    expect(envoy.log.lines.filter((line) => line.message === "tok").length).toBe(6);
  });
});
