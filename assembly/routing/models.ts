import { ByteMap } from "../config/byte-map";
import { GatewayConfig, ProviderConfig, RouteConfig } from "../config/schema";
import { matchModel } from "./lookup";

const NOBODY: StaticArray<u8> = new StaticArray<u8>(0);

/**
 * The model names that the gateway shows: exact route patterns as configured, then the exact keys of the `modelMapping` of
 * each provider that a `prefix*` or `*` route takes them to. No name twice. The texts belong to the configuration.
 */
export function listModels(config: GatewayConfig): StaticArray<u8>[] {
  const names: StaticArray<u8>[] = [];
  const seen = new ByteMap();
  for (let index = 0; index < config.routes.length; index++) {
    const route = config.routes[index];
    if (!route.isPrefix) addName(names, seen, route.pattern);
  }
  for (let index = 0; index < config.providers.length; index++) {
    const provider = config.providers[index];
    for (let entry = 0; entry < provider.modelMapping.length; entry++) {
      const mapping = provider.modelMapping[entry];
      if (mapping.isPrefix) continue;
      const name = mapping.from;
      const route = matchModel(config, changetype<usize>(name), name.length).route;
      if (route !== null && route.isPrefix && usesMapping(route, provider)) addName(names, seen, name);
    }
  }
  return names;
}

/** The id of the provider that a model name goes to first, as configured; empty when nobody serves it. */
export function ownerOf(config: GatewayConfig, model: StaticArray<u8>): StaticArray<u8> {
  return findOwner(config, changetype<usize>(model), model.length);
}

/** As `ownerOf`, for a name that is somewhere in memory. */
export function findOwner(config: GatewayConfig, model: usize, modelLength: i32): StaticArray<u8> {
  const match = matchModel(config, model, modelLength);
  const provider = match.provider;
  if (provider !== null) return provider.id;
  const route = match.route;
  if (route === null || route.groups.length == 0) return NOBODY;
  const targets = route.groups[0].targets;
  return targets.length > 0 ? targets[0].provider.id : NOBODY;
}

function addName(names: StaticArray<u8>[], seen: ByteMap, name: StaticArray<u8>): void {
  if (seen.add(name, 1) < 0) names.push(name);
}

/** Whether a route sends the client's own model name, mapped, to the provider. */
function usesMapping(route: RouteConfig, provider: ProviderConfig): bool {
  for (let position = 0; position < route.groups.length; position++) {
    const targets = route.groups[position].targets;
    for (let index = 0; index < targets.length; index++) {
      const target = targets[index];
      if (target.provider === provider && target.model.length == 0) return true;
    }
  }
  return false;
}
