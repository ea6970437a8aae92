import { decodeText, encodeText } from "../bytes/buffer";
import { ConfigReader } from "./reader";
import { ProviderConfig } from "./schema";
import { isAuthority, isBasePath, trimSlashes } from "./texts";

/** Members that hold a provider's whole URL, and those that hold its host; the type decides which may stand there. */
const URL_FIELDS: string[] = ["openaiCustomUrl", "vllmCustomUrl", "difyApiUrl"];
const HOST_FIELDS: string[] = [
  "vllmServerHost",
  "qwenDomain",
  "genericHost",
  "doubaoDomain",
  "zhipuDomain",
  "tritonDomain",
];
const CHAT_PATH: string = "/chat/completions";
const DEFAULT_OLLAMA_PORT: i32 = 11434;

/** Host and path of a provider while they are found out. */
class Address {
  constructor(
    public authority: string,
    public basePath: string,
  ) {}
}

/**
 * Sets `authority` and `basePath`: the type's own, then what the type's own members say, then `providerDomain` in the host's
 * place and `providerBasePath` before the path, as in Higress. An empty text stands for "not given", there and here.
 */
export function parseAddress(reader: ConfigReader, node: i32, path: string, provider: ProviderConfig): void {
  const address = new Address(provider.type.host, provider.type.basePath);
  for (let index = 0; index < HOST_FIELDS.length; index++) readHost(reader, node, path, HOST_FIELDS[index], address);
  readOllamaHost(reader, node, path, address);
  for (let index = 0; index < URL_FIELDS.length; index++) readUrl(reader, node, path, URL_FIELDS[index], address);
  readHost(reader, node, path, "providerDomain", address);
  readBasePath(reader, node, path, address);
  address.authority = fillIn(reader, path, provider, address.authority);
  address.basePath = fillIn(reader, path, provider, address.basePath);
  provider.authority = encodeText(address.authority);
  provider.basePath = encodeText(address.basePath);
}

/** Puts members of the configuration into the places that a type's host or path has for them: `{awsRegion}`. */
function fillIn(reader: ConfigReader, path: string, provider: ProviderConfig, template: string): string {
  let text = template;
  while (true) {
    const start = text.indexOf("{");
    const end = text.indexOf("}", start);
    if (start < 0 || end < 0) return text;
    const name = text.substring(start + 1, end);
    const value = decodeText(provider.setting(name));
    if (value.length == 0) {
      reader.errors.add(path + "." + name, "is missing; the type " + provider.type.name + " needs it");
      return "";
    }
    // Google's global endpoint has no region in its name: https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations
    const isGlobal = name == "vertexRegion" && value == "global" && text.charCodeAt(end + 1) == 0x2d;
    text = text.substring(0, start) + (isGlobal ? text.substring(end + 2) : value + text.substring(end + 1));
  }
}

function readHost(reader: ConfigReader, node: i32, path: string, name: string, address: Address): void {
  const member = reader.find(node, name);
  if (member < 0) return;
  const host = reader.value(member, path + "." + name);
  if (host === null || host.length == 0) return;
  if (isAuthority(host)) address.authority = host;
  else reader.errors.add(path + "." + name, "must be a host, with or without :port, such as api.example.com");
}

function readOllamaHost(reader: ConfigReader, node: i32, path: string, address: Address): void {
  const port = reader.find(node, "ollamaServerPort");
  const host = reader.find(node, "ollamaServerHost");
  const number = reader.integer(port, path + ".ollamaServerPort", 1, 65535, DEFAULT_OLLAMA_PORT);
  if (host < 0) {
    if (port >= 0) reader.errors.add(path + ".ollamaServerPort", "needs ollamaServerHost beside it");
    return;
  }
  const name = reader.value(host, path + ".ollamaServerHost");
  if (name === null || name.length == 0) return;
  const authority = name + ":" + number.toString();
  if (isAuthority(authority)) address.authority = authority;
  else reader.errors.add(path + ".ollamaServerHost", "must be a host without a port, such as ollama.example.com");
}

/** A base URL, or the full URL of the chat completions API; the scheme may be left out (TLS belongs to the cluster). */
function readUrl(reader: ConfigReader, node: i32, path: string, name: string, address: Address): void {
  const member = reader.find(node, name);
  if (member < 0) return;
  const url = reader.value(member, path + "." + name);
  if (url === null || url.length == 0) return;
  let rest = url;
  if (url.startsWith("https://")) rest = url.substring(8);
  else if (url.startsWith("http://")) rest = url.substring(7);
  const slash = rest.indexOf("/");
  const authority = slash < 0 ? rest : rest.substring(0, slash);
  let basePath = slash < 0 ? "" : trimSlashes(rest.substring(slash));
  if (basePath.endsWith(CHAT_PATH)) basePath = trimSlashes(basePath.substring(0, basePath.length - CHAT_PATH.length));
  if (isAuthority(authority) && (basePath.length == 0 || isBasePath(basePath))) {
    address.authority = authority;
    address.basePath = basePath;
    return;
  }
  const advice = "must be a URL such as https://api.example.com/v1, without user, query and fragment";
  reader.errors.add(path + "." + name, advice);
}

function readBasePath(reader: ConfigReader, node: i32, path: string, address: Address): void {
  const member = reader.find(node, "providerBasePath");
  if (member < 0) return;
  const basePath = reader.value(member, path + ".providerBasePath");
  if (basePath === null || basePath.length == 0) return;
  if (isBasePath(basePath)) address.basePath = trimSlashes(basePath) + address.basePath;
  else
    reader.errors.add(
      path + ".providerBasePath",
      "must be a path that begins with a slash, without query and fragment",
    );
}
