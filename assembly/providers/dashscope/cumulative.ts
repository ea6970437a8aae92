import { ByteBuffer } from "../../bytes/buffer";
import { cutLength } from "../../canonical/error-text";

/** Most bytes that one text of an answer may take while it comes in whole again and again. */
const MOST_BYTES: i32 = 16 * 1024 * 1024;

/** A text of which each event brings all so far: finds what is new. All texts are the insides of JSON strings. */
export class CumulativeText {
  private told: ByteBuffer = new ByteBuffer();
  /** Set when the text has grown beyond belief. */
  isTooLarge: bool = false;

  /** Takes the text of an event and gives the number of bytes at its begin that were there before. */
  take(pointer: usize, length: i32): i32 {
    const told = this.told;
    if (length <= 0) return 0;
    const known = this.countKnown(pointer, length);
    if (told.length > MOST_BYTES - length) {
      this.isTooLarge = true;
      return length;
    }
    // A text that does not go on from the last one is more of it: the model sent only what is new after all.
    told.length = known == 0 ? told.length : min(known, told.length);
    told.bytes(pointer + known, length - known);
    return known;
  }

  /** Gives unmanaged memory back. */
  free(): void {
    this.told.free();
  }

  private countKnown(pointer: usize, length: i32): i32 {
    const told = this.told;
    const most = min(told.length, length);
    if (memory.compare(told.pointer, pointer, most) == 0) return length < told.length ? 0 : most;
    if (length < told.length) return 0;
    let common = 0;
    while (common < most && load<u8>(told.pointer + common) == load<u8>(pointer + common)) common += 1;
    // A tail may have been corrected, such as half a character; what is new then begins before the old end.
    return common > told.length >> 1 ? cutLength(pointer, length, common) : 0;
  }
}
