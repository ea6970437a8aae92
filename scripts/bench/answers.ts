import { writeAwsFrame } from "./aws-frame";
import { type Random } from "./random";
import { writeText } from "./words";

/** The protocols that the mock speaks, in the order of its kinds. */
export const PROTOCOLS = ["openai", "anthropic", "gemini", "bedrock"] as const;

/** A wire protocol of a provider. */
export type Protocol = (typeof PROTOCOLS)[number];

/** What the provider answers. */
export type AnswerShape = { kind: "unary"; bytes: number } | { kind: "tool" } | { kind: "stream"; events: number };

/** The first word of every answer's content, by which the load generator tells when it came. */
export const FIRST_WORD = "Q7f3";

/** One answer before it is encoded: its texts are what the client must find in it. */
interface Content {
  texts: string[];
  id: string;
  inputTokens: number;
}

/** What the mock loads, and the texts of which a right answer has one. */
export interface AnswerFile {
  bytes: Buffer;
  texts: Record<Protocol, string[]>;
}

const VARIANTS = 8;
/** The mock's kind for the answer of a provider that is asked too often. */
const LIMITED = 4;

/** Several answers of one shape in every protocol, and the refusal. */
export function makeAnswers(random: Random, shape: AnswerShape): AnswerFile {
  const records = [packAnswer(LIMITED, [makeRefusal()])];
  const texts: Record<Protocol, string[]> = { openai: [], anthropic: [], gemini: [], bedrock: [] };
  PROTOCOLS.forEach((protocol, kind) => {
    for (let variant = 0; variant < VARIANTS; variant++) {
      const content = makeContent(random, shape, protocol);
      texts[protocol].push(content.texts.join(""));
      records.push(packAnswer(kind, encodeAnswer(shape, protocol, content)));
    }
  });
  const count = Buffer.alloc(4);
  count.writeUInt32LE(records.length);
  return { bytes: Buffer.concat([count, ...records]), texts };
}

function makeContent(random: Random, shape: AnswerShape, protocol: Protocol): Content {
  const id = random.hex(24);
  const inputTokens = random.between(5, 5000);
  if (shape.kind === "tool") {
    const text = JSON.stringify({
      field_0: writeText(random, 40),
      count: random.between(0, 9),
      list: [1.5, null, "ü"],
    });
    return { texts: [text], id, inputTokens };
  }
  if (shape.kind === "unary") {
    const text = writeText(random, Math.max(1, shape.bytes - 330));
    return { texts: [`${FIRST_WORD} ${text}`], id, inputTokens };
  }
  const texts = Array.from({ length: shape.events - FRAME_EVENTS[protocol] }, () =>
    writeText(random, random.between(1, 9)),
  );
  texts[0] = `${FIRST_WORD} `;
  return { texts, id, inputTokens };
}

/** How many events of a stream are there for other things than a piece of the text. */
const FRAME_EVENTS: Record<Protocol, number> = { openai: 4, anthropic: 5, gemini: 0, bedrock: 4 };

function encodeAnswer(shape: AnswerShape, protocol: Protocol, content: Content): Buffer[] {
  if (shape.kind !== "stream") {
    const body = shape.kind === "tool" ? TOOL_ANSWERS[protocol](content) : UNARY_ANSWERS[protocol](content);
    return [makeUnary(JSON.stringify(body))];
  }
  const events = STREAMS[protocol](content);
  const type = protocol === "bedrock" ? "application/vnd.amazon.eventstream" : "text/event-stream; charset=utf-8";
  return makeChunks(type, events);
}

