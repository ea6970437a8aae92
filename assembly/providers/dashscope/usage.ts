import { Usage } from "../../canonical/usage";
import { JsonDocument, JsonKey } from "../../json/document";
import { readCount } from "../shared/counts";

const INPUT_TOKENS = new JsonKey("input_tokens");
const OUTPUT_TOKENS = new JsonKey("output_tokens");
const PROMPT_DETAILS = new JsonKey("prompt_tokens_details");
const CACHED_TOKENS = new JsonKey("cached_tokens");
const CREATION_TOKENS = new JsonKey("cache_creation_input_tokens");
const OUTPUT_DETAILS = new JsonKey("output_tokens_details");
const REASONING_TOKENS = new JsonKey("reasoning_tokens");

/** Takes a `usage` object (or -1); each event brings all so far, so the last one counts. */
export function readUsage(document: JsonDocument, node: i32, usage: Usage): void {
  const input = document.find(node, INPUT_TOKENS);
  const output = document.find(node, OUTPUT_TOKENS);
  if (!document.isNumber(input) && !document.isNumber(output)) return;
  const prompt = document.find(node, PROMPT_DETAILS);
  const answer = document.find(node, OUTPUT_DETAILS);
  usage.known = true;
  usage.input = readCount(document, input, usage.input);
  usage.output = readCount(document, output, usage.output);
  usage.cachedInput = min(readCount(document, document.find(prompt, CACHED_TOKENS), usage.cachedInput), usage.input);
  usage.cacheCreation = readCount(document, document.find(prompt, CREATION_TOKENS), usage.cacheCreation);
  usage.reasoning = min(readCount(document, document.find(answer, REASONING_TOKENS), usage.reasoning), usage.output);
}
