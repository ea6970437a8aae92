/** More tokens than any answer has; keeps sums far from an overflow, whatever a provider says. */
export const MAX_TOKENS: i64 = 1 << 48;

/** Tokens of one answer. `input` includes the cached part, `output` includes the reasoning part. */
export class Usage {
  /** Whether the provider has reported anything. */
  known: bool = false;
  input: i64 = 0;
  output: i64 = 0;
  /** Part of `input` that was read from the provider's cache. */
  cachedInput: i64 = 0;
  /** Part of `input` that was written to the provider's cache. */
  cacheCreation: i64 = 0;
  /** Part of `output` that was spent on reasoning. */
  reasoning: i64 = 0;

  /** Forgets everything. */
  reset(): void {
    this.known = false;
    this.input = 0;
    this.output = 0;
    this.cachedInput = 0;
    this.cacheCreation = 0;
    this.reasoning = 0;
  }
}
