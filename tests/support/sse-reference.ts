/** An event of the reference decoder. */
export interface ReferenceEvent {
  data: string;
  name: string;
}

/**
 * A plain reading of WHATWG HTML, "9.2.6 Interpreting an event stream", on strings of one character a byte; with the one difference that
 * the decoder documents: what the end of the stream cuts off is given out as well.
 */
export function decodeReference(stream: string): ReferenceEvent[] {
  const text = stream.startsWith("\xef\xbb\xbf") ? stream.slice(3) : stream;
  const events: ReferenceEvent[] = [];
  let data: string[] = [];
  let name = "";
  const dispatch = (): void => {
    if (data.length > 0) events.push({ data: data.join("\n"), name });
    data = [];
    name = "";
  };
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line === "") dispatch();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const rest = colon < 0 ? "" : line.slice(colon + 1);
    const value = rest.startsWith(" ") ? rest.slice(1) : rest;
    if (field === "data") data.push(value);
    if (field === "event") name = value;
  }
  dispatch();
  return events;
}
