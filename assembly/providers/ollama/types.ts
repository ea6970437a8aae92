import { Protocol, ProviderType } from "../provider-type";

/** Ollama's own API, for configurations that ask for it: `ollamaEnableCompatible` is false. */
export function listOllamaVariants(): ProviderType[] {
  const type = new ProviderType("ollama", Protocol.Ollama);
  type.source = "https://docs.ollama.com/api/chat";
  type.selector = "ollamaEnableCompatible";
  type.selectorValue = "false";
  return [type];
}
