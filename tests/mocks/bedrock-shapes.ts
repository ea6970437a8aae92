/*
 * Checks a request against the service's own model, as the AWS SDK carries it: members, required members, unions, types and enums.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
import * as sdk from "@aws-sdk/client-bedrock-runtime";

/** A request that the service refuses with a ValidationException. */
export class InvalidConverse extends Error {}

/** Refuses the request. */
export function reject(message: string): never {
  throw new InvalidConverse(message);
}

/** A schema of the SDK: a number or a text for simple types, else a list whose first member says what follows. */
type Schema = unknown;

const enum Kind {
  List = 1,
  Map = 2,
  Structure = 3,
  Union = 4,
}

const STRING = 0;
const NUMBER = 1;
const BOOLEAN = 2;
const DOCUMENT = 15;
const BLOB = 21;
const LIST_OF = 64;
const MAP_OF = 128;

/** Members whose values are words of an enum, by structure and member. */
const ENUMS: Record<string, Record<string, string>> = {
  "Message.role": sdk.ConversationRole,
  "ImageBlock.format": sdk.ImageFormat,
  "DocumentBlock.format": sdk.DocumentFormat,
  "ToolResultBlock.status": sdk.ToolResultStatus,
  "CachePointBlock.type": sdk.CachePointType,
  "CachePointBlock.ttl": sdk.CacheTTL,
  "OutputFormat.type": sdk.OutputFormatType,
  "PerformanceConfiguration.latency": sdk.PerformanceConfigLatency,
  "ServiceTier.type": sdk.ServiceTierType,
  "GuardrailConfiguration.trace": sdk.GuardrailTrace,
  "GuardrailStreamConfiguration.trace": sdk.GuardrailTrace,
  "GuardrailStreamConfiguration.streamProcessingMode": sdk.GuardrailStreamProcessingMode,
};

/** Members that are whole numbers: the SDK's schema knows numbers only. */
const INTEGERS = new Set(["InferenceConfiguration.maxTokens"]);

function resolve(schema: Schema): Schema {
  if (typeof schema === "function") return resolve((schema as () => Schema)());
  // A member with traits of its own: its schema, then the traits.
  if (
    Array.isArray(schema) &&
    (typeof schema[0] === "function" || (schema.length === 2 && typeof schema[0] === "number"))
  )
    return resolve(schema[0]);
  return schema;
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

function expectType(holds: boolean, value: unknown, path: string, wanted: string): void {
  if (!holds) reject(`${path}: expected ${wanted}, found ${typeName(value)}`);
}

function checkSimple(schema: number, value: unknown, path: string, owner: string): void {
  switch (schema) {
    case STRING: {
      expectType(typeof value === "string", value, path, "a string");
      const words = ENUMS[owner];
      if (words && !Object.values(words).includes(value as string)) {
        reject(
          `${path}: Value '${String(value)}' failed to satisfy constraint: Member must satisfy enum value set: [${Object.values(words).join(", ")}]`,
        );
      }
      return;
    }
    case NUMBER:
      expectType(typeof value === "number", value, path, "a number");
      if (INTEGERS.has(owner)) expectType(Number.isInteger(value), value, path, "an integer");
      return;
    case BOOLEAN:
      return expectType(typeof value === "boolean", value, path, "a boolean");
    case DOCUMENT:
      return;
    case BLOB: {
      expectType(typeof value === "string" && value !== "", value, path, "base64 text");
      const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value as string);
      return expectType(isBase64, value, path, "base64 text");
    }
    default:
      throw new Error(`the mock does not know the schema ${String(schema)} of ${path}`);
  }
}

function checkList(item: Schema, value: unknown, path: string): void {
  expectType(Array.isArray(value), value, path, "a list");
  (value as unknown[]).forEach((element, index) => checkShape(item, element, `${path}.${index}`));
}

function checkMap(item: Schema, value: unknown, path: string): void {
  expectType(typeof value === "object" && value !== null && !Array.isArray(value), value, path, "a map");
  for (const [key, member] of Object.entries(value as object)) checkShape(item, member, `${path}.${key}`);
}

function checkMembers(schema: unknown[], value: unknown, path: string): void {
  const [kind, , name, , names, schemas, required] = schema as [
    number,
    string,
    string,
    unknown,
    string[],
    Schema[],
    number?,
  ];
  expectType(typeof value === "object" && value !== null && !Array.isArray(value), value, path, `a ${name}`);
  const given = Object.entries(value as Record<string, unknown>);
  const at = path === "" ? "" : `${path}.`;
  for (const [member, content] of given) {
    const index = names.indexOf(member);
    if (index < 0) reject(`${at}${member}: extraneous key [${member}] is not permitted`);
    checkShape(schemas[index], content, `${at}${member}`, `${name}.${member}`);
  }
  if (kind === Number(Kind.Union) && given.length !== 1)
    reject(`${path}: exactly one member of the union ${name} must be set, found ${given.length}`);
  for (const member of names.slice(0, required ?? 0)) {
    if (!(member in (value as object))) reject(`${at}${member}: Member must not be null`);
  }
}

/** Checks a value against a schema of the SDK; `owner` is the structure's name and the member's. */
export function checkShape(schema: Schema, value: unknown, path = "", owner = ""): void {
  const found = resolve(schema);
  if (typeof found === "number") {
    if (found >= MAP_OF) return checkMap(found - MAP_OF, value, path);
    if (found >= LIST_OF) return checkList(found - LIST_OF, value, path);
    return checkSimple(found, value, path, owner);
  }
  if (!Array.isArray(found)) throw new Error(`the mock does not know the schema of ${path}`);
  const kind = found[0] as number;
  if (kind === Number(Kind.List)) return checkList(found[4], value, path);
  if (kind === Number(Kind.Map)) return checkMap(found[5], value, path);
  // A simple type with traits: its own schema stands last.
  if (kind === 0) return checkShape(found[4], value, path, owner);
  return checkMembers(found as unknown[], value, path);
}
