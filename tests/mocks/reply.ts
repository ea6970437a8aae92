import { sampleValue } from "./sample-value";
import { isObject, type Json, type JsonObject } from "./types";

/** What a mock understood of a request, in no vendor's terms. */
export interface Prompt {
  model: string;
  /** How the vendor is called in the answer. */
  vendorTitle: string;
  /** All text of the conversation, for counting tokens. */
  allText: string;
  /** The last turn's own text, and what else it held ("an image of type image/png, 70 bytes"). */
  userText: string;
  attachments: string[];
  /** Texts of the tool results of the last turn; empty when it holds none. */
  toolResults: string[];
  tools: { name: string; schema: Json }[];
  toolChoice: "auto" | "none" | "required" | { name: string };
  parallelToolCalls: boolean;
  /** A schema that the text must fit, `{}` for any JSON object; null for free text. */
  schema: JsonObject | null;
  reasoning: boolean;
  maxTokens: number | null;
  stop: string[];
  /** At least this many bytes of text. */
  textBytes: number;
}

export interface ToolCall {
  id: string;
  name: string;
  /** JSON text. */
  arguments: string;
}

/** Tokens of one answer; `input` includes `cached`, `output` includes `reasoning`. */
export interface ReplyUsage {
  input: number;
  cached: number;
  output: number;
  reasoning: number;
}

/** What a mock says, in no vendor's terms. */
export interface Reply {
  text: string;
  reasoning: string;
  toolCalls: ToolCall[];
  finish: "stop" | "stop-sequence" | "length" | "tool-calls";
  stopSequence: string | null;
  usage: ReplyUsage;
}

const MAX_ECHO = 4000;
const CACHE_BLOCK = 128;
const CACHE_FLOOR = 1024;

/** Tokens of a text: one for every four bytes, at least one. The mocks' own measure, so that tests can foretell it. */
export function countTokens(text: string): number {
  return text.length === 0 ? 0 : Math.max(1, Math.ceil(Buffer.byteLength(text) / 4));
}

