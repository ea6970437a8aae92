/** Reads imports, exports and their types out of a WebAssembly module: JavaScript's own API does not show function types. */

export interface FunctionImport {
  name: string;
  kind: "function" | "table" | "memory" | "global";
  /** Such as `i32 i64 -> i32`; empty for anything but functions. */
  signature: string;
}
export interface ModuleShape {
  imports: FunctionImport[];
  /** Signatures of the exported functions. */
  exports: Map<string, string>;
  hasStartSection: boolean;
}

const VALUE_TYPES: Record<number, string> = {
  0x7f: "i32",
  0x7e: "i64",
  0x7d: "f32",
  0x7c: "f64",
  0x7b: "v128",
  0x70: "funcref",
  0x6f: "externref",
};
const KINDS = ["function", "table", "memory", "global"] as const;

class Reader {
  offset = 8;
  constructor(private readonly bytes: Uint8Array) {}
  get done(): boolean {
    return this.offset >= this.bytes.length;
  }
  byte(): number {
    const value = this.bytes[this.offset++];
    if (value === undefined) throw new Error("Failed to parse corrupted Wasm module");
    return value;
  }
  unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return value;
    }
  }
  text(): string {
    const length = this.unsigned();
    this.offset += length;
    return Buffer.from(this.bytes.subarray(this.offset - length, this.offset)).toString("utf8");
  }
  types(): string {
    return Array.from({ length: this.unsigned() }, () => VALUE_TYPES[this.byte()] ?? "?").join(" ");
  }
  limits(): void {
    const flags = this.byte();
    this.unsigned();
    if ((flags & 1) !== 0) this.unsigned();
  }
}

function readImport(reader: Reader, types: string[], functionTypes: string[]): FunctionImport {
  const name = `${reader.text()}.${reader.text()}`;
  const kind = KINDS[reader.byte()] ?? "global";
  if (kind === "function") {
    const signature = types[reader.unsigned()] ?? "?";
    functionTypes.push(signature);
    return { name, kind, signature };
  }
  if (kind === "global") reader.offset += 2;
  else {
    if (kind === "table") reader.byte();
    reader.limits();
  }
  return { name, kind, signature: "" };
}

/** The module's imports and exported functions. Throws on bytes that are no module. */
export function readModuleShape(bytes: Uint8Array): ModuleShape {
  const reader = new Reader(bytes);
  const types: string[] = [];
  const functionTypes: string[] = [];
  const shape: ModuleShape = { imports: [], exports: new Map(), hasStartSection: false };
  while (!reader.done) {
    const section = reader.byte();
    const end = reader.unsigned() + reader.offset;
    const count = section === 0 || section > 10 ? 0 : reader.unsigned();
    for (let index = 0; index < count && section !== 8; index++) {
      if (section === 1) {
        reader.byte();
        const parameters = reader.types();
        types.push(`${parameters} -> ${reader.types()}`.trim());
      } else if (section === 2) shape.imports.push(readImport(reader, types, functionTypes));
      else if (section === 3) functionTypes.push(types[reader.unsigned()] ?? "?");
      else if (section === 7) {
        const name = reader.text();
        const kind = reader.byte();
        const position = reader.unsigned();
        if (kind === 0) shape.exports.set(name, functionTypes[position] ?? "?");
      } else break;
    }
    if (section === 8) shape.hasStartSection = true;
    reader.offset = end;
  }
  return shape;
}
