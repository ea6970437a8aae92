import { Usage } from "../../canonical/usage";
import { JsonDocument, JsonKey } from "../../json/document";
import { readCount } from "../shared/counts";

const PROMPT = new JsonKey("PromptTokens");
const COMPLETION = new JsonKey("CompletionTokens");
const PROMPT_DETAILS = new JsonKey("PromptTokensDetails");
const CACHED = new JsonKey("CachedTokens");

/**
 * Reads `Usage`, which every event repeats: the last one counts. It says how much of the prompt was cached, in a string, and nothing
 * of the thoughts. Source: https://cloud.tencent.com/document/api/1729/101838 (Usage, PromptTokensDetails)
 */
export function readUsage(document: JsonDocument, node: i32, usage: Usage): void {
  if (!document.isObject(node)) return;
  usage.known = true;
  usage.input = readCount(document, document.find(node, PROMPT), usage.input);
  usage.output = readCount(document, document.find(node, COMPLETION), usage.output);
  const cached = document.find(document.find(node, PROMPT_DETAILS), CACHED);
  usage.cachedInput = min(readCachedCount(document, cached, usage.cachedInput), usage.input);
}

/** A number, or a string of up to 15 digits. */
function readCachedCount(document: JsonDocument, node: i32, previous: i64): i64 {
  const length = document.textLength(node);
  if (length == 0 || length > 15) return readCount(document, node, previous);
  const pointer = document.textPointer(node);
  let count: i64 = 0;
  for (let index = 0; index < length; index++) {
    const digit = load<u8>(pointer + index) - 0x30;
    if (digit > 9) return previous;
    count = count * 10 + digit;
  }
  return count;
}
