import { Usage } from "../../canonical/usage";
import { JsonDocument, JsonKey } from "../../json/document";
import { readCount } from "../shared/counts";

const TOTAL = new JsonKey("total_tokens");
const PROMPT = new JsonKey("prompt_tokens");
const COMPLETION = new JsonKey("completion_tokens");

/**
 * Reads `usage`. The vendor documents a total only: it is told as input, so that the sum is right; newer models also say its parts.
 * Source: https://platform.minimaxi.com/document/guides/chat-model/pro/api (usage)
 */
export function readUsage(document: JsonDocument, node: i32, usage: Usage): void {
  const total = document.find(node, TOTAL);
  const prompt = document.find(node, PROMPT);
  if (!document.isNumber(total) && !document.isNumber(prompt)) return;
  usage.known = true;
  usage.input = document.isNumber(prompt) ? readCount(document, prompt) : readCount(document, total);
  usage.output = readCount(document, document.find(node, COMPLETION));
}
