import { checkHeaders, parseBody } from "./entrance";
import { composeReply, hash, type Prompt, type Reply, splitText } from "./reply";
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

const MEMBERS = [
  "model",
  "bot_setting",
  "messages",
  "reply_constraints",
  "tokens_to_generate",
  "temperature",
  "top_p",
  "stream",
  "functions",
  "function_call",
  "mask_sensitive_info",
];
const SENDERS = ["USER", "BOT", "FUNCTION"];

/** Errors come with a 200. https://platform.minimaxi.com/document/error-code */
function refuse(code: number, message: string, status = 200): UnaryAnswer {
  const body = JSON.stringify({ base_resp: { status_code: code, status_msg: message } });
  return { kind: "unary", status, headers: { "content-type": "application/json" }, body };
}
const invalid = (message: string): UnaryAnswer => refuse(2013, `invalid params, ${message}`);

function checkMessage(message: Json, bots: string[]): string | null {
  if (!isObject(message) || !SENDERS.includes(textOf(message.sender_type))) return "sender_type";
  if (typeof message.sender_name !== "string" || message.sender_name === "") return "sender_name";
  if (message.sender_type !== "USER" && !bots.includes(message.sender_name)) return "sender_name is no bot";
  if (typeof message.text !== "string") return "text";
  if (message.function_call === undefined) return message.text === "" ? "empty text" : null;
  if (message.sender_type !== "BOT" || !isObject(message.function_call)) return "function_call";
  const { name, arguments: given } = message.function_call;
  return typeof name === "string" && typeof given === "string" ? null : "function_call";
}

function checkFunctions(body: JsonObject): string | null {
  if (body.functions === undefined) return body.function_call === undefined ? null : "function_call";
  if (!Array.isArray(body.functions) || body.functions.length === 0) return "functions";
  for (const each of body.functions) {
    if (!isObject(each) || !/^(?!plugin_)[\w-]{1,64}$/.test(textOf(each.name))) return "function name";
    if (!isObject(each.parameters) || each.parameters.type !== "object") return "function parameters";
  }
  const call = isObject(body.function_call) ? body.function_call : { type: "auto" };
  if (!["auto", "none", "specific"].includes(textOf(call.type))) return "function_call type";
  return call.type !== "specific" || typeof call.name === "string" ? null : "function_call name";
}

function checkBody(body: JsonObject): UnaryAnswer | null {
  const unknown = Object.keys(body).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) return invalid(`unknown member ${unknown}`);
  if (typeof body.model !== "string") return invalid("model");
  if (!Array.isArray(body.bot_setting) || body.bot_setting.length === 0) return invalid("bot_setting empty");
  const bots = body.bot_setting.filter(isObject);
  if (bots.some(({ bot_name, content }) => textOf(bot_name) === "" || textOf(content).trim() === ""))
    return invalid("bot_setting");
  const names = bots.map(({ bot_name }) => textOf(bot_name));
  const constraints = isObject(body.reply_constraints) ? body.reply_constraints : {};
  if (constraints.sender_type !== "BOT" || !names.includes(textOf(constraints.sender_name)))
    return invalid("reply_constraints");
  if (!Array.isArray(body.messages) || body.messages.length === 0) return invalid("messages empty");
  for (const message of body.messages) {
    const problem = checkMessage(message, names);
    if (problem !== null) return invalid(problem);
  }
  for (const name of ["temperature", "top_p"])
    if (body[name] !== undefined && !(Number(body[name]) > 0 && Number(body[name]) <= 1)) return invalid(name);
  if (body.tokens_to_generate !== undefined && !(Number(body.tokens_to_generate) > 0)) return invalid("tokens");
  const problem = checkFunctions(body);
  return problem === null ? null : invalid(problem);
}

