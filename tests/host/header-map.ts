export type HeaderPair = readonly [name: string, value: string];
export type HeaderInput = Record<string, string | readonly string[]> | readonly HeaderPair[];

/** An ordered multi-map of headers with lower-case names, as Envoy's. Values are latin1 strings, one character a byte. */
export class HeaderMap {
  private pairs: [string, string][] = [];

  constructor(headers: HeaderInput = []) {
    if (Array.isArray(headers)) for (const [name, value] of headers as readonly HeaderPair[]) this.add(name, value);
    else
      for (const [name, value] of Object.entries(headers as Record<string, string | readonly string[]>))
        for (const one of [value].flat()) this.add(name, one);
  }

  get size(): number {
    return this.pairs.length;
  }
  /** Bytes of all names and values. */
  get byteSize(): number {
    return this.pairs.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  }
  /** The first value of a name. */
  get(name: string): string | undefined {
    return this.pairs.find(([other]) => other === name.toLowerCase())?.[1];
  }
  getAll(name: string): string[] {
    return this.pairs.filter(([other]) => other === name.toLowerCase()).map(([, value]) => value);
  }
  has(name: string): boolean {
    return this.get(name) !== undefined;
  }
  add(name: string, value: string): void {
    this.pairs.push([name.toLowerCase(), value]);
  }
  /** Gives the name this one value: in its old place when it was there. */
  set(name: string, value: string): void {
    const lower = name.toLowerCase();
    const place = this.pairs.findIndex(([other]) => other === lower);
    if (place < 0) return this.add(lower, value);
    this.pairs = this.pairs.filter(([other], index) => other !== lower || index === place);
    (this.pairs[place] as [string, string])[1] = value;
  }
  remove(name: string): void {
    this.pairs = this.pairs.filter(([other]) => other !== name.toLowerCase());
  }
  entries(): [string, string][] {
    return this.pairs.map(([name, value]) => [name, value]);
  }
  replaceAll(pairs: readonly HeaderPair[]): void {
    this.pairs = [];
    for (const [name, value] of pairs) this.add(name, value);
  }
  clone(): HeaderMap {
    return new HeaderMap(this.pairs);
  }
  toJSON(): Record<string, string> {
    const all: Record<string, string> = {};
    for (const [name, value] of this.pairs) all[name] = name in all ? `${all[name] ?? ""},${value}` : value;
    return all;
  }
}

/** The ABI's form of header pairs: count, sizes, then NUL-terminated names and values; little endian. */
export function encodePairs(pairs: readonly HeaderPair[]): Uint8Array {
  const texts = pairs.flatMap(([name, value]) => [Buffer.from(name, "latin1"), Buffer.from(value, "latin1")]);
  const bytes = Buffer.alloc(4 + texts.reduce((sum, text) => sum + 4 + text.length + 1, 0));
  bytes.writeUInt32LE(pairs.length, 0);
  let offset = 4;
  for (const text of texts) offset = bytes.writeUInt32LE(text.length, offset);
  for (const text of texts) {
    text.copy(bytes, offset);
    offset += text.length + 1;
  }
  return bytes;
}

/** Reads what a module has encoded; null when it is malformed or beyond Envoy's limits (1 MiB, 1,024 pairs). */
export function decodePairs(bytes: Uint8Array): HeaderPair[] | null {
  if (bytes.length === 0) return [];
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.length < 4 || buffer.length > 1024 * 1024) return null;
  const count = buffer.readUInt32LE(0);
  if (count > 1024 || 4 + count * 8 > buffer.length) return null;
  let offset = 4 + count * 8;
  const texts: string[] = [];
  for (let index = 0; index < count * 2; index++) {
    const length = buffer.readUInt32LE(4 + index * 4);
    if (offset + length + 1 > buffer.length || buffer[offset + length] !== 0) return null;
    texts.push(buffer.toString("latin1", offset, offset + length));
    offset += length + 1;
  }
  return Array.from({ length: count }, (_, index): HeaderPair => [texts[index * 2] ?? "", texts[index * 2 + 1] ?? ""]);
}
