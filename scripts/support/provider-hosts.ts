/** The vendor's own host of a provider type (empty when it has none), or null for an unknown type. */
export function findProviderHost(type: string): string | null {
  const hosts: Record<string, string> = {
    qwen: "dashscope.aliyuncs.com",
    deepseek: "api.deepseek.com",
    openai: "api.openai.com",
    claude: "api.anthropic.com",
  };
  return hosts[type] ?? null;
}
