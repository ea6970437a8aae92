import { listAnthropicTypes } from "./anthropic/types";
import { listCohereTypes } from "./cohere/types";
import { listDashScopeVariants } from "./dashscope/types";
import { listCozeTypes } from "./coze/types";
import { listDeepLTypes } from "./deepl/types";
import { listDifyTypes } from "./dify/types";
import { listBedrockTypes } from "./bedrock/types";
import { listHunyuanVariants } from "./hunyuan/types";
import { listMiniMaxVariants } from "./minimax/types";
import { listOllamaVariants } from "./ollama/types";
import { listOpenAiTypes, listOpenAiVariants } from "./openai/types";
import { listGeminiTypes } from "./gemini/types";
import { listTritonTypes } from "./triton/types";
import { ProviderType } from "./provider-type";
import { listVertexTypes, listVertexVariants } from "./vertex/types";

let types: ProviderType[] = [];

/** All provider types, by protocol; made once. Also imported by the Node programs in `scripts/`. */
export function listProviderTypes(): ProviderType[] {
  if (types.length == 0) types = makeProviderTypes();
  return types;
}

function makeProviderTypes(): ProviderType[] {
  return listOpenAiTypes()
    .concat(listAnthropicTypes())
    .concat(listCohereTypes())
    .concat(listDifyTypes())
    .concat(listCozeTypes())
    .concat(listTritonTypes())
    .concat(listDeepLTypes())
    .concat(listGeminiTypes())
    .concat(listVertexTypes())
    .concat(listBedrockTypes());
}

/**
 * Other protocols and addresses of types above, which a member of the provider's configuration selects: `selector` has the value
 * `selectorValue`. A variant has the name of its type.
 */
export function listVariants(): ProviderType[] {
  return listOpenAiVariants()
    .concat(listVertexVariants())
    .concat(listHunyuanVariants())
    .concat(listMiniMaxVariants())
    .concat(listOllamaVariants())
    .concat(listDashScopeVariants());
}

/** The provider type of a configuration's `type`, or null when there is none of that name. */
export function findProviderType(name: string): ProviderType | null {
  const types = listProviderTypes();
  for (let index = 0; index < types.length; index++) {
    const type = types[index];
    if (type && type.name == name) return type;
  }
  return null;
}
