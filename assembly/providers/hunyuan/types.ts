import { AuthStyle, Protocol, ProviderType } from "../provider-type";

function variant(selector: string, needed: string): ProviderType {
  const type = new ProviderType("hunyuan", Protocol.Hunyuan);
  type.source = "https://cloud.tencent.com/document/api/1729/105701";
  type.host = "hunyuan.tencentcloudapi.com";
  type.auth = AuthStyle.None;
  type.selector = selector;
  type.selectorValue = "*";
  type.requiredMembers = [needed];
  return type;
}

/** Tencent Cloud's own API, for accounts with a SecretId and a SecretKey instead of a key of the OpenAI-compatible API. */
export function listHunyuanVariants(): ProviderType[] {
  return [variant("hunyuanAuthId", "hunyuanAuthKey"), variant("hunyuanAuthKey", "hunyuanAuthId")];
}
