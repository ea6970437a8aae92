/** A module's linear memory as the host uses it. Addresses out of range give null or false, never an exception. */
export class HostMemory {
  /** Allocations that the host has asked the module for, and their bytes. */
  allocations = 0;
  allocatedBytes = 0;

  constructor(
    private readonly memory: WebAssembly.Memory,
    private readonly allocate: (size: number) => number,
  ) {}

  get size(): number {
    return this.memory.buffer.byteLength;
  }
  /** A copy of `length` bytes; null when they do not lie in the memory. */
  read(pointer: number, length: number): Uint8Array | null {
    const start = pointer >>> 0;
    const count = length >>> 0;
    if (start + count > this.size) return null;
    return new Uint8Array(this.memory.buffer, start, count).slice();
  }
  readText(pointer: number, length: number): string | null {
    const bytes = this.read(pointer, length);
    return bytes === null ? null : Buffer.from(bytes).toString("latin1");
  }
  write(pointer: number, bytes: Uint8Array): boolean {
    const start = pointer >>> 0;
    if (start + bytes.length > this.size) return false;
    new Uint8Array(this.memory.buffer).set(bytes, start);
    return true;
  }
  writeWord(pointer: number, value: number): boolean {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value >>> 0);
    return this.write(pointer, bytes);
  }
  writeLong(pointer: number, value: bigint): boolean {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
    return this.write(pointer, bytes);
  }
  readWord(pointer: number): number | null {
    const bytes = this.read(pointer, 4);
    return bytes === null ? null : Buffer.from(bytes).readUInt32LE(0);
  }
  /**
   * Hands bytes to the module: allocates in the module (re-entrantly; nothing for no bytes, whose address is 0), copies, and stores
   * address and size where the module wants them.
   */
  give(bytes: Uint8Array, pointerSlot: number, sizeSlot: number): boolean {
    let address = 0;
    if (bytes.length > 0) {
      address = this.allocate(bytes.length) >>> 0;
      this.allocations++;
      this.allocatedBytes += bytes.length;
      if (address === 0 || !this.write(address, bytes)) return false;
    }
    return this.writeWord(pointerSlot, address) && this.writeWord(sizeSlot, bytes.length);
  }
}
