import { Protocol, ProviderType } from "../provider-type";

/** The types that speak Coze's protocol. The platform in China is `providerDomain: "api.coze.cn"`. */
export function listCozeTypes(): ProviderType[] {
  const type = new ProviderType("coze", Protocol.Coze);
  type.source = "https://www.coze.com/docs/developer_guides/chat_v3";
  type.host = "api.coze.com";
  type.keyVariable = "COZE_API_TOKEN";
  return [type];
}
