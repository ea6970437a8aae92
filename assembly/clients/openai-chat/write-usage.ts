import { ByteBuffer } from "../../bytes/buffer";
import { Usage } from "../../canonical/usage";

/**
 * Writes OpenAI's `usage` object. Source: https://platform.openai.com/docs/api-reference/chat/object
 * `total_tokens` is the sum, whatever the provider says.
 */
export function writeUsage(usage: Usage, out: ByteBuffer): void {
  out.ascii('{"prompt_tokens":');
  out.decimal(usage.input);
  out.ascii(',"completion_tokens":');
  out.decimal(usage.output);
  out.ascii(',"total_tokens":');
  out.decimal(usage.input + usage.output);
  out.ascii(',"prompt_tokens_details":{"cached_tokens":');
  out.decimal(usage.cachedInput);
  out.ascii('},"completion_tokens_details":{"reasoning_tokens":');
  out.decimal(usage.reasoning);
  out.ascii("}}");
}
