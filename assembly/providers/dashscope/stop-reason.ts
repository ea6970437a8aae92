import { FinishReason } from "../../canonical/answer";
import { JsonDocument, JsonKey } from "../../json/document";

const NULL = new JsonKey("null");
const LENGTH = new JsonKey("length");
const TOOL_CALLS = new JsonKey("tool_calls");
const CONTENT_FILTER = new JsonKey("content_filter");
const SENSITIVE = new JsonKey("sensitive");

/** Whether a choice has ended: until then its `finish_reason` is null, or the text `null`. */
export function hasFinished(document: JsonDocument, node: i32): bool {
  return document.textLength(node) > 0 && !document.equals(node, NULL);
}

/** OpenAI's finish reason for a `finish_reason`; anything unknown is what the answer's content says. */
export function mapFinishReason(document: JsonDocument, node: i32, toolCalls: i32): FinishReason {
  if (document.equals(node, LENGTH)) return FinishReason.Length;
  if (document.equals(node, CONTENT_FILTER) || document.equals(node, SENSITIVE)) return FinishReason.ContentFilter;
  return document.equals(node, TOOL_CALLS) || toolCalls > 0 ? FinishReason.ToolCalls : FinishReason.Stop;
}
