import { AuthStyle, Protocol, ProviderType } from "../provider-type";

const REGIONAL_HOST = "{vertexRegion}-aiplatform.googleapis.com";

/** Vertex AI in express mode: a key of its own, no project and no region. */
export function listVertexTypes(): ProviderType[] {
  const vertex = new ProviderType("vertex", Protocol.Vertex);
  vertex.source =
    "https://docs.cloud.google.com/vertex-ai/generative-ai/docs/start/express-mode/vertex-ai-express-mode-api-reference";
  vertex.host = "aiplatform.googleapis.com";
  vertex.auth = AuthStyle.GoogleApiKey;
  vertex.keyVariable = "VERTEX_API_KEY";
  return [vertex];
}

/** Vertex AI of a project: an OAuth access token in `apiTokens`, or none when Envoy adds one. The first row that fits is taken. */
export function listVertexVariants(): ProviderType[] {
  const compatible = new ProviderType("vertex", Protocol.OpenAi);
  compatible.source = "https://docs.cloud.google.com/vertex-ai/generative-ai/docs/start/openai";
  compatible.host = REGIONAL_HOST;
  compatible.basePath = "/v1/projects/{vertexProjectId}/locations/{vertexRegion}/endpoints/openapi";
  compatible.modelPrefix = "google/";
  compatible.selector = "vertexOpenAICompatible";
  compatible.selectorValue = "true";
  const project = new ProviderType("vertex", Protocol.Vertex);
  project.source = "https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference";
  project.host = REGIONAL_HOST;
  project.selector = "vertexProjectId";
  project.selectorValue = "*";
  return [compatible, project];
}
