import { composeReply, describeMedia, type Prompt, type Reply, splitArguments, splitText, hash } from "./reply";
import { type Answer, type AnswerWishes, isObject, type Json, type JsonObject, textOf } from "./types";

const SIGNATURE_PREFIX = "RXJvc2lnbmF0dXJl";

/** Response headers as the vendor sends them. https://platform.claude.com/docs/en/api/rate-limits */
export function responseHeaders(seed: string): Record<string, string> {
  return {
    "request-id": `req_011C${hash(seed)}`,
    "anthropic-organization-id": "mock-organization",
    "anthropic-ratelimit-requests-limit": "4000",
    "anthropic-ratelimit-requests-remaining": "3999",
    "anthropic-ratelimit-requests-reset": "2026-01-01T00:00:00Z",
  };
}

/** Answers a valid request. */
export function answerMessages(body: JsonObject, wishes: AnswerWishes): Answer {
  const prompt = readPrompt(body);
  prompt.textBytes = wishes.textBytes;
  const reply = composeReply(prompt);
  const seed = JSON.stringify(body);
  const id = `msg_01${hash(seed)}${hash(`${seed}m`)}`;
  const headers = responseHeaders(seed);
  const asEvents = wishes.form === "as-asked" ? body.stream === true : wishes.form === "events";
  if (!asEvents) {
    const text = JSON.stringify(message(body, reply, id));
    return { kind: "unary", status: 200, headers: { ...headers, "content-type": "application/json" }, body: text };
  }
  const events = messageEvents(body, reply, id);
  if (wishes.withoutLastEvent) events.pop();
  if (wishes.keepAlives > 0) events.splice(1, 0, ...Array<string>(wishes.keepAlives).fill(event({ type: "ping" })));
  return {
    kind: "events",
    status: 200,
    headers: { ...headers, "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
    events,
  };
}

/** The wire text of one event. */
export function event(data: JsonObject): string {
  return `event: ${textOf(data.type)}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** The blocks of the answer: thinking first, then text or tool calls. */
function contentBlocks(reply: Reply): JsonObject[] {
  const blocks: JsonObject[] = [];
  if (reply.reasoning !== "") {
    blocks.push({ type: "thinking", thinking: reply.reasoning, signature: SIGNATURE_PREFIX + hash(reply.reasoning) });
  }
  for (const call of reply.toolCalls) {
    blocks.push({
      type: "tool_use",
      id: `toolu_01${call.id}`,
      name: call.name,
      input: JSON.parse(call.arguments) as Json,
    });
  }
  if (reply.toolCalls.length === 0 && reply.text !== "") blocks.push({ type: "text", text: reply.text });
  return blocks;
}

function stopReason(reply: Reply): string {
  switch (reply.finish) {
    case "tool-calls":
      return "tool_use";
    case "length":
      return "max_tokens";
    case "stop-sequence":
      return "stop_sequence";
    default:
      return "end_turn";
  }
}

/** `input_tokens` leaves the cached part out. https://platform.claude.com/docs/en/build-with-claude/prompt-caching */
function usage(reply: Reply, output: number): JsonObject {
  return {
    input_tokens: reply.usage.input - reply.usage.cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: reply.usage.cached,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: output,
    service_tier: "standard",
  };
}

function message(body: JsonObject, reply: Reply, id: string): JsonObject {
  return {
    model: textOf(body.model),
    id,
    type: "message",
    role: "assistant",
    content: contentBlocks(reply),
    stop_reason: stopReason(reply),
    stop_sequence: reply.stopSequence,
    usage: usage(reply, reply.usage.output),
  };
}

/** https://platform.claude.com/docs/en/build-with-claude/streaming */
function messageEvents(body: JsonObject, reply: Reply, id: string): string[] {
  const begin: JsonObject = {
    ...message(body, reply, id),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: usage(reply, 1),
  };
  const events = [event({ type: "message_start", message: begin })];
  contentBlocks(reply).forEach((block, index) => {
    events.push(event({ type: "content_block_start", index, content_block: emptyBlock(block) }));
    if (index === 0) events.push(event({ type: "ping" }));
    for (const delta of blockDeltas(block, reply)) events.push(event({ type: "content_block_delta", index, delta }));
    events.push(event({ type: "content_block_stop", index }));
  });
  const delta = { stop_reason: stopReason(reply), stop_sequence: reply.stopSequence };
  events.push(event({ type: "message_delta", delta, usage: usage(reply, reply.usage.output) }));
  events.push(event({ type: "message_stop" }));
  return events;
}

function emptyBlock(block: JsonObject): JsonObject {
  switch (textOf(block.type)) {
    case "thinking":
      return { type: "thinking", thinking: "", signature: "" };
    case "tool_use":
      return { ...block, input: {} };
    default:
      return { type: "text", text: "" };
  }
}

function blockDeltas(block: JsonObject, reply: Reply): JsonObject[] {
  switch (textOf(block.type)) {
    case "thinking": {
      const pieces = splitText(textOf(block.thinking)).map((piece) => ({ type: "thinking_delta", thinking: piece }));
      return [...pieces, { type: "signature_delta", signature: block.signature! }];
    }
    case "tool_use": {
      const text = reply.toolCalls.find((call) => block.id === `toolu_01${call.id}`)?.arguments ?? "{}";
      const pieces = text === "{}" ? [] : splitArguments(text);
      return ["", ...pieces].map((piece) => ({ type: "input_json_delta", partial_json: piece }));
    }
    default:
      return splitText(textOf(block.text)).map((piece) => ({ type: "text_delta", text: piece }));
  }
}

/** Reads the request into the vendor-neutral form; the request has been checked before. */
function readPrompt(body: JsonObject): Prompt {
  const messages = (body.messages as Json[]).filter(isObject);
  const last = messages.at(-1);
  const lastBlocks = last?.role === "user" ? blocksOf(last.content) : [];
  const texts = messages.flatMap((entry) => blocksOf(entry.content)).map(blockText);
  const choice = isObject(body.tool_choice) ? body.tool_choice : {};
  return {
    model: textOf(body.model),
    vendorTitle: "Anthropic",
    allText: [...blocksOf(body.system).map(blockText), ...texts].join("\n"),
    userText: lastBlocks
      .filter((block) => block.type === "text")
      .map(blockText)
      .join(""),
    attachments: lastBlocks.flatMap(describeBlock),
    toolResults: lastBlocks
      .filter((block) => block.type === "tool_result")
      .map((block) => blocksOf(block.content).map(blockText).join("")),
    tools: Array.isArray(body.tools)
      ? body.tools.filter(isObject).map((tool) => ({ name: textOf(tool.name), schema: tool.input_schema ?? {} }))
      : [],
    toolChoice:
      choice.type === "any"
        ? "required"
        : choice.type === "none"
          ? "none"
          : choice.type === "tool"
            ? { name: textOf(choice.name) }
            : "auto",
    parallelToolCalls: choice.disable_parallel_tool_use !== true,
    schema: readSchema(body.output_config),
    reasoning: isObject(body.thinking) && (body.thinking.type === "enabled" || body.thinking.type === "adaptive"),
    maxTokens: Number(body.max_tokens),
    stop: Array.isArray(body.stop_sequences) ? body.stop_sequences.map(textOf) : [],
    textBytes: 0,
  };
}

function blocksOf(content: Json | undefined): JsonObject[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return Array.isArray(content) ? content.filter(isObject) : [];
}

function blockText(block: JsonObject): string {
  switch (textOf(block.type)) {
    case "text":
      return textOf(block.text);
    case "tool_use":
      return JSON.stringify(block.input);
    case "tool_result":
      return blocksOf(block.content).map(blockText).join("");
    default:
      return "";
  }
}

function describeBlock(block: JsonObject): string[] {
  if ((block.type !== "image" && block.type !== "document") || !isObject(block.source)) return [];
  const source = block.source;
  const url =
    source.type === "base64"
      ? `data:${textOf(source.media_type)};base64,${textOf(source.data)}`
      : textOf(source.url ?? source.file_id ?? source.type);
  return [describeMedia(block.type, url)];
}

function readSchema(config: Json | undefined): JsonObject | null {
  if (!isObject(config) || !isObject(config.format)) return null;
  return isObject(config.format.schema) ? config.format.schema : { type: "object" };
}
