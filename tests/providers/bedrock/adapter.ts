import { halves } from "../../support/adapter-tools";
import { validateInvoke } from "../../mocks/bedrock";
import { validateConverse } from "../../mocks/bedrock-validate";
import { eventFrame, exceptionFrame } from "../../support/event-stream";
import type { Member } from "../../support/messages";
import { adapter as anthropic } from "../anthropic/adapter";
import type {
  NativeAnswer,
  NativeError,
  ProtocolAdapter,
  SpokenAnswer,
  SpokenRequest,
  SpokenTurn,
  UpstreamRequest,
} from "../suite/adapter";

/** The tool by which a form of answer is asked for where the model has no word for it. */
const FORMAT_TOOL = "json_tool_call";

/** The model that a path names. */
export function modelOf(path: string): string {
  return decodeURIComponent(/^\/model\/([^/]+)\//.exec(path)?.[1] ?? "");
}

/** What the service would say of a request: null when it takes it. */
export function validate({ path, headers, text }: UpstreamRequest): string | null {
  const match = /^\/model\/[A-Za-z0-9%._~-]+\/(converse|converse-stream|invoke|invoke-with-response-stream)$/.exec(
    path,
  );
  if (!match) return `UnknownOperationException: ${path}`;
  const expected = match[1]!.includes("stream") ? "application/vnd.amazon.eventstream" : "application/json";
  if (headers["accept"] !== expected) return `accept: ${String(headers["accept"])}`;
  const check = match[1]!.startsWith("invoke") ? validateInvoke : validateConverse;
  return check(modelOf(path), JSON.parse(text));
}

const readData = (kind: string, medium: Member): string =>
  `data:${kind}/${String(medium["format"])};base64,${String((medium["source"] as Member)["bytes"])}`;

function readTurn(message: Member, names: Map<string, string>): SpokenTurn {
  const blocks = message["content"] as Member[];
  const of = <Kind>(kind: string): Kind[] => blocks.flatMap((block) => (kind in block ? [block[kind] as Kind] : []));
  for (const use of of<Member>("toolUse")) names.set(use["toolUseId"] as string, use["name"] as string);
  return {
    role: message["role"] as "user" | "assistant",
    texts: of<string>("text"),
    images: of<Member>("image").map((image) => readData("image", image)),
    documents: of<Member>("document").map((document) => readData("application", document)),
    toolCalls: of<Member>("toolUse").map((use) => ({ name: use["name"] as string, arguments: use["input"] })),
    toolResults: of<Member>("toolResult").map((result) => ({
      name: names.get(result["toolUseId"] as string) ?? "",
      text: (result["content"] as Member[]).map((part) => (part["text"] ?? "") as string).join(""),
    })),
  };
}

/** Anthropic's form, which says that one call at most is wanted. */
function readOwnChoice({ type, name }: Member): SpokenRequest["toolChoice"] {
  if (type === "tool") return { name: name as string };
  return type === "any" ? "required" : "auto";
}

function readToolChoice(choice: Member | undefined, own: Member | undefined): SpokenRequest["toolChoice"] {
  if (own !== undefined) return readOwnChoice(own);
  if (choice === undefined || "auto" in choice) return "auto";
  if ("any" in choice) return "required";
  const name = (choice["tool"] as Member)["name"] as string;
  return name === FORMAT_TOOL ? "auto" : { name };
}

function readFormat(body: Member, tools: Member[]): SpokenRequest["format"] {
  if ((body["outputConfig"] as Member | undefined)?.["textFormat"] !== undefined) return "schema";
  const tool = tools.find(({ name }) => name === FORMAT_TOOL);
  if (tool === undefined) return "text";
  const schema = (tool["inputSchema"] as { json: { properties?: Member } }).json;
  return Object.keys(schema.properties ?? {}).length > 0 ? "schema" : "object";
}

function readRequest(request: UpstreamRequest): SpokenRequest {
  // InvokeModel takes Anthropic's own form.
  if (request.path.includes("/invoke")) return anthropic.readRequest(request);
  const body = JSON.parse(request.text) as Member;
  const config = (body["toolConfig"] ?? { tools: [] }) as { tools: Member[]; toolChoice?: Member };
  const tools = config.tools.flatMap((tool) => (tool["toolSpec"] ? [tool["toolSpec"] as Member] : []));
  const inference = (body["inferenceConfig"] ?? {}) as Member;
  const additional = (body["additionalModelRequestFields"] ?? {}) as Record<string, Member | undefined>;
  const names = new Map<string, string>();
  return {
    system: ((body["system"] ?? []) as Member[]).flatMap((block) => ("text" in block ? [block["text"] as string] : [])),
    turns: (body["messages"] as Member[]).map((message) => readTurn(message, names)),
    tools: tools
      .filter(({ name }) => name !== FORMAT_TOOL)
      .map(({ name, description }) => ({ name: name as string, description: description as string | undefined })),
    toolChoice: readToolChoice(config.toolChoice, additional["tool_choice"]),
    maxTokens: inference["maxTokens"] as number | undefined,
    temperature: inference["temperature"] as number | undefined,
    topP: inference["topP"] as number | undefined,
    stop: (inference["stopSequences"] ?? []) as string[],
    format: readFormat(body, tools),
    reasons: ["enabled", "adaptive"].includes(String(additional["thinking"]?.["type"])),
    stream: request.path.endsWith("-stream"),
  };
}

const STOP_REASONS = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  content_filter: "guardrail_intervened",
};

