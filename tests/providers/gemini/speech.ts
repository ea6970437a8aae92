import { halves } from "../../support/adapter-tools";
import type { Member } from "../../support/messages";
import type {
  NativeAnswer,
  NativeError,
  SpokenAnswer,
  SpokenRequest,
  SpokenTurn,
  UpstreamRequest,
} from "../suite/adapter";

/*
 * What Gemini's requests and answers say, in the words of the shared suite; for AI Studio and Vertex AI alike.
 */

/** The tool by which a form of answer is asked for where the model has no word for it. */
const FORMAT_TOOL = "json_tool_call";

interface Part {
  text?: string;
  inlineData?: { mimeType: string; data: string };
  fileData?: { fileUri: string; mimeType: string };
  functionCall?: { name: string; args: unknown };
  functionResponse?: { name: string; response: Member; parts?: Part[] };
}
interface Content {
  role: "user" | "model";
  parts: Part[];
}

function addressOf({ inlineData, fileData }: Part): string {
  return inlineData ? `data:${inlineData.mimeType};base64,${inlineData.data}` : (fileData?.fileUri ?? "");
}

function mediaOf(parts: Part[], isImage: boolean): string[] {
  return parts
    .filter(({ inlineData, fileData }) => {
      const type = inlineData?.mimeType ?? fileData?.mimeType;
      return type !== undefined && type.startsWith("image/") === isImage;
    })
    .map(addressOf);
}

function readTurn({ role, parts }: Content): SpokenTurn {
  const all = parts.flatMap((part) => [part, ...(part.functionResponse?.parts ?? [])]);
  return {
    role: role === "model" ? "assistant" : "user",
    // A single space is what stands where a turn must be and nothing is said.
    texts: parts.flatMap(({ text }) => (text === undefined || text === " " ? [] : [text])),
    images: mediaOf(all, true),
    documents: mediaOf(all, false),
    toolCalls: parts.flatMap(({ functionCall: call }) => (call ? [{ name: call.name, arguments: call.args }] : [])),
    toolResults: parts.flatMap(({ functionResponse: result }) => {
      if (!result) return [];
      const { output, ...others } = result.response;
      const text =
        typeof output === "string" && Object.keys(others).length === 0 ? output : JSON.stringify(result.response);
      return [{ name: result.name, text }];
    }),
  };
}

/** Whether a turn is the one that stands between results and what the user says behind them. */
function isStandIn({ role, parts }: Content, before: Content | undefined): boolean {
  const isAfterResults = before?.parts.some((part) => part.functionResponse !== undefined) === true;
  return role === "model" && isAfterResults && parts.length === 1 && parts[0]?.text === "OK.";
}

function readToolChoice(body: Member, hasFormatTool: boolean): SpokenRequest["toolChoice"] {
  const config = body["toolConfig"] as { functionCallingConfig: { mode: string; allowedFunctionNames?: string[] } };
  if (config === undefined) return "auto";
  const { mode, allowedFunctionNames: names } = config.functionCallingConfig;
  if (mode === "NONE") return "none";
  if (mode === "AUTO") return "auto";
  if (names?.[0] !== undefined) return { name: names[0] };
  return hasFormatTool ? "auto" : "required";
}

/** Reads a `generateContent` request. */
export function readGenerateContent(request: UpstreamRequest): SpokenRequest {
  const body = JSON.parse(request.text) as Member;
  const contents = body["contents"] as Content[];
  const config = (body["generationConfig"] ?? {}) as Member;
  const declarations = ((body["tools"] ?? []) as { functionDeclarations: Member[] }[]).flatMap(
    (tool) => tool.functionDeclarations,
  );
  const format = declarations.find(({ name }) => name === FORMAT_TOOL);
  const system = body["systemInstruction"] as Content | undefined;
  const hasSchema = config["responseJsonSchema"] !== undefined || config["responseSchema"] !== undefined;
  const thinking = config["thinkingConfig"] as Member | undefined;
  return {
    system: (system?.parts ?? []).map(({ text }) => text ?? ""),
    turns: contents.filter((content, index) => !isStandIn(content, contents[index - 1])).map(readTurn),
    tools: declarations
      .filter((declaration) => declaration !== format)
      .map(({ name, description }) => ({ name: name as string, description: description as string | undefined })),
    toolChoice: readToolChoice(body, format !== undefined),
    maxTokens: config["maxOutputTokens"] as number | undefined,
    temperature: config["temperature"] as number | undefined,
    topP: config["topP"] as number | undefined,
    stop: (config["stopSequences"] ?? []) as string[],
    format: format
      ? format["parametersJsonSchema"] || format["parameters"]
        ? "schema"
        : "object"
      : hasSchema
        ? "schema"
        : config["responseMimeType"] === "application/json"
          ? "object"
          : "text",
    reasons: thinking?.["includeThoughts"] === true,
    stream: request.path.includes(":streamGenerateContent"),
  };
}

const FINISHES = { stop: "STOP", length: "MAX_TOKENS", tool_calls: "STOP", content_filter: "SAFETY" };

/** https://ai.google.dev/api/generate-content#UsageMetadata: thoughts are counted beside the candidates. */
function usage({ usage: { input, output, cachedInput, reasoning } }: SpokenAnswer): Member {
  return {
    promptTokenCount: input,
    ...(cachedInput === undefined ? {} : { cachedContentTokenCount: cachedInput }),
    candidatesTokenCount: output - (reasoning ?? 0),
    ...(reasoning === undefined ? {} : { thoughtsTokenCount: reasoning }),
    totalTokenCount: input + output,
    promptTokensDetails: [{ modality: "TEXT", tokenCount: input }],
  };
}

