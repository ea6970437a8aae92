import { MAX_TOKENS, Usage } from "../../canonical/usage";
import { JsonDocument, JsonKey } from "../../json/document";

const PROMPT = new JsonKey("promptTokenCount");
const TOOL_PROMPT = new JsonKey("toolUsePromptTokenCount");
const CANDIDATES = new JsonKey("candidatesTokenCount");
const THOUGHTS = new JsonKey("thoughtsTokenCount");
const CACHED = new JsonKey("cachedContentTokenCount");
const TOTAL = new JsonKey("totalTokenCount");

function readCount(document: JsonDocument, object: i32, key: JsonKey): i64 {
  const count = document.integer(document.find(object, key));
  return count < 0 ? 0 : min(count, MAX_TOKENS);
}

/**
 * Takes a `usageMetadata` (or -1). It is complete each time, so the last one of a stream wins. Thoughts are counted beside the candidates;
 * where the total shows that a server counts them among the candidates already, they are not added again.
 * Source: https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function readUsage(document: JsonDocument, node: i32, usage: Usage): void {
  if (!document.isObject(node)) return;
  const prompt = readCount(document, node, PROMPT) + readCount(document, node, TOOL_PROMPT);
  const candidates = readCount(document, node, CANDIDATES);
  const thoughts = readCount(document, node, THOUGHTS);
  const includesThoughts = thoughts <= candidates && readCount(document, node, TOTAL) == prompt + candidates;
  usage.known = true;
  usage.input = prompt;
  usage.cachedInput = min(readCount(document, node, CACHED), prompt);
  usage.output = includesThoughts ? candidates : candidates + thoughts;
  usage.reasoning = thoughts;
}
