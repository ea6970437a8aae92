import { ByteBuffer } from "../../bytes/buffer";
import { hash64 } from "../../bytes/hash";
import { Part } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { unescapeInto } from "../../json/read";

/** The names of the functions that a conversation calls, by the calls' ids, for vendors whose results name the function. Holds scratch memory: `free` it. */
export class CallNames {
  private names: Map<u64, i32> = new Map<u64, i32>();
  private scratch: ByteBuffer = new ByteBuffer();

  constructor(private document: JsonDocument) {}

  /** Notes a call; a later one with the same id takes its place. */
  note(call: Part): void {
    this.names.set(this.hash(call.id), call.name);
  }

  /** The node of the function's name for a result, or -1 when no such call was noted. */
  find(result: Part): i32 {
    if (result.idFromName) return result.id;
    const hash = this.hash(result.id);
    return this.names.has(hash) ? this.names.get(hash) : -1;
  }

  /** Gives the scratch memory back. */
  free(): void {
    this.scratch.free();
  }

  private hash(node: i32): u64 {
    this.scratch.length = 0;
    unescapeInto(this.document.textPointer(node), this.document.textLength(node), this.scratch);
    return hash64(this.scratch.pointer, this.scratch.length);
  }
}
