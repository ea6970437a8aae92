import { SseDecoder } from "./decoder";
import { FrameDecoder, Framing } from "./frame-decoder";

/** A decoder for a framing. */
export function openDecoder(framing: Framing): FrameDecoder {
  return new SseDecoder();
}
