import { ByteBuffer } from "../../bytes/buffer";

/** Most bytes of one reasoning block that are kept to be sent again with its signature. */
const MAX_REASONING_BYTES: i32 = 1024 * 1024;

/** The text of the reasoning block that is open, kept until its signature comes. */
export class OpenReasoning {
  private text: ByteBuffer = new ByteBuffer();
  private overflowed: bool = false;

  /** Takes more of the block's text. */
  add(pointer: usize, length: i32): void {
    if (this.overflowed) return;
    if (this.text.length + length > MAX_REASONING_BYTES) {
      this.overflowed = true;
      this.text.free();
      return;
    }
    this.text.bytes(pointer, length);
  }

  /** Ends the block: writes `{"type":"thinking",...}` when it can be sent again, that is when it is signed and was kept whole. */
  close(signature: usize, signatureLength: i32, out: ByteBuffer): bool {
    const isWhole = signatureLength > 0 && !this.overflowed;
    if (isWhole) {
      out.ascii('{"type":"thinking","thinking":"');
      out.bytes(this.text.pointer, this.text.length);
      out.ascii('","signature":"');
      out.bytes(signature, signatureLength);
      out.ascii('"}');
    }
    this.overflowed = false;
    this.text.clear(4096);
    return isWhole;
  }

  free(): void {
    this.text.free();
  }
}

/** Writes a block of reasoning that only its vendor can read. */
export function writeRedactedBlock(pointer: usize, length: i32, out: ByteBuffer): void {
  out.ascii('{"type":"redacted_thinking","data":"');
  out.bytes(pointer, length);
  out.ascii('"}');
}

/** Writes an image that the model made, as OpenRouter and LiteLLM do: https://openrouter.ai/docs/features/multimodal/image-generation */
export function writeImage(
  mediaType: usize,
  mediaTypeLength: i32,
  data: usize,
  dataLength: i32,
  out: ByteBuffer,
): void {
  out.ascii('{"type":"image_url","image_url":{"url":"data:');
  out.bytes(mediaType, mediaTypeLength);
  out.ascii(";base64,");
  out.bytes(data, dataLength);
  out.ascii('"}}');
}
