import { Protocol, ProviderType } from "../provider-type";

function nativeRow(name: string): ProviderType {
  const type = new ProviderType(name, Protocol.DashScope);
  type.source = "https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-dashscope";
  type.host = "dashscope.aliyuncs.com";
  type.keyVariable = "DASHSCOPE_API_KEY";
  type.selector = "qwenEnableCompatible";
  type.selectorValue = "false";
  return type;
}

/** DashScope's own API, for configurations that ask for it: `qwenEnableCompatible` is false. */
export function listDashScopeVariants(): ProviderType[] {
  return [nativeRow("qwen"), nativeRow("dashscope")];
}
