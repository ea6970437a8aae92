import { Usage } from "../../canonical/usage";
import { JsonDocument, JsonKey } from "../../json/document";
import { readCount } from "../shared/counts";

const INPUT = new JsonKey("input_tokens");
const OUTPUT = new JsonKey("output_tokens");
const CACHE_READ = new JsonKey("cache_read_input_tokens");
const CACHE_CREATION = new JsonKey("cache_creation_input_tokens");
const DETAILS = new JsonKey("output_tokens_details");
const THINKING = new JsonKey("thinking_tokens");

/**
 * Gathers the `usage` objects of one answer. Counts are cumulative and may come twice (`message_start`, `message_delta`), so the
 * last number wins; `null` and absent members leave what is known. Anthropic's `input_tokens` excludes the cached part.
 * Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching (tracking cache performance)
 */
export class UsageReader {
  private input: i64 = 0;
  private cacheRead: i64 = 0;
  private cacheCreation: i64 = 0;
  private output: i64 = 0;
  private thinking: i64 = 0;

  /** Takes a `usage` object (or -1) and brings `usage` up to date. */
  read(document: JsonDocument, node: i32, usage: Usage): void {
    if (!document.isObject(node)) return;
    this.input = readCount(document, document.find(node, INPUT), this.input);
    this.cacheRead = readCount(document, document.find(node, CACHE_READ), this.cacheRead);
    this.cacheCreation = readCount(document, document.find(node, CACHE_CREATION), this.cacheCreation);
    this.output = readCount(document, document.find(node, OUTPUT), this.output);
    this.thinking = readCount(document, document.find(document.find(node, DETAILS), THINKING), this.thinking);
    usage.known = true;
    usage.input = this.input + this.cacheRead + this.cacheCreation;
    usage.output = this.output;
    usage.cachedInput = this.cacheRead;
    usage.cacheCreation = this.cacheCreation;
    usage.reasoning = min(this.thinking, this.output);
  }
}
