import { type TypeSource, type TypeValidator, validatorOf } from "../../support/type-schema";
import type { UpstreamRequest } from "./adapter";

/** Where an SDK has bytes, the wire has base64. */
const BASE64 = { type: "string", pattern: "^[A-Za-z0-9+/]*={0,2}$" };

const ANTHROPIC = 'import type Anthropic from "@anthropic-ai/sdk";';
/** The SDK no longer shows the sampling parameters, which older models still take. */
const SAMPLING = "{ temperature?: number; top_p?: number; top_k?: number }";

/** The members of a body, each of a type of Google's SDK. https://ai.google.dev/api/generate-content#request-body */
const GEMINI: TypeSource = {
  declarations: `import type { Content, GenerationConfig, SafetySetting, Tool, ToolConfig } from "@google/genai";
    type Root = { contents: Content[]; systemInstruction?: Content; tools?: Tool[]; toolConfig?: ToolConfig; labels?: Record<string, string>;
      generationConfig?: GenerationConfig & { responseFormat?: unknown }; safetySettings?: SafetySetting[]; cachedContent?: string };`,
};

/** A vendor's type of a request body, and the paths that it is for. */
interface RequestType extends TypeSource {
  path?: RegExp;
}

/**
 * Types of request bodies in the vendors' own SDKs, by protocol. They are checked beside the hand-written rules of the mocks and know
 * nothing of what this project believes.
 */
const REQUEST_TYPES: Record<string, RequestType[]> = {
  openai: [{ declarations: 'import type OpenAI from "openai"; type Root = OpenAI.ChatCompletionCreateParams;' }],
  anthropic: [{ declarations: `${ANTHROPIC} type Root = Anthropic.MessageCreateParams & ${SAMPLING};` }],
  gemini: [GEMINI],
  vertex: [
    { ...GEMINI, path: /publishers\/google\/models\/[^/]*:(stream)?[gG]enerateContent/ },
    {
      path: /publishers\/anthropic\/models\/[^/]*:(stream)?[rR]awPredict/,
      declarations: `${ANTHROPIC} type Given = Anthropic.MessageCreateParams & ${SAMPLING} & { anthropic_version: "vertex-2023-10-16" };
        type Root = { [Name in Exclude<keyof Given, "model">]: Given[Name] };`,
    },
  ],
  bedrock: [
    {
      path: /\/converse(-stream)?$/,
      declarations: `import type { ConverseRequest } from "@aws-sdk/client-bedrock-runtime";
        type Root = Omit<ConverseRequest, "modelId">;`,
      replacements: { Uint8Array: BASE64 },
    },
  ],
  cohere: [
    {
      declarations: `import type { V2ChatRequest, V2ChatStreamRequest } from "../../node_modules/cohere-ai/dist/serialization/index";
        type Root = (V2ChatRequest.Raw | V2ChatStreamRequest.Raw) & { stream?: boolean };`,
    },
  ],
  ollama: [
    {
      // The SDK shows a part of JSON Schema, of which the server takes all: https://docs.ollama.com/api/chat (tools)
      declarations: `import type { ChatRequest } from "ollama";
        type Function = { name: string; description?: string; parameters: Record<string, unknown> };
        type Root = Omit<ChatRequest, "tools"> & { tools?: { type: "function"; function: Function }[] };`,
    },
  ],
};

const validators = new Map<RequestType, TypeValidator>();

/** What the type in the vendor's SDK says to a request, or null: it fits, or no package has such a type. */
export function checkSdkType(protocol: string, request: Pick<UpstreamRequest, "path" | "text">): string | null {
  const path = request.path.replace(/\?.*$/s, "");
  const type = REQUEST_TYPES[protocol]?.find((each) => each.path === undefined || each.path.test(path));
  if (type === undefined) return null;
  const validate = validators.get(type) ?? validatorOf(type);
  validators.set(type, validate);
  return validate(JSON.parse(request.text));
}

/** The protocols that have such a type. */
export const PROTOCOLS_WITH_TYPES = Object.keys(REQUEST_TYPES);
