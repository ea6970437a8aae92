/** The FNV-1a hash of bytes, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/). */
export function hash64(pointer: usize, length: i32): u64 {
  let hash: u64 = 0xcbf29ce484222325;
  for (let index = 0; index < length; index++) {
    hash = (hash ^ (load<u8>(pointer + index) as u64)) * 0x100000001b3;
  }
  return hash;
}
