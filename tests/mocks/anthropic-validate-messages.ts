import { isRecord, onlyMembers, rejectRequest, requireText, show, type Json } from "./anthropic-validate-shapes";

/** What the rest of the request says about its messages. */
export interface MessageContext {
  toolsGiven: boolean;
  /** Whether thinking with a fixed budget is on: then the last tool loop must keep its thinking blocks. */
  budgetThinking: boolean;
  /** Whether the conversation may end with an assistant turn. */
  prefill: boolean;
}

type Block = { [name: string]: Json };

const IMAGE_TYPES = ["image/jpeg", "image/png", "image/gif", "image/webp"];
const ID_PATTERN = /^[a-zA-Z0-9_-]+$/;

function checkBase64(data: Json, path: string): void {
  if (typeof data !== "string" || data === "") rejectRequest(`${path}.data: Field required`);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(data)) rejectRequest(`${path}.data: invalid base64 data`);
}

function checkUrl(url: Json, path: string): void {
  if (typeof url !== "string") rejectRequest(`${path}.url: Field required`);
  if (!url.startsWith("https://")) rejectRequest(`${path}: Only HTTPS URLs are supported.`);
}

function checkImage(block: Block, path: string): void {
  onlyMembers(block, ["type", "source", "cache_control", "transformations"], `${path}.image`);
  const source = block["source"];
  const at = `${path}.image.source`;
  if (!isRecord(source)) rejectRequest(`${at}: Field required`);
  switch (source["type"]) {
    case "base64":
      onlyMembers(source, ["type", "media_type", "data"], `${at}.base64`);
      if (!IMAGE_TYPES.includes(show(source["media_type"]))) {
        rejectRequest(
          `${at}.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`,
        );
      }
      checkBase64(source["data"], `${at}.base64`);
      return;
    case "url":
      onlyMembers(source, ["type", "url"], `${at}.url`);
      checkUrl(source["url"], `${at}.url`);
      return;
    case "file":
      onlyMembers(source, ["type", "file_id"], `${at}.file`);
      return;
    default:
      rejectRequest(`${at}: Input tag found does not match any of the expected tags: 'base64', 'url', 'file'`);
  }
}

function checkDocument(block: Block, path: string): void {
  onlyMembers(block, ["type", "source", "cache_control", "citations", "context", "title"], `${path}.document`);
  const title = block["title"];
  if (title !== undefined && title !== null && (typeof title !== "string" || title.length > 500)) {
    rejectRequest(`${path}.document.title: Input should be a valid string`);
  }
  const source = block["source"];
  const at = `${path}.document.source`;
  if (!isRecord(source)) rejectRequest(`${at}: Field required`);
  switch (source["type"]) {
    case "base64":
      onlyMembers(source, ["type", "media_type", "data"], `${at}.base64`);
      if (source["media_type"] !== "application/pdf")
        rejectRequest(`${at}.base64.media_type: Input should be 'application/pdf'`);
      checkBase64(source["data"], `${at}.base64`);
      return;
    case "url":
      onlyMembers(source, ["type", "url"], `${at}.url`);
      checkUrl(source["url"], `${at}.url`);
      return;
    case "text":
      onlyMembers(source, ["type", "media_type", "data"], `${at}.text`);
      if (source["media_type"] !== "text/plain") rejectRequest(`${at}.text.media_type: Input should be 'text/plain'`);
      if (typeof source["data"] !== "string" || source["data"] === "") rejectRequest(`${at}.text.data: Field required`);
      return;
    case "file":
      onlyMembers(source, ["type", "file_id"], `${at}.file`);
      if (typeof source["file_id"] !== "string") rejectRequest(`${at}.file.file_id: Field required`);
      return;
    default:
      rejectRequest(`${at}: Input tag found does not match any of the expected tags`);
  }
}

