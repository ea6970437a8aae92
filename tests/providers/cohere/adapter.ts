import { blocksOf, checkCohereBody } from "../../mocks/cohere-check";
import { addNoise, formOf, halves, jsonAnswer, readTools, turnOf } from "../../support/adapter-tools";
import type { Member } from "../../support/messages";
import type {
  NativeError,
  ProtocolAdapter,
  SpokenAnswer,
  SpokenRequest,
  SpokenTurn,
  UpstreamRequest,
} from "../suite/adapter";

const FINISH_REASONS = {
  stop: "COMPLETE",
  length: "MAX_TOKENS",
  tool_calls: "TOOL_CALL",
  content_filter: "ERROR_TOXIC",
};

interface FormatTool {
  function: { name: string; parameters: { properties?: unknown } };
}

interface Call {
  id: string;
  function: { name: string; arguments: string };
}

function resultText(block: Member): string {
  if (block["type"] === "text") return block["text"] as string;
  const { data } = block["document"] as { data: { output?: string } };
  return data.output ?? JSON.stringify(data);
}

function readTurn(message: Member, names: Map<string, string>): SpokenTurn {
  const turn = turnOf(message["role"] === "assistant" ? "assistant" : "user");
  const blocks = blocksOf(message["content"] as never) as Member[];
  if (message["role"] === "tool") {
    const name = names.get(message["tool_call_id"] as string) ?? "";
    turn.toolResults.push({ name, text: blocks.map(resultText).join("") });
    return turn;
  }
  for (const block of blocks) {
    if (block["type"] === "image_url") turn.images.push((block["image_url"] as { url: string }).url);
    else turn.texts.push(block["text"] as string);
  }
  for (const call of (message["tool_calls"] ?? []) as Call[]) {
    names.set(call.id, call.function.name);
    turn.toolCalls.push({ name: call.function.name, arguments: JSON.parse(call.function.arguments) as unknown });
  }
  return turn;
}

function readToolChoice(body: Member): SpokenRequest["toolChoice"] {
  const tools = readTools(body["tools"]);
  if (body["tool_choice"] === "NONE") return "none";
  if (body["tool_choice"] !== "REQUIRED") return "auto";
  // A tool that must be called is the only one offered.
  const [only, ...others] = tools;
  return only !== undefined && others.length === 0 ? { name: only.name } : "required";
}

function readRequest({ text }: UpstreamRequest): SpokenRequest {
  const body = JSON.parse(text) as Member;
  const messages = body["messages"] as Member[];
  const names = new Map<string, string>();
  const format = body["response_format"] as { json_schema?: unknown } | undefined;
  // Beside tools, which exclude `response_format`, a tool stands for it.
  const formatTool = ((body["tools"] ?? []) as FormatTool[]).find((tool) => tool.function.name === "json_tool_call");
  const isSystem = ({ role }: Member): boolean => role === "system";
  return {
    system: messages
      .filter(isSystem)
      .flatMap(({ content }) => blocksOf(content as never).map((block) => block["text"] as string)),
    turns: messages.filter((message) => !isSystem(message)).map((message) => readTurn(message, names)),
    tools: readTools(body["tools"]).filter(({ name }) => name !== formatTool?.function.name),
    toolChoice: formatTool ? "auto" : readToolChoice(body),
    maxTokens: body["max_tokens"] as number | undefined,
    temperature: body["temperature"] as number | undefined,
    topP: body["p"] as number | undefined,
    stop: (body["stop_sequences"] ?? []) as string[],
    format: formatTool
      ? formOf(formatTool.function.parameters)
      : format === undefined
        ? "text"
        : format.json_schema === undefined
          ? "object"
          : "schema",
    reasons: (body["thinking"] as { type: string } | undefined)?.type === "enabled",
    stream: body["stream"] as boolean,
  };
}

function ending({ finish, usage: { input, output, cachedInput } }: SpokenAnswer): Member {
  const tokens = { input_tokens: input, output_tokens: output };
  const cached = cachedInput === undefined ? {} : { cached_tokens: cachedInput };
  return { finish_reason: FINISH_REASONS[finish], usage: { billed_units: tokens, tokens, ...cached } };
}

