import { AuthStyle, Protocol, ProviderType } from "../provider-type";

function anthropicRow(name: string): ProviderType {
  const type = new ProviderType(name, Protocol.Anthropic);
  type.source = "https://docs.anthropic.com/en/api/messages";
  type.host = "api.anthropic.com";
  type.basePath = "/v1";
  type.auth = AuthStyle.ApiKeyHeader;
  type.keyVariable = "ANTHROPIC_API_KEY";
  return type;
}

/** The types that speak Anthropic's protocol. */
export function listAnthropicTypes(): ProviderType[] {
  return [anthropicRow("claude"), anthropicRow("anthropic")];
}
