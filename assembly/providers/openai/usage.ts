import { MAX_TOKENS, Usage } from "../../canonical/usage";
import * as keys from "../../canonical/openai-keys";
import { JsonDocument, JsonKey } from "../../json/document";
import { ProviderType } from "../provider-type";

const PROMPT_TOKENS = new JsonKey("prompt_tokens");
const COMPLETION_TOKENS = new JsonKey("completion_tokens");
const INPUT_TOKENS = new JsonKey("input_tokens");
const OUTPUT_TOKENS = new JsonKey("output_tokens");
const PROMPT_DETAILS = new JsonKey("prompt_tokens_details");
const COMPLETION_DETAILS = new JsonKey("completion_tokens_details");
const CACHED_TOKENS = new JsonKey("cached_tokens");
const CACHE_HIT_TOKENS = new JsonKey("prompt_cache_hit_tokens");
const CACHE_CREATION_TOKENS = new JsonKey("cache_creation_tokens");
const CACHE_CREATION_INPUT_TOKENS = new JsonKey("cache_creation_input_tokens");
const REASONING_TOKENS = new JsonKey("reasoning_tokens");

/** The first of two members that is a number, from 0 to `MAX_TOKENS`; 0 when neither is. */
function count(document: JsonDocument, object: i32, first: JsonKey, second: JsonKey): i64 {
  let node = document.find(object, first);
  if (!document.isNumber(node)) node = document.find(object, second);
  return min<i64>(max<i64>(document.integer(node), 0), MAX_TOKENS);
}

/**
 * Takes a `usage` object; what an earlier one said is forgotten, because servers repeat it cumulatively (checklist item 28).
 * Sources: https://platform.openai.com/docs/api-reference/chat/object, https://api-docs.deepseek.com/guides/kv_cache
 * (`prompt_cache_hit_tokens`), https://www.alibabacloud.com/help/en/model-studio/context-cache (`cache_creation_input_tokens`)
 */
export function readUsage(document: JsonDocument, object: i32, usage: Usage): void {
  if (!document.isObject(object)) return;
  const promptDetails = document.find(object, PROMPT_DETAILS);
  const completionDetails = document.find(object, COMPLETION_DETAILS);
  usage.known = true;
  usage.input = count(document, object, PROMPT_TOKENS, INPUT_TOKENS);
  usage.output = count(document, object, COMPLETION_TOKENS, OUTPUT_TOKENS);
  usage.cachedInput = count(document, promptDetails, CACHED_TOKENS, CACHE_HIT_TOKENS);
  if (usage.cachedInput == 0) usage.cachedInput = count(document, object, CACHE_HIT_TOKENS, CACHED_TOKENS);
  usage.cacheCreation = count(document, promptDetails, CACHE_CREATION_INPUT_TOKENS, CACHE_CREATION_TOKENS);
  usage.reasoning = count(document, completionDetails, REASONING_TOKENS, REASONING_TOKENS);
}

/** The `usage` of a chunk or an answer, or -1: a member at its top, or of its first choice where the server writes it there. */
export function findUsage(document: JsonDocument, root: i32, choices: i32, type: ProviderType): i32 {
  const usage = document.find(root, keys.USAGE);
  if (!type.hasUsageInChoice || document.isObject(usage)) return usage;
  return document.find(document.first(choices), keys.USAGE);
}
