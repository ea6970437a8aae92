import { validateAnthropicRequest } from "./anthropic-validate";
import { validateGeminiBody } from "./gemini-validate";

/** What a path of Vertex AI calls. */
export interface VertexCall {
  publisher: "google" | "anthropic";
  model: string;
  streams: boolean;
  /** Express mode has no project and wants a key; a project wants an access token. */
  isExpress: boolean;
}

/** Reads a path, or gives null when it is none of the API's. */
export function readVertexPath(path: string): VertexCall | null {
  const match =
    /^\/v1(?:beta1)?(\/projects\/[a-z][a-z0-9-]{4,28}[a-z0-9]\/locations\/[a-z0-9-]+)?\/publishers\/(google|anthropic)\/models\/([\w.@-]{1,128}):(\w+)(\?alt=sse)?$/.exec(
      path,
    );
  if (match === null) return null;
  const [, project, publisher, model = "", method = "", query] = match;
  const isGoogle = publisher === "google";
  const methods = isGoogle ? ["generateContent", "streamGenerateContent"] : ["rawPredict", "streamRawPredict"];
  const streams = method === methods[1];
  if (!methods.includes(method) || (query !== undefined) !== (isGoogle && streams)) return null;
  return { publisher: isGoogle ? "google" : "anthropic", model, streams, isExpress: project === undefined };
}

/** The body of `rawPredict` as Anthropic's own API would have it, or what Google would say. */
export function readRawPredict(text: string, call: VertexCall): { body: Record<string, unknown> } | { error: string } {
  const { anthropic_version: version, ...body } = JSON.parse(text) as Record<string, unknown>;
  if (version !== "vertex-2023-10-16") return { error: "anthropic_version: Field required" };
  if (body["model"] !== undefined) return { error: "model: Extra inputs are not permitted" };
  if ((body["stream"] ?? false) !== call.streams) return { error: "stream: does not fit the method of the path" };
  return { body: { ...body, model: call.model.replace("@", "-") } };
}

/** What Vertex AI would say to a request, or null when it would take it. */
export function validateVertexRequest(path: string, headers: Record<string, string>, text: string): string | null {
  const call = readVertexPath(path);
  if (call === null) return `Not Found: ${path}`;
  const { authorization, "x-goog-api-key": key } = headers;
  if (call.isExpress ? key === undefined || authorization !== undefined : key !== undefined)
    return "Request had invalid authentication credentials.";
  if (authorization !== undefined && !/^Bearer \S+$/.test(authorization))
    return "Request had invalid authentication credentials.";
  if (headers["anthropic-version"] !== undefined) return "anthropic-version: belongs into the body";
  if (call.publisher === "google") return validateGeminiBody(JSON.parse(text), call.model, "vertex");
  const read = readRawPredict(text, call);
  if ("error" in read) return read.error;
  const rejection = validateAnthropicRequest(read.body, { "x-api-key": "x", "anthropic-version": "2023-06-01" });
  return rejection?.message ?? null;
}
