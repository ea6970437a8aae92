import type { NativeAnswer, SpokenRequest, SpokenTurn } from "../providers/suite/adapter";

/*
 * What adapters of protocols with OpenAI-like requests and JSON answers have in common.
 */
export type Member = Record<string, unknown>;

/** Two halves, cut where no character is. */
export function halves(text: string): string[] {
  const characters = Array.from(text);
  const middle = Math.ceil(characters.length / 2);
  return [characters.slice(0, middle).join(""), characters.slice(middle).join("")];
}

/** The bytes of a JSON answer. */
export function nativeJson(value: unknown): NativeAnswer {
  return { bytes: new TextEncoder().encode(JSON.stringify(value)) };
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

/** A turn without anything. */
export function emptyTurn(role: "user" | "assistant"): SpokenTurn {
  return { role, texts: [], images: [], documents: [], toolCalls: [], toolResults: [] };
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
