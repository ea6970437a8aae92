import { FinishReason } from "../../canonical/answer";
import { JsonDocument, JsonKey } from "../../json/document";

/** A `finishReason` that is no natural stop. */
class Row {
  readonly key: JsonKey;

  constructor(
    name: string,
    public readonly reason: FinishReason,
  ) {
    this.key = new JsonKey(name);
  }
}

const ROWS: Row[] = [
  new Row("MAX_TOKENS", FinishReason.Length),
  // The request's own limit was reached; the answer could be continued with a token.
  new Row("CONTINUATION", FinishReason.Length),
  new Row("SAFETY", FinishReason.ContentFilter),
  new Row("RECITATION", FinishReason.ContentFilter),
  new Row("BLOCKLIST", FinishReason.ContentFilter),
  new Row("PROHIBITED_CONTENT", FinishReason.ContentFilter),
  new Row("SPII", FinishReason.ContentFilter),
  new Row("MODEL_ARMOR", FinishReason.ContentFilter),
  new Row("IMAGE_SAFETY", FinishReason.ContentFilter),
  new Row("IMAGE_PROHIBITED_CONTENT", FinishReason.ContentFilter),
  new Row("IMAGE_RECITATION", FinishReason.ContentFilter),
];

const MALFORMED: JsonKey[] = [
  new JsonKey("MALFORMED_FUNCTION_CALL"),
  new JsonKey("UNEXPECTED_TOOL_CALL"),
  new JsonKey("MALFORMED_RESPONSE"),
];

/**
 * OpenAI's finish reason for a `finishReason`, calls left aside; anything unknown counts as a natural stop.
 * Source: https://ai.google.dev/api/generate-content#FinishReason
 */
export function mapFinishReason(document: JsonDocument, node: i32): FinishReason {
  for (let index = 0; index < ROWS.length; index++) {
    const row = unchecked(ROWS[index]);
    if (document.equals(node, row.key)) return row.reason;
  }
  return FinishReason.Stop;
}

/** Whether the model wanted to call a function and failed to say so. */
export function isMalformed(document: JsonDocument, node: i32): bool {
  for (let index = 0; index < MALFORMED.length; index++) {
    if (document.equals(node, unchecked(MALFORMED[index]))) return true;
  }
  return false;
}
