import { UserError } from "../support/failure";
import type { Protocol } from "../../assembly/providers/provider-type";
import { findHost, findProtocol } from "./address";

/** What the renderer needs to know of one Envoy cluster. */
export interface ProviderCluster {
  name: string;
  /** Where the first provider of this cluster stands in the plugin JSON, for messages. */
  path: string;
  type: string;
  /** The vendor's host, maybe with a port; variables of the environment that are not set stay in it. Null when nobody says it. */
  host: string | null;
  /** Null for an unknown type. */
  protocol: Protocol | null;
  /** The first provider as the plugin JSON has it. */
  members: Record<string, unknown>;
  /** Whether the providers of this cluster have keys that the module sets. */
  hasTokens: boolean;
}

/** What the renderer reads from the plugin JSON. The module checks the rest, and does so more strictly. */
export interface PluginFacts {
  clusters: ProviderCluster[];
  maxBodyBytes: number;
  /** The longest that a request may wait for anything, in ms. */
  longestTimeoutMs: number;
  /** Names of the environment variables that the plugin JSON mentions, sorted. */
  environmentNames: string[];
}

/** The defaults of the plugin JSON contract. */
const DEFAULT_MAX_BODY_BYTES = 33554432;
const DEFAULT_TIMEOUTS_MS = { timeoutMs: 600000, attemptTimeoutMs: 300000, firstTokenTimeoutMs: 30000 };

type JsonObject = Record<string, unknown>;

/** Reads what Envoy's configuration depends on. Fails with the JSON path of what is not right. */
export function readPluginFacts(plugin: object): PluginFacts {
  const root = asObject(plugin, "the plugin JSON");
  const providers = asArray(root["providers"], "providers");
  if (providers.length === 0) throw new UserError("plugin JSON: providers: at least one provider is needed");
  const limits = root["limits"] === undefined ? {} : asObject(root["limits"], "limits");
  return {
    clusters: readClusters(providers),
    maxBodyBytes: readPositive(limits["maxBodyBytes"], "limits.maxBodyBytes") ?? DEFAULT_MAX_BODY_BYTES,
    longestTimeoutMs: findLongestTimeout(root),
    environmentNames: findEnvironmentNames(root),
  };
}

function readClusters(providers: unknown[]): ProviderCluster[] {
  const clusters = new Map<string, ProviderCluster>();
  providers.forEach((value, index) => {
    const path = `providers[${index}]`;
    const provider = asObject(value, path);
    const id = asText(provider["id"], `${path}.id`);
    const name = provider["cluster"] === undefined ? id : asText(provider["cluster"], `${path}.cluster`);
    if (provider["providerDomain"] !== undefined && provider["providerDomain"] !== "") {
      asText(provider["providerDomain"], `${path}.providerDomain`);
    }
    const cluster: ProviderCluster = {
      name,
      path,
      type: asText(provider["type"], `${path}.type`),
      host: findHost(provider, path, process.env),
      protocol: findProtocol(provider),
      members: provider,
      hasTokens: Array.isArray(provider["apiTokens"]) && provider["apiTokens"].length > 0,
    };
    const existing = clusters.get(name);
    if (existing === undefined) clusters.set(name, cluster);
    else if (existing.type !== cluster.type || existing.host !== cluster.host) {
      throw new UserError(`plugin JSON: ${path}: cluster ${name} already goes to another host, for ${existing.path}`);
    } else if (describeAccess(existing) !== describeAccess(cluster)) {
      throw new UserError(
        `plugin JSON: ${path}: cluster ${name} already has another region or other keys, for ${existing.path}`,
      );
    }
  });
  return [...clusters.values()];
}

/** What Envoy itself has to know to reach a cluster and to sign for it; none of it may differ between the providers of one cluster. */
function describeAccess({ type, members, hasTokens }: ProviderCluster): string {
  const signs = (type === "bedrock" || type === "vertex") && !hasTokens;
  const keys = signs ? [members["awsAccessKey"], members["awsSecretKey"]] : [];
  return JSON.stringify([signs, members["awsRegion"], members["vertexRegion"], ...keys]);
}

function findLongestTimeout(root: JsonObject): number {
  const routes = root["routes"] === undefined ? [] : asArray(root["routes"], "routes");
  const policies: [string, unknown][] = [
    ["fallback", root["fallback"]],
    ...routes.map((route, index): [string, unknown] => [
      `routes[${index}].fallback`,
      asObject(route, `routes[${index}]`)["fallback"],
    ]),
  ];
  const timeouts = Object.values(DEFAULT_TIMEOUTS_MS);
  for (const [path, value] of policies) {
    const policy = value === undefined ? {} : asObject(value, path);
    for (const name of Object.keys(DEFAULT_TIMEOUTS_MS)) {
      timeouts.push(readPositive(policy[name], `${path}.${name}`) ?? 0);
    }
  }
  return Math.max(...timeouts);
}

/** Every `${NAME}` in any text of the plugin JSON. */
export function findEnvironmentNames(value: unknown): string[] {
  const names = new Set<string>();
  for (const match of JSON.stringify(value).matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)) {
    if (match[1] !== undefined) names.add(match[1]);
  }
  return [...names].sort();
}

function asObject(value: unknown, path: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw expected("an object", path);
  return value as JsonObject;
}

function asArray(value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw expected("a list", path);
  return value;
}

function asText(value: unknown, path: string): string {
  if (typeof value !== "string" || value === "") throw expected("a text that is not empty", path);
  return value;
}

function readPositive(value: unknown, path: string): number | null {
  if (value === undefined) return null;
  if (typeof value !== "number" || !Number.isInteger(value) || value <= 0) throw expected("a positive integer", path);
  return value;
}

function expected(what: string, path: string): UserError {
  return new UserError(`plugin JSON: ${path}: must be ${what}`);
}