/** `inputTokens` leaves the cached part out. https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
function usage({ usage: { input, output, cachedInput = 0 } }: SpokenAnswer): Member {
  return {
    inputTokens: input - cachedInput,
    outputTokens: output,
    totalTokens: input + output,
    cacheReadInputTokens: cachedInput,
    cacheWriteInputTokens: 0,
  };
}

function contentBlocks(answer: SpokenAnswer): Member[] {
  const blocks: Member[] = [];
  if (answer.reasoning !== undefined) {
    blocks.push({ reasoningContent: { reasoningText: { text: answer.reasoning, signature: "c2lnbmVk" } } });
  }
  if (answer.text !== undefined) blocks.push({ text: answer.text });
  for (const [number, call] of (answer.toolCalls ?? []).entries()) {
    blocks.push({ toolUse: { toolUseId: `tooluse_${String(number)}`, name: call.name, input: call.arguments } });
  }
  return blocks;
}

function unary(content: Member[], answer: SpokenAnswer): NativeAnswer {
  const body = {
    metrics: { latencyMs: 5 },
    output: { message: { content, role: "assistant" } },
    stopReason: STOP_REASONS[answer.finish],
    usage: usage(answer),
  };
  return { bytes: new TextEncoder().encode(JSON.stringify(body)) };
}

type Event = [type: string, payload: Member];

function blockEvents(block: Member, contentBlockIndex: number): Event[] {
  const deltas = (list: Member[]): Event[] =>
    list.map((delta): Event => ["contentBlockDelta", { contentBlockIndex, delta, p: "abcdef" }]);
  const stop: Event = ["contentBlockStop", { contentBlockIndex, p: "abc" }];
  if (typeof block["text"] === "string") return [...deltas(halves(block["text"]).map((text) => ({ text }))), stop];
  if (block["reasoningContent"] !== undefined) {
    const { text, signature } = (block["reasoningContent"] as { reasoningText: Record<string, string> }).reasoningText;
    const pieces = [...halves(text ?? "").map((half) => ({ text: half })), { signature }];
    return [...deltas(pieces.map((reasoningContent) => ({ reasoningContent }))), stop];
  }
  const { input, ...toolUse } = block["toolUse"] as Member;
  const text = JSON.stringify(input);
  const pieces = text === "{}" ? [] : ["", ...halves(text)];
  const start: Event = ["contentBlockStart", { contentBlockIndex, start: { toolUse } }];
  return [start, ...deltas(pieces.map((piece) => ({ toolUse: { input: piece } }))), stop];
}

const NOISE: Event[] = [
  ["brandNewEvent", { contentBlockIndex: 7, delta: { text: "never shown" } }],
  ["contentBlockDelta", { contentBlockIndex: 0, delta: { brandNewDelta: { text: "never shown" } }, more: [1] }],
  ["contentBlockStart", { contentBlockIndex: 9, start: { brandNewStart: { text: "never shown" } } }],
];

function write(events: Event[], tail: Uint8Array[] = []): NativeAnswer {
  const frames = events.map(([type, payload]) => eventFrame(type, payload));
  return { bytes: new Uint8Array(Buffer.concat([...frames, ...tail])) };
}

function writeStream(answer: SpokenAnswer, options: { noise?: boolean; withoutEnd?: boolean } = {}): NativeAnswer {
  const events: Event[] = [
    ["messageStart", { role: "assistant", p: "abcdefghij" }],
    ...contentBlocks(answer).flatMap(blockEvents),
  ];
  if (options.withoutEnd !== true) {
    events.push(["messageStop", { stopReason: STOP_REASONS[answer.finish] }]);
    events.push(["metadata", { usage: usage(answer), metrics: { latencyMs: 5 } }]);
  }
  if (options.noise !== true) return write(events);
  const noisy = events.flatMap(([type, payload]): Event[] => [[type, { ...payload, brandNew: { a: [] } }], ...NOISE]);
  return write(noisy.slice(0, -NOISE.length));
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html */
const ERRORS: [number, string, string, string][] = [
  [
    400,
    "ValidationException",
    "The text field in the ContentBlock object at messages.0.content.0 is blank.",
    "bad-request",
  ],
  [400, "ValidationException", "Input is too long for requested model.", "context-length"],
  [400, "ValidationException", "The provided model identifier is invalid.", "not-found"],
  [403, "AccessDeniedException", "You don't have access to the model with the specified model ID.", "auth"],
  [403, "UnrecognizedClientException", "The security token included in the request is invalid.", "auth"],
  [404, "ResourceNotFoundException", "The specified resource ARN was not found.", "not-found"],
  [408, "ModelTimeoutException", "Model has timed out in processing the request.", "timeout"],
  [424, "ModelErrorException", "The system encountered an unexpected error during processing.", "server-error"],
  [429, "ThrottlingException", "Too many tokens, please wait before trying again.", "rate-limit"],
  [500, "InternalServerException", "The system encountered an unexpected error during processing.", "server-error"],
  [503, "ServiceUnavailableException", "Bedrock is unable to process your request.", "overloaded"],
];

