import type { NativeAnswer, SpokenTurn } from "../providers/suite/adapter";
import type { MockRequest, Vendor } from "../mocks/types";

/*
 * What adapters of small protocols share: JSON and events as bytes, a conversation that was said as one text, a mock as a validator.
 */

const encoder = new TextEncoder();

/** A value as the bytes of a JSON answer. */
export function jsonAnswer(value: unknown): NativeAnswer {
  return { bytes: encoder.encode(JSON.stringify(value)) };
}

/** Events as bytes: `[name, data]`; without a name there is a `data:` line only. */
export function eventAnswer(events: readonly (readonly [name: string | null, data: unknown])[]): NativeAnswer {
  const lines = events.map(([name, data]) => {
    const head = name === null ? "" : `event: ${name}\n`;
    return `${head}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
  });
  return { bytes: encoder.encode(lines.join("")), isEvents: true };
}

/** What the schema of the tool that stands for a response format says of the wish: a schema of the client's, or any object. */
export function formOf(schema: { properties?: unknown }): "schema" | "object" {
  return Object.keys(schema.properties ?? {}).length > 0 ? "schema" : "object";
}

/** Two halves, cut where no character is; one piece when there is nothing to cut. */
export function halves(text: string): string[] {
  const characters = Array.from(text);
  const middle = Math.ceil(characters.length / 2);
  return [characters.slice(0, middle).join(""), characters.slice(middle).join("")].filter((piece) => piece !== "");
}

/** A turn of texts only. */
export function textTurn(role: "user" | "assistant", texts: string[], more: Partial<SpokenTurn> = {}): SpokenTurn {
  return { role, texts, images: [], documents: [], toolCalls: [], toolResults: [], ...more };
}

/** A conversation that was said as one text. */
export interface Transcript {
  system: string[];
  turns: SpokenTurn[];
}

/** Reads `System: ...`, `User: ...`, `Assistant: ...` in paragraphs, or the user's own words. */
export function readTranscript(text: string): Transcript {
  if (!/^(System|User|Assistant): /.test(text)) return { system: [], turns: [textTurn("user", [text])] };
  const transcript: Transcript = { system: [], turns: [] };
  for (const paragraph of text.replace(/\n\nAssistant:$/, "").split(/\n\n(?=(?:User|Assistant): )/)) {
    const [, speaker = "", said = ""] = /^(\w+): ([^]*)$/.exec(paragraph) ?? [];
    if (speaker === "System") transcript.system.push(said);
    else transcript.turns.push(textTurn(speaker === "User" ? "user" : "assistant", [said]));
  }
  return transcript;
}

/** What a mock vendor says to a request: null when it takes it, else its words. */
export function askMock(
  vendor: Vendor,
  request: { path: string; headers: Record<string, string>; text: string },
  key = "test-key",
): string | null {
  const [path = "", query = ""] = request.path.split("?");
  const asked: MockRequest = {
    method: "POST",
    path,
    query,
    headers: { "content-type": "application/json", ...request.headers },
    repeatedHeaders: [],
    body: Buffer.from(request.text),
  };
  const answer = vendor.answer(asked, key, { form: "as-asked", textBytes: 0, withoutLastEvent: false, keepAlives: 0 });
  return answer.kind === "unary" && answer.status !== 200 ? answer.body : null;
}
