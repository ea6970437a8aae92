import * as assemblyscript from "assemblyscript";
import type { Expression, Node, Parser, Source } from "assemblyscript";
import { Transform } from "assemblyscript/transform";
import { hashKey } from "./key-hash";

/*
 * Makes literals that the module needs as bytes into bytes when it is compiled (ADR 10). Without this, every name of a JSON member and
 * every header, about 900 of them, would be a UTF-16 string in the module, be encoded when Envoy starts, and be marked by each collection.
 * Three forms are known, each with one string literal:
 *
 *     encodeText("...")     a managed text that the module's data holds already
 *     new JsonKey("...")    the same for a key, its hash included (assembly/json/json-key.ts)
 *     out.ascii("...")      becomes out.bytes(...), so nothing is narrowed on the request path
 *
 * The module means the same without it; only the test modules of single leaves are compiled so.
 */

/** The header of a managed object, which is 16 bytes: next, mark, id of the class, bytes (assembly/runtime/objects.ts). */
const OBJECT_HEADER_BYTES = 16;
/** The class ArrayBuffer, which has no members to visit. */
const LEAF_CLASS = 1;

/** What a literal is used as. */
type Use = "text" | "key" | "bytes";

/** Prefix of the globals that hold addresses. */
const NAME = "__literal_";

/** The transform that `scripts/build.ts` gives to the compiler. */
export default class Literals extends Transform {
  private readonly declarations = new Map<string, string>();

  override afterParse(parser: Parser): void {
    for (const source of parser.sources) {
      if (source.internalPath.startsWith("assembly/")) this.rewrite(source, source);
    }
    const text = [...this.declarations].map(
      ([bytes, name]) => `@global @inline @lazy const ${name}: usize = ${bytes};`,
    );
    parser.parseFile(text.join("\n"), "assembly/literals.ts", false);
  }

  /** Replaces what stands below a node. */
  private rewrite(owner: object, source: Source): void {
    for (const [member, value] of Object.entries(owner) as [keyof typeof owner, unknown][]) {
      if (Array.isArray(value)) this.rewrite(value, source);
      else if (value instanceof assemblyscript.Node && !(value instanceof assemblyscript.Source)) {
        this.rewrite(value, source);
        const replacement = this.replace(value);
        if (replacement !== null) owner[member] = moveTo(replacement, value) as never;
      }
    }
  }

  private replace(node: Node): Expression | null {
    if (node instanceof assemblyscript.NewExpression) {
      const literal = onlyLiteral(node.args);
      if (literal === null || node.typeName.identifier.text !== "JsonKey") return null;
      return parse(`changetype<JsonKey>(${this.declare(literal, "key")})`);
    }
    if (!(node instanceof assemblyscript.CallExpression)) return null;
    const literal = onlyLiteral(node.args);
    if (literal === null) return null;
    const called = node.expression;
    if (called instanceof assemblyscript.IdentifierExpression && called.text === "encodeText") {
      return parse(`changetype<StaticArray<u8>>(${this.declare(literal, "text")})`);
    }
    if (called instanceof assemblyscript.PropertyAccessExpression && called.property.text === "ascii") {
      const call = parse(`out.bytes(${this.declare(literal, "bytes")}, ${Buffer.byteLength(literal)})`);
      ((call as assemblyscript.CallExpression).expression as assemblyscript.PropertyAccessExpression).expression =
        called.expression;
      return call;
    }
    return null;
  }

  /** An expression for the address of a literal's bytes. */
  private declare(literal: string, use: Use): string {
    const bytes = Buffer.from(literal);
    const [before, alignment] = headerOf(bytes, use);
    const data = `memory.data<u8>([${[...before, ...bytes].join(",")}], ${alignment})`;
    const initializer = use === "text" ? `${data} + ${OBJECT_HEADER_BYTES}` : data;
    let name = this.declarations.get(initializer);
    if (name === undefined) {
      name = NAME + String(this.declarations.size);
      this.declarations.set(initializer, name);
    }
    return name;
  }
}

/** What lies before a literal's bytes, and to what the whole is aligned. */
function headerOf(bytes: Buffer, use: Use): [Buffer, number] {
  if (use === "bytes") return [Buffer.alloc(0), 1];
  if (use === "key") return [words([bytes.length, hashKey(bytes)]), 4];
  return [words([0, 0, LEAF_CLASS, bytes.length]), OBJECT_HEADER_BYTES];
}

function words(values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => buffer.writeUInt32LE(value, index * 4));
  return buffer;
}

/** The text of the only argument, if it is a literal. */
function onlyLiteral(parameters: Expression[]): string | null {
  const [first] = parameters;
  return parameters.length === 1 && first instanceof assemblyscript.StringLiteralExpression ? first.value : null;
}

/** The tree of one expression. */
function parse(expression: string): Expression {
  const parser = new assemblyscript.Parser();
  parser.parseFile(`${expression};`, "expression.ts", true);
  const statement = parser.sources[0]?.statements[0];
  if (statement instanceof assemblyscript.ExpressionStatement) return statement.expression;
  throw new Error(`not an expression: ${expression}`);
}

/** Gives all of a new tree the place of the node that it replaces, for the compiler's messages. */
function moveTo<T extends Node>(tree: T, node: Node): T {
  tree.range = node.range;
  for (const value of Object.values(tree) as unknown[]) {
    for (const part of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (part instanceof assemblyscript.Node && !(part instanceof assemblyscript.Source)) moveTo(part, node);
    }
  }
  return tree;
}
