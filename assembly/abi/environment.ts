import { allocate, release } from "../bytes/memory";
import { Environment } from "../config/environment";
import { RETURN_SLOTS } from "./host";
import { wasiEnvironGet, wasiEnvironSizesGet } from "./imports";

/** The VM's environment variables: Envoy's `vm_config.environment_variables`, read through WASI. */
export class HostEnvironment extends Environment {
  /** The value of a variable, or null when the VM does not have it. Meant for configuration time. */
  lookup(name: string): string | null {
    store<u64>(RETURN_SLOTS, 0);
    if (wasiEnvironSizesGet(RETURN_SLOTS, RETURN_SLOTS + 4) != 0) return null;
    const count = load<i32>(RETURN_SLOTS);
    const size = load<i32>(RETURN_SLOTS, 4);
    if (count <= 0 || size <= 0) return null;
    const pointers = allocate((<usize>count) << 2);
    const bytes = allocate(size);
    let found: string | null = null;
    if (wasiEnvironGet(pointers, bytes) == 0) {
      const prefix = name + "=";
      for (let index = 0; index < count && found === null; index++) {
        const start = load<usize>(pointers + ((<usize>index) << 2));
        if (start < bytes || start >= bytes + size) continue;
        let end = start;
        while (end < bytes + size && load<u8>(end) != 0) end += 1;
        const entry = String.UTF8.decodeUnsafe(start, end - start);
        if (entry.startsWith(prefix)) found = entry.substring(prefix.length);
      }
    }
    release(bytes);
    release(pointers);
    return found;
  }
}
