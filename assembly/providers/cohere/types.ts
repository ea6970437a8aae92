import { AuthStyle, Protocol, ProviderType } from "../provider-type";

/** The types that speak Cohere's protocol, version 2. */
export function listCohereTypes(): ProviderType[] {
  const type = new ProviderType("cohere", Protocol.Cohere);
  type.source = "https://docs.cohere.com/reference/chat";
  type.host = "api.cohere.com";
  type.auth = AuthStyle.Bearer;
  type.keyVariable = "CO_API_KEY";
  return [type];
}
