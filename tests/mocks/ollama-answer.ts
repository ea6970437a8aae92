import { composeReply, describeMedia, type Prompt, type Reply, splitText } from "./reply";
import { type Answer, type AnswerWishes, isObject, type Json, type JsonObject, textOf } from "./types";

const CREATED = "2026-01-01T00:00:00.000000Z";

/** The wire text of one object. Go escapes what could be taken for HTML. https://pkg.go.dev/encoding/json#Marshal */
export function line(value: JsonObject): string {
  const text = JSON.stringify(value).replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  return `${text}\n`;
}

/** Answers a valid request. */
export function answerChat(body: JsonObject, wishes: AnswerWishes): Answer {
  const prompt = readPrompt(body);
  prompt.textBytes = wishes.textBytes;
  const reply = composeReply(prompt);
  const asEvents = wishes.form === "as-asked" ? body.stream !== false : wishes.form === "events";
  const head = { model: textOf(body.model), created_at: CREATED };
  if (!asEvents) {
    const text = line({ ...head, message: message(reply), ...ending(reply) });
    return { kind: "unary", status: 200, headers: { "content-type": "application/json; charset=utf-8" }, body: text };
  }
  const part = (members: JsonObject): JsonObject => ({
    ...head,
    message: { role: "assistant", content: "", ...members },
    done: false,
  });
  const parts = [
    ...splitText(reply.reasoning).map((thinking) => part({ thinking })),
    ...splitText(reply.toolCalls.length > 0 ? "" : reply.text).map((content) => part({ content })),
    ...calls(reply).map((call) => part({ tool_calls: [call] })),
  ];
  const events = [...parts, { ...part({}), ...ending(reply) }].map(line);
  if (wishes.withoutLastEvent) events.pop();
  return { kind: "events", status: 200, headers: { "content-type": "application/x-ndjson" }, events };
}

/** https://docs.ollama.com/api/usage */
function ending(reply: Reply): JsonObject {
  return {
    done: true,
    done_reason: reply.finish === "length" ? "length" : "stop",
    total_duration: 4883583458,
    load_duration: 1334875,
    prompt_eval_count: reply.usage.input,
    prompt_eval_duration: 342546000,
    eval_count: reply.usage.output,
    eval_duration: 4535599000,
  };
}

function calls(reply: Reply): JsonObject[] {
  return reply.toolCalls.map((call) => ({
    function: { name: call.name, arguments: JSON.parse(call.arguments) as Json },
  }));
}

function message(reply: Reply): JsonObject {
  return {
    role: "assistant",
    content: reply.toolCalls.length > 0 ? "" : reply.text,
    ...(reply.reasoning === "" ? {} : { thinking: reply.reasoning }),
    ...(reply.toolCalls.length === 0 ? {} : { tool_calls: calls(reply) }),
  };
}

/** Reads the request into the vendor-neutral form; the request has been checked before. */
function readPrompt(body: JsonObject): Prompt {
  const messages = (body.messages as Json[]).filter(isObject);
  const last = messages.at(-1);
  const results = messages.slice(messages.findLastIndex(({ role }) => role !== "tool") + 1);
  const options = isObject(body.options) ? body.options : {};
  const tools = Array.isArray(body.tools) ? body.tools.filter(isObject) : [];
  const images = last?.role === "user" && Array.isArray(last.images) ? last.images : [];
  return {
    model: textOf(body.model),
    vendorTitle: "Ollama",
    allText: messages.map(({ content, tool_calls }) => textOf(content) + textOf(tool_calls ?? "")).join("\n"),
    userText: last?.role === "user" ? textOf(last.content) : "",
    attachments: images.map((image) => describeMedia("image", `data:image/png;base64,${textOf(image)}`)),
    toolResults: results.map(({ content }) => textOf(content)),
    tools: tools.flatMap((tool) =>
      isObject(tool.function) ? [{ name: textOf(tool.function.name), schema: tool.function.parameters ?? {} }] : [],
    ),
    toolChoice: "auto",
    parallelToolCalls: true,
    schema: isObject(body.format) ? body.format : body.format === "json" ? { type: "object" } : null,
    reasoning: body.think !== undefined && body.think !== false,
    maxTokens: typeof options.num_predict === "number" && options.num_predict > 0 ? options.num_predict : null,
    stop: Array.isArray(options.stop) ? options.stop.map(textOf) : [],
    textBytes: 0,
  };
}
