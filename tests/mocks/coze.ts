import { checkHeaders, parseBody } from "./entrance";
import { composeReply, describeMedia, hash, type Prompt, splitText } from "./reply";
import {
  type Answer,
  type AnswerWishes,
  isObject,
  type Json,
  type JsonObject,
  type MockRequest,
  type UnaryAnswer,
  type Vendor,
  textOf,
} from "./types";

const MEMBERS = ["bot_id", "user_id", "stream", "auto_save_history", "additional_messages", "custom_variables"];
const MOST_MESSAGES = 100;

/** https://www.coze.com/docs/developer_guides/coze_error_codes */
function refuse(code: number, msg: string, status = 200): UnaryAnswer {
  const body = JSON.stringify({ code, msg, detail: { logid: hash(msg) } });
  return { kind: "unary", status, headers: { "content-type": "application/json" }, body };
}
const invalid = (msg: string): UnaryAnswer => refuse(4000, `Request parameter error: ${msg}`);

function partsOf(message: JsonObject): JsonObject[] | null {
  if (message.content_type === "text") return [{ type: "text", text: message.content ?? "" }];
  if (message.content_type !== "object_string") return null;
  try {
    const parts = JSON.parse(textOf(message.content)) as Json;
    return Array.isArray(parts) ? parts.filter(isObject) : null;
  } catch {
    return null;
  }
}

function checkMessage(message: Json): string | null {
  if (!isObject(message) || !["user", "assistant"].includes(textOf(message.role))) return "role";
  if (message.type !== (message.role === "user" ? "question" : "answer")) return "type";
  if (typeof message.content !== "string" || message.content === "") return "content";
  const parts = partsOf(message);
  if (parts === null || parts.length === 0) return "content_type";
  const isKnown = (part: JsonObject): boolean =>
    part.type === "text"
      ? textOf(part.text).trim() !== ""
      : (part.type === "image" || part.type === "file") && /^https?:\/\/./.test(textOf(part.file_url));
  return parts.every(isKnown) ? null : "content";
}

function checkBody(body: JsonObject): UnaryAnswer | null {
  const unknown = Object.keys(body).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) return invalid(unknown);
  if (typeof body.bot_id !== "string" || body.bot_id === "") return invalid("bot_id is required");
  if (typeof body.user_id !== "string" || body.user_id === "") return invalid("user_id is required");
  if (typeof body.stream !== "boolean" || typeof body.auto_save_history !== "boolean") return invalid("stream");
  if (!body.stream && !body.auto_save_history) return invalid("auto_save_history must be true without stream");
  if (!Array.isArray(body.additional_messages) || body.additional_messages.length === 0) return invalid("no messages");
  if (body.additional_messages.length > MOST_MESSAGES) return invalid("too many messages");
  const problem = body.additional_messages.map(checkMessage).find((each) => each !== null);
  return problem === undefined || problem === null ? null : invalid(problem);
}

function readPrompt(body: JsonObject, wishes: AnswerWishes): Prompt {
  const messages = (body.additional_messages as Json[]).filter(isObject);
  const texts = (message: JsonObject): string =>
    (partsOf(message) ?? []).map((part) => (part.type === "text" ? textOf(part.text) : "")).join("");
  const last = messages.at(-1) ?? {};
  return {
    model: textOf(body.bot_id),
    vendorTitle: "Coze",
    allText: messages.map(texts).join("\n"),
    userText: last.role === "user" ? texts(last) : "",
    attachments: (partsOf(last) ?? [])
      .filter(({ type }) => type !== "text")
      .map((part) => describeMedia(part.type === "image" ? "image" : "document", textOf(part.file_url))),
    toolResults: [],
    tools: [],
    toolChoice: "none",
    parallelToolCalls: false,
    schema: null,
    reasoning: false,
    maxTokens: null,
    stop: [],
    textBytes: wishes.textBytes,
  };
}

const event = (name: string, data: Json): string => `event:${name}\ndata:${JSON.stringify(data)}\n\n`;

function eventsOf(body: JsonObject, wishes: AnswerWishes): string[] {
  const reply = composeReply(readPrompt(body, wishes));
  const chat = { id: hash(JSON.stringify(body)), conversation_id: "7390342853760696354", bot_id: body.bot_id! };
  const message = { ...chat, role: "assistant", type: "answer", content_type: "text", chat_id: chat.id };
  const { input, output } = reply.usage;
  const usage = { token_count: input + output, output_count: output, input_count: input };
  return [
    event("conversation.chat.created", { ...chat, created_at: 1710348675, status: "created" }),
    event("conversation.chat.in_progress", { ...chat, status: "in_progress" }),
    ...splitText(reply.text).map((content) => event("conversation.message.delta", { ...message, content })),
    event("conversation.message.completed", { ...message, content: reply.text }),
    event("conversation.message.completed", {
      ...message,
      type: "verbose",
      content: '{"msg_type":"generate_answer_finish"}',
    }),
    event("conversation.chat.completed", { ...chat, status: "completed", usage }),
    event("done", "[DONE]"),
  ];
}

/** Coze's chat. https://www.coze.com/docs/developer_guides/chat_v3 */
export const coze: Vendor = {
  name: "coze",

  answer(request: MockRequest, key: string, wishes: AnswerWishes): Answer {
    if (request.path !== "/v3/chat" || request.method !== "POST") return refuse(4200, "Not found", 404);
    const refusal = checkHeaders(request, "bearer", key);
    if (refusal) {
      const isKey = ["no-key", "bad-key-form", "wrong-key"].includes(refusal.reason);
      return isKey ? refuse(700012006, "access token invalid", 401) : invalid(JSON.stringify(refusal));
    }
    const body = parseBody(request.body)?.value as Json;
    if (!isObject(body)) return invalid("no JSON");
    const problem = checkBody(body);
    if (problem) return problem;
    const asEvents = wishes.form === "as-asked" ? body.stream === true : wishes.form === "events";
    if (!asEvents) {
      const data = { id: "1", conversation_id: "2", bot_id: body.bot_id!, status: "in_progress" };
      const text = JSON.stringify({ code: 0, msg: "", data });
      return { kind: "unary", status: 200, headers: { "content-type": "application/json" }, body: text };
    }
    const events = eventsOf(body, wishes);
    if (wishes.withoutLastEvent) events.splice(-2, 2);
    return { kind: "events", status: 200, headers: { "content-type": "text/event-stream" }, events };
  },

  errorAnswer(status: number, message: string | null): UnaryAnswer {
    const codes: Record<number, number> = { 401: 4100, 403: 4101, 404: 4200, 429: 4020, 500: 5000 };
    return refuse(codes[status] ?? 4000, message ?? `Mock error with status ${status}.`, status);
  },

  errorEvent(message: string | null): string {
    return event("error", { code: 5000, msg: message ?? "event interal error" });
  },
};
