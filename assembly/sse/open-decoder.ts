import { SseDecoder } from "./decoder";
import { EventStreamDecoder } from "./event-stream";
import { FrameDecoder, Framing } from "./frame-decoder";

/** A decoder for a framing. */
export function openDecoder(framing: Framing): FrameDecoder {
  if (framing == Framing.AmazonEventStream) return new EventStreamDecoder();
  return new SseDecoder();
}
