import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import ts from "typescript";
import { PROJECT_ROOT, projectPath } from "../../scripts/support/project";

/*
 * Turns a TypeScript type of an installed SDK into a strict validator: a member that the type does not name is refused, as vendors
 * refuse it. The schemas are made by the TypeScript compiler from the SDK's own declarations, so they know what the vendor's client
 * knows and nothing of what this project believes.
 */

type Schema = Record<string, unknown>;

const MOST_PROPERTIES = 400;

class SchemaWriter {
  readonly definitions: Record<string, Schema> = {};
  private readonly names = new Map<ts.Type, string>();

  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly replacements: Record<string, Schema>,
  ) {}

  write(type: ts.Type): Schema {
    const name = (type.aliasSymbol ?? type.symbol)?.name;
    const replacement = name === undefined ? undefined : this.replacements[name];
    if (replacement !== undefined) return replacement;
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.NonPrimitive)) return {};
    if (type.flags & ts.TypeFlags.StringLiteral) return { const: (type as ts.StringLiteralType).value };
    if (type.flags & ts.TypeFlags.NumberLiteral) return { const: (type as ts.NumberLiteralType).value };
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { const: this.checker.typeToString(type) === "true" };
    if (type.flags & ts.TypeFlags.StringLike) return { type: "string" };
    if (type.flags & ts.TypeFlags.NumberLike) return { type: "number" };
    if (type.flags & ts.TypeFlags.BooleanLike) return { type: "boolean" };
    if (type.flags & ts.TypeFlags.Null) return { type: "null" };
    if (type.isUnion()) return this.writeUnion(type);
    if (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return this.reference(type);
    return { not: {} };
  }

  private writeUnion(type: ts.UnionType): Schema {
    const members = type.types.filter((member) => !(member.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)));
    const literals = members.filter(
      (member) => member.flags & (ts.TypeFlags.StringLiteral | ts.TypeFlags.NumberLiteral),
    );
    const others = members.filter((member) => !literals.includes(member)).map((member) => this.write(member));
    const values = literals.map((member) => (member as ts.LiteralType).value);
    const options = values.length > 0 ? [{ enum: values }, ...others] : others;
    return options.length === 1 ? (options[0] ?? {}) : { anyOf: options };
  }

  /** Objects are written once and referred to, since types may hold themselves. */
  private reference(type: ts.Type): Schema {
    // `string & {}`: any string, with suggestions.
    if (type.isIntersection()) {
      const primitive = type.types.find((member) => member.flags & (ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike));
      if (primitive !== undefined) return this.write(primitive);
    }
    if (type.getCallSignatures().length > 0) return { not: {} };
    let name = this.names.get(type);
    if (name === undefined) {
      name = `${(type.aliasSymbol ?? type.symbol)?.name ?? "Type"}_${String(this.names.size)}`.replace(/\W/g, "_");
      this.names.set(type, name);
      this.definitions[name] = this.writeObject(type);
    }
    return { $ref: `#/definitions/${name}` };
  }

  private writeObject(type: ts.Type): Schema {
    if (this.checker.isArrayType(type)) {
      const [item] = this.checker.getTypeArguments(type as ts.TypeReference);
      return { type: "array", items: item === undefined ? {} : this.write(item) };
    }
    if (this.checker.isTupleType(type)) {
      const items = this.checker.getTypeArguments(type as ts.TypeReference).map((item) => this.write(item));
      return { type: "array", items: { anyOf: items } };
    }
    const properties: Record<string, Schema> = {};
    const required: string[] = [];
    const symbols = this.checker.getPropertiesOfType(type);
    if (symbols.length > MOST_PROPERTIES) throw new Error(`${this.checker.typeToString(type)} is no message`);
    for (const symbol of symbols) {
      const member = this.checker.getTypeOfSymbol(symbol);
      // Functions and what only holds undefined never come through JSON.
      if (member.getCallSignatures().length > 0 || member.flags & ts.TypeFlags.Undefined) continue;
      properties[symbol.name] = this.write(member);
      const mayLack = (symbol.flags & ts.SymbolFlags.Optional) !== 0 || this.mayBeUndefined(member);
      if (!mayLack) required.push(symbol.name);
    }
    const index = this.checker.getIndexInfoOfType(type, ts.IndexKind.String);
    const isOpen = symbols.length === 0 && index === undefined;
    return {
      type: "object",
      properties,
      ...(required.length > 0 ? { required } : {}),
      additionalProperties: isOpen ? true : index === undefined ? false : this.write(index.type),
    };
  }

  private mayBeUndefined(type: ts.Type): boolean {
    if (type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return true;
    return type.isUnion() && type.types.some((member) => member.flags & ts.TypeFlags.Undefined);
  }
}

