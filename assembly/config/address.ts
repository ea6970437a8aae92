/*
 * Where a provider is, as the members of its configuration say it. Pure texts, and without the module's own number types, because the
 * Node programs in `scripts/` ask the same questions to render Envoy's clusters.
 */

/** Members that hold a provider's whole URL, and those that hold its host; the type decides which may stand there. */
export const URL_FIELDS: string[] = ["openaiCustomUrl", "vllmCustomUrl", "difyApiUrl"];
export const HOST_FIELDS: string[] = [
  "vllmServerHost",
  "qwenDomain",
  "genericHost",
  "doubaoDomain",
  "zhipuDomain",
  "tritonDomain",
];
export const DEFAULT_OLLAMA_PORT = 11434;

const CHAT_PATH: string = "/chat/completions";
const DEPLOYMENTS: string = "/openai/deployments/";
const VERSION: string = "?api-version=";

/** Host and path of a provider while they are found out. */
export class Address {
  constructor(
    public authority: string,
    public basePath: string,
    public chatPath: string,
  ) {}
}

/** The path without slashes at its end. */
export function trimSlashes(path: string): string {
  let end = path.length;
  while (end > 0 && path.charCodeAt(end - 1) == 0x2f) end -= 1;
  return path.substring(0, end);
}

/** The parts of a URL whose scheme may be left out (TLS belongs to the cluster): the query with its question mark, if any, is in `chatPath`. */
export function splitUrl(url: string): Address {
  let rest = url;
  if (url.startsWith("https://")) rest = url.substring(8);
  else if (url.startsWith("http://")) rest = url.substring(7);
  const mark = rest.indexOf("?");
  const query = mark < 0 ? "" : rest.substring(mark);
  if (mark >= 0) rest = rest.substring(0, mark);
  const slash = rest.indexOf("/");
  const authority = slash < 0 ? rest : rest.substring(0, slash);
  return new Address(authority, slash < 0 ? "" : trimSlashes(rest.substring(slash)), query);
}

/** A base path, or the full path of the chat completions API, as a base path. */
export function withoutChatPath(path: string): string {
  return path.endsWith(CHAT_PATH) ? trimSlashes(path.substring(0, path.length - CHAT_PATH.length)) : path;
}

/**
 * What `azureServiceUrl` says, in Higress's four forms: the full URL of a deployment's chat API, the URL of a deployment, the
 * resource's host alone (the deployment is the model then), or the base of the v1 API, which needs no version. `version` is the
 * member `apiVersion`. The result's `authority` is empty when the URL has none of these forms.
 * Sources: https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference,
 * https://learn.microsoft.com/en-us/azure/ai-foundry/openai/api-version-lifecycle
 */
export function readAzureUrl(url: string, version: string): Address {
  const parts = splitUrl(url);
  const nothing = new Address("", "", "");
  let said = version;
  if (parts.chatPath.length > 1) {
    if (!parts.chatPath.startsWith(VERSION) || parts.chatPath.includes("&")) return nothing;
    if (said.length == 0) said = parts.chatPath.substring(VERSION.length);
  }
  const path = withoutChatPath(parts.basePath);
  const dated = VERSION + (said.length > 0 ? said : "{apiVersion}");
  if (path.endsWith("/openai/v1")) {
    return new Address(parts.authority, path, said.length > 0 ? CHAT_PATH + dated : CHAT_PATH);
  }
  const start = path.indexOf(DEPLOYMENTS);
  if (start >= 0) {
    const name = path.substring(start + DEPLOYMENTS.length);
    return name.length > 0 && !name.includes("/") ? new Address(parts.authority, path, CHAT_PATH + dated) : nothing;
  }
  const isWhole = parts.basePath.length == path.length;
  if (!isWhole || (path.length > 0 && !path.endsWith("/openai"))) return nothing;
  const basePath = path.length > 0 ? path : "/openai";
  return new Address(parts.authority, basePath, "/deployments/{model}" + CHAT_PATH + dated);
}

/** The first `{member}` of a template, without its braces, or an empty text. `{model}` is none: it differs by request. */
export function findPlaceholder(template: string): string {
  let start = template.indexOf("{");
  while (start >= 0) {
    const end = template.indexOf("}", start);
    if (end < 0) return "";
    const name = template.substring(start + 1, end);
    if (name != "model") return name;
    start = template.indexOf("{", end);
  }
  return "";
}

/** A template with a value in the first place of `{name}`. */
export function fillPlaceholder(template: string, name: string, value: string): string {
  const place = "{" + name + "}";
  const start = template.indexOf(place);
  if (start < 0) return template;
  const end = start + place.length;
  // A multi-region has a host of another form, as Google's own SDK knows it.
  const isMultiRegion = name == "vertexRegion" && (value == "us" || value == "eu");
  if (isMultiRegion && template.substring(end) == "-aiplatform.googleapis.com") {
    return "aiplatform." + value + ".rep.googleapis.com";
  }
  // Google's global endpoint has no region in its name: https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations
  const isGlobal = name == "vertexRegion" && value == "global" && template.substring(end, end + 1) == "-";
  return template.substring(0, start) + (isGlobal ? template.substring(end + 1) : value + template.substring(end));
}
