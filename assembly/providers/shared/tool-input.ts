import { ByteBuffer } from "../../bytes/buffer";
import { FinishReason } from "../../canonical/answer";
import { JsonDocument } from "../../json/document";
import { escapeInto } from "../../json/write";

/** Appends a tool's input, an object, as the inside of a JSON string; no object gives the empty object. */
export function escapeInput(document: JsonDocument, input: i32, out: ByteBuffer): void {
  if (document.isObject(input)) escapeInto(document.rawPointer(input), document.rawLength(input), out);
  else out.ascii("{}");
}

/**
 * The finish reason of a whole answer: when the only tool called was the one that stands for the response format, the client sees
 * an ordinary answer.
 */
export function unwrapFinish(reason: FinishReason, usedFormatTool: bool, toolCalls: i32): FinishReason {
  return usedFormatTool && toolCalls == 0 && reason == FinishReason.ToolCalls ? FinishReason.Stop : reason;
}
