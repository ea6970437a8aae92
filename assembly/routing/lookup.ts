import { copyToText } from "../bytes/buffer";
import { GatewayConfig, ProviderConfig, RouteConfig } from "../config/schema";

const SLASH: u8 = 0x2f;
/** Longest provider id (see the configuration's rule for ids). */
const MAX_ID_LENGTH: i32 = 64;

/** Length of a model name's part before its first slash when that is a provider's id; -1 otherwise. */
function directIdLength(config: GatewayConfig, model: usize, modelLength: i32): i32 {
  const limit = min(modelLength, MAX_ID_LENGTH + 1);
  for (let index = 0; index < limit; index++) {
    if (load<u8>(model + index) == SLASH) return config.providerTable.find(model, index) >= 0 ? index : -1;
  }
  return -1;
}

/** What a client's model name means before any target is chosen: a provider named outright, or a route. Neither: nobody serves it. */
export class ModelMatch {
  provider: ProviderConfig | null = null;
  /** Where the provider's own model name begins in the client's name; only with `provider`. */
  restOffset: i32 = 0;
  route: RouteConfig | null = null;
}

/** The last one; looked at before the next is made. */
const match = new ModelMatch();

/** Finds the provider or route that a model name belongs to (docs/decisions/0006-routing-rules.md); valid until the next call. */
export function matchModel(config: GatewayConfig, model: usize, modelLength: i32): ModelMatch {
  match.provider = null;
  match.restOffset = 0;
  match.route = null;
  const idLength = directIdLength(config, model, modelLength);
  if (idLength >= 0) {
    const provider = config.providerTable.find(model, idLength);
    match.restOffset = idLength + 1;
    if (match.restOffset < modelLength && provider < config.providers.length) {
      match.provider = config.providers[provider];
    }
    return match;
  }
  const route = config.routeTable.find(model, modelLength);
  if (route >= 0 && route < config.routes.length) match.route = config.routes[route];
  return match;
}

/** The upstream name for a client's model name: through the provider's `modelMapping`, else unchanged. */
export function mapModel(provider: ProviderConfig, model: usize, modelLength: i32): StaticArray<u8> {
  const entry = provider.mappingTable.find(model, modelLength);
  if (entry >= 0 && entry < provider.modelMapping.length) {
    const mapped = provider.modelMapping[entry].to;
    if (mapped.length > 0) return mapped;
  }
  return copyToText(model, modelLength);
}
