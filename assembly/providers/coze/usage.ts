import { Usage } from "../../canonical/usage";
import { JsonDocument, JsonKey } from "../../json/document";
import { readCount } from "../shared/counts";

const INPUT = new JsonKey("input_count");
const OUTPUT = new JsonKey("output_count");

/** Reads the `usage` of a chat. Source: https://www.coze.com/docs/developer_guides/chat_v3 (chat object) */
export function readUsage(document: JsonDocument, node: i32, usage: Usage): void {
  if (!document.isNumber(document.find(node, INPUT))) return;
  usage.known = true;
  usage.input = readCount(document, document.find(node, INPUT));
  usage.output = readCount(document, document.find(node, OUTPUT));
}
