import { ByteBuffer } from "../bytes/buffer";
import { JsonDocument, JsonKey, JsonKind } from "../json/document";
import { unescapeInto } from "../json/read";
import { Environment } from "./environment";
import { ErrorList, listNames, memberPath } from "./errors";
import { suggestion } from "./suggest";

/**
 * Reads values of the plugin JSON by type and notes what is wrong with them. A reading method that gives null has noted an
 * error. Nothing here shows a value that was read with `value`, which may be a secret.
 */
export class ConfigReader {
  errors: ErrorList = new ErrorList();
  private scratch: ByteBuffer = new ByteBuffer();

  constructor(
    public document: JsonDocument,
    private environment: Environment,
  ) {}

  /** Gives unmanaged memory back; the document stays with its owner. */
  free(): void {
    this.scratch.free();
  }

  /** A member's value, or -1. */
  find(object: i32, name: string): i32 {
    const key = new JsonKey(name);
    const found = this.document.find(object, key);
    key.release();
    return found;
  }

  /** The text of a string or key, unescaped. */
  text(node: i32): string {
    this.scratch.clear();
    unescapeInto(this.document.textPointer(node), this.document.textLength(node), this.scratch);
    return String.UTF8.decodeUnsafe(this.scratch.pointer, this.scratch.length);
  }

  /** Whether the node is an object; else an error. */
  requireObject(node: i32, path: string): bool {
    if (this.document.isObject(node)) return true;
    this.errors.add(path, "must be an object, found " + this.describe(node));
    return false;
  }

  /** Whether the node is a list; else an error. */
  requireArray(node: i32, path: string): bool {
    if (this.document.isArray(node)) return true;
    this.errors.add(path, "must be a list, found " + this.describe(node));
    return false;
  }

  /** Notes every member that is not one of the known ones. */
  checkKeys(object: i32, path: string, known: string[]): void {
    for (let key = this.document.first(object); key >= 0; key = this.document.nextKey(key)) {
      const name = this.text(key);
      if (!known.includes(name)) this.unknownKey(path, name, known);
    }
  }

  /** Notes a member that nobody knows. */
  unknownKey(path: string, name: string, known: string[]): void {
    const hint = suggestion(name, known);
    this.errors.add(memberPath(path, name), "unknown key" + (hint.length > 0 ? hint : "; known: " + listNames(known)));
  }

  /** A string that identifies something: taken as written, not empty. */
  word(node: i32, path: string): string | null {
    if (!this.document.isString(node)) {
      this.errors.add(path, "must be a string, found " + this.describe(node));
      return null;
    }
    const text = this.text(node);
    if (text.length > 0) return text;
    this.errors.add(path, "must not be empty");
    return null;
  }

  /** A string in which `${NAME}` stands for the environment variable NAME; may be empty. */
  value(node: i32, path: string): string | null {
    if (this.document.isString(node)) return this.expand(this.text(node), path);
    this.errors.add(path, "must be a string, found " + this.describe(node));
    return null;
  }

  /** A whole number within bounds; `fallback` when the node is not there or wrong. */
  integer(node: i32, path: string, minimum: i32, maximum: i32, fallback: i32): i32 {
    if (node < 0) return fallback;
    const wanted = "must be a whole number from " + minimum.toString() + " to " + maximum.toString();
    if (!this.document.isNumber(node)) {
      this.errors.add(path, wanted + ", found " + this.describe(node));
      return fallback;
    }
    const number = this.document.integer(node);
    if (this.isWhole(node) && number >= minimum && number <= maximum) return number as i32;
    this.errors.add(path, wanted);
    return fallback;
  }

  /** What a node is, for "found ...". */
  describe(node: i32): string {
    if (node < 0) return "nothing";
    switch (this.document.kind(node)) {
      case JsonKind.False:
      case JsonKind.True:
        return "a boolean";
      case JsonKind.Number:
        return "a number";
      case JsonKind.String:
        return "a string";
      case JsonKind.Array:
        return "a list";
      case JsonKind.Object:
        return "an object";
      default:
        return "null";
    }
  }

  /** Whether a number is written without fraction and exponent. */
  private isWhole(node: i32): bool {
    const pointer = this.document.rawPointer(node);
    const length = this.document.rawLength(node);
    for (let index = 0; index < length; index++) {
      const byte = load<u8>(pointer + index);
      if ((byte < 0x30 || byte > 0x39) && byte != 0x2d) return false;
    }
    return length > 0;
  }

  private expand(text: string, path: string): string | null {
    // Joined at the end: adding to a growing text would cost the square of its length.
    const pieces: string[] = [];
    let position = 0;
    let isComplete = true;
    while (true) {
      const start = text.indexOf("${", position);
      if (start < 0) break;
      pieces.push(text.substring(position, start));
      const end = text.indexOf("}", start);
      const name = end < 0 ? "" : text.substring(start + 2, end);
      // The text is not shown: it may be part of a secret.
      if (!isVariableName(name)) {
        this.errors.add(path, "has a malformed ${...}; write ${NAME} with letters, digits and underscores");
        return null;
      }
      const found = this.environment.lookup(name);
      if (found === null) {
        const advice = " is not set; set it and hand it to the Wasm VM (vm_config.environment_variables)";
        this.errors.add(path, "the environment variable " + name + advice);
        isComplete = false;
      } else {
        pieces.push(found);
      }
      position = end + 1;
    }
    pieces.push(text.substring(position));
    return isComplete ? pieces.join("") : null;
  }
}

/** Whether a text can be the name of an environment variable (POSIX: letters, digits and underscores, no digit first). */
function isVariableName(name: string): bool {
  if (name.length == 0 || name.length > 128) return false;
  for (let index = 0; index < name.length; index++) {
    const unit = name.charCodeAt(index);
    const isLetter = ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a) || unit == 0x5f;
    const isDigit = unit >= 0x30 && unit <= 0x39;
    if (!isLetter && !(isDigit && index > 0)) return false;
  }
  return true;
}