const REGION = { awsRegion: "us-east-1" };

/** Bedrock's Converse API for the shared suite. */
export const adapter: ProtocolAdapter = {
  name: "bedrock",
  title: "AWS Bedrock (Converse)",
  target: { type: "bedrock", model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", provider: REGION },
  corpusTargets: [
    { type: "bedrock", model: "anthropic.claude-3-5-haiku-20241022-v1:0", provider: REGION },
    { type: "bedrock", model: "global.anthropic.claude-opus-4-6-v1", provider: REGION },
    { type: "bedrock", model: "us.amazon.nova-pro-v1:0", provider: REGION },
    { type: "bedrock", model: "us.amazon.nova-2-lite-v1:0", provider: REGION },
    { type: "bedrock", model: "mistral.mistral-large-2402-v1:0", provider: REGION },
    { type: "bedrock", model: "openai.gpt-oss-120b-1:0", provider: REGION },
    { type: "bedrock", model: "us.meta.llama3-3-70b-instruct-v1:0", provider: REGION },
    {
      type: "bedrock",
      model: "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456",
      provider: REGION,
    },
    {
      type: "bedrock",
      model: "anthropic.claude-sonnet-4-20250514-v1:0",
      provider: { ...REGION, bedrockApi: "invoke" },
    },
  ],
  streamContentType: "application/vnd.amazon.eventstream",
  unsupported: {
    "image by URL": "The service fetches no URLs.",
    "reasoning tokens": "The usage does not count them.",
  },
  refusals: [
    { message: /audio/i, reason: "Audio input: the models behind it that are served here have no word for it." },
    { message: /\bn\b/, reason: "Several choices (`n` above 1): the API gives one answer." },
    { message: /fetches no URLs/, reason: "Images and files by URL or file id: the service fetches nothing." },
  ],
  validate,
  readRequest,
  writeAnswer: (answer) => unary(contentBlocks(answer), answer),
  writeStream,
  writeErrorStream(afterContent) {
    const answer: SpokenAnswer = { text: "Hello you", finish: "stop", usage: { input: 3, output: 2 } };
    const content = afterContent ? contentBlocks(answer).flatMap(blockEvents).slice(0, 1) : [];
    const exception = exceptionFrame("throttlingException", { message: "Too many requests" });
    return write([["messageStart", { role: "assistant" }], ...content], [exception]);
  },
  writeEmptyAnswer: () => unary([], { finish: "stop", usage: { input: 3, output: 0 } }),
  errors: ERRORS.map(([status, type, message, reason]): NativeError => ({
    status,
    body: JSON.stringify({ message }),
    errorType: `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
    reason,
  })),
};
