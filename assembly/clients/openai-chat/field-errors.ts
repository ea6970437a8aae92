import { ByteBuffer } from "../../bytes/buffer";
import { Failure, FailureReason } from "../../canonical/failure";
import { JsonDocument, JsonKey, JsonKind } from "../../json/document";

/** The type that a member must have. */
export const enum Expect {
  String = 0,
  Number = 1,
  Integer = 2,
  Boolean = 3,
  Object = 4,
  Array = 5,
}

/** Which object of the request is being read; `FieldReader.outer` and `inner` are the indices in its path. */
export const enum Place {
  Root = 0,
  /** `messages[outer]` */
  Message = 1,
  /** `messages[outer].content[inner]` */
  ContentPart = 2,
  /** `messages[outer].tool_calls[inner]` */
  ToolCall = 3,
  /** `messages[outer].thinking_blocks[inner]` */
  ThinkingBlock = 4,
  /** `tools[outer]` */
  Tool = 5,
  /** `functions[outer]` */
  LegacyFunction = 6,
}

/** One for all requests, see `readFields`. */
let reader: FieldReader | null = null;

/** A reader of the members of this document, at its root. There is one, so an earlier one is dead. */
export function readFields(document: JsonDocument, failure: Failure): FieldReader {
  let fields = reader;
  if (fields === null) {
    fields = new FieldReader(document, failure);
    reader = fields;
    return fields;
  }
  fields.failed = false;
  fields.enter(Place.Root, 0);
  fields.document = document;
  fields.failure = failure;
  return fields;
}

function expectedName(expected: Expect): string {
  switch (expected) {
    case Expect.Number:
      return "a number";
    case Expect.Integer:
      return "an integer";
    case Expect.Boolean:
      return "a boolean";
    case Expect.Object:
      return "an object";
    case Expect.Array:
      return "an array";
    default:
      return "a string";
  }
}

/**
 * Reads members of a request and checks their types. After the first fault `failed` stays set and `failure` is a 400 with the
 * member's path in `param`; callers look at `failed` once in a while and need no other error handling.
 */
export class FieldReader {
  failed: bool = false;
  place: Place = Place.Root;
  outer: i32 = 0;
  inner: i32 = 0;

  constructor(
    public document: JsonDocument,
    public failure: Failure,
  ) {}

  /** Says which object the next paths start from. */
  enter(place: Place, outer: i32, inner: i32 = 0): void {
    this.place = place;
    this.outer = outer;
    this.inner = inner;
  }

  /** The member's value when it has the type; -1 when it is not there or null, or of another type (a fault). */
  optional(object: i32, key: JsonKey, path: string, expected: Expect): i32 {
    const node = this.document.find(object, key);
    if (!this.document.isPresent(node)) return -1;
    return this.checked(node, path, expected) ? node : -1;
  }

  /** Like `optional`, but a missing or null member is a fault. */
  required(object: i32, key: JsonKey, path: string, expected: Expect): i32 {
    const node = this.document.find(object, key);
    if (this.document.isPresent(node)) return this.checked(node, path, expected) ? node : -1;
    this.missing(path);
    return -1;
  }

  /** Whether a value has the type; if not it is a fault. */
  checked(node: i32, path: string, expected: Expect): bool {
    if (this.fits(node, expected)) return true;
    this.wrongType(path, expectedName(expected), node);
    return false;
  }

  private fits(node: i32, expected: Expect): bool {
    const kind = this.document.kind(node);
    switch (expected) {
      case Expect.Number:
        return kind == JsonKind.Number;
      case Expect.Integer:
        return kind == JsonKind.Number && this.isInteger(node);
      case Expect.Boolean:
        return kind == JsonKind.True || kind == JsonKind.False;
      case Expect.Object:
        return kind == JsonKind.Object;
      case Expect.Array:
        return kind == JsonKind.Array;
      default:
        return kind == JsonKind.String;
    }
  }

  /** Whether a number has no fraction: `1`, also `1.0` and `1e3`, which mean the same in JSON. */
  private isInteger(node: i32): bool {
    const value = this.document.float(node);
    return Math.floor(value) == value;
  }

  /** A fault: the member is not there. */
  missing(path: string): void {
    if (!this.begin("missing_required_parameter", path)) return;
    const text = new ByteBuffer();
    text.ascii("Missing required parameter: '");
    this.writePath(path, text);
    text.ascii("'.");
    this.finish(text);
  }

  /** A fault: the member has another type. */
  wrongType(path: string, expected: string, node: i32): void {
    if (!this.begin("invalid_type", path)) return;
    const text = new ByteBuffer();
    text.ascii("Invalid type for '");
    this.writePath(path, text);
    text.ascii("': expected ");
    text.ascii(expected);
    text.ascii(", but got ");
    text.ascii(this.actualName(node));
    text.ascii(" instead.");
    this.finish(text);
  }

  /** A fault: the type is right, the value is not. `reason` is ASCII without quotes and goes on behind the path: "must be ...". */
  wrongValue(path: string, reason: string): void {
    if (!this.begin("invalid_value", path)) return;
    const text = new ByteBuffer();
    text.ascii("Invalid value for '");
    this.writePath(path, text);
    text.ascii("': ");
    text.ascii(reason);
    this.finish(text);
  }

  private begin(code: string, path: string): bool {
    if (this.failed) return false;
    this.failed = true;
    this.failure.set(FailureReason.BadRequest, 400, "", code);
    const param = new ByteBuffer();
    this.writePath(path, param);
    this.failure.param = param.toText();
    param.free();
    return true;
  }

  private finish(text: ByteBuffer): void {
    this.failure.message = text.toText();
    text.free();
  }

  private actualName(node: i32): string {
    switch (this.document.kind(node)) {
      case JsonKind.False:
      case JsonKind.True:
        return "a boolean";
      case JsonKind.Number:
        return this.isInteger(node) ? "an integer" : "a decimal";
      case JsonKind.String:
        return "a string";
      case JsonKind.Array:
        return "an array";
      case JsonKind.Object:
        return "an object";
      default:
        return "null";
    }
  }

  private writePath(path: string, out: ByteBuffer): void {
    this.writePlace(out);
    if (path.length > 0 && this.place != Place.Root && path.charCodeAt(0) != 0x5b) out.byte(0x2e);
    out.ascii(path);
  }

  private writePlace(out: ByteBuffer): void {
    if (this.place == Place.Root) return;
    const isMessage = this.place <= Place.ThinkingBlock;
    out.ascii(isMessage ? "messages[" : this.place == Place.Tool ? "tools[" : "functions[");
    out.decimal(this.outer);
    out.byte(0x5d);
    if (!isMessage || this.place == Place.Message) return;
    if (this.place == Place.ContentPart) out.ascii(".content[");
    else out.ascii(this.place == Place.ToolCall ? ".tool_calls[" : ".thinking_blocks[");
    out.decimal(this.inner);
    out.byte(0x5d);
  }
}
