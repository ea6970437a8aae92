/*
 * The members of a `generateContent` request and their types. The names are checked against the types of Google's own SDK when this
 * file is compiled: a member that Google does not know cannot be listed here. Sources, beside the SDK:
 *   https://ai.google.dev/api/generate-content and https://ai.google.dev/api/caching (Content, Part, Schema, Tool, ToolConfig)
 *   https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
 */
import {
  type Blob as InlineBlob,
  type Content,
  type FileData,
  type FunctionCall,
  FunctionCallingConfigMode,
  type FunctionCallingConfig,
  type FunctionDeclaration,
  type FunctionResponse,
  type FunctionResponsePart,
  type GenerateContentConfig,
  type GenerationConfig,
  HarmBlockThreshold,
  HarmCategory,
  Modality,
  type Part,
  type SafetySetting,
  type Schema,
  type ThinkingConfig,
  ThinkingLevel,
  type Tool,
  type ToolConfig,
  Type,
} from "@google/genai";

/** What a member holds. `struct`: any object; `value`: anything. */
export type Kind =
  | "string"
  | "bool"
  | "int32"
  | "int64"
  | "number"
  | "bytes"
  | "struct"
  | "value"
  | { message: MessageName }
  | { list: Kind }
  | { map: Kind }
  | { words: string[] };

type Members<Of> = Partial<Record<keyof Of & string, Kind>>;

/** The body: what the SDK calls its config, with the request's own members in place of the options of the client. */
type Body = Pick<
  GenerateContentConfig,
  "systemInstruction" | "tools" | "toolConfig" | "safetySettings" | "cachedContent" | "labels"
> & { contents: Content[]; generationConfig: GenerationConfig };

const text: Kind = "string";

const BODY: Members<Body> = {
  contents: { list: { message: "Content" } },
  systemInstruction: { message: "Content" },
  tools: { list: { message: "Tool" } },
  toolConfig: { message: "ToolConfig" },
  safetySettings: { list: { message: "SafetySetting" } },
  generationConfig: { message: "GenerationConfig" },
  cachedContent: text,
};
const VERTEX_BODY: Members<Body> = { ...BODY, labels: { map: text } };
const CONTENT: Members<Content> = { role: text, parts: { list: { message: "Part" } } };
const PART: Members<Part> = {
  text,
  thought: "bool",
  thoughtSignature: "bytes",
  inlineData: { message: "Blob" },
  fileData: { message: "FileData" },
  functionCall: { message: "FunctionCall" },
  functionResponse: { message: "FunctionResponse" },
};
const BLOB: Members<InlineBlob> = { mimeType: text, data: "bytes" };
const FILE_DATA: Members<FileData> = { mimeType: text, fileUri: text };
const FUNCTION_CALL: Members<FunctionCall> = { id: text, name: text, args: "struct" };
const FUNCTION_RESPONSE: Members<FunctionResponse> = {
  id: text,
  name: text,
  response: "struct",
  parts: { list: { message: "FunctionResponsePart" } },
};
const FUNCTION_RESPONSE_PART: Members<FunctionResponsePart> = {
  inlineData: { message: "Blob" },
  fileData: { message: "FileData" },
};
const TOOL: Members<Tool> = {
  functionDeclarations: { list: { message: "FunctionDeclaration" } },
  googleSearch: "struct",
  codeExecution: "struct",
  urlContext: "struct",
};
const FUNCTION_DECLARATION: Members<FunctionDeclaration> = {
  name: text,
  description: text,
  parameters: { message: "Schema" },
  parametersJsonSchema: "value",
};
const TOOL_CONFIG: Members<ToolConfig> = { functionCallingConfig: { message: "FunctionCallingConfig" } };
const FUNCTION_CALLING_CONFIG: Members<FunctionCallingConfig> = {
  mode: { words: Object.values(FunctionCallingConfigMode) },
  allowedFunctionNames: { list: text },
};
const SAFETY_SETTING: Members<SafetySetting> = {
  category: { words: Object.values(HarmCategory) },
  threshold: { words: Object.values(HarmBlockThreshold) },
};
const GENERATION_CONFIG: Members<GenerationConfig> = {
  temperature: "number",
  topP: "number",
  topK: "int32",
  candidateCount: "int32",
  maxOutputTokens: "int32",
  stopSequences: { list: text },
  seed: "int32",
  presencePenalty: "number",
  frequencyPenalty: "number",
  responseLogprobs: "bool",
  logprobs: "int32",
  responseMimeType: text,
  responseSchema: { message: "Schema" },
  responseJsonSchema: "value",
  responseModalities: { list: { words: Object.values(Modality) } },
  thinkingConfig: { message: "ThinkingConfig" },
};
const THINKING_CONFIG: Members<ThinkingConfig> = {
  includeThoughts: "bool",
  thinkingBudget: "int32",
  thinkingLevel: { words: Object.values(ThinkingLevel) },
};
const SCHEMA: Members<Schema> = {
  type: { words: Object.values(Type) },
  format: text,
  title: text,
  description: text,
  nullable: "bool",
  enum: { list: text },
  items: { message: "Schema" },
  minItems: "int64",
  maxItems: "int64",
  properties: { map: { message: "Schema" } },
  required: { list: text },
  minProperties: "int64",
  maxProperties: "int64",
  minLength: "int64",
  maxLength: "int64",
  pattern: text,
  anyOf: { list: { message: "Schema" } },
  propertyOrdering: { list: text },
  minimum: "number",
  maximum: "number",
};

