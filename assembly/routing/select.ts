import { FallbackPolicy, GatewayConfig, ProviderConfig } from "../config/schema";
import { AttemptTarget } from "../providers/provider";
import { mapModel, matchModel } from "./lookup";
import { Random } from "./random";
import { orderByWeight } from "./weights";

/** Where a request may go: targets in the order in which they are tried, and what a failure does. */
export class Selection {
  targets: AttemptTarget[] = new Array<AttemptTarget>();

  constructor(
    /** The metrics' `route` label: the route's pattern as configured, or `<provider-id>/*`. */
    public route: StaticArray<u8>,
    public policy: FallbackPolicy,
  ) {}
}

/**
 * Chooses the targets for a model name (UTF-8, unescaped; not empty). Null: nobody serves it.
 * The rules are in docs/decisions/0006-routing-rules.md.
 */
export function selectTargets(config: GatewayConfig, model: usize, modelLength: i32, random: Random): Selection | null {
  const match = matchModel(config, model, modelLength);
  const provider = match.provider;
  if (provider !== null) {
    const selection = new Selection(provider.directRoute, config.fallback);
    const upstream = mapModel(provider, model + match.restOffset, modelLength - match.restOffset);
    selection.targets.push(createTarget(provider, upstream));
    return selection;
  }
  const route = match.route;
  if (route === null) return null;
  const selection = new Selection(route.pattern, route.fallback);
  for (let position = 0; position < route.groups.length; position++) {
    const group = unchecked(route.groups[position]).targets;
    const ordered = group.length > 1 ? orderByWeight(group, random) : group;
    for (let index = 0; index < ordered.length; index++) {
      const target = unchecked(ordered[index]);
      const upstream = target.model.length > 0 ? target.model : mapModel(target.provider, model, modelLength);
      selection.targets.push(createTarget(target.provider, upstream));
    }
  }
  return selection;
}

/** A target with the next one of the provider's keys. */
function createTarget(provider: ProviderConfig, model: StaticArray<u8>): AttemptTarget {
  const target = new AttemptTarget(provider, model);
  const tokens = provider.apiTokens;
  const count: u32 = tokens.length;
  if (count > 0) {
    target.apiToken = unchecked(tokens[provider.tokensTaken % count]);
    provider.tokensTaken = (provider.tokensTaken + 1) % count;
  }
  return target;
}
