import { checkOllamaBody } from "../../mocks/ollama-check";
import { addNoise, turnOf, halves, jsonAnswer, readTools } from "../../support/adapter-tools";
import type { Member } from "../../support/messages";
import type {
  NativeError,
  ProtocolAdapter,
  SpokenAnswer,
  SpokenRequest,
  SpokenTurn,
  UpstreamRequest,
} from "../suite/adapter";

const MODEL = "qwen3-vl:8b";

interface Call {
  function: { name: string; arguments: unknown };
}

/** Images come without their type; all that tests send are PNG. */
function readTurn(message: Member): SpokenTurn {
  const turn = turnOf(message["role"] === "assistant" ? "assistant" : "user");
  const content = message["content"] as string;
  if (message["role"] === "tool") {
    turn.toolResults.push({ name: (message["tool_name"] ?? "") as string, text: content });
    return turn;
  }
  if (content !== "") turn.texts.push(content);
  turn.images = ((message["images"] ?? []) as string[]).map((data) => `data:image/png;base64,${data}`);
  turn.toolCalls = ((message["tool_calls"] ?? []) as Call[]).map(({ function: each }) => ({
    name: each.name,
    arguments: each.arguments,
  }));
  return turn;
}

function readRequest({ text }: UpstreamRequest): SpokenRequest {
  const body = JSON.parse(text) as Member;
  const messages = body["messages"] as Member[];
  const options = (body["options"] ?? {}) as Member;
  const format = body["format"];
  return {
    system: messages.filter(({ role }) => role === "system").map(({ content }) => content as string),
    turns: messages.filter(({ role }) => role !== "system").map(readTurn),
    tools: readTools(body["tools"]),
    toolChoice: "auto",
    maxTokens: options["num_predict"] as number | undefined,
    temperature: options["temperature"] as number | undefined,
    topP: options["top_p"] as number | undefined,
    stop: (options["stop"] ?? []) as string[],
    format: format === undefined ? "text" : format === "json" ? "object" : "schema",
    reasons: body["think"] === undefined ? undefined : body["think"] !== false,
    stream: body["stream"] as boolean,
  };
}

const HEAD = { model: MODEL, created_at: "2026-01-01T00:00:00Z" };
const part = (message: Member): Member => ({
  ...HEAD,
  message: { role: "assistant", content: "", ...message },
  done: false,
});

function ending({ finish, usage: { input, output } }: SpokenAnswer): Member {
  return {
    done: true,
    done_reason: finish === "length" ? "length" : "stop",
    prompt_eval_count: input,
    eval_count: output,
  };
}

function calls({ toolCalls = [] }: SpokenAnswer): Call[] {
  return toolCalls.map((call) => ({ function: { name: call.name, arguments: call.arguments } }));
}

const NOISE: Member[] = [
  { ...HEAD, status: "brand new", done: false },
  { ...HEAD, message: { role: "assistant", content: "", brand_new: "never shown" }, done: false },
];

function write(lines: readonly Member[]) {
  return { bytes: new TextEncoder().encode(lines.map((each) => `${JSON.stringify(each)}\n`).join("")) };
}

/** https://docs.ollama.com/api/errors */
const ERRORS: [number, string, string][] = [
  [400, 'invalid format: expected "json" or a JSON schema', "bad-request"],
  [400, "the input length exceeds the context length", "context-length"],
  [401, "unauthorized", "auth"],
  [404, "model 'qwen9' not found", "not-found"],
  [429, "too many requests", "rate-limit"],
  [500, "model runner has unexpectedly stopped", "server-error"],
  [503, "server busy, please try again.  maximum pending requests exceeded", "overloaded"],
];

/** Ollama's own chat API for the shared suite. */
export const adapter: ProtocolAdapter = {
  name: "ollama",
  title: "Ollama (api/chat)",
  target: {
    type: "ollama",
    model: MODEL,
    provider: { ollamaEnableCompatible: false, ollamaServerHost: "ollama.example.com" },
  },
  streamContentType: "application/x-ndjson",
  unsupported: {
    "image by URL": "The server fetches no images; a URL is refused.",
    "document inline": "The API takes texts and images only; a PDF is refused, a text file is sent as text.",
    "tool choice required": "The API has no tool_choice; the wish is left out.",
    "tool choice named": "The API has no tool_choice; only the named tool is offered.",
    "cached tokens": "The API does not tell what was read from the cache.",
    "reasoning tokens": "The API does not count the tokens of thinking.",
    "finish content filter": "The server filters nothing.",
  },
  refusals: [
    { message: /audio/i, reason: "Audio input: the API has no word for it." },
    { message: /\bn\b/, reason: "Several choices (`n` above 1): the API gives one answer." },
    { message: /fetches no URLs/, reason: "Images by URL: the server fetches none." },
    { message: /takes texts only/, reason: "Files other than texts and images: the API has no word for them." },
    {
      message: /user messages only/,
      reason: "Images and files in other messages than the user's: models see none there.",
    },
  ],
  validate({ path, text }) {
    return path === "/api/chat" ? (checkOllamaBody(JSON.parse(text))?.message ?? null) : "404 page not found";
  },
  readRequest,
  writeAnswer(answer) {
    const tools = calls(answer);
    const message = {
      role: "assistant",
      content: answer.text ?? "",
      ...(answer.reasoning === undefined ? {} : { thinking: answer.reasoning }),
      ...(tools.length > 0 ? { tool_calls: tools } : {}),
    };
    return jsonAnswer({ ...HEAD, message, ...ending(answer) });
  },
  writeStream(answer, options = {}) {
    const lines = [
      ...halves(answer.reasoning ?? "").map((thinking) => part({ thinking })),
      ...halves(answer.text ?? "").map((content) => part({ content })),
      ...calls(answer).map((call) => part({ tool_calls: [call] })),
    ];
    if (options.withoutEnd !== true) lines.push({ ...part({}), ...ending(answer) });
    return write(options.noise === true ? addNoise(lines, NOISE) : lines);
  },
  writeErrorStream(afterContent) {
    return write([...(afterContent ? [part({ content: "Well" })] : []), { error: "unexpected EOF" }]);
  },
  writeEmptyAnswer() {
    return jsonAnswer({ ...HEAD, message: { role: "assistant", content: "" }, done: true, done_reason: "load" });
  },
  errors: ERRORS.map(([status, error, reason]): NativeError => ({ status, body: JSON.stringify({ error }), reason })),
};
