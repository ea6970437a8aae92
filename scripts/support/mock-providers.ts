import { Protocol } from "../../assembly/providers/provider-type";
import { VENDOR_NAMES, type VendorName } from "../../tests/mocks/types";
import { readPluginFacts } from "../render/plugin";
import { findType } from "./provider-types";

/**
 * The mock that stands in for a provider type: its own vendor's, else the one that speaks its protocol. `protocol` is the provider's,
 * when its members may have chosen another one than the type's first.
 */
export function findMockVendor(type: string, protocol: Protocol | null = null): VendorName {
  if (protocol === Protocol.Hunyuan) return "hunyuan";
  if (protocol === Protocol.MiniMax) return "minimax";
  if (protocol === Protocol.DashScope) return "dashscope-native";
  if (protocol === Protocol.Ollama) return "ollama";
  if (type === "qwen" || type === "dashscope") return "dashscope";
  if (type === "deepseek") return "deepseek";
  if (type === "cohere") return "cohere";
  if (type === "azure") return "azure";
  if (type === "bedrock") return "bedrock";
  if (type === "gemini" || type === "vertex") return type;
  const found = findType(type);
  if (found?.protocol === Protocol.Dify) return "dify";
  if (found?.protocol === Protocol.Coze) return "coze";
  if (found?.protocol === Protocol.Triton) return "triton";
  if (found?.protocol === Protocol.DeepL) return "deepl";
  // Servers of one's own have OpenAI's paths, and its mock.
  const isOwn = found?.host === "" && found.basePath === "/v1";
  const isCompatible = found?.protocol === Protocol.OpenAi && !isOwn && type !== "openai";
  if (isCompatible) return "compatible";
  return found?.protocol === Protocol.Anthropic ? "anthropic" : "openai";
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
