/** What a vendor offers beside chat completions, and the page or program of the vendor that shows it. */
interface OtherApis {
  apis: string;
  source: string;
}

/** Default capabilities of Higress's plugin: for what no page of the vendor could be opened. */
const HIGRESS = "https://github.com/alibaba/higress/tree/main/plugins/wasm-go/extensions/ai-proxy";

/** By type. Where the source is a vendor's SDK, its resources were read; where it is nobody's page, HIGRESS says so. */
const ROWS: Record<string, OtherApis | OtherApis[]> = {
  openai: {
    apis: "completions, embeddings, images, audio, moderations, realtime, responses, files, batches, fine-tuning, videos",
    source: "https://github.com/openai/openai-node",
  },
  azure: { apis: "completions, embeddings, images, audio, responses, files, batches", source: HIGRESS },
  github: { apis: "embeddings", source: "https://docs.github.com/en/rest/models/embeddings" },
  mistral: {
    apis: "completions (FIM), embeddings, audio, moderations, OCR, files, batches, fine-tuning, models",
    source: "https://github.com/mistralai/client-python",
  },
  grok: {
    apis: "embeddings, images, videos, audio, realtime, responses, files, batches",
    source: "https://github.com/tryAGI/Xai",
  },
  perplexity: {
    apis: "embeddings, responses, files, batches, search, models",
    source: "https://github.com/perplexityai/perplexity-py",
  },
  galadriel: { apis: "models", source: HIGRESS },
  groq: {
    apis: "responses, embeddings, audio, files, batches, models",
    source: "https://github.com/groq/groq-python",
  },
  cerebras: { apis: "completions, models", source: "https://github.com/Cerebras/cerebras-cloud-sdk-python" },
  openrouter: {
    apis: "completions, embeddings, rerank, images, audio, videos, responses, Anthropic messages, batches, models",
    source: "https://github.com/OpenRouterTeam/python-sdk",
  },
  "together-ai": {
    apis: "completions, embeddings, rerank, images, audio, videos, realtime, responses, files, batches, fine-tuning, models",
    source: "https://github.com/togethercomputer/together-py",
  },
  fireworks: {
    apis: "completions, Anthropic messages, batches, fine-tuning, models",
    source: "https://github.com/fw-ai-external/python-sdk",
  },
  nvidia: {
    apis: "completions, responses, Anthropic messages, models",
    source: "https://docs.nvidia.com/nim/large-language-models/reference/api-reference",
  },
  databricks: {
    apis: "completions, embeddings",
    source: "https://docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference",
  },
  cloudflare: {
    apis: "embeddings, responses",
    source: "https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility",
  },
  sambanova: {
    apis: "completions, embeddings, audio, responses, Anthropic messages, models",
    source: "https://github.com/sambanova/sambanova-python",
  },
  nebius: {
    apis: "completions, embeddings, images, responses, files, batches, fine-tuning, models",
    source: "https://docs.tokenfactory.nebius.com/api-reference/inference/create-completion",
  },
  deepinfra: { apis: "embeddings, rerank, images, audio", source: "https://docs.deepinfra.com/chat/overview" },
  hyperbolic: { apis: "models", source: "https://docs.hyperbolic.xyz/docs/rest-api" },
  deepseek: {
    apis: "completions (FIM), Anthropic messages, models",
    source: "https://api-docs.deepseek.com/api/list-models",
  },
  qwen: [
    {
      apis: "embeddings, files, batches",
      source: "https://www.alibabacloud.com/help/en/model-studio/batch-interfaces-compatible-with-openai",
    },
    {
      apis: "responses",
      source: "https://www.alibabacloud.com/help/en/model-studio/compatibility-with-openai-responses-api",
    },
    { apis: "completions, rerank", source: HIGRESS },
  ],
  doubao: { apis: "embeddings, images, responses", source: HIGRESS },
  baidu: { apis: "embeddings", source: "https://cloud.baidu.com/doc/qianfan-api/s/Fm7u3ropn" },
  hunyuan: {
    apis: "embeddings, Anthropic messages",
    source: "https://cloud.tencent.com/document/product/1729/111006",
  },
  tencent: {
    apis: "responses, Anthropic messages",
    source: "https://cloud.tencent.com/document/product/1823/132252",
  },
  ai360: {
    apis: "responses, Anthropic messages, images, videos, audio, search",
    source: "https://ai.360.com/docs/437061603e0",
  },
  kling: { apis: "videos", source: HIGRESS },
  moonshot: { apis: "Anthropic messages, models", source: "https://platform.kimi.ai/docs/overview" },
  zhipuai: {
    apis: "embeddings, images, audio, videos, moderations, files, batches",
    source: "https://github.com/zai-org/z-ai-sdk-python",
  },
  minimax: {
    apis: "responses, Anthropic messages, images, videos, audio, files, models",
    source: "https://platform.minimax.io/docs/llms.txt",
  },
  baichuan: { apis: "embeddings, files", source: "https://f8cxtsvnr8.apifox.cn/api-135483694" },
  longcat: { apis: "Anthropic messages", source: "https://longcat.chat/platform/docs/APIDocs.html" },
  siliconflow: {
    apis: "embeddings, rerank, images, audio, videos, models",
    source: "https://github.com/tryAGI/SiliconFlow/blob/main/src/libs/SiliconFlow/openapi.yaml",
  },
  modelscope: {
    apis: "images, Anthropic messages",
    source: "https://modelscope.cn/docs/model-service/API-Inference/intro",
  },
  vllm: {
    apis: "completions, embeddings, rerank, responses, audio, Anthropic messages",
    source: "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
  },
  sglang: { apis: "embeddings, rerank, scoring", source: "https://docs.sglang.io/docs/basic_usage/native_api" },
  "llama.cpp": {
    apis: "completions, embeddings, rerank, responses, Anthropic messages, models",
    source: "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
  },
  "lm-studio": {
    apis: "completions, embeddings, responses, Anthropic messages, models",
    source: "https://lmstudio.ai/docs/api/rest-api",
  },
  xinference: {
    apis: "completions",
    source: "https://inference.readthedocs.io/en/latest/models/model_abilities/chat.html",
  },
  ollama: {
    apis: "completions, embeddings, responses, models",
    source: "https://docs.ollama.com/api/openai-compatibility",
  },
  claude: {
    apis: "Anthropic messages, batches, files, models",
    source: "https://github.com/anthropics/anthropic-sdk-typescript",
  },
  gemini: {
    apis: "embeddings, images, videos, files, batches, models",
    source: "https://github.com/googleapis/js-genai",
  },
  vertex: { apis: "embeddings, images, videos", source: "https://github.com/googleapis/js-genai" },
  bedrock: { apis: "images", source: HIGRESS },
  cohere: { apis: "embeddings, rerank, datasets, models", source: "https://github.com/cohere-ai/cohere-typescript" },
};

/** Second names of types. */
const SAME_AS: Record<string, string> = {
  "360": "ai360",
  xai: "grok",
  together: "together-ai",
  dashscope: "qwen",
  volcengine: "doubao",
  qianfan: "baidu",
  anthropic: "claude",
};

/** The vendor's APIs beside chat, with a link to where that is written; empty when none is known. */
export function otherApis(type: string): string {
  const row = ROWS[SAME_AS[type] ?? type];
  const rows = row === undefined ? [] : [row].flat();
  return rows.map(({ apis, source }) => `[${apis}](${source})`).join(", ");
}
