import { findProtocol } from "../render/address";
import { findEnvironmentNames } from "../render/plugin";
import { UserError } from "../support/failure";
import { findMockVendor } from "../support/mock-providers";

type JsonObject = Record<string, unknown>;

/** A plugin JSON that is ready to run, with the environment that it needs. */
export interface PreparedPlugin {
  plugin: object;
  /** Variables for Envoy's environment: nothing else of the user's environment gets there. */
  environment: Record<string, string>;
  /** Lines for the user. */
  notes: string[];
}

/** For the mocks: every provider gets the key of its mock, and no variable of the user's environment is read. */
export function preparePluginForMocks(plugin: object, mockKeys: Record<string, string>): PreparedPlugin {
  const root = structuredClone(plugin) as JsonObject;
  for (const provider of asList(root["providers"])) {
    if (!isObject(provider) || typeof provider["type"] !== "string") continue;
    provider["apiTokens"] = [mockKeys[findMockVendor(provider["type"], findProtocol(provider))]];
  }
  const environment = Object.fromEntries(findEnvironmentNames(root).map((name) => [name, `mock-${name}`]));
  return { plugin: root, environment, notes: [] };
}

/** For the real vendors: providers whose variables are not all set are left out, and with them what only they could serve. */
export function preparePluginForVendors(plugin: object, environment: NodeJS.ProcessEnv): PreparedPlugin {
  const root = structuredClone(plugin) as JsonObject;
  const isMissing = (name: string): boolean => !environment[name];
  const notes: string[] = [];
  const kept: unknown[] = [];
  const keptIds = new Set<unknown>();
  for (const provider of asList(root["providers"])) {
    if (!isObject(provider)) continue;
    dropMissingTokens(provider, isMissing);
    const missing = findEnvironmentNames(provider).filter(isMissing);
    if (missing.length > 0) {
      notes.push(`without a key, left out: ${String(provider["id"])} (set ${missing.join(", ")})`);
      continue;
    }
    kept.push(provider);
    keptIds.add(provider["id"]);
  }
  if (kept.length === 0) {
    const names = findEnvironmentNames(plugin).join(", ");
    throw new UserError(`--live needs the key of at least one provider: set one of ${names}`);
  }
  root["providers"] = kept;
  const { routes, dropped } = keepServedRoutes(asList(root["routes"]), keptIds);
  root["routes"] = routes;
  if (dropped.length > 0) notes.push(`models without a provider, left out: ${dropped.join(", ")}`);
  const variables = findEnvironmentNames(root).map((name): [string, string] => [name, environment[name] ?? ""]);
  return { plugin: root, environment: Object.fromEntries(variables), notes };
}

/** A provider with several keys may go on with those that are set. */
function dropMissingTokens(provider: JsonObject, isMissing: (name: string) => boolean): void {
  const tokens = asList(provider["apiTokens"]);
  const usable = tokens.filter((token) => !findEnvironmentNames(token).some(isMissing));
  if (usable.length > 0) provider["apiTokens"] = usable;
}

function keepServedRoutes(routes: unknown[], keptIds: Set<unknown>): { routes: unknown[]; dropped: string[] } {
  const served: unknown[] = [];
  const dropped: string[] = [];
  const isServed = (target: unknown): boolean => isObject(target) && keptIds.has(target["provider"]);
  for (const route of routes) {
    if (!isObject(route)) continue;
    const groups = asList(route["targets"])
      .map((entry): unknown => (Array.isArray(entry) ? entry.filter(isServed) : isServed(entry) ? entry : []))
      .filter((entry) => !Array.isArray(entry) || entry.length > 0);
    if (groups.length > 0) served.push({ ...route, targets: groups });
    else dropped.push(String(route["model"]));
  }
  return { routes: served, dropped };
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
