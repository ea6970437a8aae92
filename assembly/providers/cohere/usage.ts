import { Usage } from "../../canonical/usage";
import { JsonDocument, JsonKey } from "../../json/document";
import { readCount } from "../shared/counts";

const TOKENS = new JsonKey("tokens");
const BILLED_UNITS = new JsonKey("billed_units");
const INPUT_TOKENS = new JsonKey("input_tokens");
const OUTPUT_TOKENS = new JsonKey("output_tokens");
const CACHED_TOKENS = new JsonKey("cached_tokens");

/**
 * Takes a `usage` object (or -1): the tokens that the model worked on, or, where the vendor does not tell them, those that it bills.
 * Source: https://docs.cohere.com/reference/chat (usage)
 */
export function readUsage(document: JsonDocument, node: i32, usage: Usage): void {
  let counts = document.find(node, TOKENS);
  if (!document.isObject(counts)) counts = document.find(node, BILLED_UNITS);
  if (!document.isObject(counts)) return;
  usage.known = true;
  usage.input = readCount(document, document.find(counts, INPUT_TOKENS));
  usage.output = readCount(document, document.find(counts, OUTPUT_TOKENS));
  usage.cachedInput = min(readCount(document, document.find(node, CACHED_TOKENS)), usage.input);
}
