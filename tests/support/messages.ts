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

/** The visible texts of the messages with one of the roles, in order, blank ones left out. */
export function textsOf(messages: readonly Member[], roles: readonly string[]): string[] {
  return messages
    .filter((message) => roles.includes(message["role"] as string))
    .flatMap(({ content }) => {
      if (typeof content === "string") return [content];
      return ((content ?? []) as Member[]).flatMap((part) => (typeof part["text"] === "string" ? [part["text"]] : []));
    })
    .filter((text) => text.trim() !== "");
}

/** Name and arguments of every call, legacy ones too, in order. */
export function callsOf(messages: readonly Member[]): { name: string; arguments: unknown }[] {
  type Call = { name: string; arguments: string };
  return messages.flatMap((message) => {
    const calls = ((message["tool_calls"] ?? []) as { function: Call }[]).map((call) => call.function);
    if ((message["function_call"] ?? null) !== null) calls.push(message["function_call"] as Call);
    return calls.map((call) => ({
      name: call.name,
      arguments: call.arguments.trim() === "" ? {} : (JSON.parse(call.arguments) as unknown),
    }));
  });
}
