import { VENDOR_NAMES, type VendorName } from "../../mocks/types";

/** The variables of Envoy's environment that hold the providers' keys in these tests. */
export const KEY_VARIABLES = Object.fromEntries(
  VENDOR_NAMES.map((vendor) => [vendor, `E2E_${vendor.toUpperCase().replaceAll("-", "_")}_KEY`]),
) as Record<VendorName, string>;

/** What happens between the targets of a route; everything in it is optional, as in the plugin JSON. */
export interface FallbackSettings {
  on?: string[];
  firstTokenTimeoutMs?: number;
  attemptTimeoutMs?: number;
  timeoutMs?: number;
}

/** A plugin JSON, as far as these tests write one. */
export interface Plugin {
  providers: { id: string; type: string; cluster?: string; apiTokens?: string[]; [member: string]: unknown }[];
  routes: { model: string; targets: unknown[]; fallback?: FallbackSettings }[];
  fallback?: FallbackSettings;
  limits?: { maxBodyBytes?: number };
  metrics?: { maxModels?: number };
}

/** The four vendors and one route for each of their families; `dead-*` are providers whose cluster refuses connections. */
export function basePlugin(): Plugin {
  const key = (vendor: VendorName): string[] => [`\${${KEY_VARIABLES[vendor]}}`];
  return {
    providers: [
      { id: "dashscope", type: "qwen", apiTokens: key("dashscope") },
      { id: "deepseek", type: "deepseek", apiTokens: key("deepseek") },
      { id: "openai", type: "openai", apiTokens: key("openai") },
      { id: "claude", type: "claude", apiTokens: key("anthropic") },
      { id: "dead-deepseek", type: "deepseek", apiTokens: key("deepseek") },
      { id: "dead-claude", type: "claude", apiTokens: key("anthropic") },
    ],
    routes: [
      { model: "qwen-max", targets: [{ provider: "dashscope" }] },
      { model: "qwen-*", targets: [{ provider: "dashscope" }] },
      { model: "deepseek-chat", targets: [{ provider: "deepseek" }, { provider: "dashscope", model: "qwen-turbo" }] },
      { model: "deepseek-reasoner", targets: [{ provider: "deepseek" }] },
      { model: "gpt-4o", targets: [{ provider: "openai" }] },
      { model: "gpt-*", targets: [{ provider: "openai" }] },
      { model: "claude-sonnet-4-5", targets: [{ provider: "claude" }] },
      { model: "claude-*", targets: [{ provider: "claude" }] },
    ],
  };
}
