const MULTIPLIER = 0x9e3779b97f4a7c15n;
const WORD = (1n << 64n) - 1n;

/** The 24-bit hash of a member name; the same as `hashBytes` of assembly/json/keys.ts, which says how it works. */
export function hashKey(name: Buffer): number {
  let hash = (BigInt(name.length) * MULTIPLIER) & WORD;
  let offset = 0;
  for (; name.length - offset >= 8; offset += 8) {
    hash = ((hash ^ name.readBigUInt64LE(offset)) * MULTIPLIER) & WORD;
    hash ^= hash >> 29n;
  }
  hash = ((hash ^ lastWord(name.subarray(offset))) * MULTIPLIER) & WORD;
  return Number((((hash ^ (hash >> 32n)) * MULTIPLIER) & WORD) >> 40n);
}

/** Up to 7 bytes as one number. */
function lastWord(bytes: Buffer): bigint {
  const { length } = bytes;
  if (length === 0) return 0n;
  if (length >= 4) return BigInt(bytes.readUInt32LE(0)) | (BigInt(bytes.readUInt32LE(length - 4)) << 32n);
  const [first, middle, last] = [bytes.readUInt8(0), bytes.readUInt8(length >> 1), bytes.readUInt8(length - 1)];
  return BigInt(first | (middle << 8) | (last << 16));
}
