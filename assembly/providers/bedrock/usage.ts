import { MAX_TOKENS, Usage } from "../../canonical/usage";
import { JsonDocument, JsonKey } from "../../json/document";

const INPUT = new JsonKey("inputTokens");
const OUTPUT = new JsonKey("outputTokens");
const CACHE_READ = new JsonKey("cacheReadInputTokens");
const CACHE_WRITE = new JsonKey("cacheWriteInputTokens");

function readCount(document: JsonDocument, node: i32): i64 {
  return min(max(document.integer(node), 0), MAX_TOKENS);
}

/**
 * Takes a `usage` object, when it is one. Its `inputTokens` leave the cached part out.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
 */
export function readUsage(document: JsonDocument, node: i32, usage: Usage): void {
  if (!document.isObject(node)) return;
  const cacheRead = readCount(document, document.find(node, CACHE_READ));
  const cacheWrite = readCount(document, document.find(node, CACHE_WRITE));
  usage.known = true;
  usage.input = readCount(document, document.find(node, INPUT)) + cacheRead + cacheWrite;
  usage.output = readCount(document, document.find(node, OUTPUT));
  usage.cachedInput = cacheRead;
  usage.cacheCreation = cacheWrite;
}
