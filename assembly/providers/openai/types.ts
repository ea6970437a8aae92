import { Protocol, ProviderType, ReasoningHistory } from "../provider-type";

function openAi(name: string, source: string, host: string, basePath: string, keyVariable: string): ProviderType {
  const type = new ProviderType(name, Protocol.OpenAi);
  type.source = source;
  type.host = host;
  type.basePath = basePath;
  type.keyVariable = keyVariable;
  return type;
}

function openAiRow(): ProviderType {
  const type = openAi(
    "openai",
    "https://platform.openai.com/docs/api-reference/chat",
    "api.openai.com",
    "/v1",
    "OPENAI_API_KEY",
  );
  type.acceptsDeveloperRole = true;
  type.acceptsMaxCompletionTokens = true;
  type.reasoningHistory = ReasoningHistory.Remove;
  return type;
}

/** The history rule: https://api-docs.deepseek.com/guides/thinking_mode */
function deepseekRow(): ProviderType {
  const source = "https://api-docs.deepseek.com/api/create-chat-completion";
  const type = openAi("deepseek", source, "api.deepseek.com", "", "DEEPSEEK_API_KEY");
  type.reasoningHistory = ReasoningHistory.ToolTurns;
  return type;
}

function qwenRow(name: string): ProviderType {
  const source = "https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope";
  return openAi(name, source, "dashscope.aliyuncs.com", "/compatible-mode/v1", "DASHSCOPE_API_KEY");
}

function vllmRow(): ProviderType {
  const type = openAi("vllm", "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html", "", "/v1", "");
  type.acceptsMaxCompletionTokens = true;
  return type;
}

/** The types that speak OpenAI's protocol. A vendor of this protocol is one row here. */
export function listOpenAiTypes(): ProviderType[] {
  return [
    openAiRow(),
    deepseekRow(),
    qwenRow("qwen"),
    qwenRow("dashscope"),
    vllmRow(),
    // Any other server that speaks OpenAI's protocol: the oldest dialect, which all of them know.
    openAi("generic", "https://platform.openai.com/docs/api-reference/chat", "", "/v1", ""),
    openAi("ollama", "https://docs.ollama.com/api/openai-compatibility", "", "/v1", ""),
  ];
}
