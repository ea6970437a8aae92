/*
 * A filter that looks at nothing and lets everything through: what two Wasm filters cost before they do anything.
 * Every callback is there, so that the host calls as often as it calls modelmux.
 */

export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_memory_allocate(size: usize): usize {
  return heap.alloc(size);
}

export function proxy_on_context_create(context: u32, parent: u32): void {}

export function proxy_on_vm_start(context: u32, size: u32): u32 {
  return 1;
}

export function proxy_on_configure(context: u32, size: u32): u32 {
  return 1;
}

export function proxy_on_request_headers(context: u32, count: u32, end: u32): u32 {
  return 0;
}

export function proxy_on_request_body(context: u32, size: u32, end: u32): u32 {
  return 0;
}

export function proxy_on_response_headers(context: u32, count: u32, end: u32): u32 {
  return 0;
}

export function proxy_on_response_body(context: u32, size: u32, end: u32): u32 {
  return 0;
}

export function proxy_on_done(context: u32): u32 {
  return 1;
}

export function proxy_on_log(context: u32): void {}

export function proxy_on_delete(context: u32): void {}
