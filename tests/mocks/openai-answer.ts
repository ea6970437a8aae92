import { createHash } from "node:crypto";
import { composeReply, describeMedia, type Prompt, type Reply, splitArguments, splitText } from "./reply";
import { type Answer, type AnswerWishes, isObject, type Json, type JsonObject, textOf } from "./types";

/** What differs between the vendors that answer in the shape of OpenAI's chat completions. */
export interface AnswerStyle {
  vendorTitle: string;
  headers: Record<string, string>;
  /** The model's name in the answer. */
  modelName(model: string): string;
  id(seed: string): string;
  toolCallId(seed: string): string;
  systemFingerprint: string | null;
  /** Whether this request makes the model think, and whether the thoughts are shown as `reasoning_content`. */
  thinks(body: JsonObject): boolean;
  showsReasoning: boolean;
  /** Whether the thoughts of this request stand in the text, between tags. */
  tagsReasoning?(body: JsonObject): boolean;
  /** The name of `reasoning_content`, where it has another. */
  reasoningMember?: string;
  usage(reply: Reply): JsonObject;
  /** More members of a unary `message`. */
  messageExtras: JsonObject;
  /** More top-level members. */
  extras: JsonObject;
  /** `usage: null` on the chunks before the last: never, when usage was asked for, or always. */
  nullUsage: "never" | "when-asked" | "always";
  /** Where the stream's usage goes: an own chunk when asked for, or the last chunk (or its choice) whether asked for or not. */
  streamUsage: "own-chunk" | "last-chunk" | "last-choice";
  /** More members in later fragments of a tool call (DashScope repeats `id: ""` and `type`). */
  toolFragmentExtras: JsonObject;
  /** Comments that open every stream. */
  opening: string;
  keepAliveComment: string;
  unaryKeepAlive: string;
  streamContentType: string;
}

const CREATED = 1767225600;

/** Answers a valid request. */
export function answerChat(body: JsonObject, style: AnswerStyle, wishes: AnswerWishes): Answer {
  const prompt = readPrompt(body, style);
  prompt.textBytes = wishes.textBytes;
  const reply = composeReply(prompt);
  if (style.tagsReasoning?.(body)) moveReasoning(reply);
  const asEvents = wishes.form === "as-asked" ? body.stream === true : wishes.form === "events";
  const id = style.id(JSON.stringify(body));
  if (asEvents) {
    const events = chatEvents(body, reply, style, id);
    if (wishes.withoutLastEvent) events.pop();
    const comments = style.opening + style.keepAliveComment.repeat(wishes.keepAlives);
    if (events.length > 0) events[0] = comments + events[0]!;
    return {
      kind: "events",
      status: 200,
      headers: { ...style.headers, "content-type": style.streamContentType },
      events,
    };
  }
  const text = style.unaryKeepAlive.repeat(wishes.keepAlives) + JSON.stringify(chatCompletion(body, reply, style, id));
  return { kind: "unary", status: 200, headers: { ...style.headers, "content-type": "application/json" }, body: text };
}

/** As a model writes it whose server does not take the thoughts out of its text. */
function moveReasoning(reply: Reply): void {
  if (reply.reasoning !== "") reply.text = `<think>\n${reply.reasoning}\n</think>\n\n${reply.text}`;
  reply.reasoning = "";
}

function reasoningMember(style: AnswerStyle): string {
  return style.reasoningMember ?? "reasoning_content";
}

function finishReason(reply: Reply): string {
  return reply.finish === "stop-sequence" ? "stop" : reply.finish === "tool-calls" ? "tool_calls" : reply.finish;
}

function choiceCount(body: JsonObject): number {
  return typeof body.n === "number" ? body.n : 1;
}

function chatCompletion(body: JsonObject, reply: Reply, style: AnswerStyle, id: string): JsonObject {
  const message: JsonObject = {
    role: "assistant",
    content: reply.toolCalls.length > 0 ? null : reply.text,
    ...style.messageExtras,
  };
  if (style.showsReasoning && reply.reasoning !== "") message[reasoningMember(style)] = reply.reasoning;
  if (reply.toolCalls.length > 0) {
    message.tool_calls = reply.toolCalls.map((call) => ({
      id: style.toolCallId(call.id),
      type: "function",
      function: { name: call.name, arguments: call.arguments },
    }));
  }
  const choices: Json[] = [];
  for (let index = 0; index < choiceCount(body); index++) {
    choices.push({ index, message, logprobs: logprobs(body, reply), finish_reason: finishReason(reply) });
  }
  return {
    id,
    object: "chat.completion",
    created: CREATED,
    model: style.modelName(textOf(body.model)),
    choices,
    usage: style.usage(reply),
    ...style.extras,
    system_fingerprint: style.systemFingerprint,
  };
}

function logprobs(body: JsonObject, reply: Reply): Json {
  if (body.logprobs !== true) return null;
  const content = splitText(reply.text).map((token) => ({
    token,
    logprob: -0.01,
    bytes: [...Buffer.from(token)],
    top_logprobs: [],
  }));
  return { content };
}

