import { eventFrame } from "../support/event-stream";
import { answerMessages } from "./anthropic-answer";
import { composeReply, describeMedia, hash, type Prompt, type Reply, splitArguments, splitText } from "./reply";
import { type Answer, type AnswerWishes, isObject, type Json, type JsonObject, textOf } from "./types";

const SIGNATURE_PREFIX = "QmVkcm9ja3NpZ25hdHVyZQ";
/** Frames are padded to hide their lengths. */
const PADDING = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const STREAM_TYPE = "application/vnd.amazon.eventstream";

/** Response headers as the service sends them. */
export function responseHeaders(seed: string): Record<string, string> {
  const digits = `${hash(seed)}${hash(`${seed}r`)}`.replace(/[^0-9a-f]/g, "0").padEnd(32, "0");
  const id = [8, 4, 4, 4, 12]
    .map((size, index) => digits.slice(index * 4, index * 4 + size).padEnd(size, "0"))
    .join("-");
  return { "x-amzn-requestid": id };
}

/** Answers a valid Converse request. */
export function answerConverse(model: string, body: JsonObject, stream: boolean, wishes: AnswerWishes): Answer {
  const prompt = readPrompt(model, body);
  prompt.textBytes = wishes.textBytes;
  const reply = composeReply(prompt);
  const headers = responseHeaders(JSON.stringify(body));
  const asEvents = wishes.form === "as-asked" ? stream : wishes.form === "events";
  if (asEvents) {
    const events = converseEvents(reply);
    if (wishes.withoutLastEvent) events.splice(-2);
    return { kind: "events", status: 200, headers: { ...headers, "content-type": STREAM_TYPE }, events };
  }
  const answer = {
    metrics: { latencyMs: 321 },
    output: { message: { role: "assistant", content: contentBlocks(reply) } },
    stopReason: stopReason(reply),
    usage: usage(reply),
  };
  const text = JSON.stringify(answer);
  return { kind: "unary", status: 200, headers: { ...headers, "content-type": "application/json" }, body: text };
}

/** Answers a valid InvokeModel request for Claude: Anthropic's own answer, each of its events as base64 in a frame. */
export function answerInvoke(model: string, body: JsonObject, stream: boolean, wishes: AnswerWishes): Answer {
  const answer = answerMessages({ ...body, model: claudeName(model), stream }, wishes);
  const headers = responseHeaders(JSON.stringify(body));
  if (answer.kind === "unary") return { ...answer, headers: { ...headers, "content-type": "application/json" } };
  const events = answer.events.map((event) => {
    const data = /^data: (.*)$/m.exec(Buffer.from(event).toString("utf8"))?.[1] ?? "";
    return eventFrame("chunk", { bytes: Buffer.from(data).toString("base64"), p: padding(data) });
  });
  return { kind: "events", status: 200, headers: { ...headers, "content-type": STREAM_TYPE }, events };
}

/** Anthropic's name of a model id: `us.anthropic.claude-sonnet-4-20250514-v1:0` is `claude-sonnet-4-20250514`. */
export function claudeName(model: string): string {
  return /claude-[a-z0-9-]*?(?=-v\d|:|$)/.exec(model)?.[0] ?? model;
}

