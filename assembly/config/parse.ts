import { JsonDocument, JsonError, MAX_NESTING } from "../json/document";
import { Environment } from "./environment";
import { memberPath, quote } from "./errors";
import { defaultFallback, parseFallback } from "./fallback";
import { parseProviders } from "./providers";
import { ConfigReader } from "./reader";
import { parseRoutes } from "./routes";
import { GatewayConfig, PluginRole } from "./schema";
import { suggestion } from "./suggest";

const TOP_KEYS: string[] = ["role", "providers", "routes", "fallback", "limits", "metrics"];
const ROLES: string[] = ["gateway", "attempt", "single"];
const LIMIT_KEYS: string[] = ["maxBodyBytes"];
const METRIC_KEYS: string[] = ["maxModels"];
/** The other shape that Higress gives its ai-proxy. */
const HIGRESS_KEYS: string[] = ["provider", "activeProviderId", "_rules_"];

/** Stands for a role that is missing or wrong. */
const NO_ROLE: i32 = 0;

const MIN_BODY_BYTES: i32 = 1024;
const MAX_BODY_BYTES: i32 = 512 * 1024 * 1024;
const MAX_MODELS: i32 = 10_000;

/** What became of a plugin JSON: a configuration, or the reasons why there is none. */
export class ConfigResult {
  /** Null when there are errors. */
  config: GatewayConfig | null = null;
  /** One line each: the JSON path, what is wrong there and what to do. Never holds a secret. */
  errors: string[] = [];
}

/** Reads and checks the plugin JSON. Finds all errors, not only the first; never traps, whatever the bytes are. The text stays with the caller. */
export function parseConfig(text: usize, length: i32, environment: Environment): ConfigResult {
  const result = new ConfigResult();
  const document = new JsonDocument();
  const reader = new ConfigReader(document, environment);
  const error = document.parse(text, length);
  const config = new GatewayConfig();
  if (error != JsonError.None) {
    reader.errors.add("", describeJsonError(error, text, length, document.errorOffset));
  } else if (reader.requireObject(document.root(), "")) {
    parseTop(reader, document.root(), config);
  }
  if (reader.errors.isEmpty()) result.config = config;
  result.errors = reader.errors.toLines();
  reader.free();
  document.free();
  return result;
}

function parseTop(reader: ConfigReader, root: i32, config: GatewayConfig): void {
  const role = parseRole(reader, root);
  if (role == PluginRole.Attempt) {
    config.role = PluginRole.Attempt;
    refuseOthers(reader, root);
    return;
  }
  checkTopKeys(reader, root);
  config.fallback = parseFallback(reader, reader.find(root, "fallback"), "fallback", defaultFallback());
  const providers = reader.find(root, "providers");
  if (providers >= 0) parseProviders(reader, providers, config);
  // Without a role it is not known whether providers are wanted at all.
  else if (role != NO_ROLE) reader.errors.add("providers", "is missing; list at least one provider");
  parseRoutes(reader, reader.find(root, "routes"), config);
  parseLimits(reader, root, config);
  if (role == PluginRole.Single) config.role = PluginRole.Single;
}

/** The role, or `NO_ROLE`. */
function parseRole(reader: ConfigReader, root: i32): i32 {
  const member = reader.find(root, "role");
  if (member < 0) {
    reader.errors.add("role", 'is missing; use "gateway", "attempt" or "single"');
    return NO_ROLE;
  }
  const name = reader.word(member, "role");
  if (name === null) return NO_ROLE;
  if (name == "gateway") return PluginRole.Gateway;
  if (name == "attempt") return PluginRole.Attempt;
  if (name == "single") return PluginRole.Single;
  reader.errors.add(
    "role",
    "no role has the name " + quote(name) + suggestion(name, ROLES) + '; use "gateway", "attempt" or "single"',
  );
  return NO_ROLE;
}

function checkTopKeys(reader: ConfigReader, root: i32): void {
  const document = reader.document;
  for (let key = document.first(root); key >= 0; key = document.nextKey(key)) {
    const name = reader.text(key);
    if (HIGRESS_KEYS.includes(name)) {
      const advice =
        "Higress's shape of the configuration is not supported yet by this version; use providers and routes";
      reader.errors.add(memberPath("", name), advice);
    } else if (!TOP_KEYS.includes(name)) {
      reader.unknownKey("", name, TOP_KEYS);
    }
  }
}

function refuseOthers(reader: ConfigReader, root: i32): void {
  const document = reader.document;
  for (let key = document.first(root); key >= 0; key = document.nextKey(key)) {
    const name = reader.text(key);
    if (name == "role") continue;
    const advice =
      'does not belong here: an attempt filter needs only {"role":"attempt"} and uses the gateway filter\'s plan';
    reader.errors.add(memberPath("", name), advice);
  }
}

function parseLimits(reader: ConfigReader, root: i32, config: GatewayConfig): void {
  const limits = reader.find(root, "limits");
  if (limits >= 0 && reader.requireObject(limits, "limits")) {
    reader.checkKeys(limits, "limits", LIMIT_KEYS);
    const member = reader.find(limits, "maxBodyBytes");
    const fallback = config.maxBodyBytes;
    config.maxBodyBytes = reader.integer(member, "limits.maxBodyBytes", MIN_BODY_BYTES, MAX_BODY_BYTES, fallback);
  }
  const metrics = reader.find(root, "metrics");
  if (metrics >= 0 && reader.requireObject(metrics, "metrics")) {
    reader.checkKeys(metrics, "metrics", METRIC_KEYS);
    const member = reader.find(metrics, "maxModels");
    config.maxModels = reader.integer(member, "metrics.maxModels", 0, MAX_MODELS, config.maxModels);
  }
}

/** What is wrong with a text that is not the JSON that we read, and where. */
function describeJsonError(error: JsonError, text: usize, length: i32, offset: i32): string {
  if (length <= 0) return 'is empty; at least {"role":"attempt"} is needed';
  const place = describePlace(text, min(max(offset, 0), length));
  switch (error) {
    case JsonError.Truncated:
      return "is not JSON: it ends too early, " + place;
    case JsonError.Utf8:
      return "is not JSON: it is not UTF-8 text, " + place;
    case JsonError.Depth:
      return "lists and objects are nested deeper than " + MAX_NESTING.toString() + " levels, " + place;
    case JsonError.DuplicateKey:
      return "the same key stands twice in one object, " + place + "; remove one";
    case JsonError.TooLarge:
      return "holds too many values, " + place;
    default:
      return "is not JSON: " + place + " (comments and trailing commas are not allowed)";
  }
}

function describePlace(text: usize, offset: i32): string {
  let line = 1;
  let lineStart = 0;
  for (let index = 0; index < offset; index++) {
    if (load<u8>(text + index) != 0x0a) continue;
    line += 1;
    lineStart = index + 1;
  }
  const column = offset - lineStart + 1;
  return "byte " + offset.toString() + " (line " + line.toString() + ", column " + column.toString() + ")";
}
