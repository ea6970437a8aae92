import { hashBytes } from "./keys";

/** Bytes before the name's own: its length and its hash. */
const HEADER: usize = 8;

/**
 * A member name to look for: ASCII, compared after unescaping. Create these once, as module-level constants. Not managed: the several
 * hundred of them would be marked by every collection. `new JsonKey("literal")` is made into constant data by the build
 * (scripts/compiler/literals.ts), with the same layout; any other key keeps its memory until `release`.
 */
@final
@unmanaged
export class JsonKey {
  /** Bytes of the name. */
  readonly length: i32 = 0;
  /** The hash that the tape holds for such a key. */
  readonly hash: u32 = 0;

  constructor(name: string) {
    const length = String.UTF8.byteLength(name);
    const key = changetype<JsonKey>(__alloc(HEADER + <usize>length));
    String.UTF8.encodeUnsafe(changetype<usize>(name), name.length, key.pointer);
    store<i32>(changetype<usize>(key), length, offsetof<JsonKey>("length"));
    store<u32>(changetype<usize>(key), hashBytes(key.pointer, length), offsetof<JsonKey>("hash"));
    return key;
  }

  /** Address of the name's first byte. */
  get pointer(): usize {
    return changetype<usize>(this) + HEADER;
  }

  /** Gives the memory of a key back that was not made from a literal. */
  release(): void {
    __free(changetype<usize>(this));
  }
}
