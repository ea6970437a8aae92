import { ProviderType } from "../provider-type";
import { listChineseVendors, zhipuCodePlan } from "./chinese-vendors";
import { listOwnServers } from "./own-servers";
import { listVendors } from "./vendors";

/** The types that speak OpenAI's protocol. A vendor of this protocol is one row in one of these lists. */
export function listOpenAiTypes(): ProviderType[] {
  return listVendors().concat(listChineseVendors()).concat(listOwnServers());
}

/** Other addresses of these types, which a member of the configuration selects. */
export function listOpenAiVariants(): ProviderType[] {
  return [zhipuCodePlan()];
}
