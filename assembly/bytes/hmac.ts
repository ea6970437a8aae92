import { addToDigest, beginDigest, DIGEST_BYTES, endDigest, sha256 } from "./sha256";

const BLOCK_BYTES: i32 = 64;
const block: usize = memory.data(64, 8);
const inner: usize = memory.data(32, 8);

/** The key, padded with zeros and mixed with a byte (RFC 2104, section 2). */
function beginWith(key: usize, keyLength: i32, mixed: u8): void {
  memory.fill(block, 0, BLOCK_BYTES);
  if (keyLength > BLOCK_BYTES) sha256(key, keyLength, block);
  else memory.copy(block, key, keyLength);
  for (let index: usize = 0; index < 64; index++) store<u8>(block + index, load<u8>(block + index) ^ mixed);
  beginDigest();
  addToDigest(block, BLOCK_BYTES);
}

/** Writes the HMAC-SHA-256 of a message, 32 bytes, to `target`, which may be where the key is (RFC 2104, RFC 4231). */
export function hmacSha256(key: usize, keyLength: i32, message: usize, length: i32, target: usize): void {
  beginWith(key, keyLength, 0x36);
  addToDigest(message, length);
  endDigest(inner);
  beginWith(key, keyLength, 0x5c);
  addToDigest(inner, DIGEST_BYTES);
  endDigest(target);
}
