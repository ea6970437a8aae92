import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { JsonDocument, JsonError, JsonKey } from "../../json/document";
import { equalsUnescaped, unescapeInto } from "../../json/read";

/*
 * Models before 2.5 know no JSON Schema but the vendor's own `Schema`, a subset of OpenAPI's: no references, types in capital letters,
 * `nullable` in place of the type null, and unknown members are an error.
 * Source: https://ai.google.dev/api/caching#Schema
 */

const TYPE = new JsonKey("type");
const REF = new JsonKey("$ref");
const DEFS = new JsonKey("$defs");
const DEFINITIONS = new JsonKey("definitions");
const ANY_OF = new JsonKey("anyOf");
const ONE_OF = new JsonKey("oneOf");
const ALL_OF = new JsonKey("allOf");
const PROPERTIES = new JsonKey("properties");
const REQUIRED = new JsonKey("required");
const ITEMS = new JsonKey("items");
const ENUM = new JsonKey("enum");
const CONST = new JsonKey("const");
const FORMAT = new JsonKey("format");
const NULLABLE = new JsonKey("nullable");
/** Members that are copied as they are, when they are strings or numbers. */
const STRING_MEMBERS: JsonKey[] = [new JsonKey("title"), new JsonKey("description"), new JsonKey("pattern")];
const NUMBER_MEMBERS: JsonKey[] = [new JsonKey("minimum"), new JsonKey("maximum")];
/** Whole numbers of 64 bits, which Google's JSON has as strings. */
const INTEGER_MEMBERS: JsonKey[] = [
  new JsonKey("minItems"),
  new JsonKey("maxItems"),
  new JsonKey("minLength"),
  new JsonKey("maxLength"),
  new JsonKey("minProperties"),
  new JsonKey("maxProperties"),
];
/** Formats that the vendor accepts. */
const FORMATS: JsonKey[] = [
  new JsonKey("date-time"),
  new JsonKey("enum"),
  new JsonKey("float"),
  new JsonKey("double"),
  new JsonKey("int32"),
  new JsonKey("int64"),
];

/** Names of types in JSON Schema and at the vendor; clients who know the vendor write its own. */
class TypeName {
  readonly key: JsonKey;
  readonly ownKey: JsonKey;
  constructor(
    name: string,
    public readonly written: string,
  ) {
    this.key = new JsonKey(name);
    this.ownKey = new JsonKey(written);
  }
}
const NULL_TYPE = new TypeName("null", "NULL");
const STRING_TYPE = new TypeName("string", "STRING");
const OBJECT_TYPE = new TypeName("object", "OBJECT");
const ARRAY_TYPE = new TypeName("array", "ARRAY");
const TYPES: TypeName[] = [
  STRING_TYPE,
  OBJECT_TYPE,
  ARRAY_TYPE,
  new TypeName("integer", "INTEGER"),
  new TypeName("number", "NUMBER"),
  new TypeName("boolean", "BOOLEAN"),
  NULL_TYPE,
];

/** How deep a schema may be, references resolved, and how many schemas it may hold: both are unlimited where references are. */
const MOST_DEPTH: i32 = 24;
const MOST_SCHEMAS: i32 = 4096;
/** How many references may follow each other. */
const MOST_REFERENCES: i32 = 8;
/** How deep a schema's text is looked into: two containers for each level. */
const INDEXED_DEPTH: i32 = 64;

const DEFS_PATH = encodeText("#/$defs/");
const DEFINITIONS_PATH = encodeText("#/definitions/");

/** Writes one schema document. */
class SchemaWriter {
  private document: JsonDocument = new JsonDocument();
  private schemas: i32 = 0;
  /** A name without escapes, to be compared with keys. */
  private name: ByteBuffer = new ByteBuffer();

  constructor(private out: ByteBuffer) {}

  /** Reads the schema's text; false when it cannot be read. */
  parse(pointer: usize, length: i32): bool {
    return this.document.parse(pointer, length, INDEXED_DEPTH) == JsonError.None;
  }

  free(): void {
    this.document.free();
    this.name.free();
  }

  root(): i32 {
    return this.document.root();
  }

  /** Writes a schema. `nullable`: null is allowed by something around it. */
  write(given: i32, nullable: bool, depth: i32): void {
    const document = this.document;
    const node = this.resolve(given);
    this.schemas += 1;
    if (!document.isObject(node) || depth > MOST_DEPTH || this.schemas > MOST_SCHEMAS) {
      this.out.ascii('{"type":"OBJECT"');
      this.close(nullable);
      return;
    }
    const all = document.find(node, ALL_OF);
    if (document.count(all) == 1) {
      this.write(document.first(all), nullable, depth + 1);
      return;
    }
    let options = document.find(node, ANY_OF);
    if (document.first(options) < 0) options = document.find(node, ONE_OF);
    if (document.first(options) >= 0) {
      this.writeOptions(node, options, nullable, depth);
      return;
    }
    const types = document.find(node, TYPE);
    if (document.isArray(types)) {
      this.writeTypes(node, types, nullable, depth);
      return;
    }
    const type = this.typeOf(types);
    this.writeTyped(node, type === null ? this.guessType(node) : type, nullable, depth);
  }

