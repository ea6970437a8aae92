import { readFileSync } from "node:fs";
import { describeError, UserError } from "./failure";

/** Reads a plugin JSON file. A missing file and bad JSON give one line that says where. */
export function readPluginFile(path: string): object {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UserError(`cannot read the plugin JSON: ${describeError(error)}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path} is not JSON: ${describeJsonError(error, text)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UserError(`${path}: the plugin JSON must be an object`);
  }
  return value;
}

/** Adds line and column to the position that V8 names. */
function describeJsonError(error: unknown, text: string): string {
  const message = describeError(error);
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined) return message;
  const before = text.slice(0, Number(position)).split("\n");
  return `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}: ${message}`;
}
