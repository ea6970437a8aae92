import { FinishReason } from "../../canonical/answer";
import { JsonDocument, JsonKey } from "../../json/document";

const SENSITIVE = new JsonKey("sensitive");
const TOOL_CALLS = new JsonKey("tool_calls");
const LENGTH = new JsonKey("length");

/** OpenAI's finish reason; an answer that calls tools has called tools, whatever it says. Source: https://cloud.tencent.com/document/api/1729/101838 (Choice) */
export function mapFinishReason(document: JsonDocument, node: i32, hasCalls: bool): FinishReason {
  if (document.equals(node, SENSITIVE)) return FinishReason.ContentFilter;
  if (document.equals(node, LENGTH)) return FinishReason.Length;
  return hasCalls || document.equals(node, TOOL_CALLS) ? FinishReason.ToolCalls : FinishReason.Stop;
}