  private close(nullable: bool): void {
    if (nullable) this.out.ascii(',"nullable":true');
    this.out.byte(0x7d);
  }

  /** `anyOf: [T, null]` is T that may be null. */
  private writeOptions(node: i32, options: i32, nullable: bool, depth: i32): void {
    const document = this.document;
    let count = 0;
    let only = -1;
    for (let option = document.first(options); option >= 0; option = document.nextElement(option)) {
      if (this.typeOf(document.find(option, TYPE)) === NULL_TYPE) {
        nullable = true;
        continue;
      }
      count += 1;
      only = option;
    }
    if (count == 1) {
      this.write(only, nullable, depth + 1);
      return;
    }
    this.out.ascii('{"anyOf":[');
    let isFirst = true;
    for (let option = document.first(options); option >= 0; option = document.nextElement(option)) {
      if (this.typeOf(document.find(option, TYPE)) === NULL_TYPE) continue;
      if (!isFirst) this.out.byte(0x2c);
      isFirst = false;
      this.write(option, false, depth + 1);
    }
    this.out.byte(0x5d);
    this.writeStrings(node);
    this.close(nullable);
  }

  /** `type: ["string", "null"]` */
  private writeTypes(node: i32, types: i32, nullable: bool, depth: i32): void {
    const document = this.document;
    let count = 0;
    let only: TypeName = STRING_TYPE;
    for (let name = document.first(types); name >= 0; name = document.nextElement(name)) {
      const type = this.typeOf(name);
      if (type === NULL_TYPE) nullable = true;
      else if (type !== null) {
        count += 1;
        only = type;
      }
    }
    if (count < 2) {
      this.writeTyped(node, only, nullable, depth);
      return;
    }
    this.out.ascii('{"anyOf":[');
    let isFirst = true;
    for (let name = document.first(types); name >= 0; name = document.nextElement(name)) {
      const type = this.typeOf(name);
      if (type === null || type === NULL_TYPE) continue;
      if (!isFirst) this.out.byte(0x2c);
      isFirst = false;
      this.writeTyped(node, type, false, depth + 1);
    }
    this.out.byte(0x5d);
    this.close(nullable);
  }

  private writeTyped(node: i32, type: TypeName, nullable: bool, depth: i32): void {
    const document = this.document;
    const out = this.out;
    out.ascii('{"type":"');
    out.ascii(type === NULL_TYPE ? "STRING" : type.written);
    out.byte(0x22);
    this.writeStrings(node);
    for (let index = 0; index < NUMBER_MEMBERS.length; index++) {
      const key = unchecked(NUMBER_MEMBERS[index]);
      const value = document.find(node, key);
      if (document.isNumber(value)) this.copy(key, value);
    }
    for (let index = 0; index < INTEGER_MEMBERS.length; index++) {
      const key = unchecked(INTEGER_MEMBERS[index]);
      const value = document.find(node, key);
      if (!document.isNumber(value)) continue;
      this.writeKey(key);
      out.byte(0x22);
      out.decimal(document.integer(value));
      out.byte(0x22);
    }
    const format = document.find(node, FORMAT);
    for (let index = 0; index < FORMATS.length; index++) {
      if (document.equals(format, unchecked(FORMATS[index]))) this.copy(FORMAT, format);
    }
    if (type === STRING_TYPE) this.writeEnum(node);
    else if (type === ARRAY_TYPE) {
      out.ascii(',"items":');
      // The vendor demands it: an array of anything is one of texts.
      const items = document.find(node, ITEMS);
      if (document.isObject(items)) this.write(items, false, depth + 1);
      else out.ascii('{"type":"STRING"}');
    } else if (type === OBJECT_TYPE) this.writeProperties(node, depth);
    this.close(nullable || type === NULL_TYPE || document.boolean(document.find(node, NULLABLE)));
  }

  private writeStrings(node: i32): void {
    for (let index = 0; index < STRING_MEMBERS.length; index++) {
      const key = unchecked(STRING_MEMBERS[index]);
      const value = this.document.find(node, key);
      if (this.document.isString(value)) this.copy(key, value);
    }
  }

  private writeKey(key: JsonKey): void {
    this.out.ascii(',"');
    this.out.bytes(key.pointer, key.length);
    this.out.ascii('":');
  }

