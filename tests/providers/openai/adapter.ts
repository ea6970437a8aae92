import { halves } from "../../support/adapter-tools";
import { openai } from "../../mocks/openai";
import { callsOf, type Member } from "../../support/messages";
import {
  type SpokenAnswer,
  type SpokenRequest,
  type SpokenTurn,
  type ProtocolAdapter,
  type UpstreamRequest,
} from "../suite/adapter";

interface WireCall {
  id: string;
  function: { name: string; arguments: string };
}

const KEY = "test-key";
const MODEL = "gpt-4.1";

/** What OpenAI would say. Which parameters a model knows is the client's choice and goes through unchanged: reasoning effort is checked apart. */
function validate(request: UpstreamRequest): string | null {
  const body = JSON.parse(request.text) as Member;
  const effort = (body["reasoning_effort"] ?? "low") as string;
  if (!["none", "minimal", "low", "medium", "high", "xhigh", "max"].includes(effort)) return "reasoning_effort";
  Reflect.deleteProperty(body, "reasoning_effort");
  const answer = openai.answer(
    {
      method: "POST",
      path: request.path,
      query: "",
      headers: { "content-type": "application/json", ...request.headers },
      repeatedHeaders: [],
      body: Buffer.from(JSON.stringify({ ...body, model: MODEL })),
    },
    KEY,
    { form: "unary", textBytes: 0, withoutLastEvent: false, keepAlives: 0 },
  );
  return answer.kind === "unary" && answer.status !== 200 ? answer.body : null;
}

function partsOf(content: unknown): Member[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return (content ?? []) as Member[];
}
const textsOf = (content: unknown): string[] =>
  partsOf(content).flatMap((part) => (typeof part["text"] === "string" ? [part["text"]] : []));

function readTurn(message: Member, names: Map<string, string>): SpokenTurn {
  const parts = partsOf(message["content"]);
  for (const call of (message["tool_calls"] ?? []) as WireCall[]) names.set(call.id, call.function.name);
  const isResult = message["role"] === "tool" || message["role"] === "function";
  const id = message["tool_call_id"] as string;
  return {
    role: message["role"] === "assistant" ? "assistant" : "user",
    texts: isResult ? [] : textsOf(parts),
    images: parts.flatMap((part) => (part["image_url"] as { url: string } | undefined)?.url ?? []),
    documents: parts.flatMap((part) => (part["file"] as { file_data: string } | undefined)?.file_data ?? []),
    toolCalls: callsOf([message]),
    toolResults: isResult ? [{ name: names.get(id) ?? "", text: textsOf(parts).join("") }] : [],
  };
}

function readToolChoice(choice: unknown): SpokenRequest["toolChoice"] {
  if (typeof choice === "object" && choice !== null) return { name: (choice as WireCall).function.name };
  return choice === "required" || choice === "none" ? choice : "auto";
}

function readRequest(request: UpstreamRequest): SpokenRequest {
  const body = JSON.parse(request.text) as Member;
  const messages = body["messages"] as Member[];
  const isSystem = (message: Member) => message["role"] === "system" || message["role"] === "developer";
  const names = new Map<string, string>();
  const format = (body["response_format"] as { type: string } | undefined)?.type;
  const stop = body["stop"] as string | string[] | undefined;
  const tools = (body["tools"] ?? []) as { function: { name: string; description?: string } }[];
  const effort = body["reasoning_effort"];
  return {
    system: messages.filter(isSystem).flatMap((message) => textsOf(message["content"])),
    turns: messages.filter((message) => !isSystem(message)).map((message) => readTurn(message, names)),
    tools: tools.map(({ function: { name, description } }) => ({ name, description })),
    toolChoice: readToolChoice(body["tool_choice"]),
    maxTokens: (body["max_completion_tokens"] ?? body["max_tokens"]) as number | undefined,
    temperature: body["temperature"] as number | undefined,
    topP: body["top_p"] as number | undefined,
    stop: stop === undefined ? [] : [stop].flat(),
    format: format === "json_schema" ? "schema" : format === "json_object" ? "object" : "text",
    reasons: effort === undefined ? undefined : effort !== "none",
    stream: body["stream"] as boolean | undefined,
  };
}

