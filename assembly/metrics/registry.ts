import { MetricType } from "../abi/enums";
import { defineMetric } from "../abi/host";
import { ByteBuffer } from "../bytes/buffer";

/*
 * Metric ids by name. A name is defined at its first use and its id kept, one table per VM: ids belong to the VM, and a name
 * that two plugin configurations share is the same metric.
 */
const ids: Map<u64, i32> = new Map<u64, i32>();

/** The id of the metric whose full name is in `name`; -1 when the host refused it. */
export function metricId(type: MetricType, name: ByteBuffer): i32 {
  const hash = hashBytes(name.pointer, name.length);
  if (ids.has(hash)) return ids.get(hash);
  const id = defineMetric(type, name.pointer, name.length);
  ids.set(hash, id);
  return id;
}

/** A 64-bit FNV-1a style hash, 8 bytes a step with a final mix; names that collide would only share a counter. */
export function hashBytes(pointer: usize, length: i32): u64 {
  let hash: u64 = 0xcbf29ce484222325 ^ length;
  let offset = 0;
  for (; offset + 8 <= length; offset += 8) {
    hash = (hash ^ load<u64>(pointer + offset)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
  }
  for (; offset < length; offset++) hash = (hash ^ load<u8>(pointer + offset)) * 0x100000001b3;
  hash ^= hash >> 32;
  hash *= 0xd6e8feb86659fd93;
  return hash ^ (hash >> 32);
}
