import { Usage } from "../../canonical/usage";
import { JsonDocument, JsonKey } from "../../json/document";
import { readCount } from "../shared/counts";

const PROMPT = new JsonKey("PromptTokens");
const COMPLETION = new JsonKey("CompletionTokens");
const PROMPT_DETAILS = new JsonKey("PromptTokensDetails");
const CACHED = new JsonKey("CachedTokens");
const COMPLETION_DETAILS = new JsonKey("CompletionTokensDetails");
const REASONING = new JsonKey("ReasoningTokens");

/** Reads `Usage`, which every event repeats: the last one counts. Source: https://cloud.tencent.com/document/api/1729/101838 */
export function readUsage(document: JsonDocument, node: i32, usage: Usage): void {
  if (!document.isObject(node)) return;
  usage.known = true;
  usage.input = readCount(document, document.find(node, PROMPT), usage.input);
  usage.output = readCount(document, document.find(node, COMPLETION), usage.output);
  const cached = document.find(document.find(node, PROMPT_DETAILS), CACHED);
  usage.cachedInput = min(readCount(document, cached, usage.cachedInput), usage.input);
  const reasoning = document.find(document.find(node, COMPLETION_DETAILS), REASONING);
  usage.reasoning = min(readCount(document, reasoning, usage.reasoning), usage.output);
}
