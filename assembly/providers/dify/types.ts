import { Protocol, ProviderType } from "../provider-type";

/** The types that speak Dify's protocol. Self-hosted ones give their address in `difyApiUrl`. */
export function listDifyTypes(): ProviderType[] {
  const type = new ProviderType("dify", Protocol.Dify);
  type.source = "https://docs.dify.ai/api-reference/chat/send-chat-message";
  type.host = "api.dify.ai";
  type.basePath = "/v1";
  type.keyVariable = "DIFY_API_KEY";
  return [type];
}
