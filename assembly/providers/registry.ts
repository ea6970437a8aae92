import { AnthropicProtocol } from "./anthropic/index";
import { Protocol, ProviderType } from "./provider-type";
import { OpenAiProtocol } from "./openai/index";
import { ProviderProtocol } from "./provider";

export { findProviderType } from "./catalogue";

const openAi: ProviderProtocol = new OpenAiProtocol();
const anthropic: ProviderProtocol = new AnthropicProtocol();

/** The protocol that a provider type speaks. A new protocol is one more line here. */
export function protocolFor(type: ProviderType): ProviderProtocol {
  if (type.protocol == Protocol.Anthropic) return anthropic;
  return openAi;
}
