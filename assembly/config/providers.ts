import { decodeText, encodeText } from "../bytes/buffer";
import { findProviderType, listProviderTypes } from "../providers/catalogue";
import { checkBedrockSettings } from "./bedrock-settings";
import { Protocol } from "../providers/provider-type";
import { elementPath, listNames, memberPath, quote } from "./errors";
import { parseModelMapping } from "./model-mapping";
import { parseAddress } from "./provider-address";
import { fieldAdvice, fieldOwners, fieldSupport, FieldSupport, isKnownType, listFields } from "./provider-fields";
import { parseHeaders } from "./provider-headers";
import { parseSettings } from "./provider-settings";
import { ConfigReader } from "./reader";
import { GatewayConfig, ProviderConfig } from "./schema";
import { suggestion } from "./suggest";
import { isClusterName, isHeaderValue, isProviderId } from "./texts";

const MAX_OUTPUT_TOKENS: i32 = 10_000_000;

/** Reads `providers` into the configuration. Broken ones are kept too, so that routes that name them give no second error. */
export function parseProviders(reader: ConfigReader, node: i32, config: GatewayConfig): void {
  if (!reader.requireArray(node, "providers")) return;
  let index = 0;
  for (let element = reader.document.first(node); element >= 0; element = reader.document.nextElement(element)) {
    const path = elementPath("providers", index);
    index += 1;
    if (!reader.requireObject(element, path)) continue;
    const provider = parseProvider(reader, element, path);
    provider.index = config.providers.length;
    config.providers.push(provider);
    if (provider.id.length == 0) continue;
    const earlier = config.providerTable.add(provider.id, provider.index);
    if (earlier >= 0) {
      reader.errors.add(path + ".id", "another provider has the same id; every id must be used once");
    }
  }
  if (index == 0) reader.errors.add("providers", "must list at least one provider");
}

function parseProvider(reader: ConfigReader, node: i32, path: string): ProviderConfig {
  const provider = new ProviderConfig();
  const type = parseType(reader, node, path, provider);
  checkFields(reader, node, path, type);
  parseIdentity(reader, node, path, provider);
  parseTokens(reader, reader.find(node, "apiTokens"), path + ".apiTokens", provider);
  parseModelMapping(reader, reader.find(node, "modelMapping"), path + ".modelMapping", provider);
  provider.headers = parseHeaders(reader, reader.find(node, "headers"), path + ".headers");
  parseSettings(reader, node, path, provider);
  checkBedrockSettings(reader, node, path, provider);
  const maximum = reader.find(node, "defaultMaxTokens");
  const fallback = provider.defaultMaxTokens;
  provider.defaultMaxTokens = reader.integer(maximum, path + ".defaultMaxTokens", 1, MAX_OUTPUT_TOKENS, fallback);
  parseApiVersion(reader, node, path, provider);
  parseAddress(reader, node, path, provider);
  checkFreeKeys(reader, path, provider);
  return provider;
}

/** Sets the provider's type. Gives its name, or an empty text when other members cannot be checked against it. */
function parseType(reader: ConfigReader, node: i32, path: string, provider: ProviderConfig): string {
  const typePath = path + ".type";
  const member = reader.find(node, "type");
  const known = supportedTypes();
  if (member < 0) {
    reader.errors.add(typePath, "is missing; supported: " + listNames(known));
    return "";
  }
  const name = reader.word(member, typePath);
  if (name === null) return "";
  const type = findProviderType(name);
  if (type !== null) {
    provider.type = type;
    return name;
  }
  if (isKnownType(name)) {
    const advice = " is known but not supported yet by this version; supported: " + listNames(known);
    reader.errors.add(typePath, "type " + quote(name) + advice);
    return name;
  }
  const advice = suggestion(name, known) + "; supported: " + listNames(known);
  reader.errors.add(typePath, "no provider type has the name " + quote(name) + advice);
  return "";
}

function supportedTypes(): string[] {
  const types = listProviderTypes();
  const names: string[] = [];
  for (let index = 0; index < types.length; index++) names.push(types[index].name);
  return names;
}

