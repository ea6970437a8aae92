import type { ModelRules } from "./gemini-models";
import { isRecord, type Json, rejectArgument, show } from "./gemini-shapes";

type JsonRecord = Record<string, Json>;

/** The members of a part of which exactly one must be set. An empty text is none. */
const DATA = ["text", "inlineData", "fileData", "functionCall", "functionResponse"];

function partsOf(content: JsonRecord): JsonRecord[] {
  return (content["parts"] ?? []) as JsonRecord[];
}

function count(content: JsonRecord | undefined, member: string): number {
  return content === undefined ? 0 : partsOf(content).filter((part) => part[member] !== undefined).length;
}

function checkPart(part: JsonRecord, role: string, path: string): void {
  const set = DATA.filter((member) => part[member] !== undefined && part[member] !== "");
  if (set.length === 0) rejectArgument(`${path}.data: required oneof field 'data' must have one initialized field`);
  if (set.length > 1) rejectArgument(`${path}: oneof field 'data' is already set. Cannot set '${set[1]}'`);
  if (part["functionCall"] !== undefined && role !== "model")
    rejectArgument("Please ensure that function call turns have the role 'model'.");
  if (part["functionResponse"] !== undefined && role === "model")
    rejectArgument("Please ensure that function response turns have the role 'user' or 'function'.");
  for (const member of ["functionCall", "functionResponse"]) {
    const named = part[member];
    if (isRecord(named) && (typeof named["name"] !== "string" || named["name"] === ""))
      rejectArgument(
        `${path}.${member === "functionCall" ? "function_call" : "function_response"}.name: Name cannot be empty.`,
      );
  }
  const { inlineData: blob, fileData: file } = part;
  if (isRecord(blob)) checkBlob(blob, `${path}.inline_data`);
  if (isRecord(file) && !/^(https?|gs):\/\/\S+$/.test(show(file["fileUri"]))) {
    rejectArgument(`Invalid or unsupported file uri: ${show(file["fileUri"])}`);
  }
}

function checkBlob(blob: JsonRecord, path: string): void {
  if (!/^[a-z]+\/[a-z0-9.+-]+$/i.test(show(blob["mimeType"])))
    rejectArgument(`Unsupported MIME type: ${show(blob["mimeType"])}`);
  if (typeof blob["data"] !== "string" || blob["data"] === "") rejectArgument(`${path}.data: must not be empty`);
}

function checkSignatures(content: JsonRecord, index: number, rules: ModelRules): void {
  const calls = partsOf(content).filter((part) => part["functionCall"] !== undefined);
  const [first] = calls;
  if (!rules.signatures || first === undefined || typeof first["thoughtSignature"] === "string") return;
  const { name } = first["functionCall"] as { name: string };
  rejectArgument(
    `Function call is missing a thought_signature in functionCall parts. Additional data, function call \`default_api:${name}\`, position ${index}.`,
  );
}

function idsOf(content: JsonRecord | undefined, member: string): string[] {
  return content === undefined
    ? []
    : partsOf(content).flatMap((part) => {
        const named = part[member];
        return isRecord(named) ? [show(named["id"])] : [];
      });
}

/** Newer models match a result by the id of its call, others have no ids. */
function checkIds(calls: string[], responses: string[], rules: ModelRules): void {
  if (!rules.callIds) {
    if ([...calls, ...responses].some((id) => id !== "undefined")) rejectArgument("Unexpected id of a function call.");
    return;
  }
  if (new Set(calls.filter((id) => id !== "undefined")).size !== calls.filter((id) => id !== "undefined").length)
    rejectArgument("Please ensure that the ids of function calls are unique.");
  if (responses.some((id) => !calls.includes(id))) rejectArgument("functionResponse.id does not match functionCall.id");
}

/** https://ai.google.dev/gemini-api/docs/function-calling: results follow their calls, one for each. */
function checkFunctionTurns(contents: JsonRecord[], rules: ModelRules): void {
  contents.forEach((content, index) => {
    const calls = count(content, "functionCall");
    const responses = count(content, "functionResponse");
    const before = contents[index - 1];
    if (calls > 0 && (before === undefined || before["role"] === "model")) {
      rejectArgument(
        "Please ensure that function call turn comes immediately after a user turn or after a function response turn.",
      );
    }
    if (responses > 0 && responses !== partsOf(content).length)
      rejectArgument("Please ensure that function response parts stand alone in their content.");
    if (responses > 0 && count(before, "functionCall") === 0)
      rejectArgument("Please ensure that function response turn comes immediately after a function call turn.");
    if (before !== undefined && (before["role"] === "model") === (content["role"] === "model"))
      rejectArgument("Please ensure that multiturn requests alternate between user and model.");
    checkIds(idsOf(before, "functionCall"), idsOf(content, "functionResponse"), rules);
    const answered = count(contents[index + 1], "functionResponse");
    if (calls > 0 && (index + 1 < contents.length || answered > 0) && answered !== calls) {
      rejectArgument(
        "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
      );
    }
  });
}

/** Checks the conversation beyond the types of its members. */
export function checkContents(contents: JsonRecord[], rules: ModelRules): void {
  if (contents.length === 0) rejectArgument("* GenerateContentRequest.contents: contents is not specified");
  contents.forEach((content, index) => {
    const path = `* GenerateContentRequest.contents[${index}]`;
    const role = content["role"] ?? "user";
    if (role !== "user" && role !== "model" && role !== "function")
      rejectArgument("Please use a valid role: user, model.");
    if (partsOf(content).length === 0) rejectArgument(`${path}.parts: contents.parts must not be empty.`);
    partsOf(content).forEach((part, position) => checkPart(part, role, `${path}.parts[${position}]`));
    checkSignatures(content, index, rules);
  });
  if (contents[0]?.["role"] === "model")
    rejectArgument("Please ensure that multiturn requests start with a user role.");
  if (contents.at(-1)?.["role"] === "model")
    rejectArgument("Please ensure that single turn requests end with a user role or the role field is empty.");
  checkFunctionTurns(contents, rules);
}

/** Checks `systemInstruction`: texts only. */
export function checkSystem(content: JsonRecord): void {
  const parts = partsOf(content);
  if (parts.length === 0) rejectArgument("* GenerateContentRequest.system_instruction.parts: must not be empty.");
  for (const part of parts) {
    if (typeof part["text"] !== "string" || part["text"] === "")
      rejectArgument("System instruction only supports text parts.");
  }
}
