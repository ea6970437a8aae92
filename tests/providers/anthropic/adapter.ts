import { halves } from "../../support/adapter-tools";
import { validateAnthropicRequest } from "../../mocks/anthropic-validate";
import type { Member } from "../../support/messages";
import type {
  NativeError,
  ProtocolAdapter,
  SpokenAnswer,
  SpokenRequest,
  SpokenTurn,
  UpstreamRequest,
} from "../suite/adapter";

/** The tool by which a form of answer is asked for where the model has no word for it. */
const FORMAT_TOOL = "json_tool_call";

interface Block extends Member {
  type: string;
}
interface Source {
  type: string;
  media_type?: string;
  data?: string;
  url?: string;
}

function blocksOf(content: unknown): Block[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return (content ?? []) as Block[];
}

function readSource({ type, media_type, data, url }: Source): string {
  return type === "base64" ? `data:${String(media_type)};base64,${String(data)}` : String(url);
}

function readTurn(message: Member, names: Map<string, string>): SpokenTurn {
  const blocks = blocksOf(message["content"]);
  const of = (type: string) => blocks.filter((block) => block.type === type);
  for (const block of of("tool_use")) names.set(block["id"] as string, block["name"] as string);
  return {
    role: message["role"] as "user" | "assistant",
    texts: of("text").map((block) => block["text"] as string),
    images: of("image").map((block) => readSource(block["source"] as Source)),
    documents: of("document").map((block) => readSource(block["source"] as Source)),
    toolCalls: of("tool_use").map((block) => ({ name: block["name"] as string, arguments: block["input"] })),
    toolResults: of("tool_result").map((block) => ({
      name: names.get(block["tool_use_id"] as string) ?? "",
      text: blocksOf(block["content"])
        .map((part) => (part["text"] ?? "") as string)
        .join(""),
    })),
  };
}

function readToolChoice(choice: Member | undefined): SpokenRequest["toolChoice"] {
  if (choice?.["type"] === "any") return "required";
  if (choice?.["type"] === "none") return "none";
  return choice?.["type"] === "tool" ? { name: choice["name"] as string } : "auto";
}

function readFormat(body: Member, tools: Member[]): SpokenRequest["format"] {
  const config = body["output_config"] as { format?: unknown } | undefined;
  if (config?.format !== undefined) return "schema";
  const tool = tools.find(({ name }) => name === FORMAT_TOOL);
  if (tool === undefined) return "text";
  // The form of any object is a schema without members.
  const { properties = {} } = tool["input_schema"] as { properties?: Member };
  return Object.keys(properties).length > 0 ? "schema" : "object";
}

function readRequest(request: UpstreamRequest): SpokenRequest {
  const body = JSON.parse(request.text) as Member;
  const tools = (body["tools"] ?? []) as Member[];
  const thinking = body["thinking"] as Member | undefined;
  const names = new Map<string, string>();
  const choice = body["tool_choice"] as Member | undefined;
  return {
    system: blocksOf(body["system"]).map((block) => block["text"] as string),
    turns: (body["messages"] as Member[]).map((message) => readTurn(message, names)),
    tools: tools
      .filter(({ name }) => name !== FORMAT_TOOL)
      .map(({ name, description }) => ({ name: name as string, description: description as string | undefined })),
    toolChoice: choice?.["name"] === FORMAT_TOOL ? "auto" : readToolChoice(choice),
    maxTokens: body["max_tokens"] as number,
    temperature: body["temperature"] as number | undefined,
    topP: body["top_p"] as number | undefined,
    stop: (body["stop_sequences"] ?? []) as string[],
    format: readFormat(body, tools),
    reasons: thinking?.["type"] === "enabled" || thinking?.["type"] === "adaptive",
    stream: body["stream"] as boolean | undefined,
  };
}

const STOP_REASONS = { stop: "end_turn", length: "max_tokens", tool_calls: "tool_use", content_filter: "refusal" };

/** https://platform.claude.com/docs/en/build-with-claude/prompt-caching: `input_tokens` leaves the cached part out. */
function usage({ usage: { input, output, cachedInput = 0, reasoning } }: SpokenAnswer): Member {
  return {
    input_tokens: input - cachedInput,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedInput,
    output_tokens: output,
    ...(reasoning === undefined ? {} : { output_tokens_details: { thinking_tokens: reasoning } }),
  };
}

function contentBlocks(answer: SpokenAnswer): Block[] {
  const blocks: Block[] = [];
  if (answer.reasoning !== undefined)
    blocks.push({ type: "thinking", thinking: answer.reasoning, signature: "c2lnbmVkIGJ5IEFudGhyb3BpYw==" });
  if (answer.text !== undefined) blocks.push({ type: "text", text: answer.text });
  for (const [number, call] of (answer.toolCalls ?? []).entries())
    blocks.push({ type: "tool_use", id: `toolu_01${String(number)}`, name: call.name, input: call.arguments });
  return blocks;
}

function message(content: Block[], stop: string | null, counted: Member): Member {
  const head = { id: "msg_01", type: "message", role: "assistant", model: "claude-sonnet-4-5-20250929" };
  return { ...head, content, stop_reason: stop, stop_sequence: null, usage: counted };
}