function wireCalls(answer: SpokenAnswer): Member[] {
  return (answer.toolCalls ?? []).map((call, index) => ({
    id: `call_${String(index)}`,
    type: "function",
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
}

function wireUsage({ usage }: SpokenAnswer): Member {
  const { input, output, cachedInput = 0, reasoning = 0 } = usage;
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cachedInput },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}

function writeCompletion(answer: SpokenAnswer): Member {
  const calls = wireCalls(answer);
  const message = {
    role: "assistant",
    content: answer.text ?? null,
    ...(answer.reasoning === undefined ? {} : { reasoning_content: answer.reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_700_000_001,
    model: MODEL,
    choices: [{ index: 0, message, logprobs: null, finish_reason: answer.finish }],
    usage: wireUsage(answer),
  };
}

function deltas(answer: SpokenAnswer): Member[] {
  const calls = wireCalls(answer) as unknown as WireCall[];
  return [
    { role: "assistant", content: calls.length > 0 && answer.text === undefined ? null : "" },
    ...halves(answer.reasoning ?? "").map((reasoning_content) => ({ reasoning_content })),
    ...halves(answer.text ?? "").map((content) => ({ content })),
    ...calls.flatMap((call, index) => [
      { tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: "" } }] },
      ...halves(call.function.arguments).map((text) => ({ tool_calls: [{ index, function: { arguments: text } }] })),
    ]),
  ].filter((delta) => !Object.values(delta).includes("") || "role" in delta);
}

const line = (data: unknown): string => `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
const head = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_700_000_001, model: MODEL };
const chunk = (delta: Member, finish: string | null = null): Member => ({
  ...head,
  choices: [{ index: 0, delta, finish_reason: finish }],
});

function toNative(lines: string[]) {
  return { bytes: new TextEncoder().encode(lines.join("")) };
}

const ERRORS: [number, string, string, string | null, string][] = [
  [400, "invalid_request_error", "Invalid value: 'x'.", "invalid_value", "bad-request"],
  [
    400,
    "invalid_request_error",
    "This model's maximum context length is 128000 tokens.",
    "context_length_exceeded",
    "context-length",
  ],
  [401, "invalid_request_error", "Incorrect API key provided.", "invalid_api_key", "auth"],
  [403, "request_forbidden", "Country not supported", "unsupported_country_region_territory", "auth"],
  [404, "invalid_request_error", "The model `gpt-9` does not exist.", "model_not_found", "not-found"],
  [429, "requests", "Rate limit reached for requests per min.", "rate_limit_exceeded", "rate-limit"],
  [500, "server_error", "The server had an error while processing your request.", null, "server-error"],
  [503, "server_error", "The engine is currently overloaded, please try again later.", null, "overloaded"],
];

/** OpenAI's own protocol for the shared suite. */
export const adapter: ProtocolAdapter = {
  name: "openai",
  title: "OpenAI (Chat Completions)",
  target: { type: "openai", model: MODEL },
  // OpenAI shows no reasoning in this API; its dialects do.
  targets: { "reasoning text": { type: "deepseek", model: "deepseek-reasoner" } },
  unsupported: {},
  refusals: [],
  validate,
  readRequest,
  writeAnswer(answer) {
    return toNative([JSON.stringify(writeCompletion(answer))]);
  },
  writeStream(answer, options = {}) {
    const chunks = [...deltas(answer).map((delta) => chunk(delta)), chunk({}, answer.finish)];
    const usage = { ...head, choices: [], usage: wireUsage(answer) };
    const lines = [...chunks, usage].map((each) =>
      options.noise === true
        ? `: comment\n\nid: 7\nretry: 10\n${line({ ...each, brand_new: { a: [1] } })}`
        : line(each),
    );
    // Cut before the finish: a stream that has finished is complete also without its last line.
    if (options.withoutEnd === true) return toNative(lines.slice(0, -2));
    return toNative([...lines, line("[DONE]")]);
  },
  writeErrorStream(afterContent) {
    const begin = chunk({ role: "assistant", content: "" });
    const error = { error: { message: "The server had an error.", type: "server_error", param: null, code: null } };
    return toNative([begin, ...(afterContent ? [chunk({ content: "Hello" })] : []), error].map(line));
  },
  writeEmptyAnswer() {
    return toNative([JSON.stringify(writeCompletion({ text: "", finish: "stop", usage: { input: 3, output: 0 } }))]);
  },
  errors: ERRORS.map(([status, type, message, code, reason]) => ({
    status,
    body: JSON.stringify({ error: { message, type, param: null, code } }),
    reason,
  })),
};
