import { FinishReason } from "./answer";

/** OpenAI's name of a finish reason. */
export function finishReasonName(reason: FinishReason): string {
  switch (reason) {
    case FinishReason.Length:
      return "length";
    case FinishReason.ToolCalls:
      return "tool_calls";
    case FinishReason.ContentFilter:
      return "content_filter";
    default:
      return "stop";
  }
}
