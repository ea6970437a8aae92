import { decodeText, encodeText } from "../bytes/buffer";
import { elementPath, listNames, quote } from "./errors";
import { parseFallback } from "./fallback";
import { parsePattern } from "./patterns";
import { ConfigReader } from "./reader";
import { GatewayConfig, ProviderConfig, RouteConfig, TargetConfig, TargetGroup } from "./schema";
import { suggestion } from "./suggest";
import { isModelName } from "./texts";

const ROUTE_KEYS: string[] = ["model", "targets", "fallback"];
const TARGET_KEYS: string[] = ["provider", "model", "weight"];
const MAX_WEIGHT: i32 = 1_000_000;
/** Every target may become an attempt, and the order of a group costs the square of its length. */
const MAX_TARGETS: i32 = 100;

/** Reads `routes` into the configuration, whose providers and default policy must be there already. */
export function parseRoutes(reader: ConfigReader, node: i32, config: GatewayConfig): void {
  if (node < 0 || !reader.requireArray(node, "routes")) return;
  let index = 0;
  for (let element = reader.document.first(node); element >= 0; element = reader.document.nextElement(element)) {
    const path = elementPath("routes", index);
    if (reader.requireObject(element, path)) {
      const route = new RouteConfig();
      // The position as written also counts broken routes, so that errors name the right one.
      route.index = index;
      parseRoute(reader, element, path, route, config);
      config.routes.push(route);
    }
    index += 1;
  }
}

function parseRoute(reader: ConfigReader, node: i32, path: string, route: RouteConfig, config: GatewayConfig): void {
  reader.checkKeys(node, path, ROUTE_KEYS);
  const model = reader.find(node, "model");
  if (model < 0) {
    reader.errors.add(path + ".model", 'is missing; give a model\'s name, "prefix*" or "*"');
  } else {
    parseRoutePattern(reader, model, path + ".model", route, config);
  }
  const targets = reader.find(node, "targets");
  if (targets < 0) reader.errors.add(path + ".targets", "is missing; list where the model goes");
  else parseTargets(reader, targets, path + ".targets", route, config);
  route.fallback = parseFallback(reader, reader.find(node, "fallback"), path + ".fallback", config.fallback);
}

function parseRoutePattern(
  reader: ConfigReader,
  node: i32,
  path: string,
  route: RouteConfig,
  config: GatewayConfig,
): void {
  const text = reader.word(node, path);
  if (text === null) return;
  const pattern = parsePattern(reader, text, path);
  if (pattern === null) return;
  route.pattern = encodeText(text);
  route.prefix = encodeText(pattern.text);
  route.isPrefix = pattern.isPrefix;
  const earlier = config.routeTable.add(route.prefix, route.isPrefix, route.index);
  if (earlier < 0) return;
  reader.errors.add(path, elementPath("routes", earlier) + " has the same pattern " + quote(text) + "; remove one");
}

function parseTargets(reader: ConfigReader, node: i32, path: string, route: RouteConfig, config: GatewayConfig): void {
  if (!reader.requireArray(node, path)) return;
  const document = reader.document;
  let index = 0;
  let count = 0;
  for (let element = document.first(node); element >= 0; element = document.nextElement(element)) {
    const position = elementPath(path, index);
    index += 1;
    const group = new TargetGroup();
    if (document.isArray(element)) {
      parseGroup(reader, element, position, group, config);
    } else {
      parseTarget(reader, element, position, group, config);
    }
    count += group.targets.length;
    route.groups.push(group);
  }
  if (index == 0) reader.errors.add(path, "must list at least one target");
  if (count > MAX_TARGETS) reader.errors.add(path, "must not hold more than " + MAX_TARGETS.toString() + " targets");
}

function parseGroup(reader: ConfigReader, node: i32, path: string, group: TargetGroup, config: GatewayConfig): void {
  let index = 0;
  for (let element = reader.document.first(node); element >= 0; element = reader.document.nextElement(element)) {
    parseTarget(reader, element, elementPath(path, index), group, config);
    index += 1;
  }
  if (index == 0) reader.errors.add(path, "must list at least one target");
}

function parseTarget(reader: ConfigReader, node: i32, path: string, group: TargetGroup, config: GatewayConfig): void {
  if (!reader.requireObject(node, path)) return;
  reader.checkKeys(node, path, TARGET_KEYS);
  const weight = reader.integer(reader.find(node, "weight"), path + ".weight", 0, MAX_WEIGHT, 1);
  const model = parseTargetModel(reader, reader.find(node, "model"), path + ".model");
  const member = reader.find(node, "provider");
  if (member < 0) {
    reader.errors.add(path + ".provider", "is missing; give a provider's id");
    return;
  }
  const id = reader.word(member, path + ".provider");
  if (id === null) return;
  const provider = findProvider(config, id);
  if (provider !== null) {
    group.targets.push(new TargetConfig(provider, model, weight));
    return;
  }
  // Looking for what was meant costs as much as there are providers.
  const known: string[] = reader.errors.isFull() ? [] : listProviderIds(config);
  const advice = suggestion(id, known) + "; known: " + listNames(known);
  reader.errors.add(path + ".provider", "no provider has the id " + quote(id) + advice);
}

/** A target's own model; empty when none was given. */
function parseTargetModel(reader: ConfigReader, node: i32, path: string): StaticArray<u8> {
  const none = new StaticArray<u8>(0);
  if (node < 0) return none;
  const model = reader.value(node, path);
  if (model === null) return none;
  if (isModelName(model) && !model.includes("*")) return encodeText(model);
  reader.errors.add(
    path,
    "must be a model's name, 1 to 256 characters without a star; leave it out for the client's own",
  );
  return none;
}

function findProvider(config: GatewayConfig, id: string): ProviderConfig | null {
  const text = encodeText(id);
  const index = config.providerTable.find(changetype<usize>(text), text.length);
  return index >= 0 && index < config.providers.length ? config.providers[index] : null;
}

function listProviderIds(config: GatewayConfig): string[] {
  const ids: string[] = [];
  for (let index = 0; index < config.providers.length; index++) {
    const id = config.providers[index].id;
    if (id.length > 0) ids.push(decodeText(id));
  }
  return ids;
}
