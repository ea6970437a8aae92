import { Usage } from "../../canonical/usage";
import { JsonDocument, JsonKey } from "../../json/document";
import { readCount } from "../shared/counts";

const PROMPT_EVAL_COUNT = new JsonKey("prompt_eval_count");
const EVAL_COUNT = new JsonKey("eval_count");

/** Takes the counts of the last line. The prompt's is missing when all of it was cached. Source: https://docs.ollama.com/api/usage */
export function readUsage(document: JsonDocument, root: i32, usage: Usage): void {
  const input = document.find(root, PROMPT_EVAL_COUNT);
  const output = document.find(root, EVAL_COUNT);
  if (!document.isNumber(input) && !document.isNumber(output)) return;
  usage.known = true;
  usage.input = readCount(document, input);
  usage.output = readCount(document, output);
}
