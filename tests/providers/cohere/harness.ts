import { checkCohereBody } from "../../mocks/cohere-check";
import { ProtocolHarness } from "../../support/native";

export const cohere = await ProtocolHarness.open({ type: "cohere", model: "command-a-03-2025" }, checkCohereBody);

/** Writes events as the vendor does: name and data. */
export function wire(events: readonly (Record<string, unknown> | string)[]): string {
  return events
    .map((event) =>
      typeof event === "string" ? event : `event: ${String(event["type"])}\ndata: ${JSON.stringify(event)}\n\n`,
    )
    .join("");
}

const delta = (type: string, index: number, message: object) => ({ type, index, delta: { message } });
export const messageStart = {
  id: "c14c80c3",
  type: "message-start",
  delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } },
};
/** A block of text or thinking. */
export const block = (index: number, member: "text" | "thinking", ...pieces: string[]) => [
  delta("content-start", index, { content: { type: member, [member]: "" } }),
  ...pieces.map((piece) => delta("content-delta", index, { content: { [member]: piece } })),
  { type: "content-end", index },
];
export const plan = (...pieces: string[]) =>
  pieces.map((tool_plan) => ({ type: "tool-plan-delta", delta: { message: { tool_plan } } }));
export const call = (index: number, id: string, name: string, ...pieces: string[]) => [
  delta("tool-call-start", index, { tool_calls: { id, type: "function", function: { name, arguments: "" } } }),
  ...pieces.map((piece) => delta("tool-call-delta", index, { tool_calls: { function: { arguments: piece } } })),
  { type: "tool-call-end", index },
];
export const citation = (index: number, citations: object) => [
  delta("citation-start", index, { citations }),
  { type: "citation-end", index },
];
export const USAGE = {
  billed_units: { input_tokens: 5, output_tokens: 4 },
  tokens: { input_tokens: 71, output_tokens: 9 },
  cached_tokens: 32,
};
export const messageEnd = (finish_reason = "COMPLETE", more: object = {}) => ({
  type: "message-end",
  delta: { finish_reason, usage: USAGE, ...more },
});
