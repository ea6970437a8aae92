/** Stands in for a seed of 0, from which xorshift would never get away. */
const REPLACEMENT_SEED: u64 = 0x9e3779b97f4a7c15;

/**
 * Pseudo-random numbers for spreading load: xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift
 * generators, scrambled", https://arxiv.org/abs/1402.6246). Not for secrets. The same seed gives the same numbers.
 */
export class Random {
  private state: u64;

  constructor(seed: u64) {
    this.state = seed != 0 ? seed : REPLACEMENT_SEED;
  }

  /** The next 64 bits. */
  next(): u64 {
    let state = this.state;
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    this.state = state;
    return state * 0x2545f4914f6cdd1d;
  }

  /** A number from 0 to `bound` - 1, evenly spread; 0 when `bound` is 0. */
  below(bound: u32): u32 {
    return (((this.next() >> 32) * (bound as u64)) >> 32) as u32;
  }
}
