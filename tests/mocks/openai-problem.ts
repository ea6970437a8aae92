import { type Json, textOf } from "./types";

/** What is wrong with a request in the shape of OpenAI's chat completions. Each vendor says it in its own words. */
export interface Problem {
  kind: "missing" | "type" | "value" | "range" | "history" | "unsupported" | "unknown-member";
  /** OpenAI's path of the member: `messages[0].role`. */
  param: string;
  /** OpenAI's words. */
  message: string;
  /** OpenAI's code. */
  code: string | null;
  /** The offending value, and what would be right, for the other vendors' words. */
  got: string;
  allowed: string[];
}

/** What a vendor allows. */
export interface CheckRules {
  roles: string[];
  /** Members of a message that the vendor knows, when it refuses others. */
  messageMembers: string[] | null;
  /** Types of content parts for this request's model. */
  partTypes: string[];
  temperature: { least: number; most: number; mostExcluded?: boolean };
  topPLeastExcluded: boolean;
  penalty: number;
  maxTokens: number;
  toolChoiceWords: string[];
  responseFormats: string[];
  /** Most tools, stop sequences and choices. */
  maxTools: number;
  maxStops: number;
  maxChoices: number;
  /** Every tool call must be answered before the next turn, and every tool message must answer one. */
  checksToolHistory: boolean;
  streamOptionsNeedStream: boolean;
}

/** How OpenAI names the type of a value in its messages. */
export function describeType(value: Json | undefined): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  switch (typeof value) {
    case "object":
      return "an object";
    case "boolean":
      return "a boolean";
    case "number":
      return Number.isInteger(value) ? "an integer" : "a decimal";
    default:
      return "a string";
  }
}

/** A member of the wrong type; `expected` in OpenAI's words. */
export function wrongType(param: string, expected: string, value: Json | undefined): Problem {
  const message = `Invalid type for '${param}': expected ${expected}, but got ${describeType(value)} instead.`;
  return { kind: "type", param, message, code: "invalid_type", got: describeType(value), allowed: [expected] };
}

/** A word that is none of the known ones. */
export function wrongValue(param: string, value: Json | undefined, allowed: string[]): Problem {
  const list = allowed.map((word) => `'${word}'`).join(", ");
  const message = `Invalid value: '${textOf(value)}'. Supported values are: ${list}.`;
  return { kind: "value", param, message, code: "invalid_value", got: textOf(value), allowed };
}

/** A member that the vendor does not know. */
export function unknownMember(param: string): Problem {
  return {
    kind: "unknown-member",
    param,
    message: `Unknown parameter: '${param}'.`,
    code: "unknown_parameter",
    got: "",
    allowed: [],
  };
}

/** A member that must be there. */
export function missing(param: string): Problem {
  return {
    kind: "missing",
    param,
    message: `Missing required parameter: '${param}'.`,
    code: "missing_required_parameter",
    got: "",
    allowed: [],
  };
}

/** A complaint that is only words. */
export function history(message: string, param: string): Problem {
  return { kind: "history", param, message, code: null, got: "", allowed: [] };
}