/** Cuts a text into the pieces that a stream sends: words with the space before them. */
export function splitText(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

/** Cuts JSON text into pieces that break inside of names and values, as vendors do. */
export function splitArguments(text: string): string[] {
  const points = [...text];
  const pieces: string[] = [];
  for (let start = 0; start < points.length; start += 7) pieces.push(points.slice(start, start + 7).join(""));
  return pieces;
}

/** The answer to a prompt: always the same one for the same prompt. */
export function composeReply(prompt: Prompt): Reply {
  const reasoning = prompt.reasoning
    ? `The user wrote ${prompt.userText.length} characters. I will answer in one sentence.`
    : "";
  const toolCalls = chooseToolCalls(prompt);
  const reply: Reply = {
    text: toolCalls.length > 0 ? "" : composeText(prompt),
    reasoning,
    toolCalls,
    finish: toolCalls.length > 0 ? "tool-calls" : "stop",
    stopSequence: null,
    usage: { input: countTokens(prompt.allText), cached: 0, output: 0, reasoning: countTokens(reasoning) },
  };
  if (toolCalls.length === 0) limitText(prompt, reply);
  if (reply.usage.input >= CACHE_FLOOR)
    reply.usage.cached = Math.floor(reply.usage.input / 2 / CACHE_BLOCK) * CACHE_BLOCK;
  reply.usage.output = countTokens(reply.text) + reply.usage.reasoning;
  for (const call of toolCalls) reply.usage.output += countTokens(call.name + call.arguments);
  return reply;
}

function composeText(prompt: Prompt): string {
  if (prompt.schema) return JSON.stringify(sampleStructure(prompt));
  const parts = [`I am ${prompt.model}, a mock of ${prompt.vendorTitle}.`];
  if (prompt.toolResults.length > 0) parts.push(`The tools said: ${prompt.toolResults.join(" | ")}`);
  if (prompt.attachments.length > 0) parts.push(`I see ${prompt.attachments.join(", and ")}.`);
  if (prompt.userText !== "") parts.push(`You said: ${prompt.userText.slice(0, MAX_ECHO)}`);
  let text = parts.join(" ");
  if (text.length < prompt.textBytes) text += " lorem ipsum".repeat(Math.ceil((prompt.textBytes - text.length) / 12));
  return text;
}

function sampleStructure(prompt: Prompt): Json {
  const value = sampleValue(prompt.schema);
  // An open schema gives no member to fill: the echo is the one thing to tell.
  return isObject(value) && Object.keys(value).length === 0
    ? { model: prompt.model, you_said: prompt.userText }
    : value;
}

/** Honours the stop sequences first, the token limit second, as the vendors do. */
function limitText(prompt: Prompt, reply: Reply): void {
  for (const stop of prompt.stop) {
    const at = stop === "" ? -1 : reply.text.indexOf(stop);
    if (at < 0) continue;
    reply.text = reply.text.slice(0, at);
    reply.finish = "stop-sequence";
    reply.stopSequence = stop;
  }
  if (prompt.maxTokens === null) return;
  const left = Math.max(0, prompt.maxTokens - reply.usage.reasoning);
  if (countTokens(reply.text) <= left) return;
  while (reply.text !== "" && countTokens(reply.text) > left) {
    const bytes = Buffer.from(reply.text).subarray(0, left * 4);
    reply.text = bytes.toString("utf8").replace(/\uFFFD+$/, "");
    if (left === 0) reply.text = "";
  }
  reply.finish = "length";
  reply.stopSequence = null;
}

/**
 * Tools are called when the choice forces it, or when the user's text says `call NAME` (more than once: parallel calls);
 * `call NAME {json}` gives the arguments. Never right after tool results, so that a loop ends.
 */
function chooseToolCalls(prompt: Prompt): ToolCall[] {
  const { tools, toolChoice } = prompt;
  if (toolChoice === "none" || tools.length === 0) return [];
  const asked = prompt.toolResults.length > 0 ? [] : findAskedTools(prompt);
  let calls = asked;
  if (typeof toolChoice === "object") {
    calls = asked.filter((call) => call.name === toolChoice.name);
    const tool = tools.find((candidate) => candidate.name === toolChoice.name);
    if (calls.length === 0 && tool) calls = [{ name: tool.name, arguments: sampleArguments(tool.schema) }];
  } else if (toolChoice === "required" && calls.length === 0) {
    calls = [{ name: tools[0]!.name, arguments: sampleArguments(tools[0]!.schema) }];
  }
  if (!prompt.parallelToolCalls) calls = calls.slice(0, 1);
  return calls.map((call, index) => ({
    ...call,
    id: `mock${index}${hash(prompt.allText + call.name + call.arguments)}`,
  }));
}

function findAskedTools(prompt: Prompt): Omit<ToolCall, "id">[] {
  const found: { at: number; call: Omit<ToolCall, "id"> }[] = [];
  for (const tool of prompt.tools) {
    const pattern = new RegExp(`\\bcall ${tool.name.replace(/[^\w-]/g, "\\$&")}(?![\\w-])`, "gi");
    for (const match of prompt.userText.matchAll(pattern)) {
      const rest = prompt.userText.slice(match.index + match[0].length);
      const given = /^(?: with)?\s*(\{.*?\})(?=$| and call|\n)/.exec(rest)?.[1];
      found.push({
        at: match.index,
        call: { name: tool.name, arguments: readGiven(given) ?? sampleArguments(tool.schema) },
      });
    }
  }
  return found.sort((left, right) => left.at - right.at).map((entry) => entry.call);
}

function readGiven(text: string | undefined): string | null {
  if (text === undefined) return null;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return null;
  }
}

function sampleArguments(schema: Json): string {
  const value = sampleValue(schema);
  return JSON.stringify(isObject(value) ? value : {});
}

/** A short, stable name for a text (FNV-1a, 32 bits, hexadecimal). */
export function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return value.toString(16).padStart(8, "0");
}

/** Describes an image or file for `Prompt.attachments`. */
export function describeMedia(kind: "image" | "document", url: string): string {
  const inline = /^data:([^;,]+)[^,]*;base64,(.*)$/s.exec(url);
  const article = kind === "image" ? "an image" : "a document";
  if (!inline) return `${article} at ${url}`;
  return `${article} of type ${inline[1]}, ${Buffer.from(inline[2]!, "base64").length} bytes`;
}
