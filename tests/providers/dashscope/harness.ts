import { checkDashScopeBody } from "../../mocks/dashscope-native-check";
import { ProtocolHarness } from "../../support/native";

/** A provider that speaks DashScope's own API. */
export const provider = { qwenEnableCompatible: false };

/** What the vendor would say to a body; path and headers follow from it, and tests of their own check them. */
function check(body: unknown): unknown {
  const { input, parameters } = body as {
    input: { messages: { content: unknown }[] };
    parameters: { incremental_output?: boolean };
  };
  const isMultimodal = input.messages.some(({ content }) => Array.isArray(content));
  return checkDashScopeBody(body, isMultimodal, parameters.incremental_output !== undefined);
}

export const dashscope = await ProtocolHarness.open({ type: "qwen", model: "qwen-plus", provider }, check);

/** Writes objects as events; text goes out as it is. */
export const wire = (events: readonly unknown[]): string =>
  events
    .map((event, index) =>
      typeof event === "string"
        ? event
        : `id:${String(index + 1)}\nevent:result\n:HTTP_STATUS/200\ndata:${JSON.stringify(event)}\n\n`,
    )
    .join("");
export const errorEvent = (code: string, message: string): string =>
  `id:1\nevent:error\n:HTTP_STATUS/400\ndata:${JSON.stringify({ code, message, request_id: "r-1" })}\n\n`;

export const USAGE = {
  input_tokens: 22,
  output_tokens: 17,
  total_tokens: 39,
  prompt_tokens_details: { cached_tokens: 8 },
  output_tokens_details: { reasoning_tokens: 5 },
};
/** One object of an answer. */
export const result = (message: object, finish_reason: string | null = "null", more: object = {}) => ({
  output: { choices: [{ message: { role: "assistant", content: "", ...message }, finish_reason }] },
  usage: USAGE,
  request_id: "f8a1b2c3",
  ...more,
});
export const call = (index: number, id: string, name: string | undefined, text: string) => ({
  index,
  id,
  type: "function",
  function: { ...(name === undefined ? {} : { name }), arguments: text },
});