/** Notes members that the type does not have. With an unknown (empty) type: those that no type has. */
function checkFields(reader: ConfigReader, node: i32, path: string, type: string): void {
  const document = reader.document;
  for (let key = document.first(node); key >= 0; key = document.nextKey(key)) {
    const name = reader.text(key);
    switch (fieldSupport(type, name)) {
      case FieldSupport.Unknown:
        reader.unknownKey(path, name, listFields(type));
        break;
      case FieldSupport.OtherType: {
        if (type.length == 0) break;
        const owners = fieldOwners(name);
        reader.errors.add(memberPath(path, name), "belongs to the type " + owners + ", not to " + type + "; remove it");
        break;
      }
      case FieldSupport.NotYet: {
        const advice = fieldAdvice(name);
        const end = advice.length > 0 ? advice : "remove it";
        reader.errors.add(memberPath(path, name), "is known but not supported yet by this version; " + end);
        break;
      }
      default:
    }
  }
}

function parseIdentity(reader: ConfigReader, node: i32, path: string, provider: ProviderConfig): void {
  const idMember = reader.find(node, "id");
  if (idMember < 0) {
    reader.errors.add(path + ".id", "is missing; give every provider an id of its own");
  } else {
    const id = reader.word(idMember, path + ".id");
    if (id !== null && !isProviderId(id)) {
      reader.errors.add(path + ".id", "must be 1 to 64 letters, digits, dots, underscores or hyphens");
    } else if (id !== null) {
      provider.id = encodeText(id);
      provider.directRoute = encodeText(id + "/*");
    }
  }
  provider.cluster = provider.id;
  const clusterMember = reader.find(node, "cluster");
  if (clusterMember < 0) return;
  const cluster = reader.value(clusterMember, path + ".cluster");
  if (cluster === null) return;
  if (isClusterName(cluster)) provider.cluster = encodeText(cluster);
  else reader.errors.add(path + ".cluster", "must be the name of an Envoy cluster: 1 to 255 visible ASCII characters");
}

function parseTokens(reader: ConfigReader, node: i32, path: string, provider: ProviderConfig): void {
  if (node < 0) return;
  if (!reader.requireArray(node, path)) return;
  let index = 0;
  for (let element = reader.document.first(node); element >= 0; element = reader.document.nextElement(element)) {
    const tokenPath = elementPath(path, index);
    index += 1;
    const token = reader.value(element, tokenPath);
    if (token === null) continue;
    if (token.length == 0) {
      reader.errors.add(tokenPath, "is empty; give the key, or remove it when the provider needs none");
    } else if (!isHeaderValue(token)) {
      reader.errors.add(tokenPath, "must be printable ASCII without line breaks and without spaces at its ends");
    } else {
      const key = encodeText(token);
      provider.apiTokens.push(key);
      provider.secrets.push(key);
    }
  }
}

/** DeepL's free API has a host of its own, and its keys say so. Source: https://developers.deepl.com/docs/getting-started/auth */
function checkFreeKeys(reader: ConfigReader, path: string, provider: ProviderConfig): void {
  const type = provider.type;
  if (type.protocol != Protocol.DeepL || decodeText(provider.authority) != type.host) return;
  for (let index = 0; index < provider.apiTokens.length; index++) {
    if (!decodeText(provider.apiTokens[index]).endsWith(":fx")) continue;
    reader.errors.add(path + ".providerDomain", "must be api-free.deepl.com for keys that end in :fx");
    return;
  }
}

/** `apiVersion`, or `claudeVersion` as Higress also calls it. */
function parseApiVersion(reader: ConfigReader, node: i32, path: string, provider: ProviderConfig): void {
  const other = reader.find(node, "claudeVersion");
  let member = reader.find(node, "apiVersion");
  let name = "apiVersion";
  if (other >= 0 && member >= 0) reader.errors.add(path + ".claudeVersion", "says the same as apiVersion; remove one");
  if (member < 0) {
    member = other;
    name = "claudeVersion";
  }
  if (member < 0) return;
  const version = reader.value(member, path + "." + name);
  if (version === null) return;
  if (isProviderId(version)) provider.apiVersion = encodeText(version);
  else reader.errors.add(path + "." + name, "must be a version as the vendor writes it, such as 2023-06-01");
}
