import { ProviderType } from "../provider-type";
import { Dialect, reasoning, REASONING_CONTENT, speaking, vendor, withReasoningTags } from "./row";

/** Servers that users run themselves: no host, and a key only where they set one. What reasons here is an open model. */
export function listOwnServers(): ProviderType[] {
  const vllm = vendor("vllm", "", "/v1", "docs.vllm.ai/en/latest/serving/openai_compatible_server.html");
  const sglang = vendor("sglang", "", "/v1", "docs.sglang.io/docs/advanced_features/separate_reasoning");
  return [
    // Older ones have `reasoning_content`, which is read as well: https://docs.vllm.ai/en/latest/features/reasoning_outputs.html
    speaking(vllm, Dialect.NewTokenLimit, "", "reasoning"),
    speaking(sglang, Dialect.NewTokenLimit, "", REASONING_CONTENT),
    vendor("tgi", "", "/v1", "huggingface.co/docs/text-generation-inference/messages_api"),
    reasoning("llama.cpp", "", "/v1", "github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md"),
    reasoning("lm-studio", "", "/v1", "lmstudio.ai/docs/developer/openai-compat/chat-completions"),
    reasoning("xinference", "", "/v1", "inference.readthedocs.io/en/latest/models/model_abilities/chat.html"),
    reasoning("ollama", "", "/v1", "docs.ollama.com/api/openai-compatibility", "reasoning"),
    // Any other server that speaks OpenAI's protocol: the oldest dialect, which all of them know.
    vendor("generic", "", "/v1", "platform.openai.com/docs/api-reference/chat"),
  ].map<ProviderType>((type) => withReasoningTags(type));
}
