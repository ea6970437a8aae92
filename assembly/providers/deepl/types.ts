import { AuthStyle, Protocol, ProviderType } from "../provider-type";

/** The types that speak DeepL's protocol. Accounts of the free API have another host (`providerDomain: "api-free.deepl.com"`). */
export function listDeepLTypes(): ProviderType[] {
  const type = new ProviderType("deepl", Protocol.DeepL);
  type.source = "https://developers.deepl.com/docs/api-reference/translate";
  type.host = "api.deepl.com";
  type.basePath = "/v2";
  type.auth = AuthStyle.DeepL;
  type.keyVariable = "DEEPL_AUTH_KEY";
  type.requiredMembers = ["targetLang"];
  return [type];
}
