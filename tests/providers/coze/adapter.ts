import { coze } from "../../mocks/coze";
import { askMock, eventAnswer, halves, spokenOf, turnOf } from "../../support/adapter-tools";
import type { Member } from "../../support/messages";
import type { NativeAnswer, ProtocolAdapter, SpokenAnswer, SpokenRequest, UpstreamRequest } from "../suite/adapter";

interface Part {
  type: string;
  text?: string;
  file_url?: string;
}

const BOT = "The bot has model, tools and parameters; the API takes none";
const WHOLE = "Whole answers need several calls; a stream is asked for and gathered";
const SILENT = "The API does not say it";
const CHAT = { id: "738137187639794", conversation_id: "738136585609548", bot_id: "7379462189365198898" };
const MESSAGE = { ...CHAT, role: "assistant", type: "answer", content_type: "text" };

function readRequest(request: UpstreamRequest): SpokenRequest {
  const body = JSON.parse(request.text) as Member;
  const messages = body["additional_messages"] as { role: string; content_type: string; content: string }[];
  const turns = messages.map(({ role, content_type, content }) => {
    const parts = content_type === "text" ? [{ type: "text", text: content }] : (JSON.parse(content) as Part[]);
    const urls = (type: string) => parts.flatMap((part: Part) => (part.type === type ? (part.file_url ?? []) : []));
    return turnOf(role as "user" | "assistant", {
      texts: parts.flatMap((part: Part) => part.text ?? []),
      images: urls("image"),
      documents: urls("file"),
    });
  });
  // System texts are what the user says first, in a message of its own.
  const [first, second] = turns;
  const system = first?.role === "user" && second?.role === "user" ? (turns.shift()?.texts ?? []) : [];
  return spokenOf({ system, turns });
}

function writeStream(answer: SpokenAnswer, options: { noise?: boolean; withoutEnd?: boolean } = {}): NativeAnswer {
  const more = options.noise ? { new_member: { deep: [1] } } : {};
  const { input, output } = answer.usage;
  const usage = { token_count: input + output, input_count: input, output_count: output };
  const delta = (members: Member): [string, Member] => [
    "conversation.message.delta",
    { ...MESSAGE, ...more, ...members },
  ];
  const noise: [string, Member][] = options.noise
    ? [
        ["conversation.brand.new", { content: "no" }],
        ["conversation.message.completed", { ...MESSAGE, type: "follow_up", content: "And you?" }],
      ]
    : [];
  return eventAnswer([
    ["conversation.chat.created", { ...CHAT, status: "created" }],
    ...noise,
    ...halves(answer.reasoning ?? "").map((text) => delta({ reasoning_content: text, content: "" })),
    ...halves(answer.text ?? "").map((content) => delta({ content })),
    ["conversation.message.completed", { ...MESSAGE, content: answer.text ?? "" }],
    ...noise,
    ...(options.withoutEnd ? [] : ([["conversation.chat.completed", { ...CHAT, usage }]] as const)),
    ...(options.withoutEnd ? [] : ([["done", '"[DONE]"']] as const)),
  ]);
}

const error = (code: number, msg: string): string => JSON.stringify({ code, msg });

/** Coze's chat for the shared suite. */
export const adapter: ProtocolAdapter = {
  name: "coze",
  title: "Coze (chat v3)",
  target: { type: "coze", model: "7379462189365198898" },
  refusals: [
    { message: /^Only one choice/, reason: "More than one choice: the API gives one answer" },
    { message: /^(Tools|Tool calls)/, reason: BOT },
    { message: /^JSON as response_format/, reason: "JSON as the form of the answer: the API has no word for it" },
    { message: /^Unsupported (image|file)/, reason: "Inline images and files: Coze fetches URLs only" },
    { message: /^(Audio input|Images and files)/, reason: "Audio, and media of others than the user: no word for it" },
    { message: /^messages: at least one/, reason: "A conversation without any turn has nothing to answer" },
  ],
  unsupported: {
    "one tool": BOT,
    "parallel tools": BOT,
    "tool choice required": BOT,
    "tool choice named": BOT,
    "tool results": BOT,
    "image inline": "Coze fetches URLs only; inline images would have to be uploaded first",
    "document inline": "Coze fetches URLs only; inline files would have to be uploaded first",
    "JSON object": "The API has no word for the form of the answer",
    "JSON schema": "The API has no word for the form of the answer",
    "reasoning effort": BOT,
    "stop sequences": BOT,
    "token limit": BOT,
    "temperature and top_p": BOT,
    "cached tokens": SILENT,
    "reasoning tokens": SILENT,
    "finish length": SILENT,
    "finish content filter": SILENT,
    "empty answer": WHOLE,
  },
  validate: (request) => askMock(coze, request),
  readRequest,
  writeAnswer: (answer) => writeStream(answer),
  writeStream,
  writeErrorStream(afterContent) {
    const text = ["conversation.message.delta", { ...MESSAGE, content: "Hel" }] as const;
    const failed = ["conversation.chat.failed", { ...CHAT, last_error: { code: 5000, msg: "internal" } }] as const;
    return eventAnswer(afterContent ? [text, failed] : [failed]);
  },
  writeEmptyAnswer: () => null,
  errors: [
    { status: 400, body: error(4000, "Request parameter error"), reason: "bad-request" },
    { status: 401, body: error(700012006, "access token invalid"), reason: "auth" },
    { status: 404, body: error(4006, "invalid bot"), reason: "not-found" },
    { status: 400, body: error(4010, "the prompt has too many tokens"), reason: "context-length" },
    { status: 429, body: error(4020, "too many requests in a minute"), reason: "rate-limit" },
    { status: 429, body: error(4019, "no balance left"), reason: "rate-limit" },
    { status: 500, body: error(4013, "the model has failed"), reason: "server-error" },
    { status: 500, body: error(5000, "internal error"), reason: "server-error" },
  ],
};
