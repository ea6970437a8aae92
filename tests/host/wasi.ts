import type { WasmVm } from "./vm";

const BAD_FILE = 8;
const FAULT = 21;
const NO_SYSTEM_CALL = 52;
const NOT_SUPPORTED = 58;

/** The few WASI functions that Envoy offers: output goes to the log, everything else about files is refused. */
export function wasiFunctions(vm: WasmVm): Record<string, (...values: never[]) => number | void> {
  const environment = (): Buffer[] =>
    Object.entries(vm.options.environment).map(([name, value]) => Buffer.from(`${name}=${value}\0`));
  return {
    environ_sizes_get: (countSlot: number, sizeSlot: number) => {
      const all = environment();
      const size = all.reduce((sum, entry) => sum + entry.length, 0);
      return vm.memory.writeWord(countSlot, all.length) && vm.memory.writeWord(sizeSlot, size) ? 0 : FAULT;
    },
    environ_get: (pointers: number, buffer: number) => {
      let address = buffer;
      for (const [index, entry] of environment().entries()) {
        if (!vm.memory.writeWord(pointers + index * 4, address) || !vm.memory.write(address, entry)) return FAULT;
        address += entry.length;
      }
      return 0;
    },
    args_sizes_get: (countSlot: number, sizeSlot: number) =>
      vm.memory.writeWord(countSlot, 0) && vm.memory.writeWord(sizeSlot, 0) ? 0 : FAULT,
    args_get: () => 0,
    clock_time_get: (id: number, _precision: bigint, slot: number) => {
      if (id > 1) return NOT_SUPPORTED;
      return vm.memory.writeLong(slot, BigInt(Math.round(vm.options.clock.now * 1000)) * 1000n) ? 0 : FAULT;
    },
    random_get: (pointer: number, size: number) => {
      const bytes = Uint8Array.from({ length: size >>> 0 }, () => Math.floor(vm.options.random() * 256));
      return vm.memory.write(pointer, bytes) ? 0 : FAULT;
    },
    fd_write: (file: number, vectors: number, count: number, writtenSlot: number) => {
      if (file !== 1 && file !== 2) return BAD_FILE;
      const parts: Uint8Array[] = [];
      for (let index = 0; index < count; index++) {
        const part = vm.memory.read(
          vm.memory.readWord(vectors + index * 8) ?? -1,
          vm.memory.readWord(vectors + index * 8 + 4) ?? 0,
        );
        if (part === null) return FAULT;
        parts.push(part);
      }
      const text = Buffer.concat(parts);
      vm.options.log.write(
        file === 1 ? "info" : "error",
        vm.context?.plugin.name ?? "",
        vm.context?.id ?? 0,
        text.toString("utf8").replace(/\n$/, ""),
      );
      return vm.memory.writeWord(writtenSlot, text.length) ? 0 : FAULT;
    },
    fd_read: () => NO_SYSTEM_CALL,
    fd_seek: () => 0,
    fd_close: () => 0,
    fd_fdstat_get: (file: number, slot: number) => {
      if (file !== 1 && file !== 2) return BAD_FILE;
      const bytes = Buffer.alloc(24);
      bytes.writeUInt32LE(64, 8);
      return vm.memory.write(slot, bytes) ? 0 : FAULT;
    },
    proc_exit: () => undefined,
  };
}
