import { minimax } from "../../mocks/minimax";
import { askMock, eventAnswer, formOf, halves, jsonAnswer, turnOf } from "../../support/adapter-tools";
import type { Member } from "../../support/messages";
import type {
  NativeAnswer,
  ProtocolAdapter,
  SpokenAnswer,
  SpokenRequest,
  SpokenTurn,
  UpstreamRequest,
} from "../suite/adapter";

interface Message {
  sender_type: "USER" | "BOT" | "FUNCTION";
  text: string;
  function_call?: { name: string; arguments: string };
}

const FORMAT_TOOL = "json_tool_call";
const TOTAL = "The API reports a total only, which is told as input";
const SENDER = { sender_type: "BOT", sender_name: "Assistant" };
const HEAD = { created: 1689747645, model: "abab6.5s-chat" };
const DEFAULT = "You are a helpful assistant.";

/** Results have no names; they follow their calls. */
function readTurns(messages: Message[]): SpokenTurn[] {
  const waiting: string[] = [];
  return messages.map(({ sender_type, text, function_call }) => {
    const texts = text === "" ? [] : [text];
    if (sender_type === "USER") return turnOf("user", { texts });
    if (sender_type === "FUNCTION") {
      return turnOf("user", { toolResults: [{ name: waiting.shift() ?? "", text: text === " " ? "" : text }] });
    }
    if (function_call) waiting.push(function_call.name);
    const calls = function_call
      ? [{ name: function_call.name, arguments: JSON.parse(function_call.arguments) as unknown }]
      : [];
    return turnOf("assistant", { texts, toolCalls: calls });
  });
}

function readRequest(request: UpstreamRequest): SpokenRequest {
  const body = JSON.parse(request.text) as Member;
  const functions = (body["functions"] ?? []) as { name: string; description?: string; parameters?: Member }[];
  const call = (body["function_call"] ?? {}) as { type?: string; name?: string };
  // JSON is asked for by a function that must be called.
  const form = call.type === "specific" && call.name === FORMAT_TOOL ? functions[0]?.parameters : undefined;
  const [bot] = body["bot_setting"] as { content: string }[];
  return {
    system: bot === undefined || bot.content === DEFAULT ? [] : [bot.content],
    turns: readTurns(body["messages"] as Message[]),
    tools: (form ? [] : functions).map(({ name, description }) => ({ name, description })),
    toolChoice: form
      ? "auto"
      : call.type === "specific"
        ? { name: call.name ?? "" }
        : call.type === "none"
          ? "none"
          : "auto",
    maxTokens: body["tokens_to_generate"] as number | undefined,
    temperature: body["temperature"] as number | undefined,
    topP: body["top_p"] as number | undefined,
    stop: [],
    format: form ? formOf(form) : "text",
    reasons: undefined,
    stream: body["stream"] as boolean | undefined,
  };
}

/** A message calls one function: further calls are further messages. */
function messagesOf(answer: SpokenAnswer): Member[] {
  const calls = (answer.toolCalls ?? []).map((call) => ({
    function_call: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
  const others = calls.slice(1).map((call) => ({ ...SENDER, text: "", ...call }));
  return [{ ...SENDER, text: answer.text ?? "", ...calls[0] }, ...others];
}

function lastEvent(answer: SpokenAnswer): Member {
  const finish_reason = answer.finish === "length" ? "max_output" : "stop";
  return {
    ...HEAD,
    reply: answer.text ?? "",
    choices: [{ finish_reason, messages: messagesOf(answer) }],
    usage: { total_tokens: answer.usage.input + answer.usage.output },
    input_sensitive: false,
    output_sensitive: answer.finish === "content_filter",
    id: "0106b3bc9fd844a9f3de1aa06004e2ab",
    base_resp: { status_code: 0, status_msg: "" },
  };
}

function writeStream(answer: SpokenAnswer, options: { noise?: boolean; withoutEnd?: boolean } = {}): NativeAnswer {
  const more = options.noise ? { new_member: [{ deep: 1 }] } : {};
  const pieces = halves(answer.text ?? "").map((text) => ({
    ...HEAD,
    reply: "",
    choices: [{ messages: [{ ...SENDER, text }] }],
    output_sensitive: false,
  }));
  const events = [
    ...pieces,
    ...(options.noise ? [{ brand: "new" }] : []),
    ...(options.withoutEnd ? [] : [lastEvent(answer)]),
  ];
  return eventAnswer(events.map((event) => [null, { ...event, ...more }]));
}

const error = (code: number, message: string): string =>
  JSON.stringify({ base_resp: { status_code: code, status_msg: message } });

/** MiniMax's ChatCompletion Pro for the shared suite. */
export const adapter: ProtocolAdapter = {
  name: "minimax",
  title: "MiniMax (ChatCompletion Pro)",
  target: {
    type: "minimax",
    model: "abab6.5s-chat",
    provider: { minimaxApiType: "pro", minimaxGroupId: "1689747645" },
  },
  refusals: [
    {
      message: /^Only one choice/,
      reason: "More than one choice: only answers that are not streamed could have several",
    },
    {
      message: /^JSON as response_format/,
      reason: "JSON beside tools: no choice between the form's function and others",
    },
    { message: /^(Files are|Images are|Audio input|Images and files)/, reason: "Media: the API takes texts only" },
    { message: /^messages: at least one/, reason: "A conversation without any turn has nothing to answer" },
  ],
  unsupported: {
    "tool choice required": "The vendor forces a certain function, never any; one offered tool is forced",
    "image by URL": "The API takes texts only",
    "image inline": "The API takes texts only",
    "document inline": "The API takes texts only",
    "reasoning effort": "The API has no word for it",
    "reasoning text": "The API has no word for it",
    "stop sequences": "The API has no word for them",
    usage: TOTAL,
    "cached tokens": TOTAL,
    "reasoning tokens": TOTAL,
  },
  validate: (request) => askMock(minimax, request),
  readRequest,
  writeAnswer: (answer) => jsonAnswer(lastEvent(answer)),
  writeStream,
  writeErrorStream(afterContent) {
    const failed = { ...HEAD, base_resp: { status_code: 1013, status_msg: "internal error" } };
    const text = { ...HEAD, choices: [{ messages: [{ ...SENDER, text: "Hel" }] }] };
    return eventAnswer((afterContent ? [text, failed] : [failed]).map((event) => [null, event]));
  },
  writeEmptyAnswer: () => jsonAnswer(lastEvent({ text: "", finish: "stop", usage: { input: 1, output: 0 } })),
  errors: [
    { status: 400, body: error(2013, "invalid params, messages empty"), reason: "bad-request" },
    { status: 401, body: error(1004, "login fail"), reason: "auth" },
    { status: 429, body: error(1002, "rate limit"), reason: "rate-limit" },
    { status: 400, body: error(1027, "output new_sensitive"), reason: "content-filter" },
    { status: 400, body: error(1042, "invisible character ratio limit"), reason: "bad-request" },
    { status: 401, body: error(2049, "invalid api key"), reason: "auth" },
    { status: 429, body: error(2056, "usage limit exceeded"), reason: "rate-limit" },
    { status: 429, body: error(1008, "insufficient balance"), reason: "rate-limit" },
    { status: 500, body: error(1033, "system error"), reason: "server-error" },
  ],
};
