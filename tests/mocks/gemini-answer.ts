import { geminiRules } from "./gemini-models";
import { composeReply, describeMedia, hash, type Prompt, type Reply, splitText } from "./reply";
import { type Answer, type AnswerWishes, isObject, type Json, type JsonObject, textOf } from "./types";

/** Answers a valid `generateContent` or `streamGenerateContent` request. https://ai.google.dev/api/generate-content */
export function answerGenerateContent(
  body: JsonObject,
  model: string,
  streams: boolean,
  wishes: AnswerWishes,
  vendorTitle: string,
): Answer {
  const prompt = readPrompt(body, model, vendorTitle);
  prompt.textBytes = wishes.textBytes;
  const reply = composeReply(prompt);
  const seed = JSON.stringify(body) + model;
  const head = { modelVersion: model, responseId: `${hash(seed)}${hash(`${seed}r`)}` };
  const asEvents = wishes.form === "as-asked" ? streams : wishes.form === "events";
  const parts = contentParts(reply, geminiRules(model)?.signatures ?? false);
  if (!asEvents) {
    const answer = { candidates: [candidate(parts, reply)], usageMetadata: usage(reply), ...head };
    const headers = { "content-type": "application/json; charset=UTF-8", "server-timing": "gfet4t7; dur=1" };
    return { kind: "unary", status: 200, headers, body: `${JSON.stringify(answer, null, 2)}\n` };
  }
  const events = pieces(parts).map((part) => ({
    candidates: [{ content: { parts: [part], role: "model" }, index: 0 }],
    usageMetadata: usage(reply, 1),
    ...head,
  })) as JsonObject[];
  if (!wishes.withoutLastEvent) {
    const last = candidate([{ text: "" }], reply);
    events.push({ candidates: [last], usageMetadata: usage(reply), ...head });
  }
  return { kind: "events", status: 200, headers: { "content-type": "text/event-stream" }, events: events.map(event) };
}

/** The wire text of one event. */
export function event(data: JsonObject): string {
  return `data: ${JSON.stringify(data)}\r\n\r\n`;
}

function candidate(parts: JsonObject[], reply: Reply): JsonObject {
  const finishReason = reply.finish === "length" ? "MAX_TOKENS" : "STOP";
  // Thinking that took all tokens leaves no parts.
  const content: JsonObject = parts.length === 0 ? { role: "model" } : { parts, role: "model" };
  return { content, finishReason, index: 0 };
}

/** Thoughts first, then text or calls; Gemini 3 signs the first call of a step. */
function contentParts(reply: Reply, signs: boolean): JsonObject[] {
  const parts: JsonObject[] = [];
  if (reply.reasoning !== "") parts.push({ text: reply.reasoning, thought: true });
  if (reply.toolCalls.length === 0 && reply.text !== "") parts.push({ text: reply.text });
  reply.toolCalls.forEach((call, index) => {
    const functionCall = { name: call.name, args: JSON.parse(call.arguments) as Json };
    const signature = Buffer.from(`signature ${call.id}`).toString("base64");
    parts.push({ functionCall, ...(signs && index === 0 ? { thoughtSignature: signature } : {}) });
  });
  return parts;
}

/** Texts come in pieces, everything else whole. */
function pieces(parts: JsonObject[]): JsonObject[] {
  return parts.flatMap((part) =>
    typeof part.text === "string" ? splitText(part.text).map((text) => ({ ...part, text })) : [part],
  );
}

/** Candidates and thoughts are counted apart. https://ai.google.dev/api/generate-content#UsageMetadata */
function usage(reply: Reply, output = reply.usage.output): JsonObject {
  const { input, cached, reasoning } = reply.usage;
  const candidates = Math.max(output - reasoning, 0);
  return {
    promptTokenCount: input,
    ...(cached > 0 ? { cachedContentTokenCount: cached } : {}),
    candidatesTokenCount: candidates,
    ...(reasoning > 0 ? { thoughtsTokenCount: reasoning } : {}),
    totalTokenCount: input + candidates + reasoning,
    promptTokensDetails: [{ modality: "TEXT", tokenCount: input }],
  };
}

