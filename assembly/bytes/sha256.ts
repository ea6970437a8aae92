import { hexDigit } from "./hex";

/** Bytes of a digest. */
export const DIGEST_BYTES: i32 = 32;

/** Bytes that one round takes. */
const BLOCK_BYTES: i32 = 64;

/** The first 32 bits of the fractions of the cube roots of the first 64 primes (FIPS 180-4, section 4.2.2). */
const CONSTANTS: StaticArray<u32> = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
];

/** The message schedule of one round, and the block that holds what does not fill one yet. */
const schedule: usize = memory.data(256, 8);
const pending: usize = memory.data(64, 8);
const state: usize = memory.data(32, 8);
let pendingLength: i32 = 0;
let total: u64 = 0;

function scheduled(index: i32): u32 {
  return load<u32>(schedule + ((index as usize) << 2));
}

/** Takes one block into the state (FIPS 180-4, section 6.2.2). */
function compress(block: usize): void {
  for (let index = 0; index < 16; index++) {
    store<u32>(schedule + ((index as usize) << 2), bswap<u32>(load<u32>(block + ((index as usize) << 2))));
  }
  for (let index = 16; index < 64; index++) {
    const early = scheduled(index - 15);
    const late = scheduled(index - 2);
    const low = rotr<u32>(early, 7) ^ rotr<u32>(early, 18) ^ (early >> 3);
    const high = rotr<u32>(late, 17) ^ rotr<u32>(late, 19) ^ (late >> 10);
    store<u32>(schedule + ((index as usize) << 2), scheduled(index - 16) + low + scheduled(index - 7) + high);
  }
  let a = load<u32>(state);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  let e = load<u32>(state, 16);
  let f = load<u32>(state, 20);
  let g = load<u32>(state, 24);
  let h = load<u32>(state, 28);
  for (let index = 0; index < 64; index++) {
    const mixed = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
    const first = h + mixed + ((e & f) ^ (~e & g)) + unchecked(CONSTANTS[index]) + scheduled(index);
    const second = (rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + second;
  }
  store<u32>(state, load<u32>(state) + a);
  store<u32>(state, load<u32>(state, 4) + b, 4);
  store<u32>(state, load<u32>(state, 8) + c, 8);
  store<u32>(state, load<u32>(state, 12) + d, 12);
  store<u32>(state, load<u32>(state, 16) + e, 16);
  store<u32>(state, load<u32>(state, 20) + f, 20);
  store<u32>(state, load<u32>(state, 24) + g, 24);
  store<u32>(state, load<u32>(state, 28) + h, 28);
}

/** Begins a digest; one at a time. */
export function beginDigest(): void {
  store<u32>(state, 0x6a09e667);
  store<u32>(state, 0xbb67ae85, 4);
  store<u32>(state, 0x3c6ef372, 8);
  store<u32>(state, 0xa54ff53a, 12);
  store<u32>(state, 0x510e527f, 16);
  store<u32>(state, 0x9b05688c, 20);
  store<u32>(state, 0x1f83d9ab, 24);
  store<u32>(state, 0x5be0cd19, 28);
  pendingLength = 0;
  total = 0;
}

/** Takes more bytes of the message. */
export function addToDigest(pointer: usize, length: i32): void {
  if (length <= 0) return;
  total += length as u64;
  let position = pointer;
  const limit = pointer + length;
  if (pendingLength > 0) {
    const taken = min(BLOCK_BYTES - pendingLength, length);
    memory.copy(pending + pendingLength, position, taken);
    pendingLength += taken;
    position += taken;
    if (pendingLength < BLOCK_BYTES) return;
    compress(pending);
    pendingLength = 0;
  }
  for (; limit - position >= (BLOCK_BYTES as usize); position += BLOCK_BYTES) compress(position);
  pendingLength = (limit - position) as i32;
  memory.copy(pending, position, pendingLength);
}

/** Ends the digest and writes its 32 bytes to `target`. */
export function endDigest(target: usize): void {
  const bits = total << 3;
  store<u8>(pending + pendingLength, 0x80);
  pendingLength += 1;
  memory.fill(pending + pendingLength, 0, BLOCK_BYTES - pendingLength);
  if (pendingLength > BLOCK_BYTES - 8) {
    compress(pending);
    memory.fill(pending, 0, BLOCK_BYTES);
  }
  store<u64>(pending, bswap<u64>(bits), 56);
  compress(pending);
  for (let index: usize = 0; index < 32; index += 4) store<u32>(target + index, bswap<u32>(load<u32>(state + index)));
}

/** Writes the SHA-256 digest of bytes, 32 bytes, to `target` (FIPS 180-4). */
export function sha256(pointer: usize, length: i32, target: usize): void {
  beginDigest();
  addToDigest(pointer, length);
  endDigest(target);
}

/** Writes a digest as 64 hexadecimal digits to `target`, which must not overlap it. */
export function writeHexDigest(digest: usize, target: usize): void {
  for (let index: usize = 0; index < 32; index++) {
    const byte = load<u8>(digest + index);
    store<u8>(target + (index << 1), hexDigit(byte >> 4));
    store<u8>(target + (index << 1), hexDigit(byte & 15), 1);
  }
}
