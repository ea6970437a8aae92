import { buildTestModule } from "./build";

/** What `assembly/testing/leaves.ts` exports; every value is a number unless said otherwise. */
type Exports = Record<string, (...values: (number | bigint)[]) => number> & {
  memory: WebAssembly.Memory;
  _initialize(): void;
};

/** `JsonError` of assembly/json/types.ts. */
export const JsonError = {
  None: 0,
  Truncated: 1,
  Syntax: 2,
  Utf8: 3,
  Depth: 4,
  DuplicateKey: 5,
  TooLarge: 6,
} as const;

/** `JsonKind` of assembly/json/types.ts. */
export const JsonKind = { Null: 0, False: 1, True: 2, Number: 3, String: 4, Array: 5, Object: 6 } as const;

/** The builds that every leaf must work in. */
export const builds = [
  { build: "SIMD", simd: true },
  { build: "scalar", simd: false },
] as const;

/** An event as the decoder gave it. */
export interface SseEvent {
  data: Buffer;
  name: string;
  /** The bytes of the fed chunk from `eventStart` to `eventEnd`, when the decoder says that the event is canonical. */
  canonical: Buffer | undefined;
}

export type Bytes = string | Uint8Array;

function toBytes(value: Bytes): Uint8Array {
  return typeof value === "string" ? Buffer.from(value, "utf8") : value;
}

/** One instance of the leaves' test module, with bytes going in and coming out as buffers. */
export class Leaves {
  /** Address of the text parsed last. */
  private text = 0;

  private constructor(readonly wasm: Exports) {}

  static async load(simd: boolean): Promise<Leaves> {
    const instance = await WebAssembly.instantiate(await buildTestModule("leaves", { simd }), {});
    const wasm = instance.exports as Exports;
    wasm._initialize();
    return new Leaves(wasm);
  }

  /** Calls an exported function by its name. */
  call(name: string, ...values: (number | bigint)[]): number {
    const target = this.wasm[name];
    if (!target) throw new Error(`the test module has no ${name}`);
    return target(...values);
  }

  /** Copies bytes in; what follows them in memory would end a JSON string, so that reading too far shows. */
  put(value: Bytes): number {
    const bytes = toBytes(value);
    const pointer = this.call("allocate", bytes.length + 32) >>> 0;
    const view = this.view(pointer, bytes.length + 32);
    view.fill('"]}0\n'.charCodeAt(bytes.length % 5));
    view.set(bytes);
    return pointer;
  }

  view(pointer: number, length: number): Buffer {
    return Buffer.from(this.wasm.memory.buffer, pointer >>> 0, length);
  }

  /** Calls a function with address and length of each text, then of further numbers, and frees the texts. */
  withTexts(name: string, texts: Bytes[], ...values: (number | bigint)[]): number {
    const pointers = texts.map((text) => this.put(text));
    const pairs = texts.flatMap((text, index) => [pointers[index] ?? 0, toBytes(text).length]);
    const result = this.call(name, ...pairs, ...values);
    for (const pointer of pointers) this.call("release", pointer);
    return result;
  }

  /** What a function that appends to the output has written for this text. */
  output(name: string, text: Bytes): Buffer {
    this.withTexts(name, [text]);
    return this.takeOutput();
  }

  takeOutput(): Buffer {
    const bytes = Buffer.from(this.view(this.call("outPointer"), this.call("outLength")));
    this.call("outFree");
    return bytes;
  }

  /** Parses a text, which stays in memory for the node functions until `reset` or the next `parse`. */
  parse(value: Bytes, indexedDepth = 8): number {
    if (this.text !== 0) this.call("release", this.text);
    const bytes = toBytes(value);
    this.text = this.put(bytes);
    return this.call("jsonParse", this.text, bytes.length, indexedDepth);
  }

  /** A node's bytes as written. */
  raw(node: number): Buffer {
    const start = this.call("jsonStart", node);
    return Buffer.from(this.view(this.text + start, this.call("jsonEnd", node) - start));
  }

  /** Rebuilds a value from the tape; an opaque container is read from its bytes. */
  value(node: number): unknown {
    const kind = this.call("jsonKind", node);
    const first = this.call("jsonFirst", node);
    if (first < 0) return JSON.parse(this.raw(node).toString());
    if (kind === JsonKind.Array) {
      const items: unknown[] = [];
      for (let child = first; child >= 0; child = this.call("jsonNextElement", child)) items.push(this.value(child));
      return items;
    }
    const object = {};
    for (let key = first; key >= 0; key = this.call("jsonNextKey", key)) {
      const name = JSON.parse(this.raw(key).toString()) as string;
      const value = this.value(this.call("jsonValueOf", key));
      Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
    }
    return object;
  }

  find(object: number, name: string): number {
    return this.findBy("jsonFind", object, name);
  }

  findKey(object: number, name: string): number {
    return this.findBy("jsonFindKey", object, name);
  }

  private findBy(kind: string, object: number, name: string): number {
    const pointer = this.put(name);
    const node = this.call(kind, object, pointer, Buffer.byteLength(name));
    this.call("release", pointer);
    return node;
  }

  /** Decodes a stream given in chunks; the memory of a chunk is overwritten and freed as soon as the decoder may not use it. */
  decodeStream(chunks: Uint8Array[], maxEventBytes = 1 << 24): SseEvent[] {
    this.call("sseReset", maxEventBytes);
    return this.feedStream(chunks);
  }

  /** The same for another framing, by its number in assembly/sse/frame-decoder.ts. */
  decodeFrames(framing: number, chunks: Uint8Array[]): SseEvent[] {
    this.call("openFraming", framing);
    return this.feedStream(chunks);
  }

  private feedStream(chunks: Uint8Array[]): SseEvent[] {
    const events: SseEvent[] = [];
    for (const chunk of chunks) {
      const pointer = this.put(chunk);
      this.call("sseFeed", pointer, chunk.length);
      this.takeEvents(events, chunk);
      this.view(pointer, chunk.length).fill(0x2a);
      this.call("release", pointer);
    }
    this.call("sseFinish");
    this.takeEvents(events, new Uint8Array());
    return events;
  }

  private takeEvents(events: SseEvent[], chunk: Uint8Array): void {
    while (this.call("sseNext")) {
      const isCanonical = this.call("sseIsCanonical") !== 0;
      events.push({
        data: Buffer.from(this.view(this.call("sseDataPointer"), this.call("sseDataLength"))),
        name: this.view(this.call("sseNamePointer"), this.call("sseNameLength")).toString("latin1"),
        canonical: isCanonical
          ? Buffer.from(chunk.subarray(this.call("sseEventStart"), this.call("sseEventEnd")))
          : undefined,
      });
    }
  }

  /** Gives everything back; what is then still allocated was leaked. */
  liveBlocksAfterReset(): number {
    if (this.text !== 0) this.call("release", this.text);
    this.text = 0;
    for (const free of ["jsonFree", "otherFree", "sseFree", "outFree"]) this.call(free);
    return this.call("liveBlockCount");
  }
}
