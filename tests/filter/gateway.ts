import { buildRelease } from "../support/build";
import { type ClientRequest, MiniEnvoy, type MiniEnvoyOptions } from "../host/mini-envoy";
import type { ClientAnswer } from "../host/downstream";
import type { ScriptedAnswer } from "../host/scripted-upstream";

const release = await buildRelease();

/** The shipped modules; every scenario runs against both. */
export const BUILDS = [
  ["modelmux.wasm", release.simd],
  ["modelmux.scalar.wasm", release.scalar],
] as const;

export const SECRETS = {
  DEEPSEEK_API_KEY: "sk-deepseek-secret",
  DASHSCOPE_API_KEY: "sk-dashscope-secret",
  ANTHROPIC_API_KEY: "sk-ant-secret",
};

/** The plugin JSON of the story. */
export const PLUGIN = {
  role: "gateway",
  providers: [
    { id: "dashscope", type: "qwen", apiTokens: ["${DASHSCOPE_API_KEY}"] },
    { id: "deepseek", type: "deepseek", apiTokens: ["${DEEPSEEK_API_KEY}"] },
    { id: "claude", type: "claude", apiTokens: ["${ANTHROPIC_API_KEY}"] },
  ],
  routes: [
    { model: "deepseek-chat", targets: [{ provider: "deepseek" }, { provider: "dashscope", model: "qwen-turbo" }] },
    {
      model: "deepseek-claude",
      targets: [
        { provider: "deepseek", model: "deepseek-chat" },
        { provider: "claude", model: "claude-sonnet-4-5" },
      ],
    },
    {
      model: "claude-deepseek",
      targets: [
        { provider: "claude", model: "claude-sonnet-4-5" },
        { provider: "deepseek", model: "deepseek-chat" },
      ],
    },
    {
      model: "three",
      targets: [
        { provider: "deepseek", model: "a" },
        { provider: "claude", model: "b" },
        { provider: "dashscope", model: "c" },
      ],
    },
    { model: "only", targets: [{ provider: "deepseek", model: "deepseek-chat" }] },
    { model: "claude-*", targets: [{ provider: "claude" }] },
    { model: "qwen-*", targets: [{ provider: "dashscope" }] },
  ],
  fallback: { firstTokenTimeoutMs: 5000, attemptTimeoutMs: 20000, timeoutMs: 60000 },
  limits: { maxBodyBytes: 100000 },
};

/** Starts the gateway with the story's plugin JSON; it has served each kind of request once, so that its shared buffers are there. */
export function startGateway(wasm: string, options: Partial<MiniEnvoyOptions> = {}): MiniEnvoy {
  const envoy = MiniEnvoy.start({ wasm, plugin: PLUGIN, environment: SECRETS, ...options });
  if (options.plugin === undefined) warmUp(envoy);
  return envoy;
}

function warmUp(envoy: MiniEnvoy): void {
  for (const stream of [false, true]) {
    envoy.upstream("deepseek", openAiError(429, "busy"), stream ? openAiStream(["x"]) : openAiAnswer("x"));
    envoy.upstream("claude", stream ? anthropicStream(["x"]) : anthropicAnswer("x"));
    for (const model of ["deepseek-claude", "claude-deepseek", "only"])
      envoy.request(chat(model, { stream, ...(stream ? { stream_options: { include_usage: true } } : {}) }));
  }
  envoy.upstream("deepseek", { status: 500, body: "x" });
  envoy.request(chat("only"));
  envoy.request(chat("nobody"));
  envoy.request({ method: "GET", path: "/v1/models" });
  envoy.settle();
}