/** All messages by the names that Google's documentation gives them. */
export const MESSAGES = {
  Body: BODY,
  VertexBody: VERTEX_BODY,
  Content: CONTENT,
  Part: PART,
  Blob: BLOB,
  FileData: FILE_DATA,
  FunctionCall: FUNCTION_CALL,
  FunctionResponse: FUNCTION_RESPONSE,
  FunctionResponsePart: FUNCTION_RESPONSE_PART,
  Tool: TOOL,
  FunctionDeclaration: FUNCTION_DECLARATION,
  ToolConfig: TOOL_CONFIG,
  FunctionCallingConfig: FUNCTION_CALLING_CONFIG,
  SafetySetting: SAFETY_SETTING,
  GenerationConfig: GENERATION_CONFIG,
  ThinkingConfig: THINKING_CONFIG,
  Schema: SCHEMA,
};

/** A message's name. */
export type MessageName =
  | "Body"
  | "VertexBody"
  | "Content"
  | "Part"
  | "Blob"
  | "FileData"
  | "FunctionCall"
  | "FunctionResponse"
  | "FunctionResponsePart"
  | "Tool"
  | "FunctionDeclaration"
  | "ToolConfig"
  | "FunctionCallingConfig"
  | "SafetySetting"
  | "GenerationConfig"
  | "ThinkingConfig"
  | "Schema";

/** Thrown inside the validators: what Google would say of the request (INVALID_ARGUMENT). */
export class InvalidArgument extends Error {}

/** Ends a check with a rejection. */
export function rejectArgument(message: string): never {
  throw new InvalidArgument(message);
}

export type Json = null | boolean | number | string | Json[] | { [member: string]: Json };

/** Whether a value is a JSON object. */
export function isRecord(value: Json | undefined): value is { [member: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as text: a string as it is, everything else as JSON. */
export function show(value: Json | undefined): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined");
}

function isWhole(value: Json, bits: 31 | 53): boolean {
  return typeof value === "number" && Number.isInteger(value) && Math.abs(value) <= 2 ** bits - (bits === 31 ? 1 : 0);
}

/** Checks a value against its kind as Google's JSON parser does: unknown names and wrong types are errors that name the path. */
export function checkKind(value: Json, kind: Kind, path: string): void {
  const wrong = (type: string): never =>
    rejectArgument(`Invalid value at '${path}' (${type}), ${show(value).slice(0, 100)}`);
  if (typeof kind === "object") {
    checkNested(value, kind, path, wrong);
    return;
  }
  switch (kind) {
    case "string":
      if (typeof value !== "string") wrong("TYPE_STRING");
      return;
    case "bytes":
      if (typeof value !== "string" || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) wrong("TYPE_BYTES");
      return;
    case "bool":
      if (typeof value !== "boolean") wrong("TYPE_BOOL");
      return;
    case "int32":
      if (!isWhole(value, 31)) wrong("TYPE_INT32");
      return;
    case "int64":
      if (!isWhole(value, 53) && !/^-?\d{1,18}$/.test(show(value))) wrong("TYPE_INT64");
      return;
    case "number":
      if (typeof value !== "number") wrong("TYPE_FLOAT");
      return;
    case "struct":
      if (!isRecord(value)) wrong("type.googleapis.com/google.protobuf.Struct");
      return;
    default:
  }
}

function checkNested(value: Json, kind: Kind & object, path: string, wrong: (type: string) => never): void {
  if ("words" in kind) {
    if (typeof value !== "string" || !kind.words.includes(value)) wrong(`one of ${kind.words.join(", ")}`);
  } else if ("list" in kind) {
    if (!Array.isArray(value)) wrong("a list");
    else value.forEach((element, index) => checkKind(element, kind.list, `${path}[${index}]`));
  } else if ("map" in kind) {
    if (!isRecord(value)) wrong("a map");
    else for (const [name, member] of Object.entries(value)) checkKind(member, kind.map, `${path}[${name}]`);
  } else checkMessage(value, kind.message, path);
}

/** Checks an object against a message. */
export function checkMessage(value: Json, name: MessageName, path: string): void {
  if (!isRecord(value)) rejectArgument(`Invalid value at '${path}' (${name}), ${JSON.stringify(value)}`);
  const members = MESSAGES[name] as Record<string, Kind | undefined>;
  for (const [member, inner] of Object.entries(value)) {
    const kind = Object.hasOwn(members, member) ? members[member] : undefined;
    if (kind === undefined) {
      rejectArgument(
        `Invalid JSON payload received. Unknown name "${member}"${path === "" ? "" : ` at '${path}'`}: Cannot find field.`,
      );
    }
    checkKind(inner, kind, path === "" ? member : `${path}.${member}`);
  }
}
