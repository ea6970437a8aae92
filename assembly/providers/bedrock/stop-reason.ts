import { FinishReason } from "../../canonical/answer";
import { JsonDocument, JsonKey } from "../../json/document";

const MAX_TOKENS = new JsonKey("max_tokens");
const CONTEXT_WINDOW = new JsonKey("model_context_window_exceeded");
const TOOL_USE = new JsonKey("tool_use");
const GUARDRAIL = new JsonKey("guardrail_intervened");
const FILTERED = new JsonKey("content_filtered");

/**
 * OpenAI's finish reason for a `stopReason`; anything unknown, and none at all, counts as a natural stop.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseResponse.html
 */
export function mapStopReason(document: JsonDocument, node: i32): FinishReason {
  if (document.equals(node, MAX_TOKENS) || document.equals(node, CONTEXT_WINDOW)) return FinishReason.Length;
  if (document.equals(node, TOOL_USE)) return FinishReason.ToolCalls;
  if (document.equals(node, GUARDRAIL) || document.equals(node, FILTERED)) return FinishReason.ContentFilter;
  return FinishReason.Stop;
}