function padding(seed: string): string {
  return PADDING.slice(0, 1 + (seed.length % 40));
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

/** `inputTokens` leaves the cached part out. https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
function usage(reply: Reply): JsonObject {
  const { input, cached, output } = reply.usage;
  return {
    inputTokens: input - cached,
    outputTokens: output,
    totalTokens: input + output,
    cacheReadInputTokens: cached,
    cacheWriteInputTokens: 0,
  };
}

/** The blocks of the answer: reasoning first, then text or tool calls. */
function contentBlocks(reply: Reply): JsonObject[] {
  const blocks: JsonObject[] = [];
  if (reply.reasoning !== "") {
    const signature = SIGNATURE_PREFIX + hash(reply.reasoning);
    blocks.push({ reasoningContent: { reasoningText: { text: reply.reasoning, signature } } });
  }
  for (const call of reply.toolCalls) {
    blocks.push({
      toolUse: { toolUseId: toolUseId(call.id), name: call.name, input: JSON.parse(call.arguments) as Json },
    });
  }
  if (reply.toolCalls.length === 0 && reply.text !== "") blocks.push({ text: reply.text });
  return blocks;
}

const toolUseId = (id: string): string => `tooluse_${id}`;

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
function converseEvents(reply: Reply): Uint8Array[] {
  const event = (type: string, payload: JsonObject): Uint8Array =>
    eventFrame(type, { ...payload, p: padding(JSON.stringify(payload)) });
  const events = [event("messageStart", { role: "assistant" })];
  let index = 0;
  const add = (deltas: JsonObject[], start?: JsonObject): void => {
    if (start) events.push(event("contentBlockStart", { contentBlockIndex: index, start }));
    for (const delta of deltas) events.push(event("contentBlockDelta", { contentBlockIndex: index, delta }));
    events.push(event("contentBlockStop", { contentBlockIndex: index }));
    index += 1;
  };
  if (reply.reasoning !== "") {
    const pieces = splitText(reply.reasoning).map((text) => ({ reasoningContent: { text } }));
    add([...pieces, { reasoningContent: { signature: SIGNATURE_PREFIX + hash(reply.reasoning) } }]);
  }
  for (const call of reply.toolCalls) {
    const pieces = call.arguments === "{}" ? [] : splitArguments(call.arguments);
    add(
      ["", ...pieces].map((input) => ({ toolUse: { input } })),
      { toolUse: { toolUseId: toolUseId(call.id), name: call.name } },
    );
  }
  if (reply.toolCalls.length === 0 && reply.text !== "") add(splitText(reply.text).map((text) => ({ text })));
  events.push(event("messageStop", { stopReason: stopReason(reply) }));
  events.push(event("metadata", { usage: usage(reply), metrics: { latencyMs: 321 } }));
  return events;
}

/** Reads the request into the vendor-neutral form; the request has been checked before. */
function readPrompt(model: string, body: JsonObject): Prompt {
  const messages = (body.messages as Json[]).filter(isObject);
  const blocksOf = (content: Json | undefined): JsonObject[] =>
    Array.isArray(content) ? content.filter(isObject) : [];
  const last = messages.at(-1);
  const lastBlocks = last?.role === "user" ? blocksOf(last.content) : [];
  const config = isObject(body.toolConfig) ? body.toolConfig : {};
  const inference = isObject(body.inferenceConfig) ? body.inferenceConfig : {};
  const additional = isObject(body.additionalModelRequestFields) ? body.additionalModelRequestFields : {};
  const output = isObject(body.outputConfig) ? body.outputConfig : {};
  const blocks = [...blocksOf(body.system), ...messages.flatMap((entry) => blocksOf(entry.content))];
  return {
    model,
    vendorTitle: "Bedrock",
    allText: blocks.map(blockText).join("\n"),
    userText: lastBlocks.map((block) => (typeof block.text === "string" ? block.text : "")).join(""),
    attachments: lastBlocks.flatMap(describeBlock),
    toolResults: lastBlocks.flatMap((block) =>
      isObject(block.toolResult) ? [blocksOf(block.toolResult.content).map(blockText).join("")] : [],
    ),
    tools: blocksOf(config.tools).flatMap((tool) => (isObject(tool.toolSpec) ? [readTool(tool.toolSpec)] : [])),
    toolChoice: readChoice(config.toolChoice),
    parallelToolCalls: true,
    schema: readSchema(output.textFormat),
    reasoning: reasons(additional) || (output.effort !== undefined && isObject(additional.thinking)),
    maxTokens: typeof inference.maxTokens === "number" ? inference.maxTokens : null,
    stop: Array.isArray(inference.stopSequences) ? inference.stopSequences.map(textOf) : [],
    textBytes: 0,
  };
}

function reasons(additional: JsonObject): boolean {
  const thinking = additional.thinking ?? additional.reasoning_config ?? additional.reasoningConfig;
  if (isObject(thinking)) return thinking.type === "enabled" || thinking.type === "adaptive";
  return additional.reasoning_effort !== undefined;
}

function readTool(spec: JsonObject): { name: string; schema: Json } {
  return { name: textOf(spec.name), schema: isObject(spec.inputSchema) ? (spec.inputSchema.json ?? {}) : {} };
}

function readChoice(choice: Json | undefined): Prompt["toolChoice"] {
  if (!isObject(choice)) return "auto";
  if (choice.any !== undefined) return "required";
  return isObject(choice.tool) ? { name: textOf(choice.tool.name) } : "auto";
}

function readSchema(format: Json | undefined): JsonObject | null {
  const structure = isObject(format) && isObject(format.structure) ? format.structure.jsonSchema : null;
  return isObject(structure) ? (JSON.parse(textOf(structure.schema)) as JsonObject) : null;
}

function blockText(block: JsonObject): string {
  if (typeof block.text === "string") return block.text;
  if (isObject(block.toolUse)) return JSON.stringify(block.toolUse.input);
  if (isObject(block.toolResult)) return ((block.toolResult.content ?? []) as JsonObject[]).map(blockText).join("");
  return block.json === undefined ? "" : JSON.stringify(block.json);
}

function describeBlock(block: JsonObject): string[] {
  const kind = isObject(block.image) ? "image" : "document";
  const medium = block[kind];
  if (!isObject(medium) || !isObject(medium.source)) return [];
  const type = kind === "image" ? `image/${textOf(medium.format)}` : `application/${textOf(medium.format)}`;
  return [describeMedia(kind, `data:${type};base64,${textOf(medium.source.bytes)}`)];
}
