import { AnthropicProtocol } from "./anthropic/index";
import { CohereProtocol } from "./cohere/index";
import { DashScopeProtocol } from "./dashscope/index";
import { CozeProtocol } from "./coze/index";
import { DeepLProtocol } from "./deepl/index";
import { DifyProtocol } from "./dify/index";
import { GeminiProtocol } from "./gemini/index";
import { BedrockProtocol } from "./bedrock/index";
import { HunyuanProtocol } from "./hunyuan/index";
import { MiniMaxProtocol } from "./minimax/index";
import { OllamaProtocol } from "./ollama/index";
import { TritonProtocol } from "./triton/index";
import { Protocol, ProviderType } from "./provider-type";
import { OpenAiProtocol } from "./openai/index";
import { ProviderProtocol } from "./provider";
import { VertexProtocol } from "./vertex/index";

export { findProviderType } from "./catalogue";

const openAi: ProviderProtocol = new OpenAiProtocol();
const anthropic: ProviderProtocol = new AnthropicProtocol();
const cohere: ProviderProtocol = new CohereProtocol();
const dashScope: ProviderProtocol = new DashScopeProtocol();
const coze: ProviderProtocol = new CozeProtocol();
const triton: ProviderProtocol = new TritonProtocol();
const deepL: ProviderProtocol = new DeepLProtocol();
const dify: ProviderProtocol = new DifyProtocol();
const gemini: ProviderProtocol = new GeminiProtocol();
const vertex: ProviderProtocol = new VertexProtocol();
const bedrock: ProviderProtocol = new BedrockProtocol();
const hunyuan: ProviderProtocol = new HunyuanProtocol();
const miniMax: ProviderProtocol = new MiniMaxProtocol();
const ollama: ProviderProtocol = new OllamaProtocol();

/** The protocol that a provider type speaks. A new protocol is one more line here. */
export function protocolFor(type: ProviderType): ProviderProtocol {
  if (type.protocol == Protocol.Anthropic) return anthropic;
  if (type.protocol == Protocol.Cohere) return cohere;
  if (type.protocol == Protocol.DashScope) return dashScope;
  if (type.protocol == Protocol.Dify) return dify;
  if (type.protocol == Protocol.Coze) return coze;
  if (type.protocol == Protocol.Triton) return triton;
  if (type.protocol == Protocol.DeepL) return deepL;
  if (type.protocol == Protocol.Gemini) return gemini;
  if (type.protocol == Protocol.Vertex) return vertex;
  if (type.protocol == Protocol.Bedrock) return bedrock;
  if (type.protocol == Protocol.Hunyuan) return hunyuan;
  if (type.protocol == Protocol.MiniMax) return miniMax;
  if (type.protocol == Protocol.Ollama) return ollama;
  return openAi;
}
