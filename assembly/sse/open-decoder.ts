import { SseDecoder } from "./decoder";
import { EventStreamDecoder } from "./event-stream";
import { FrameDecoder, Framing } from "./frame-decoder";
import { JsonLinesDecoder } from "./json-lines";

/** A decoder for a framing. */
export function openDecoder(framing: Framing): FrameDecoder {
  if (framing == Framing.AmazonEventStream) return new EventStreamDecoder();
  if (framing == Framing.JsonLines) return new JsonLinesDecoder();
  return new SseDecoder();
}
