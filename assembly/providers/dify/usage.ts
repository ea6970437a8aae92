import { Usage } from "../../canonical/usage";
import { JsonDocument, JsonKey } from "../../json/document";
import { readCount } from "../shared/counts";

const PROMPT = new JsonKey("prompt_tokens");
const COMPLETION = new JsonKey("completion_tokens");
const TOTAL = new JsonKey("total_tokens");

/** Reads `metadata.usage` of a message. Source: https://docs.dify.ai/api-reference/chat/send-chat-message */
export function readUsage(document: JsonDocument, node: i32, usage: Usage): void {
  if (!document.isNumber(document.find(node, PROMPT))) return;
  usage.known = true;
  usage.input = readCount(document, document.find(node, PROMPT));
  usage.output = readCount(document, document.find(node, COMPLETION));
}

/** Reads the tokens of a workflow's run, which has a total only: it is told as input, so that the sum is right. */
export function readRunUsage(document: JsonDocument, data: i32, usage: Usage): void {
  const total = document.find(data, TOTAL);
  if (!document.isNumber(total)) return;
  usage.known = true;
  usage.input = readCount(document, total);
}
