import { FinishReason } from "../../canonical/answer";
import { JsonDocument, JsonKey } from "../../json/document";

const MAX_TOKENS = new JsonKey("MAX_TOKENS");
const TOOL_CALL = new JsonKey("TOOL_CALL");
const ERROR = new JsonKey("ERROR");
const ERROR_TOXIC = new JsonKey("ERROR_TOXIC");
const TIMEOUT = new JsonKey("TIMEOUT");

/** Whether a `finish_reason` says that the answer failed. Source: https://docs.cohere.com/reference/chat (finish_reason) */
export function isErrorFinish(document: JsonDocument, node: i32): bool {
  return document.equals(node, ERROR) || isTimeoutFinish(document, node);
}

/** Whether a `finish_reason` says that the answer took too long. */
export function isTimeoutFinish(document: JsonDocument, node: i32): bool {
  return document.equals(node, TIMEOUT);
}

/** OpenAI's finish reason for a `finish_reason`; anything unknown, and none at all, is what the answer's content says. */
export function mapFinishReason(document: JsonDocument, node: i32, toolCalls: i32): FinishReason {
  if (document.equals(node, MAX_TOKENS)) return FinishReason.Length;
  if (document.equals(node, ERROR_TOXIC)) return FinishReason.ContentFilter;
  return document.equals(node, TOOL_CALL) || toolCalls > 0 ? FinishReason.ToolCalls : FinishReason.Stop;
}
