import { listProviderTypes, listVariants } from "../../../assembly/providers/catalogue";
import { Protocol, type ProviderType } from "../../../assembly/providers/provider-type";
import { findProtocol } from "../../../scripts/render/address";
import { findMockVendor } from "../../../scripts/support/mock-providers";
import type { VendorName } from "../../mocks/types";
import type { Behaviour, ProtocolAdapter } from "../../providers/suite/adapter";
import { KEY_VARIABLES, type Plugin } from "./plugin";

/** One provider of the plugin JSON, and what to expect of it. */
export interface EveryProviderCase {
  id: string;
  model: string;
  provider: Plugin["providers"][number];
  /** The mock that stands behind it. */
  vendor: VendorName;
  /** A model whose thoughts stand in its text; null when the vendor has none. */
  tagging: string | null;
  /** Why the vendor cannot do something, or null: it can. */
  without(behaviour: Behaviour): string | null;
}

/** A model that the mock of a vendor knows. */
const MODELS: Partial<Record<VendorName, string>> = {
  openai: "gpt-4o",
  azure: "gpt-4o",
  deepseek: "deepseek-chat",
  dashscope: "qwen-vl-max",
  compatible: "some-model",
};

/** Members without which a type has no address; the mock of all compatible vendors knows one without a host by its path. */
const MEMBERS: Record<string, Record<string, unknown>> = {
  azure: { azureServiceUrl: "https://mock.openai.azure.com", apiVersion: "2024-10-21" },
  cloudflare: { cloudflareAccountId: "account" },
  databricks: { providerBasePath: "/databricks" },
};

/** What the vendors of OpenAI's protocol cannot do, as their mocks know it. */
const WITHOUT: Record<string, Partial<Record<Behaviour, string>>> = {
  deepseek: { "JSON schema": "DeepSeek has no schemas.", "image inline": "DeepSeek sees no images." },
};

/** A server of one's own has no vendor's host; the mock of all compatible vendors knows it by the first segment of its path. */
function membersOf(type: ProviderType): Record<string, unknown> {
  return MEMBERS[type.name] ?? (type.host === "" ? { providerBasePath: `/${type.name}` } : {});
}

function caseOfType(type: ProviderType): EveryProviderCase {
  const found = findMockVendor(type.name);
  const vendor = found === "openai" && type.name !== "openai" ? "compatible" : found;
  const id = `type-${type.name}`;
  return {
    id,
    model: MODELS[vendor] ?? "some-model",
    vendor,
    tagging: type.hasReasoningTags ? "deepseek-r1" : null,
    provider: { id, type: type.name, apiTokens: [`\${${KEY_VARIABLES[vendor]}}`], ...membersOf(type) },
    without: (behaviour) => {
      if (behaviour === "one tool" && type.withoutTools !== "") return type.withoutTools;
      if (behaviour === "JSON schema" && type.rejectedMembers.includes("response_format")) return "no response_format";
      return WITHOUT[type.name]?.[behaviour] ?? null;
    },
  };
}

function caseOfAdapter(adapter: ProtocolAdapter, type: string, id: string): EveryProviderCase {
  const { model, apiVersion, provider, apiToken } = adapter.target;
  const vendor = findMockVendor(type, findProtocol({ type, ...provider }));
  const apiTokens = apiToken === "" ? {} : { apiTokens: [`\${${KEY_VARIABLES[vendor]}}`] };
  // Hunyuan's key signs; it stands in a member of its own.
  const signing = provider?.["hunyuanAuthKey"] === undefined ? {} : { hunyuanAuthKey: `\${${KEY_VARIABLES.hunyuan}}` };
  return {
    id,
    model,
    vendor,
    tagging: null,
    provider: { id, type, ...apiTokens, ...(apiVersion === undefined ? {} : { apiVersion }), ...provider, ...signing },
    without: (behaviour) => adapter.unsupported[behaviour] ?? null,
  };
}

/** The types that speak a protocol, second names too. */
function namesOf(protocol: Protocol): string[] {
  const speaking = [...listProviderTypes(), ...listVariants()].filter((type) => type.protocol === protocol);
  return [...new Set(speaking.map(({ name }) => name))];
}

/** Every native protocol by its adapter, and every type of OpenAI's protocol that can chat. */
export function listEveryProvider(adapters: ProtocolAdapter[]): EveryProviderCase[] {
  const types = listProviderTypes().filter((type) => type.protocol === Protocol.OpenAi && type.withoutChat === "");
  const natives = adapters.filter(({ name }) => name !== "openai");
  return [...natives.flatMap(casesOfAdapter), ...types.map(caseOfType)];
}

function casesOfAdapter(adapter: ProtocolAdapter): EveryProviderCase[] {
  const { type, provider } = adapter.target;
  const protocol = findProtocol({ type, ...provider });
  if (protocol === null) throw new Error(`the type ${type} of the adapter ${adapter.name} is not in the catalogue`);
  return namesOf(protocol).map((name) =>
    caseOfAdapter(adapter, name, name === type ? `native-${adapter.name}` : `native-${adapter.name}-as-${name}`),
  );
}
