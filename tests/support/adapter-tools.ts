import type { MockRequest, Vendor } from "../mocks/types";
import type { NativeAnswer, SpokenRequest, SpokenTurn } from "../providers/suite/adapter";
import type { Member } from "./messages";

/*
 * What adapters share: JSON and events as bytes, turns, a conversation that was said as one text, a mock as a validator.
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

/** Puts something behind every event but the last, which ends the stream; every event gets an unknown member. */
export function addNoise(events: readonly Member[], noise: readonly Member[]): Member[] {
  const noisy = events.flatMap((event) => [{ ...event, brand_new: { a: [] } }, ...noise]);
  noisy.splice(-noise.length);
  return noisy;
}

/** Reads `[{"type":"function","function":{"name","description"}}]`. */
export function readTools(tools: unknown): SpokenRequest["tools"] {
  return ((tools ?? []) as { function: { name: string; description?: string } }[]).map(({ function: each }) => ({
    name: each.name,
    description: each.description,
  }));
}

/** A turn of one role with some content. */
export function turnOf(role: "user" | "assistant", content: Partial<SpokenTurn> = {}): SpokenTurn {
  return { role, texts: [], images: [], documents: [], toolCalls: [], toolResults: [], ...content };
}

/** A request of a vendor that takes a conversation and little else: what it cannot say is left out. */
export function spokenOf(said: Pick<SpokenRequest, "system" | "turns"> & Partial<SpokenRequest>): SpokenRequest {
  const nothing = {
    maxTokens: undefined,
    temperature: undefined,
    topP: undefined,
    reasons: undefined,
    stream: undefined,
  };
  return { ...nothing, tools: [], toolChoice: "auto", stop: [], format: "text", ...said };
}

/** Joins neighbours of the same role, as a model sees them. */
export function joinTurns(turns: readonly SpokenTurn[]): SpokenTurn[] {
  const joined: SpokenTurn[] = [];
  for (const turn of turns) {
    const last = joined.at(-1);
    if (last?.role !== turn.role) {
      joined.push(structuredClone(turn));
      continue;
    }
    last.texts.push(...turn.texts);
    last.images.push(...turn.images);
    last.documents.push(...turn.documents);
    last.toolCalls.push(...turn.toolCalls);
    last.toolResults.push(...turn.toolResults);
  }
  return joined;
}

/** A conversation that was said as one text. */
export interface Transcript {
  system: string[];
  turns: SpokenTurn[];
}

/** Reads `System: ...`, `User: ...`, `Assistant: ...` in paragraphs, or the user's own words. */
export function readTranscript(text: string): Transcript {
  if (!/^(System|User|Assistant): /.test(text)) return { system: [], turns: [turnOf("user", { texts: [text] })] };
  const transcript: Transcript = { system: [], turns: [] };
  for (const paragraph of text.replace(/\n\nAssistant:$/, "").split(/\n\n(?=(?:User|Assistant): )/)) {
    const [, speaker = "", said = ""] = /^(\w+): ([^]*)$/.exec(paragraph) ?? [];
    if (speaker === "System") transcript.system.push(said);
    else transcript.turns.push(turnOf(speaker === "User" ? "user" : "assistant", { texts: [said] }));
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
