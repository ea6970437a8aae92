import { isObject, type Json, type JsonObject, textOf } from "./types";

const MAX_DEPTH = 12;

/**
 * A value that fits a JSON schema, always the same one for the same schema: the first of an enum, the least number, one item.
 * Understands what the vendors' structured outputs allow: type (also lists), properties, items, enum, const, anyOf, $ref, $defs.
 */
export function sampleValue(
  schema: Json | undefined,
  name = "value",
  root: Json | undefined = schema,
  depth = 0,
): Json {
  if (!isObject(schema) || depth > MAX_DEPTH) return name;
  if (typeof schema.$ref === "string") return sampleValue(resolveReference(schema.$ref, root), name, root, depth + 1);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[0]!;
  for (const word of ["anyOf", "oneOf", "allOf"]) {
    const choices = schema[word];
    if (Array.isArray(choices) && choices.length > 0) return sampleValue(choices[0], name, root, depth + 1);
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type ?? (isObject(schema.properties) ? "object" : "string")) {
    case "object":
      return sampleObject(schema, root, depth);
    case "array":
      return depth >= MAX_DEPTH - 1 ? [] : [sampleValue(schema.items, singular(name), root, depth + 1)];
    case "integer":
    case "number":
      return typeof schema.minimum === "number" ? schema.minimum : 7;
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return sampleText(schema, name);
  }
}

function sampleObject(schema: JsonObject, root: Json | undefined, depth: number): JsonObject {
  const value: JsonObject = {};
  if (!isObject(schema.properties)) return value;
  const required = Array.isArray(schema.required) ? schema.required : Object.keys(schema.properties);
  for (const [name, member] of Object.entries(schema.properties)) {
    if (required.includes(name)) value[name] = sampleValue(member, name, root, depth + 1);
  }
  return value;
}

function sampleText(schema: JsonObject, name: string): string {
  switch (textOf(schema.format)) {
    case "date":
      return "2026-01-31";
    case "date-time":
      return "2026-01-31T12:00:00Z";
    case "email":
      return "someone@example.com";
    case "uri":
      return "https://example.com/";
    default:
      return `example ${name}`;
  }
}

function singular(name: string): string {
  return name.endsWith("s") ? name.slice(0, -1) : name;
}

function resolveReference(reference: string, root: Json | undefined): Json | undefined {
  if (!reference.startsWith("#")) return undefined;
  let node: Json | undefined = root;
  for (const step of reference.slice(1).split("/").filter(Boolean)) {
    node = isObject(node) ? node[step.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined;
  }
  return node;
}