function checkText(block: Block, path: string): void {
  onlyMembers(block, ["type", "text", "cache_control", "citations"], `${path}.text`);
  requireText(block["text"], "messages");
}

function checkToolResult(block: Block, path: string): void {
  const at = `${path}.tool_result`;
  onlyMembers(block, ["type", "tool_use_id", "content", "is_error", "cache_control"], at);
  const id = block["tool_use_id"];
  if (typeof id !== "string" || !ID_PATTERN.test(id)) {
    rejectRequest(`${at}.tool_use_id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
  }
  const content = block["content"];
  if (content === undefined || typeof content === "string") return;
  if (!Array.isArray(content)) rejectRequest(`${at}.content: Input should be a valid list`);
  content.forEach((nested, index) => {
    const nestedPath = `${at}.content.${index}`;
    if (!isRecord(nested)) rejectRequest(`${nestedPath}: Input should be an object`);
    if (nested["type"] === "text") checkText(nested, nestedPath);
    else if (nested["type"] === "image") checkImage(nested, nestedPath);
    else if (nested["type"] === "document") checkDocument(nested, nestedPath);
    else rejectRequest(`${nestedPath}: Input tag found does not match any of the expected tags`);
  });
}

function checkAssistantBlock(block: Block, path: string): void {
  switch (block["type"]) {
    case "text":
      return checkText(block, path);
    case "thinking":
      onlyMembers(block, ["type", "thinking", "signature"], `${path}.thinking`);
      if (typeof block["thinking"] !== "string") rejectRequest(`${path}.thinking.thinking: Field required`);
      if (typeof block["signature"] !== "string" || block["signature"] === "") {
        rejectRequest(`${path}.thinking.signature: Field required`);
      }
      return;
    case "redacted_thinking":
      onlyMembers(block, ["type", "data"], `${path}.redacted_thinking`);
      if (typeof block["data"] !== "string") rejectRequest(`${path}.redacted_thinking.data: Field required`);
      return;
    case "tool_use": {
      const at = `${path}.tool_use`;
      onlyMembers(block, ["type", "id", "name", "input", "cache_control"], at);
      const id = block["id"];
      if (typeof id !== "string" || !ID_PATTERN.test(id))
        rejectRequest(`${at}.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
      if (typeof block["name"] !== "string" || block["name"] === "") rejectRequest(`${at}.name: Field required`);
      if (!isRecord(block["input"])) rejectRequest(`${at}.input: Input should be a valid dictionary`);
      return;
    }
    default:
      rejectRequest(`${path}: '${show(block["type"])}' blocks are not permitted in assistant turns`);
  }
}

function checkUserBlock(block: Block, path: string): void {
  switch (block["type"]) {
    case "text":
      return checkText(block, path);
    case "image":
      return checkImage(block, path);
    case "document":
      return checkDocument(block, path);
    case "tool_result":
      return checkToolResult(block, path);
    default:
      rejectRequest(`${path}: '${show(block["type"])}' blocks are not permitted in user turns`);
  }
}

/** The blocks of a turn, checked one by one. A string stands for one text block. */
function readTurn(turn: Json, index: number): { role: string; blocks: Block[] } {
  const path = `messages.${index}`;
  if (!isRecord(turn)) rejectRequest(`${path}: Input should be an object`);
  onlyMembers(turn, ["role", "content"], path);
  const role = turn["role"];
  if (role !== "user" && role !== "assistant") {
    rejectRequest(
      `messages: Unexpected role "${show(role)}". The Messages API accepts a top-level \`system\` parameter, not "system" as an input message role.`,
    );
  }
  let content = turn["content"];
  if (typeof content === "string") content = [{ type: "text", text: content }];
  if (!Array.isArray(content)) rejectRequest(`${path}.content: Input should be a valid list`);
  if (content.length === 0)
    rejectRequest(`${path}: all messages must have non-empty content except for the optional final assistant message`);
  const blocks = content.map((block, position) => {
    const blockPath = `${path}.content.${position}`;
    if (!isRecord(block)) rejectRequest(`${blockPath}: Input should be an object`);
    if (role === "assistant") checkAssistantBlock(block, blockPath);
    else checkUserBlock(block, blockPath);
    return block;
  });
  return { role, blocks };
}

