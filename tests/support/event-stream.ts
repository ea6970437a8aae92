import { EventStreamCodec } from "@smithy/core/event-streams";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The vendor's own codec for `application/vnd.amazon.eventstream`. */
export const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : decoder.decode(bytes)),
  (text) => encoder.encode(text),
);

export type Message = Parameters<EventStreamCodec["encode"]>[0];

const text = (value: string): Message["headers"][string] => ({ type: "string", value });

/** The frame of an event, as Bedrock sends it. */
export function eventFrame(type: string, payload: unknown): Uint8Array {
  return codec.encode({
    headers: {
      ":event-type": text(type),
      ":content-type": text("application/json"),
      ":message-type": text("event"),
    },
    body: encoder.encode(typeof payload === "string" ? payload : JSON.stringify(payload)),
  });
}

/** The frame of an exception that the service's model knows. */
export function exceptionFrame(type: string, payload: unknown): Uint8Array {
  return codec.encode({
    headers: {
      ":exception-type": text(type),
      ":content-type": text("application/json"),
      ":message-type": text("exception"),
    },
    body: encoder.encode(typeof payload === "string" ? payload : JSON.stringify(payload)),
  });
}

/** The frame of an error that the service's model does not know: everything is in its headers. */
export function errorFrame(code: string, message: string): Uint8Array {
  return codec.encode({
    headers: { ":error-code": text(code), ":error-message": text(message), ":message-type": text("error") },
    body: new Uint8Array(),
  });
}