function readPrompt(body: JsonObject, wishes: AnswerWishes): Prompt {
  const messages = (body.messages as Json[]).filter(isObject);
  const last = messages.at(-1);
  const call = isObject(body.function_call) ? body.function_call : { type: "none" };
  return {
    model: textOf(body.model),
    vendorTitle: "MiniMax",
    allText: messages.map(({ text }) => textOf(text)).join("\n"),
    userText: last?.sender_type === "USER" ? textOf(last.text) : "",
    attachments: [],
    toolResults: last?.sender_type === "FUNCTION" ? [textOf(last.text)] : [],
    tools: ((body.functions ?? []) as JsonObject[]).map(({ name, parameters }) => ({
      name: textOf(name),
      schema: parameters ?? {},
    })),
    toolChoice: call.type === "specific" ? { name: textOf(call.name) } : call.type === "none" ? "none" : "auto",
    parallelToolCalls: false,
    schema: null,
    reasoning: false,
    maxTokens: body.tokens_to_generate === undefined ? null : Number(body.tokens_to_generate),
    stop: [],
    textBytes: wishes.textBytes,
  };
}

function answerOf(body: JsonObject, reply: Reply): JsonObject {
  const sender: JsonObject = { sender_type: "BOT", sender_name: (body.reply_constraints as JsonObject).sender_name! };
  const [call] = reply.toolCalls;
  const function_call: JsonObject = call ? { function_call: { name: call.name, arguments: call.arguments } } : {};
  return {
    created: 1689747645,
    model: body.model!,
    reply: reply.text,
    choices: [
      {
        finish_reason: reply.finish === "length" ? "length" : "stop",
        messages: [{ ...sender, text: reply.text, ...function_call }],
      },
    ],
    usage: { total_tokens: reply.usage.input + reply.usage.output },
    input_sensitive: false,
    output_sensitive: false,
    id: hash(JSON.stringify(body)),
    ...function_call,
    base_resp: { status_code: 0, status_msg: "" },
  };
}

function eventsOf(body: JsonObject, reply: Reply): string[] {
  const whole = answerOf(body, reply);
  const sender = { sender_type: "BOT", sender_name: "Assistant" };
  const pieces = splitText(reply.text).map((text) => ({
    created: 1689747645,
    model: body.model!,
    reply: "",
    choices: [{ messages: [{ ...sender, text }] }],
    output_sensitive: false,
  }));
  return [...pieces, whole].map((event) => `data: ${JSON.stringify(event)}\n\n`);
}

/** MiniMax's ChatCompletion Pro. https://platform.minimaxi.com/document/guides/chat-model/pro/api */
export const minimax: Vendor = {
  name: "minimax",

  answer(request: MockRequest, key: string, wishes: AnswerWishes): Answer {
    if (request.path !== "/v1/text/chatcompletion_pro" || request.method !== "POST")
      return refuse(2013, "not found", 404);
    if (!/^\??GroupId=\d+$/.test(request.query)) return refuse(1004, "login fail: GroupId is missing");
    const refusal = checkHeaders(request, "bearer", key);
    if (refusal) {
      const isKey = ["no-key", "bad-key-form", "wrong-key"].includes(refusal.reason);
      return isKey ? refuse(1004, "login fail: Please carry the API secret key") : invalid(JSON.stringify(refusal));
    }
    const body = parseBody(request.body)?.value as Json;
    if (!isObject(body)) return invalid("no JSON");
    const problem = checkBody(body);
    if (problem) return problem;
    const reply = composeReply(readPrompt(body, wishes));
    const asEvents = wishes.form === "as-asked" ? body.stream === true : wishes.form === "events";
    if (asEvents) {
      const events = eventsOf(body, reply);
      if (wishes.withoutLastEvent) events.pop();
      return { kind: "events", status: 200, headers: { "content-type": "text/event-stream" }, events };
    }
    return {
      kind: "unary",
      status: 200,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(answerOf(body, reply)),
    };
  },

  errorAnswer(status: number, message: string | null): UnaryAnswer {
    const codes: Record<number, number> = { 401: 1004, 402: 1008, 429: 1002, 500: 1033 };
    return refuse(codes[status] ?? 2013, message ?? `Mock error with status ${status}.`, status);
  },

  errorEvent(message: string | null): string {
    return `data: ${JSON.stringify({ base_resp: { status_code: 1013, status_msg: message ?? "internal error" } })}\n\n`;
  },
};