function calls({ toolCalls = [] }: SpokenAnswer) {
  return toolCalls.map((call, index) => ({
    id: `${call.name}_${String(index)}`,
    type: "function",
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
}

function contentBlocks({ reasoning, text }: SpokenAnswer): Member[] {
  return [
    ...(reasoning === undefined ? [] : [{ type: "thinking", thinking: reasoning }]),
    ...(text === undefined ? [] : [{ type: "text", text }]),
  ];
}

const delta = (type: string, index: number, message: Member): Member => ({ type, index, delta: { message } });
const START = { id: "c14c80c3", type: "message-start", delta: { message: { role: "assistant", content: [] } } };
const NOISE: Member[] = [
  { type: "brand-new-event", index: 7, delta: { message: { content: { text: "never shown" } } } },
  { type: "content-delta", index: 0, delta: { message: { content: { brand_new: "never shown" } } } },
];

function blockEvents(block: Member, index: number): Member[] {
  const member = block["type"] as string;
  return [
    delta("content-start", index, { content: { type: member, [member]: "" } }),
    ...halves(block[member] as string).map((piece) => delta("content-delta", index, { content: { [member]: piece } })),
    { type: "content-end", index },
  ];
}

function callEvents(call: ReturnType<typeof calls>[number], index: number): Member[] {
  const start = { ...call, function: { name: call.function.name, arguments: "" } };
  return [
    delta("tool-call-start", index, { tool_calls: start }),
    ...halves(call.function.arguments).map((piece) =>
      delta("tool-call-delta", index, { tool_calls: { function: { arguments: piece } } }),
    ),
    { type: "tool-call-end", index },
  ];
}

function write(events: readonly Member[]) {
  const text = events.map((event) => `event: ${String(event["type"])}\ndata: ${JSON.stringify(event)}\n\n`).join("");
  return { bytes: new TextEncoder().encode(text) };
}

/** https://docs.cohere.com/reference/errors */
const ERRORS: [number, string, string][] = [
  [400, "invalid request: message must be at least 1 token long or tool results must be specified.", "bad-request"],
  [400, "too many tokens: size limit exceeded by 11326 tokens. Try using shorter or fewer inputs.", "context-length"],
  [401, "invalid api token", "auth"],
  [403, "Please contact the sales team.", "auth"],
  [404, "model 'command-x' not found, make sure the correct model ID was used.", "not-found"],
  [429, "You are past the per minute request limit, please wait and try again later.", "rate-limit"],
  [498, "invalid token", "auth"],
  [500, "internal server error, this has been reported to our developers.", "server-error"],
  [503, "service unavailable", "overloaded"],
];

/** Cohere's Chat API, version 2, for the shared suite. */
export const adapter: ProtocolAdapter = {
  name: "cohere",
  title: "Cohere (Chat v2)",
  target: { type: "cohere", model: "command-a-plus-05-2026" },
  unsupported: {
    "document inline": "The API takes texts as documents; a PDF is refused, a text file is sent.",
    "reasoning tokens": "The API does not count the tokens of thinking.",
  },
  refusals: [
    { message: /audio/i, reason: "Audio input: the API has no word for it." },
    { message: /\bn\b/, reason: "Several choices (`n` above 1): the API gives one answer." },
    { message: /takes texts only/, reason: "Files other than texts and images: the API has no word for them." },
    {
      message: /user messages only/,
      reason: "Images and files in other messages than the user's: the API takes none.",
    },
  ],
  validate({ path, headers, text }) {
    if (path !== "/v2/chat") return "endpoint not found";
    if (headers["authorization"] === undefined) return "no api key supplied";
    return checkCohereBody(JSON.parse(text))?.message ?? null;
  },
  readRequest,
  writeAnswer(answer) {
    const tools = calls(answer);
    const message = {
      role: "assistant",
      content: contentBlocks(answer),
      ...(tools.length > 0 ? { tool_calls: tools } : {}),
    };
    return jsonAnswer({ id: "c14c80c3", message, ...ending(answer) });
  },
  writeStream(answer, options = {}) {
    const events: Member[] = [
      START,
      ...contentBlocks(answer).flatMap(blockEvents),
      ...calls(answer).flatMap(callEvents),
    ];
    if (options.withoutEnd !== true) events.push({ type: "message-end", delta: ending(answer) });
    return write(options.noise === true ? addNoise(events, NOISE) : events);
  },
  writeErrorStream(afterContent) {
    const error = { type: "message-end", delta: { finish_reason: "ERROR", error: "internal server error" } };
    return write([START, ...(afterContent ? blockEvents({ type: "text", text: "Well" }, 0) : []), error]);
  },
  writeEmptyAnswer() {
    return jsonAnswer({ id: "c14c80c3", message: { role: "assistant", content: [] }, finish_reason: "COMPLETE" });
  },
  errors: ERRORS.map(([status, message, reason]): NativeError => ({
    status,
    body: JSON.stringify({ message }),
    reason,
  })),
};
