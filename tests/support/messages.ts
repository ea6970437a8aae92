/** An object of JSON. */
export type Member = Record<string, unknown>;

/*
 * The messages and tools of OpenAI's chat API.
 */
export const user = (content: unknown): Member => ({ role: "user", content });
export const assistant = (content: unknown, more: Member = {}): Member => ({ role: "assistant", content, ...more });
export const system = (content: unknown): Member => ({ role: "system", content });
export const toolResult = (id: string, content: unknown): Member => ({ role: "tool", tool_call_id: id, content });
export const toolCall = (id: string, name: string, text: string | null): Member => ({
  id,
  type: "function",
  function: { name, arguments: text },
});
export const tool = (name: string, more: Member = {}): Member => ({ type: "function", function: { name, ...more } });
/** Bytes as clients send them inside of a message. */
export const dataUri = (type: string, text: string): string =>
  `data:${type};base64,${Buffer.from(text).toString("base64")}`;
