import { FinishReason } from "../../canonical/answer";
import { JsonDocument, JsonKey } from "../../json/document";

const LENGTH = new JsonKey("length");
const MAX_OUTPUT = new JsonKey("max_output");
const OUTPUT_SENSITIVE = new JsonKey("output_sensitive");
const FINISH_REASON = new JsonKey("finish_reason");

/** OpenAI's finish reason of a choice. Source: https://platform.minimaxi.com/document/guides/chat-model/pro/api (finish_reason) */
export function mapFinishReason(document: JsonDocument, choice: i32, hasCall: bool): FinishReason {
  if (document.boolean(document.find(document.root(), OUTPUT_SENSITIVE))) return FinishReason.ContentFilter;
  const reason = document.find(choice, FINISH_REASON);
  if (document.equals(reason, LENGTH) || document.equals(reason, MAX_OUTPUT)) return FinishReason.Length;
  return hasCall ? FinishReason.ToolCalls : FinishReason.Stop;
}