/** A type and how to read it. */
export interface TypeSource {
  /** Declarations that the type is made of: `import type { Content } from "@google/genai"; type Root = ...`. The type is called `Root`. */
  declarations: string;
  /** Schemas to use in place of types of these names: what the wire has where the SDK has an object of the language. */
  replacements?: Record<string, Schema>;
}

/** Makes the JSON schema of a type. */
function writeSchema(source: TypeSource): Schema {
  const file = projectPath("tests", "support", "type-schema-root.ts");
  const options: ts.CompilerOptions = {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    skipLibCheck: true,
    noEmit: true,
    types: ["node"],
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
  };
  const host = ts.createCompilerHost(options);
  const readSource = host.getSourceFile.bind(host);
  host.getCurrentDirectory = () => PROJECT_ROOT;
  host.getSourceFile = (name, ...more) =>
    name === file
      ? ts.createSourceFile(name, `${source.declarations}\nexport type { Root };`, ts.ScriptTarget.ES2022, true)
      : readSource(name, ...more);
  const exists = host.fileExists.bind(host);
  host.fileExists = (name) => name === file || exists(name);
  const program = ts.createProgram([file], options, host);
  const root = program.getSourceFile(file);
  const problems = program.getSemanticDiagnostics(root);
  if (root === undefined || problems.length > 0) {
    throw new Error(problems.map((problem) => ts.flattenDiagnosticMessageText(problem.messageText, "\n")).join("\n"));
  }
  const checker = program.getTypeChecker();
  const declaration = root.statements.find(
    (statement): statement is ts.TypeAliasDeclaration =>
      ts.isTypeAliasDeclaration(statement) && statement.name.text === "Root",
  );
  if (declaration === undefined) throw new Error("the declarations have no type Root");
  const writer = new SchemaWriter(checker, source.replacements ?? {});
  const schema = writer.write(checker.getTypeAtLocation(declaration));
  return { ...schema, definitions: writer.definitions };
}

/** Schemas are kept under build/, by what they are made of: making one takes seconds. */
function readOrWriteSchema(source: TypeSource): Schema {
  const lock = readFileSync(projectPath("package-lock.json"), "utf8");
  const own = readFileSync(join(import.meta.dirname, "type-schema.ts"), "utf8");
  const key = createHash("sha256")
    .update(JSON.stringify([source, lock, own]))
    .digest("hex")
    .slice(0, 16);
  const folder = projectPath("build", "type-schemas");
  const path = join(folder, `${key}.json`);
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Schema;
  } catch {
    const schema = writeSchema(source);
    mkdirSync(folder, { recursive: true });
    // Moved into place, since another process may read it.
    writeFileSync(`${path}.${String(process.pid)}`, JSON.stringify(schema));
    renameSync(`${path}.${String(process.pid)}`, path);
    return schema;
  }
}

/** Says what is wrong with a value, or null when it is of the type. */
export type TypeValidator = (value: unknown) => string | null;

/** A validator of a type. */
export function validatorOf(source: TypeSource): TypeValidator {
  const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: false });
  const validate: ValidateFunction = ajv.compile(readOrWriteSchema(source));
  return (value) => (validate(value) ? null : describe(validate));
}

/** The deepest complaint: with unions every alternative complains. */
function describe(validate: ValidateFunction): string {
  const errors = [...(validate.errors ?? [])].sort((a, b) => b.instancePath.length - a.instancePath.length);
  const shown = errors.slice(0, 4).map(({ instancePath, message, params }) => {
    return `${instancePath || "/"} ${message ?? ""} ${JSON.stringify(params)}`;
  });
  return shown.join("; ");
}