/** All events of a streamed answer, `[DONE]` last. */
function chatEvents(body: JsonObject, reply: Reply, style: AnswerStyle, id: string): string[] {
  const asked = isObject(body.stream_options) && body.stream_options.include_usage === true;
  const withNull = style.nullUsage === "always" || (style.nullUsage === "when-asked" && asked);
  const chunk = (choices: Json[], usage: Json | undefined): string => {
    const value: JsonObject = {
      id,
      object: "chat.completion.chunk",
      created: CREATED,
      model: style.modelName(textOf(body.model)),
    };
    Object.assign(value, style.extras, { system_fingerprint: style.systemFingerprint, choices });
    if (usage !== undefined) value.usage = usage;
    return `data: ${JSON.stringify(value)}\n\n`;
  };
  const events: string[] = [];
  const count = choiceCount(body);
  for (let index = 0; index < count; index++) {
    for (const delta of chatDeltas(reply, style)) {
      events.push(chunk([{ index, delta, logprobs: null, finish_reason: null }], withNull ? null : undefined));
    }
    const last = index === count - 1 && style.streamUsage === "last-chunk";
    const delta: JsonObject = style.streamUsage === "last-chunk" ? { content: "" } : {};
    const finish: JsonObject = { index, delta, logprobs: null, finish_reason: finishReason(reply) };
    if (style.streamUsage === "last-choice" && index === count - 1) finish.usage = style.usage(reply);
    events.push(chunk([finish], last ? style.usage(reply) : withNull ? null : undefined));
  }
  if (style.streamUsage === "own-chunk" && asked) events.push(chunk([], style.usage(reply)));
  events.push("data: [DONE]\n\n");
  return events;
}

function chatDeltas(reply: Reply, style: AnswerStyle): JsonObject[] {
  const thinks = style.showsReasoning && reply.reasoning !== "";
  const first: JsonObject = {
    role: "assistant",
    content: thinks || reply.toolCalls.length > 0 ? null : "",
    ...style.messageExtras,
  };
  const member = reasoningMember(style);
  if (thinks) first[member] = "";
  const deltas = [first];
  if (thinks) for (const piece of splitText(reply.reasoning)) deltas.push({ content: null, [member]: piece });
  const rest: JsonObject = thinks ? { [member]: null } : {};
  for (const piece of reply.toolCalls.length > 0 ? [] : splitText(reply.text)) deltas.push({ content: piece, ...rest });
  reply.toolCalls.forEach((call, index) => {
    const begin = {
      index,
      id: style.toolCallId(call.id),
      type: "function",
      function: { name: call.name, arguments: "" },
    };
    deltas.push({ tool_calls: [begin] });
    for (const piece of splitArguments(call.arguments)) {
      deltas.push({ tool_calls: [{ index, ...style.toolFragmentExtras, function: { arguments: piece } }] });
    }
  });
  return deltas;
}

/** Reads the request into the vendor-neutral form; the request has been checked before. */
function readPrompt(body: JsonObject, style: AnswerStyle): Prompt {
  const messages = (body.messages as Json[]).filter(isObject);
  const last = messages.at(-1);
  const lastUser = last?.role === "tool" ? undefined : messages.findLast((message) => message.role === "user");
  const results: string[] = [];
  for (let index = messages.length - 1; index >= 0 && messages[index]!.role === "tool"; index--) {
    results.unshift(contentText(messages[index]!.content));
  }
  const limit = body.max_completion_tokens ?? body.max_tokens;
  return {
    model: textOf(body.model),
    vendorTitle: style.vendorTitle,
    allText: messages
      .map((message) => contentText(message.content) + JSON.stringify(message.tool_calls ?? ""))
      .join("\n"),
    userText: lastUser ? contentText(lastUser.content) : "",
    attachments: lastUser ? contentAttachments(lastUser.content) : [],
    toolResults: results,
    tools: readTools(body.tools),
    toolChoice: readToolChoice(body.tool_choice),
    parallelToolCalls: body.parallel_tool_calls !== false,
    schema: readSchema(body.response_format),
    reasoning: style.thinks(body),
    maxTokens: typeof limit === "number" ? limit : null,
    stop: typeof body.stop === "string" ? [body.stop] : Array.isArray(body.stop) ? body.stop.map(textOf) : [],
    textBytes: 0,
  };
}

function contentText(content: Json | undefined): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (isObject(part) && typeof part.text === "string" ? part.text : "")).join("");
}

function contentAttachments(content: Json | undefined): string[] {
  if (!Array.isArray(content)) return [];
  const found: string[] = [];
  for (const part of content) {
    if (!isObject(part)) continue;
    if (isObject(part.image_url)) found.push(describeMedia("image", textOf(part.image_url.url)));
    if (isObject(part.file)) found.push(describeMedia("document", textOf(part.file.file_data ?? part.file.file_id)));
  }
  return found;
}

function readTools(tools: Json | undefined): Prompt["tools"] {
  if (!Array.isArray(tools)) return [];
  const functions = tools.map((tool) => (isObject(tool) ? tool.function : undefined)).filter(isObject);
  return functions.map((tool) => ({ name: textOf(tool.name), schema: tool.parameters ?? {} }));
}

function readToolChoice(choice: Json | undefined): Prompt["toolChoice"] {
  if (choice === "none" || choice === "required") return choice;
  return isObject(choice) && isObject(choice.function) ? { name: textOf(choice.function.name) } : "auto";
}

function readSchema(format: Json | undefined): JsonObject | null {
  if (!isObject(format) || format.type === "text") return null;
  if (isObject(format.json_schema) && isObject(format.json_schema.schema)) return format.json_schema.schema;
  return { type: "object" };
}

/** A UUID that is the same for the same text. */
export function stableUuid(seed: string): string {
  const hex = createHash("sha256").update(seed).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
