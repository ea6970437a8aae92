import { FinishReason } from "../../canonical/answer";
import { JsonDocument, JsonKey } from "../../json/document";

const LENGTH = new JsonKey("length");

/** OpenAI's finish reason for a `done_reason` (stop, length, load, unload). Source: https://docs.ollama.com/api/chat */
export function mapDoneReason(document: JsonDocument, node: i32, toolCalls: i32): FinishReason {
  if (document.equals(node, LENGTH)) return FinishReason.Length;
  return toolCalls > 0 ? FinishReason.ToolCalls : FinishReason.Stop;
}
