import { decodeText, encodeText } from "../bytes/buffer";
import {
  Address,
  DEFAULT_OLLAMA_PORT,
  fillPlaceholder,
  findPlaceholder,
  HOST_FIELDS,
  readAzureUrl,
  splitUrl,
  trimSlashes,
  URL_FIELDS,
  withoutChatPath,
} from "./address";
import { ConfigReader } from "./reader";
import { ProviderConfig } from "./schema";
import { isAuthority, isBasePath, isProviderId } from "./texts";

/**
 * Sets `authority`, `basePath` and `chatPath`: the type's own, then what the type's own members say, then `providerDomain` in the
 * host's place and `providerBasePath` before the path, as in Higress. An empty text stands for "not given", there and here.
 */
export function parseAddress(reader: ConfigReader, node: i32, path: string, provider: ProviderConfig): void {
  const type = provider.type;
  const address = new Address(type.host, type.basePath, type.chatPath);
  for (let index = 0; index < HOST_FIELDS.length; index++) readHost(reader, node, path, HOST_FIELDS[index], address);
  readOllamaHost(reader, node, path, address);
  for (let index = 0; index < URL_FIELDS.length; index++) readUrl(reader, node, path, URL_FIELDS[index], address);
  readAzureAddress(reader, node, path, provider, address);
  readHost(reader, node, path, "providerDomain", address);
  readBasePath(reader, node, path, address);
  provider.authority = encodeText(fillIn(reader, path, provider, address.authority));
  provider.basePath = encodeText(fillIn(reader, path, provider, address.basePath));
  provider.chatPath = encodeText(fillIn(reader, path, provider, address.chatPath));
}

/** Puts members of the configuration into the places that a type's host or path has for them: `{awsRegion}`. */
function fillIn(reader: ConfigReader, path: string, provider: ProviderConfig, template: string): string {
  let text = template;
  while (true) {
    const name = findPlaceholder(text);
    if (name.length == 0) return text;
    const value = decodeText(name == "apiVersion" ? provider.apiVersion : provider.setting(name));
    if (value.length == 0) {
      reader.errors.add(path + "." + name, "is missing; the type " + provider.type.name + " needs it");
      return "";
    }
    text = fillPlaceholder(text, name, value);
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

/** A base URL, or the full URL of the chat completions API. */
function readUrl(reader: ConfigReader, node: i32, path: string, name: string, address: Address): void {
  const member = reader.find(node, name);
  if (member < 0) return;
  const url = reader.value(member, path + "." + name);
  if (url === null || url.length == 0) return;
  const parts = splitUrl(url);
  const basePath = withoutChatPath(parts.basePath);
  if (parts.chatPath.length == 0 && isAuthority(parts.authority) && (basePath.length == 0 || isBasePath(basePath))) {
    address.authority = parts.authority;
    address.basePath = basePath;
    return;
  }
  const advice = "must be a URL such as https://api.example.com/v1, without user, query and fragment";
  reader.errors.add(path + "." + name, advice);
}

function readAzureAddress(
  reader: ConfigReader,
  node: i32,
  path: string,
  provider: ProviderConfig,
  address: Address,
): void {
  const member = reader.find(node, "azureServiceUrl");
  if (member < 0 || provider.type.name != "azure") return;
  const url = reader.value(member, path + ".azureServiceUrl");
  if (url === null || url.length == 0) return;
  const version = decodeText(provider.apiVersion);
  const found = readAzureUrl(url, version);
  const query = splitUrl(url).chatPath;
  const written = query.substring(query.indexOf("=") + 1);
  const isVersion = written.length == 0 || isProviderId(written);
  if (!isAuthority(found.authority) || !isBasePath(found.basePath) || !isVersion) {
    const advice =
      "must be https://RESOURCE.openai.azure.com alone, with /openai/v1, with /openai/deployments/NAME, or with that and /chat/completions; its query may hold api-version only";
    reader.errors.add(path + ".azureServiceUrl", advice);
    return;
  }
  if (version.length > 0 && written.length > 0 && written != version) {
    reader.errors.add(path + ".apiVersion", "says another version than azureServiceUrl; remove one");
  }
  address.authority = found.authority;
  address.basePath = found.basePath;
  address.chatPath = found.chatPath;
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