function partsOf(content: Json | undefined): JsonObject[] {
  return isObject(content) && Array.isArray(content.parts) ? content.parts.filter(isObject) : [];
}

function partText(part: JsonObject): string {
  if (typeof part.text === "string") return part.text;
  if (isObject(part.functionCall)) return JSON.stringify(part.functionCall.args);
  return isObject(part.functionResponse) ? JSON.stringify(part.functionResponse.response) : "";
}

function resultText(part: JsonObject): string[] {
  if (!isObject(part.functionResponse)) return [];
  const { response } = part.functionResponse;
  return [isObject(response) && typeof response.output === "string" ? response.output : JSON.stringify(response)];
}

function describePart({ inlineData, fileData }: JsonObject): string[] {
  const blob = isObject(inlineData) ? inlineData : null;
  const file = isObject(fileData) ? fileData : null;
  if (!blob && !file) return [];
  const type = textOf((blob ?? file)?.mimeType);
  const url = blob ? `data:${type};base64,${textOf(blob.data)}` : textOf(file?.fileUri);
  return [describeMedia(type.startsWith("image/") ? "image" : "document", url)];
}

function readTools(tools: Json | undefined): Prompt["tools"] {
  const declarations = Array.isArray(tools)
    ? tools.filter(isObject).flatMap((tool) => (tool.functionDeclarations ?? []) as JsonObject[])
    : [];
  return declarations.map((declaration) => ({
    name: textOf(declaration.name),
    schema: lowerTypes(declaration.parametersJsonSchema ?? declaration.parameters ?? {}),
  }));
}

function readChoice(config: Json | undefined): Prompt["toolChoice"] {
  const calling = isObject(config) && isObject(config.functionCallingConfig) ? config.functionCallingConfig : {};
  const names = calling.allowedFunctionNames;
  if (calling.mode === "NONE") return "none";
  if (calling.mode !== "ANY") return "auto";
  return Array.isArray(names) && names.length === 1 ? { name: textOf(names[0]) } : "required";
}

/** The vendor's own schemas have their types in capital letters. */
function lowerTypes(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(lowerTypes);
  if (!isObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [
      name,
      name === "type" && typeof value === "string" ? value.toLowerCase() : lowerTypes(value),
    ]),
  );
}

function readSchema(config: JsonObject): JsonObject | null {
  if (config.responseMimeType !== "application/json") return null;
  const schema = lowerTypes(config.responseJsonSchema ?? config.responseSchema ?? { type: "object" });
  return isObject(schema) ? schema : null;
}

/** Reads the request into the vendor-neutral form; the request has been checked before. */
function readPrompt(body: JsonObject, model: string, vendorTitle: string): Prompt {
  const contents = (body.contents as Json[]).filter(isObject);
  const config = isObject(body.generationConfig) ? body.generationConfig : {};
  const thinking = isObject(config.thinkingConfig) ? config.thinkingConfig : {};
  // The user's last turn may be several contents: results stand alone.
  const lastModel = contents.map((content) => content.role).lastIndexOf("model");
  const last = contents.slice(lastModel + 1).flatMap(partsOf);
  return {
    model,
    vendorTitle,
    allText: [...partsOf(body.systemInstruction), ...contents.flatMap(partsOf)].map(partText).join("\n"),
    userText: last.map((part) => (typeof part.text === "string" ? part.text : "")).join(""),
    attachments: last.flatMap((part) => [
      ...describePart(part),
      ...(isObject(part.functionResponse)
        ? ((part.functionResponse.parts ?? []) as JsonObject[]).flatMap(describePart)
        : []),
    ]),
    toolResults: last.flatMap(resultText),
    tools: readTools(body.tools),
    toolChoice: readChoice(body.toolConfig),
    parallelToolCalls: true,
    schema: readSchema(config),
    reasoning: thinking.includeThoughts === true,
    maxTokens: typeof config.maxOutputTokens === "number" ? config.maxOutputTokens : null,
    stop: Array.isArray(config.stopSequences) ? config.stopSequences.map(textOf) : [],
    textBytes: 0,
  };
}