function blockEvents(block: Block, index: number): Member[] {
  const events = (start: Member, deltas: Member[]): Member[] => [
    { type: "content_block_start", index, content_block: { ...block, ...start } },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ];
  if (block.type === "text")
    return events(
      { text: "" },
      halves(block["text"] as string).map((text) => ({ type: "text_delta", text })),
    );
  if (block.type === "thinking") {
    const deltas = halves(block["thinking"] as string).map((thinking) => ({ type: "thinking_delta", thinking }));
    const signature = { type: "signature_delta", signature: block["signature"] };
    return events({ thinking: "", signature: "" }, [...deltas, signature]);
  }
  const text = JSON.stringify(block["input"]);
  const pieces = text === "{}" ? [""] : ["", ...halves(text)];
  return events(
    { input: {} },
    pieces.map((partial_json) => ({ type: "input_json_delta", partial_json })),
  );
}

const NOISE: Member[] = [
  { type: "ping" },
  { type: "brand_new_event", index: 7, delta: { type: "text_delta", text: "never shown" } },
  { type: "content_block_delta", index: 0, delta: { type: "brand_new_delta", text: "never shown" }, more: [1] },
];

function writeStream(answer: SpokenAnswer, options: { noise?: boolean; withoutEnd?: boolean } = {}) {
  const counted = usage(answer);
  const events: Member[] = [
    { type: "message_start", message: message([], null, { ...counted, output_tokens: 1 }) },
    ...contentBlocks(answer).flatMap(blockEvents),
    {
      type: "message_delta",
      delta: { stop_reason: STOP_REASONS[answer.finish], stop_sequence: null },
      usage: counted,
    },
  ];
  if (options.withoutEnd !== true) events.push({ type: "message_stop" });
  const noisy =
    options.noise === true ? events.flatMap((event) => [{ ...event, brand_new: { a: [] } }, ...NOISE]) : events;
  // The last event ends the stream: nothing may follow it.
  if (options.noise === true) noisy.splice(-NOISE.length);
  return write(noisy);
}

function write(events: Member[]) {
  const text = events.map((event) => `event: ${String(event["type"])}\ndata: ${JSON.stringify(event)}\n\n`).join("");
  return { bytes: new TextEncoder().encode(text) };
}

function errorBody(type: string, text: string): Member {
  return { type: "error", error: { type, message: text }, request_id: "req_011" };
}

/** https://platform.claude.com/docs/en/api/errors */
const ERRORS: [number, string, string, string][] = [
  [400, "invalid_request_error", "messages: at least one message is required", "bad-request"],
  [400, "invalid_request_error", "prompt is too long: 205000 tokens > 200000 maximum", "context-length"],
  [401, "authentication_error", "invalid x-api-key", "auth"],
  [403, "permission_error", "Your API key does not have permission to use the specified resource.", "auth"],
  [404, "not_found_error", "model: claude-9", "not-found"],
  [413, "request_too_large", "Request exceeds the maximum size", "bad-request"],
  [429, "rate_limit_error", "This request would exceed your account's rate limit.", "rate-limit"],
  [500, "api_error", "Internal server error", "server-error"],
  [529, "overloaded_error", "Overloaded", "overloaded"],
];

/** Anthropic's Messages API for the shared suite. */
export const adapter: ProtocolAdapter = {
  name: "anthropic",
  title: "Anthropic (Messages)",
  target: { type: "claude", model: "claude-sonnet-4-5" },
  corpusTargets: [
    { type: "claude", model: "claude-3-5-haiku-20241022" },
    { type: "claude", model: "claude-opus-4-1-20250805" },
    { type: "claude", model: "claude-opus-4-6" },
    { type: "claude", model: "claude-opus-4-8" },
    { type: "claude", model: "claude-sonnet-5-5" },
  ],
  unsupported: {},
  refusals: [
    { message: /audio/i, reason: "Audio input: the API has no word for it." },
    { message: /\bn\b/, reason: "Several choices (`n` above 1): the API gives one answer." },
  ],
  validate(request) {
    return validateAnthropicRequest(JSON.parse(request.text), request.headers)?.message ?? null;
  },
  readRequest,
  writeAnswer(answer) {
    const text = JSON.stringify(message(contentBlocks(answer), STOP_REASONS[answer.finish], usage(answer)));
    return { bytes: new TextEncoder().encode(text) };
  },
  writeStream,
  writeErrorStream(afterContent) {
    const answer: SpokenAnswer = { text: "Hello you", finish: "stop", usage: { input: 3, output: 2 } };
    const begin = { type: "message_start", message: message([], null, usage(answer)) };
    const content = afterContent ? contentBlocks(answer).flatMap(blockEvents).slice(0, 2) : [];
    return write([begin, ...content, errorBody("overloaded_error", "Overloaded")]);
  },
  writeEmptyAnswer() {
    return {
      bytes: new TextEncoder().encode(
        JSON.stringify(message([], "end_turn", usage({ finish: "stop", usage: { input: 3, output: 0 } }))),
      ),
    };
  },
  errors: ERRORS.map(([status, type, text, reason]): NativeError => ({
    status,
    body: JSON.stringify(errorBody(type, text)),
    reason,
  })),
};