  private copy(key: JsonKey, value: i32): void {
    this.writeKey(key);
    this.out.bytes(this.document.rawPointer(value), this.document.rawLength(value));
  }

  /** Only texts can be enumerated; one constant is an enumeration of one. */
  private writeEnum(node: i32): void {
    const document = this.document;
    const only = document.find(node, CONST);
    if (document.isString(only)) {
      this.out.ascii(',"enum":[');
      this.out.bytes(document.rawPointer(only), document.rawLength(only));
      this.out.byte(0x5d);
      return;
    }
    this.writeList(document.find(node, ENUM), ',"enum":[', -1);
  }

  private writeProperties(node: i32, depth: i32): void {
    const document = this.document;
    const properties = document.find(node, PROPERTIES);
    if (!document.isObject(properties) || document.first(properties) < 0) return;
    this.out.ascii(',"properties":{');
    let isFirst = true;
    for (let key = document.first(properties); key >= 0; key = document.nextKey(key)) {
      if (!isFirst) this.out.byte(0x2c);
      isFirst = false;
      this.out.bytes(document.rawPointer(key), document.rawLength(key));
      this.out.byte(0x3a);
      this.write(document.valueOf(key), false, depth + 1);
    }
    this.out.byte(0x7d);
    // A name that no property has is an error.
    this.writeList(document.find(node, REQUIRED), ',"required":[', properties);
  }

  /** Writes the strings of a list, those that are keys of `among` when it is given; nothing when there are none. */
  private writeList(list: i32, opening: string, among: i32): void {
    const document = this.document;
    let found = false;
    for (let entry = document.first(list); entry >= 0; entry = document.nextElement(entry)) {
      if (!document.isString(entry) || (among >= 0 && !this.hasKey(among, entry))) continue;
      if (found) this.out.byte(0x2c);
      else this.out.ascii(opening);
      found = true;
      this.out.bytes(document.rawPointer(entry), document.rawLength(entry));
    }
    if (found) this.out.byte(0x5d);
  }

  /** Whether an object has the key that a string names. */
  private hasKey(object: i32, name: i32): bool {
    this.name.length = 0;
    unescapeInto(this.document.textPointer(name), this.document.textLength(name), this.name);
    return this.findName(object, 0) >= 0;
  }

  /** The key of an object that is the name without its first `offset` bytes, or -1. */
  private findName(object: i32, offset: i32): i32 {
    const document = this.document;
    const name = this.name;
    for (let key = document.first(object); key >= 0; key = document.nextKey(key)) {
      const pointer = document.rawPointer(key) + 1;
      const length = document.rawLength(key) - 2;
      if (equalsUnescaped(pointer, length, name.pointer + offset, name.length - offset)) return key;
    }
    return -1;
  }

  /** The schema behind references to the document's own definitions; -1 when there is none. */
  private resolve(given: i32): i32 {
    const document = this.document;
    let node = given;
    for (let step = 0; step < MOST_REFERENCES; step++) {
      const reference = document.find(node, REF);
      if (!document.isString(reference)) return node;
      this.name.length = 0;
      unescapeInto(document.textPointer(reference), document.textLength(reference), this.name);
      node = this.findIn(DEFS, DEFS_PATH);
      if (node < 0) node = this.findIn(DEFINITIONS, DEFINITIONS_PATH);
      if (node < 0) return -1;
    }
    return -1;
  }

  private findIn(member: JsonKey, path: StaticArray<u8>): i32 {
    const name = this.name;
    if (name.length <= path.length) return -1;
    if (memory.compare(name.pointer, changetype<usize>(path), path.length) != 0) return -1;
    const document = this.document;
    const key = this.findName(document.find(document.root(), member), path.length);
    return key < 0 ? -1 : document.valueOf(key);
  }

  private typeOf(name: i32): TypeName | null {
    for (let index = 0; index < TYPES.length; index++) {
      const type = unchecked(TYPES[index]);
      if (this.document.equals(name, type.key) || this.document.equals(name, type.ownKey)) return type;
    }
    return null;
  }

  private guessType(node: i32): TypeName {
    const document = this.document;
    if (document.find(node, PROPERTIES) >= 0) return OBJECT_TYPE;
    return document.find(node, ITEMS) >= 0 ? ARRAY_TYPE : STRING_TYPE;
  }
}

/** Writes a client's JSON schema in the vendor's own form; any object where it cannot be read. */
export function writeSchema(document: JsonDocument, node: i32, out: ByteBuffer): void {
  const writer = new SchemaWriter(out);
  if (writer.parse(document.rawPointer(node), document.rawLength(node))) writer.write(writer.root(), false, 0);
  else out.ascii('{"type":"OBJECT"}');
  writer.free();
}
