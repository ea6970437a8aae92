import { ByteMap, extendHash, HASH_START } from "./byte-map";

/**
 * Model patterns to numbers: exact beats the longest `prefix*`, which beats `*` (the empty prefix). A look-up reads the name
 * once, whatever the number of patterns is.
 */
export class PatternTable {
  private exact: ByteMap = new ByteMap();
  private prefixes: ByteMap = new ByteMap();
  /** The different lengths of the prefixes, ascending. */
  private prefixLengths: i32[] = [];
  private longestExact: i32 = 0;

  /**
   * Adds a pattern (without its star) and a number that is not negative.
   * Gives the number that the same pattern already has (which stays), or -1.
   */
  add(pattern: StaticArray<u8>, isPrefix: bool, value: i32): i32 {
    if (!isPrefix) {
      this.longestExact = max(this.longestExact, pattern.length);
      return this.exact.add(pattern, value);
    }
    const earlier = this.prefixes.add(pattern, value);
    if (earlier < 0 && !this.prefixLengths.includes(pattern.length)) {
      this.prefixLengths.push(pattern.length);
      this.prefixLengths.sort((left, right) => left - right);
    }
    return earlier;
  }

  /** The number of the pattern that a name belongs to, or -1. */
  find(name: usize, length: i32): i32 {
    let best = -1;
    let hash = HASH_START;
    let hashed = 0;
    for (let index = 0; index < this.prefixLengths.length; index++) {
      const prefixLength = unchecked(this.prefixLengths[index]);
      if (prefixLength > length) break;
      for (; hashed < prefixLength; hashed++) hash = extendHash(hash, load<u8>(name + hashed));
      const found = this.prefixes.findHashed(name, prefixLength, hash);
      if (found >= 0) best = found;
    }
    if (length > this.longestExact) return best;
    for (; hashed < length; hashed++) hash = extendHash(hash, load<u8>(name + hashed));
    const found = this.exact.findHashed(name, length, hash);
    return found >= 0 ? found : best;
  }
}