function answer(parts: Member[] | null, more: Member, counted: Member): Member {
  return {
    candidates: [{ ...(parts === null ? {} : { content: { parts, role: "model" } }), index: 0, ...more }],
    usageMetadata: counted,
    modelVersion: "gemini-2.5-flash",
    responseId: "mAitaLu0GpqBz7IPt_uK8QI",
  };
}

function callParts(said: SpokenAnswer): Member[] {
  return (said.toolCalls ?? []).map((call, index) => ({
    functionCall: { name: call.name, args: call.arguments },
    // The first call of a step carries the signature.
    ...(index === 0 ? { thoughtSignature: "CpEBAcu98PBk+x/2==" } : {}),
  }));
}

function contentParts(said: SpokenAnswer): Member[] {
  return [
    ...(said.reasoning === undefined ? [] : [{ text: said.reasoning, thought: true }]),
    ...(said.text === undefined ? [] : [{ text: said.text }]),
    ...callParts(said),
  ];
}

const encode = (value: unknown): NativeAnswer => ({ bytes: new TextEncoder().encode(JSON.stringify(value)) });

/** Writes a whole answer. */
export function writeGenerated(said: SpokenAnswer): NativeAnswer {
  return encode(answer(contentParts(said), { finishReason: FINISHES[said.finish] }, usage(said)));
}

function write(events: unknown[]): NativeAnswer {
  const text = events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`).join("");
  return { bytes: new TextEncoder().encode(text) };
}

const NOISE: Member[] = [
  { brandNew: { a: [] }, usageMetadata: { promptTokenCount: 3 } },
  { candidates: [{ index: 0, content: { parts: [{ brandNewPart: { text: "never shown" } }], role: "model" } }] },
];

/** Writes the same answer as a stream. */
export function writeGeneratedStream(
  said: SpokenAnswer,
  options: { noise?: boolean; withoutEnd?: boolean } = {},
): NativeAnswer {
  const counted = usage(said);
  const event = (part: Member): Member => answer([part], {}, { ...counted, candidatesTokenCount: 1 });
  const events = [
    ...halves(said.reasoning ?? "").map((text) => event({ text, thought: true })),
    ...halves(said.text ?? "").map((text) => event({ text })),
    ...callParts(said).map(event),
  ];
  // The finish comes in an event of its own, with an empty text, as newer models send it.
  const end = answer([{ text: "" }], { finishReason: FINISHES[said.finish] }, counted);
  const noisy = options.noise === true ? events.flatMap((each) => [{ ...each, more: [1] }, ...NOISE]) : events;
  return write(options.withoutEnd === true ? noisy : [...noisy, end]);
}

const failure = (code: number, message: string, status: string, details: unknown[] = []): Member => ({
  error: { code, message, status, ...(details.length === 0 ? {} : { details }) },
});

/** An error inside a stream. */
export function writeGeneratedError(afterContent: boolean): NativeAnswer {
  const begin = answer([{ text: "Hello" }], {}, { promptTokenCount: 3 });
  return write([...(afterContent ? [begin] : []), failure(503, "The model is overloaded.", "UNAVAILABLE")]);
}

/** An answer of which thinking took all tokens. */
export function writeNothing(): NativeAnswer {
  const counted = { promptTokenCount: 3, thoughtsTokenCount: 20, totalTokenCount: 23 };
  return encode(answer(null, { finishReason: "MAX_TOKENS" }, counted));
}

const KEY = {
  "@type": "type.googleapis.com/google.rpc.ErrorInfo",
  reason: "API_KEY_INVALID",
  domain: "googleapis.com",
};
const RETRY = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.07s" };

/** https://ai.google.dev/gemini-api/docs/troubleshooting */
const ERRORS: [Member, string][] = [
  [
    failure(400, 'Invalid JSON payload received. Unknown name "x": Cannot find field.', "INVALID_ARGUMENT"),
    "bad-request",
  ],
  [failure(400, "API key not valid. Please pass a valid API key.", "INVALID_ARGUMENT", [KEY]), "auth"],
  [
    failure(
      400,
      "The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).",
      "INVALID_ARGUMENT",
    ),
    "context-length",
  ],
  [failure(401, "Request had invalid authentication credentials.", "UNAUTHENTICATED"), "auth"],
  [failure(403, "Permission denied on resource project x.", "PERMISSION_DENIED"), "auth"],
  [failure(404, "models/gemini-9 is not found for API version v1beta.", "NOT_FOUND"), "not-found"],
  [failure(429, "You exceeded your current quota.", "RESOURCE_EXHAUSTED", [RETRY]), "rate-limit"],
  [failure(500, "An internal error has occurred.", "INTERNAL"), "server-error"],
  [failure(503, "The model is overloaded. Please try again later.", "UNAVAILABLE"), "overloaded"],
  [failure(504, "Deadline expired before operation could complete.", "DEADLINE_EXCEEDED"), "server-error"],
];

/** Google's errors, alone and in a list. */
export const GOOGLE_ERRORS: NativeError[] = ERRORS.flatMap(([body, reason]) => {
  const { code: status } = body["error"] as { code: number };
  return [body, [body]].map((form) => ({ status, body: JSON.stringify(form), reason }));
});
