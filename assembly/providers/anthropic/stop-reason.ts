import { FinishReason } from "../../canonical/answer";
import { JsonDocument, JsonKey } from "../../json/document";

const MAX_TOKENS = new JsonKey("max_tokens");
const CONTEXT_WINDOW = new JsonKey("model_context_window_exceeded");
const TOOL_USE = new JsonKey("tool_use");
const REFUSAL = new JsonKey("refusal");

/**
 * OpenAI's finish reason for a `stop_reason`; anything unknown, and none at all, counts as a natural stop.
 * Source: https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
 */
export function mapStopReason(document: JsonDocument, node: i32): FinishReason {
  if (document.equals(node, MAX_TOKENS) || document.equals(node, CONTEXT_WINDOW)) return FinishReason.Length;
  if (document.equals(node, TOOL_USE)) return FinishReason.ToolCalls;
  if (document.equals(node, REFUSAL)) return FinishReason.ContentFilter;
  return FinishReason.Stop;
}