function makeUnary(body: string): Buffer {
  const bytes = Buffer.from(body);
  const head = `HTTP/1.1 200 OK\r\n${COMMON_HEADERS}Content-Type: application/json\r\nContent-Length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

const COMMON_HEADERS = "Date: Tue, 24 Nov 2026 12:00:00 GMT\r\nServer: mock\r\nX-Request-Id: req_0123456789abcdef\r\n";

/** Every event is a chunk of its own; the first goes out together with the head, and the end with the last. */
function makeChunks(type: string, events: Buffer[]): Buffer[] {
  const head = `HTTP/1.1 200 OK\r\n${COMMON_HEADERS}Content-Type: ${type}\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n`;
  return events.map((event, index) =>
    Buffer.concat([
      Buffer.from(`${index === 0 ? head : ""}${event.length.toString(16)}\r\n`),
      event,
      Buffer.from(index === events.length - 1 ? "\r\n0\r\n\r\n" : "\r\n"),
    ]),
  );
}

function makeRefusal(): Buffer {
  const body = JSON.stringify({
    error: { message: "Rate limit reached for requests", type: "requests", param: null, code: "rate_limit_exceeded" },
  });
  return Buffer.from(
    `HTTP/1.1 429 Too Many Requests\r\n${COMMON_HEADERS}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

function packAnswer(kind: number, pieces: Buffer[]): Buffer {
  const head = Buffer.alloc(8 + 4 * pieces.length);
  head.writeUInt32LE(kind, 0);
  head.writeUInt32LE(pieces.length, 4);
  let end = 0;
  pieces.forEach((piece, index) => {
    end += piece.length;
    head.writeUInt32LE(end, 8 + 4 * index);
  });
  return Buffer.concat([head, ...pieces]);
}

const UNARY_ANSWERS: Record<Protocol, (content: Content) => object> = {
  openai: (content) => openAiAnswer(content, { role: "assistant", content: content.texts[0], refusal: null }, "stop"),
  anthropic: (content) => anthropicAnswer(content, [{ type: "text", text: content.texts[0] }], "end_turn"),
  gemini: (content) => geminiAnswer(content, [{ text: content.texts[0] }]),
  bedrock: (content) => bedrockAnswer([{ text: content.texts[0] }], "end_turn", content),
};

const TOOL_ANSWERS: Record<Protocol, (content: Content) => object> = {
  openai: (content) => {
    const call = { id: "call_1", type: "function", function: { name: "look_up_0", arguments: content.texts[0] } };
    return openAiAnswer(content, { role: "assistant", content: null, tool_calls: [call] }, "tool_calls");
  },
  anthropic: (content) =>
    anthropicAnswer(
      content,
      [{ type: "tool_use", id: "toolu_1", name: "look_up_0", input: toolInput(content) }],
      "tool_use",
    ),
  gemini: (content) => geminiAnswer(content, [{ functionCall: { name: "look_up_0", args: toolInput(content) } }]),
  bedrock: (content) =>
    bedrockAnswer(
      [{ toolUse: { toolUseId: "toolu_1", name: "look_up_0", input: toolInput(content) } }],
      "tool_use",
      content,
    ),
};

function toolInput(content: Content): unknown {
  return JSON.parse(content.texts[0] ?? "{}");
}

function openAiAnswer(content: Content, message: object, reason: string): object {
  return {
    id: `chatcmpl-${content.id}`,
    object: "chat.completion",
    created: 1795521600,
    model: "bench-openai",
    choices: [{ index: 0, message, logprobs: null, finish_reason: reason }],
    usage: openAiUsage(content),
    system_fingerprint: null,
  };
}

function openAiUsage({ inputTokens, texts }: Content): object {
  return { prompt_tokens: inputTokens, completion_tokens: texts.length, total_tokens: inputTokens + texts.length };
}

function anthropicAnswer(content: Content, parts: object[], reason: string): object {
  return {
    id: `msg_${content.id}`,
    type: "message",
    role: "assistant",
    model: "bench-anthropic",
    content: parts,
    stop_reason: reason,
    stop_sequence: null,
    usage: { input_tokens: content.inputTokens, output_tokens: content.texts.length },
  };
}

function geminiAnswer(content: Content, parts: object[]): object {
  return {
    candidates: [{ content: { parts, role: "model" }, finishReason: "STOP", index: 0 }],
    usageMetadata: geminiUsage(content),
    modelVersion: "bench-gemini",
    responseId: content.id,
  };
}

function geminiUsage({ inputTokens, texts }: Content): object {
  return {
    promptTokenCount: inputTokens,
    candidatesTokenCount: texts.length,
    totalTokenCount: inputTokens + texts.length,
  };
}

function bedrockAnswer(parts: object[], reason: string, content: Content): object {
  return {
    output: { message: { role: "assistant", content: parts } },
    stopReason: reason,
    usage: bedrockUsage(content),
    metrics: { latencyMs: 551 },
  };
}

function bedrockUsage({ inputTokens, texts }: Content): object {
  return { inputTokens, outputTokens: texts.length, totalTokens: inputTokens + texts.length };
}

const STREAMS: Record<Protocol, (content: Content) => Buffer[]> = {
  openai: openAiStream,
  anthropic: anthropicStream,
  gemini: geminiStream,
  bedrock: bedrockStream,
};

function openAiStream(content: Content): Buffer[] {
  const base = {
    id: `chatcmpl-${content.id}`,
    object: "chat.completion.chunk",
    created: 1795521600,
    model: "bench-openai",
    system_fingerprint: null,
  };
  const choice = (delta: object, reason: string | null): object => ({
    ...base,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
  });
  const events = [
    choice({ role: "assistant", content: "" }, null),
    ...content.texts.map((text) => choice({ content: text }, null)),
    choice({}, "stop"),
    { ...base, choices: [], usage: openAiUsage(content) },
  ];
  return [...events.map((event) => Buffer.from(`data: ${JSON.stringify(event)}\n\n`)), Buffer.from("data: [DONE]\n\n")];
}

function anthropicStream(content: Content): Buffer[] {
  const start = { ...anthropicAnswer(content, [], "end_turn"), stop_reason: null };
  const events: { type: string; [member: string]: unknown }[] = [
    { type: "message_start", message: start },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    ...content.texts.map((text) => ({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } })),
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: content.texts.length },
    },
    { type: "message_stop" },
  ];
  return events.map((event) => Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`));
}

function geminiStream(content: Content): Buffer[] {
  return content.texts.map((text, index) => {
    const isLast = index === content.texts.length - 1;
    const candidate = {
      content: { parts: [{ text }], role: "model" },
      ...(isLast ? { finishReason: "STOP" } : {}),
      index: 0,
    };
    const event = {
      candidates: [candidate],
      usageMetadata: geminiUsage(content),
      modelVersion: "bench-gemini",
      responseId: content.id,
    };
    return Buffer.from(`data: ${JSON.stringify(event)}\r\n\r\n`);
  });
}

function bedrockStream(content: Content): Buffer[] {
  return [
    writeAwsFrame("messageStart", { role: "assistant" }),
    ...content.texts.map((text) =>
      writeAwsFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text }, p: "abcd" }),
    ),
    writeAwsFrame("contentBlockStop", { contentBlockIndex: 0 }),
    writeAwsFrame("messageStop", { stopReason: "end_turn" }),
    writeAwsFrame("metadata", { usage: bedrockUsage(content), metrics: { latencyMs: 551 } }),
  ];
}