/** Every tool call is answered by the next turn, in front of everything else, and nothing else is answered. */
function checkToolPairs(turns: { role: string; blocks: Block[] }[]): void {
  const seen = new Set<string>();
  turns.forEach((turn, index) => {
    const calls = turn.blocks.filter((block) => block["type"] === "tool_use").map((block) => show(block["id"]));
    for (const id of calls) {
      if (seen.has(id)) rejectRequest(`messages.${index}: \`tool_use\` ids must be unique`);
      seen.add(id);
    }
    const next = turns[index + 1];
    const answered = new Set<string>();
    for (const block of next?.blocks ?? []) {
      if (block["type"] !== "tool_result") break;
      answered.add(show(block["tool_use_id"]));
    }
    const open = calls.filter((id) => !answered.has(id));
    if (open.length > 0) {
      rejectRequest(
        `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(", ")}.`,
      );
    }
    const results = turn.blocks
      .filter((block) => block["type"] === "tool_result")
      .map((block) => show(block["tool_use_id"]));
    const previous =
      turns[index - 1]?.blocks.filter((block) => block["type"] === "tool_use").map((block) => show(block["id"])) ?? [];
    for (const id of results) {
      if (!previous.includes(id))
        rejectRequest(`messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}.`);
    }
    if (new Set(results).size !== results.length)
      rejectRequest(`messages.${index}: each tool_use must have a single result.`);
  });
}

function isThinking(block: Block | undefined): boolean {
  return block?.["type"] === "thinking" || block?.["type"] === "redacted_thinking";
}

function checkLastTurns(turns: { role: string; blocks: Block[] }[], context: MessageContext): void {
  const last = turns[turns.length - 1];
  if (last?.role === "assistant") {
    if (!context.prefill)
      rejectRequest(
        "This model does not support assistant message prefill. The conversation must end with a user message.",
      );
    const text = last.blocks[last.blocks.length - 1]?.["text"];
    if (typeof text === "string" && text !== text.trimEnd()) {
      rejectRequest("messages: final assistant content cannot end with trailing whitespace");
    }
  }
  if (!context.budgetThinking) return;
  const inToolLoop = last?.role === "assistant" || last?.blocks.some((block) => block["type"] === "tool_result");
  const assistant = turns.filter((turn) => turn.role === "assistant").pop();
  if (inToolLoop && assistant !== undefined && !isThinking(assistant.blocks[0])) {
    rejectRequest(
      "messages: Expected `thinking` or `redacted_thinking`, but found another block. When `thinking` is enabled, a final `assistant` message must start with a thinking block.",
    );
  }
}

/** Checks `messages`: shapes, alternation, tool pairs, and the rules of the last turns. */
export function checkMessages(messages: Json, context: MessageContext): void {
  if (!Array.isArray(messages)) rejectRequest("messages: Input should be a valid list");
  if (messages.length === 0) rejectRequest("messages: at least one message is required");
  const turns = messages.map((turn, index) => readTurn(turn, index));
  turns.forEach((turn, index) => {
    if (turns[index - 1]?.role === turn.role) {
      rejectRequest(
        `messages: roles must alternate between "user" and "assistant", but found multiple "${turn.role}" roles in a row`,
      );
    }
  });
  const usesTools = turns.some((turn) =>
    turn.blocks.some((block) => block["type"] === "tool_use" || block["type"] === "tool_result"),
  );
  if (usesTools && !context.toolsGiven) {
    rejectRequest("Requests which include `tool_use` or `tool_result` blocks must define tools");
  }
  checkToolPairs(turns);
  checkLastTurns(turns, context);
}
