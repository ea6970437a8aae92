/**
 * What a vendor offers in OpenAI's form (or its own, for rerank) beside chat completions: what a type could serve one day, as this
 * gateway serves chat and models only. Types that are not here: chat is all that is known.
 * Source: https://github.com/alibaba/higress/tree/main/plugins/wasm-go/extensions/ai-proxy (default capabilities)
 */
const OTHER_APIS: Record<string, string> = {
  openai: "completions, embeddings, images, audio, realtime, responses, files, batches, fine-tuning, videos",
  azure: "completions, embeddings, images, audio, responses, files, batches",
  ai360: "embeddings",
  "360": "embeddings",
  github: "embeddings",
  qwen: "completions, embeddings, responses, files, batches, rerank",
  dashscope: "completions, embeddings, responses, files, batches, rerank",
  groq: "responses",
  baichuan: "embeddings",
  zhipuai: "embeddings",
  ollama: "embeddings",
  claude: "Anthropic messages",
  anthropic: "Anthropic messages",
  deepseek: "Anthropic messages",
  baidu: "embeddings",
  qianfan: "embeddings",
  hunyuan: "embeddings",
  gemini: "embeddings, images",
  vertex: "embeddings, images",
  mistral: "embeddings",
  cohere: "rerank",
  doubao: "embeddings, images, responses",
  volcengine: "embeddings, images, responses",
  bedrock: "images",
  openrouter: "completions",
  longcat: "embeddings",
  fireworks: "completions",
  vllm: "completions, embeddings, rerank, responses, audio, Anthropic messages",
  kling: "videos",
};

/** The vendor's APIs beside chat; empty when none is known. */
export function otherApis(type: string): string {
  return OTHER_APIS[type] ?? "";
}
