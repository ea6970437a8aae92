import { Protocol, ProviderType } from "../provider-type";

/** MiniMax's first chat API, for accounts and models that have no other. */
export function listMiniMaxVariants(): ProviderType[] {
  const type = new ProviderType("minimax", Protocol.MiniMax);
  type.source = "https://platform.minimaxi.com/document/guides/chat-model/pro/api";
  type.host = "api.minimax.chat";
  type.basePath = "/v1";
  type.keyVariable = "MINIMAX_API_KEY";
  type.selector = "minimaxApiType";
  type.selectorValue = "pro";
  type.requiredMembers = ["minimaxGroupId"];
  return [type];
}