/** A chat request. */
export function chat(model: string, more: object = {}): ClientRequest {
  const body = { model, messages: [{ role: "user", content: "Who are you?" }], ...more };
  return { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

// --- providers' answers

const json = { "content-type": "application/json" };
const events = { "content-type": "text/event-stream" };
const line = (data: unknown): string => `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;

/** An OpenAI completion. */
export function openAiAnswer(text: string, model = "upstream-model"): ScriptedAnswer {
  const body = {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1767225600,
    model,
    choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
    usage: {
      prompt_tokens: 11,
      completion_tokens: 7,
      total_tokens: 18,
      prompt_tokens_details: { cached_tokens: 5 },
      completion_tokens_details: { reasoning_tokens: 2 },
    },
  };
  return { status: 200, headers: json, body: JSON.stringify(body) };
}

/** The events of an OpenAI stream: one delta per text, the usage chunk, `[DONE]`. */
export function openAiEvents(texts: readonly string[], model = "upstream-model"): string[] {
  const chunk = (more: object): string =>
    line({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1767225600, model, ...more });
  return [
    chunk({ choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }] }),
    ...texts.map((content) => chunk({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })),
    chunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
    chunk({ choices: [], usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 } }),
    line("[DONE]"),
  ];
}
export const openAiStream = (texts: readonly string[]): ScriptedAnswer => ({
  status: 200,
  headers: events,
  chunks: openAiEvents(texts),
});

/** An Anthropic message. */
export function anthropicAnswer(text: string): ScriptedAnswer {
  const body = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5",
    content: [{ type: "text", text }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 11, output_tokens: 7 },
  };
  return { status: 200, headers: json, body: JSON.stringify(body) };
}

/** The events of an Anthropic stream. */
export function anthropicEvents(texts: readonly string[]): string[] {
  const event = (type: string, more: object): string => `event: ${type}\n${line({ type, ...more })}`;
  return [
    event("message_start", {
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "claude-sonnet-4-5",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 11, output_tokens: 1 },
      },
    }),
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    event("ping", {}),
    ...texts.map((text) => event("content_block_delta", { index: 0, delta: { type: "text_delta", text } })),
    event("content_block_stop", { index: 0 }),
    event("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 7 } }),
    event("message_stop", {}),
  ];
}
export const anthropicStream = (texts: readonly string[]): ScriptedAnswer => ({
  status: 200,
  headers: events,
  chunks: anthropicEvents(texts),
});

export const openAiError = (status: number, message: string): ScriptedAnswer => ({
  status,
  headers: json,
  body: JSON.stringify({ error: { message, type: "some_error", param: null, code: null } }),
});
export const htmlError = (status: number): ScriptedAnswer => ({
  status,
  headers: { "content-type": "text/html" },
  body: '<html><body><h1>Bad "day"</h1></body></html>',
});

// --- what the client reads

export interface Chunk {
  id?: string;
  model?: string;
  choices?: { index: number; delta: { role?: string; content?: string | null }; finish_reason: string | null }[];
  usage?: { prompt_tokens: number; completion_tokens: number } | null;
  error?: { message: string; type: string; code: string | null; param: string | null };
}

/** The data of a stream's events; throws on anything that is not `data: ...` and a blank line. */
export function readEvents(answer: ClientAnswer): string[] {
  const text = answer.body.toString("utf8");
  if (text !== "" && !text.endsWith("\n\n"))
    throw new Error(`the stream ends inside an event: ${JSON.stringify(text.slice(-200))}`);
  return text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => {
      if (!event.startsWith("data: ") || event.includes("\n"))
        throw new Error(`not one data line: ${JSON.stringify(event)}`);
      return event.slice(6);
    });
}
export const readChunks = (answer: ClientAnswer): Chunk[] =>
  readEvents(answer)
    .filter((data) => data !== "[DONE]")
    .map((data) => JSON.parse(data) as Chunk);
/** The visible text of an answer, streamed or not. */
export function textOf(answer: ClientAnswer): string {
  if (answer.headers.get("content-type") !== "text/event-stream")
    return (
      (JSON.parse(answer.body.toString("utf8")) as { choices: { message: { content: string } }[] }).choices[0]?.message
        .content ?? ""
    );
  return readChunks(answer)
    .flatMap((chunk) => chunk.choices ?? [])
    .map((choice) => choice.delta.content ?? "")
    .join("");
}

export interface ErrorBody {
  message: string;
  type: string;
  param: string | null;
  code: string | null;
  attempts?: { provider: string; model: string; reason: string; status?: number }[];
}
export const errorOf = (answer: ClientAnswer): ErrorBody =>
  (JSON.parse(answer.body.toString("utf8")) as { error: ErrorBody }).error;

/** A statistic by its name and labels, whatever their order in the name; 0 when there is none. */
export function metric(envoy: MiniEnvoy, name: string, labels: Record<string, string>): number | number[] {
  for (const [full, value] of Object.entries(envoy.metrics())) {
    const [head, ...parts] = full.split(";");
    if (
      head === name &&
      parts.length === Object.keys(labels).length &&
      parts.every((part) => labels[part.split("=")[0] ?? ""] === part.slice(part.indexOf("=") + 1))
    )
      return value;
  }
  return 0;
}

/** Everything that a client, an operator or another provider could read must be free of secrets. */
export function expectNoSecrets(envoy: MiniEnvoy, answer: ClientAnswer): void {
  const seen = [
    answer.body.toString("utf8"),
    JSON.stringify(answer.headers),
    envoy.log.text,
    JSON.stringify(envoy.metrics()),
    JSON.stringify(envoy.accessLog),
  ].join("\n");
  for (const secret of Object.values(SECRETS))
    if (seen.includes(secret)) throw new Error(`a secret got out: ${secret}`);
}
