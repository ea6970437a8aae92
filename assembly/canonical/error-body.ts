import { JsonDocument, JsonError } from "../json/document";
import { SseDecoder } from "../sse/decoder";

/**
 * The body of an error answer, which may hold anything: JSON, or an event stream whose event holds the JSON, as DashScope refuses a
 * request for a stream (https://www.alibabacloud.com/help/en/model-studio/error-code). Borrows the bytes until `free`.
 */
export class ErrorBody {
  readonly document: JsonDocument = new JsonDocument();
  private events: SseDecoder = new SseDecoder();

  /** Whether the body holds a JSON value, which `document` is then, indexed as deep as said. Call once. */
  parse(body: usize, length: i32, indexedDepth: i32 = 8): bool {
    const document = this.document;
    if (document.parse(body, length, indexedDepth) == JsonError.None) return true;
    const events = this.events;
    events.feed(body, length);
    events.finish();
    while (events.next()) {
      const error = document.parse(events.dataPointer, events.dataLength, indexedDepth);
      if (error == JsonError.None && document.isObject(document.root())) return true;
    }
    return false;
  }

  /** Gives unmanaged memory back. */
  free(): void {
    this.document.free();
    this.events.free();
  }
}
