import { blocksOf } from "./cohere-check";
import { stableUuid } from "./openai-answer";
import { composeReply, describeMedia, type Prompt, type Reply, splitArguments, splitText } from "./reply";
import { type Answer, type AnswerWishes, isObject, type Json, type JsonObject, textOf } from "./types";

/** Response headers as the vendor sends them. */
export function responseHeaders(seed: string): Record<string, string> {
  return {
    "x-debug-trace-id": stableUuid(seed).replaceAll("-", ""),
    "x-api-warning": "mock",
    "cache-control": "no-cache",
  };
}

/** The wire text of one event. https://docs.cohere.com/v2/docs/streaming */
export function event(data: JsonObject): string {
  return `event: ${textOf(data.type)}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Answers a valid request. */
export function answerChat(body: JsonObject, wishes: AnswerWishes): Answer {
  const prompt = readPrompt(body);
  prompt.textBytes = wishes.textBytes;
  const reply = composeReply(prompt);
  const id = stableUuid(JSON.stringify(body));
  const headers = responseHeaders(id);
  const asEvents = wishes.form === "as-asked" ? body.stream === true : wishes.form === "events";
  if (!asEvents) {
    const text = JSON.stringify({ id, message: message(body, reply), ...ending(reply) });
    return { kind: "unary", status: 200, headers: { ...headers, "content-type": "application/json" }, body: text };
  }
  const events = chatEvents(body, reply, id);
  if (wishes.withoutLastEvent) events.pop();
  return { kind: "events", status: 200, headers: { ...headers, "content-type": "text/event-stream" }, events };
}

function ending(reply: Reply): JsonObject {
  const { input, output, cached } = reply.usage;
  const usage = {
    billed_units: { input_tokens: Math.max(1, input - 1), output_tokens: output },
    tokens: { input_tokens: input, output_tokens: output },
    cached_tokens: cached,
  };
  return { finish_reason: finishReason(reply), usage };
}

function finishReason(reply: Reply): string {
  switch (reply.finish) {
    case "tool-calls":
      return "TOOL_CALL";
    case "length":
      return "MAX_TOKENS";
    case "stop-sequence":
      return "STOP_SEQUENCE";
    default:
      return "COMPLETE";
  }
}

function calls(reply: Reply): JsonObject[] {
  return reply.toolCalls.map((call) => ({
    id: `${call.name}_${call.id}`,
    type: "function",
    function: { name: call.name, arguments: call.arguments },
  }));
}

function plan(reply: Reply): string {
  return reply.reasoning !== "" ? "" : `I will use ${reply.toolCalls.map(({ name }) => name).join(" and ")}.`;
}

/** One citation for each document, over the whole text. https://docs.cohere.com/docs/rag-citations */
function citations(body: JsonObject, reply: Reply): JsonObject[] {
  if (!Array.isArray(body.documents) || reply.toolCalls.length > 0) return [];
  return body.documents.map((entry, index) => {
    const data = isObject(entry) && isObject(entry.data) ? entry.data : { text: entry };
    const id = isObject(entry) && typeof entry.id === "string" ? entry.id : `doc:${index}`;
    const sources = [{ type: "document", id, document: { ...data, id } }];
    return { start: 0, end: reply.text.length, text: reply.text, sources, type: "TEXT_CONTENT", content_index: 0 };
  });
}

function contentBlocks(reply: Reply): JsonObject[] {
  const blocks: JsonObject[] = [];
  if (reply.reasoning !== "") blocks.push({ type: "thinking", thinking: reply.reasoning });
  if (reply.toolCalls.length === 0) blocks.push({ type: "text", text: reply.text });
  return blocks;
}

function message(body: JsonObject, reply: Reply): JsonObject {
  const content = contentBlocks(reply);
  const cited = citations(body, reply);
  return {
    role: "assistant",
    ...(content.length > 0 ? { content } : {}),
    ...(reply.toolCalls.length > 0 ? { tool_plan: plan(reply), tool_calls: calls(reply) } : {}),
    ...(cited.length > 0 ? { citations: cited } : {}),
  };
}

function chatEvents(body: JsonObject, reply: Reply, id: string): string[] {
  const events: JsonObject[] = [];
  const add = (type: string, index: number | null, message: JsonObject | null): void => {
    events.push({ type, ...(index === null ? {} : { index }), ...(message === null ? {} : { delta: { message } }) });
  };
  const start = { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] };
  events.push({ id, type: "message-start", delta: { message: start } });
  contentBlocks(reply).forEach((block, index) => {
    const member = textOf(block.type);
    add("content-start", index, { content: { type: member, [member]: "" } });
    for (const piece of splitText(textOf(block[member]))) add("content-delta", index, { content: { [member]: piece } });
    add("content-end", index, null);
  });
  if (reply.toolCalls.length > 0) {
    for (const piece of splitText(plan(reply))) add("tool-plan-delta", null, { tool_plan: piece });
  }
  calls(reply).forEach((call, index) => {
    const named = { name: reply.toolCalls[index]!.name, arguments: "" };
    add("tool-call-start", index, { tool_calls: { ...call, function: named } });
    for (const piece of splitArguments(reply.toolCalls[index]!.arguments))
      add("tool-call-delta", index, { tool_calls: { function: { arguments: piece } } });
    add("tool-call-end", index, null);
  });
  citations(body, reply).forEach((citation, index) => {
    add("citation-start", index, { citations: citation });
    add("citation-end", index, null);
  });
  events.push({ type: "message-end", delta: ending(reply) });
  return events.map(event);
}

function blockText(block: JsonObject): string {
  if (block.type !== "document" || !isObject(block.document)) return block.type === "text" ? textOf(block.text) : "";
  const data = block.document.data;
  return isObject(data) && typeof data.output === "string" ? data.output : JSON.stringify(data);
}

/** Reads the request into the vendor-neutral form; the request has been checked before. */
function readPrompt(body: JsonObject): Prompt {
  const messages = (body.messages as Json[]).filter(isObject);
  const last = messages.at(-1);
  const lastBlocks = last?.role === "user" ? blocksOf(last.content) : [];
  const lastResults = messages.slice(messages.findLastIndex(({ role }) => role !== "tool") + 1);
  const format = isObject(body.response_format) ? body.response_format : {};
  const tools = Array.isArray(body.tools) ? body.tools.filter(isObject) : [];
  const schema = isObject(format.json_schema) ? format.json_schema : { type: "object" };
  return {
    model: textOf(body.model),
    vendorTitle: "Cohere",
    allText: messages
      .flatMap((entry) => [...blocksOf(entry.content).map(blockText), textOf(entry.tool_calls ?? "")])
      .join("\n"),
    userText: lastBlocks.map(blockText).join(""),
    attachments: lastBlocks.flatMap(({ image_url }) =>
      isObject(image_url) ? [describeMedia("image", textOf(image_url.url))] : [],
    ),
    toolResults: lastResults.map((entry) => blocksOf(entry.content).map(blockText).join("")),
    tools: tools.flatMap((tool) =>
      isObject(tool.function) ? [{ name: textOf(tool.function.name), schema: tool.function.parameters ?? {} }] : [],
    ),
    toolChoice: body.tool_choice === "REQUIRED" ? "required" : body.tool_choice === "NONE" ? "none" : "auto",
    parallelToolCalls: true,
    schema: format.type === "json_object" ? schema : null,
    reasoning: isObject(body.thinking) && body.thinking.type === "enabled",
    maxTokens: typeof body.max_tokens === "number" ? body.max_tokens : null,
    stop: Array.isArray(body.stop_sequences) ? body.stop_sequences.map(textOf) : [],
    textBytes: 0,
  };
}
