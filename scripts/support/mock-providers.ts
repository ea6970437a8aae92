import { Protocol } from "../../assembly/providers/provider-type";
import { VENDOR_NAMES, type VendorName } from "../../tests/mocks/types";
import { readPluginFacts } from "../render/plugin";
import { findType } from "./provider-types";

/** The mock of each protocol: one without a mock does not compile. */
const MOCKS: Record<Protocol, VendorName> = {
  [Protocol.OpenAi]: "compatible",
  [Protocol.Anthropic]: "anthropic",
  [Protocol.Gemini]: "gemini",
  [Protocol.Vertex]: "vertex",
  [Protocol.Bedrock]: "bedrock",
  [Protocol.Cohere]: "cohere",
  [Protocol.Ollama]: "ollama",
  [Protocol.DashScope]: "dashscope-native",
  [Protocol.Hunyuan]: "hunyuan",
  [Protocol.MiniMax]: "minimax",
  [Protocol.Dify]: "dify",
  [Protocol.Triton]: "triton",
  [Protocol.DeepL]: "deepl",
  [Protocol.Coze]: "coze",
};

/** Vendors of OpenAI's protocol that have a mock of their own, and the one whose mock speaks more than one protocol. */
const OWN_MOCKS: Record<string, VendorName> = {
  openai: "openai",
  azure: "azure",
  deepseek: "deepseek",
  qwen: "dashscope",
  dashscope: "dashscope",
  vertex: "vertex",
};

/**
 * The mock that stands in for a provider type: its own vendor's, else the one that speaks its protocol. `protocol` is the provider's,
 * when its members may have chosen another one than the type's first.
 */
export function findMockVendor(type: string, protocol: Protocol | null = null): VendorName {
  const found = findType(type);
  const spoken = protocol ?? found?.protocol ?? Protocol.OpenAi;
  if (spoken !== Protocol.OpenAi) return MOCKS[spoken];
  // Servers of one's own have OpenAI's paths, and its mock.
  const isOwn = found === null || (found.host === "" && found.basePath === "/v1");
  return OWN_MOCKS[type] ?? (isOwn ? "openai" : MOCKS[spoken]);
}

/** Ports of the mocks, one after the other from a base, in the order of the program `tests/mocks/main.ts`. */
export function mockPorts(base: number): Record<VendorName, number> {
  return Object.fromEntries(VENDOR_NAMES.map((name, index) => [name, base + index])) as Record<VendorName, number>;
}

/** The mock's endpoint for every cluster of a plugin JSON: `{dashscope: "127.0.0.1:9103", ...}`. */
export function assignMockEndpoints(
  plugin: object,
  host: string,
  ports: Record<VendorName, number>,
): Record<string, string> {
  const { clusters } = readPluginFacts(plugin);
  return Object.fromEntries(
    clusters.map(({ name, type, protocol }) => [name, `${host}:${ports[findMockVendor(type, protocol)]}`]),
  );
}
