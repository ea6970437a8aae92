import { checkOllamaBody } from "../../mocks/ollama-check";
import { ProtocolHarness } from "../../support/native";

/** A provider that speaks Ollama's own API. */
export const provider = { ollamaEnableCompatible: false, ollamaServerHost: "ollama.example.com" };
export const ollama = await ProtocolHarness.open({ type: "ollama", model: "qwen3-vl:8b", provider }, checkOllamaBody);

/** Writes objects as lines; text goes out as it is. */
export const wire = (lines: readonly unknown[]): string =>
  lines.map((each) => (typeof each === "string" ? each : `${JSON.stringify(each)}\n`)).join("");

/** One line of a stream. */
export const part = (message: object, more: object = {}) => ({
  model: "qwen3-vl:8b",
  created_at: "2023-08-04T08:52:19.385406455-07:00",
  message: { role: "assistant", content: "", ...message },
  done: false,
  ...more,
});
export const COUNTS = { prompt_eval_count: 26, eval_count: 298, total_duration: 4883583458 };
export const last = (done_reason: string | null = "stop", more: object = COUNTS) =>
  part({}, { done: true, ...(done_reason === null ? {} : { done_reason }), ...more });
export const call = (name: string, input: unknown, more: object = {}) => ({
  ...more,
  function: { name, arguments: input },
});
