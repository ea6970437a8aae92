import type { VendorName } from "../../mocks/index";

/** One model for each provider of the base plugin, and what to expect of it. */
export interface ModelCase {
  model: string;
  vendor: VendorName;
  /** Provider id in the plugin JSON. */
  provider: string;
  /** How the mock calls itself. */
  title: string;
  /** `model` in answers, when the vendor gives a dated name. */
  answersAs: string;
  /** The vendor's model that sees images, or null. */
  vision: string | null;
  /** Whether the vendor takes `tool_choice: "required"`, and JSON schemas. */
  forcesTools: boolean;
  schemas: boolean;
}

export const MODEL_CASES: ModelCase[] = [
  {
    model: "gpt-4o",
    vendor: "openai",
    provider: "openai",
    title: "OpenAI",
    answersAs: "gpt-4o-2024-08-06",
    vision: "gpt-4o",
    forcesTools: true,
    schemas: true,
  },
  {
    model: "deepseek-chat",
    vendor: "deepseek",
    provider: "deepseek",
    title: "DeepSeek",
    answersAs: "deepseek-chat",
    vision: null,
    forcesTools: true,
    schemas: false,
  },
  {
    model: "qwen-max",
    vendor: "dashscope",
    provider: "dashscope",
    title: "DashScope",
    answersAs: "qwen-max",
    vision: "qwen-vl-max",
    forcesTools: false,
    schemas: true,
  },
  {
    model: "claude-sonnet-4-5",
    vendor: "anthropic",
    provider: "claude",
    title: "Anthropic",
    answersAs: "claude-sonnet-4-5",
    vision: "claude-sonnet-4-5",
    forcesTools: true,
    schemas: true,
  },
];

/** What the mock of a vendor says to a plain text. */
export function expectedText(model: string, title: string, userText: string): string {
  return `I am ${model}, a mock of ${title}. You said: ${userText}`;
}

/** A picture of one pixel (PNG, 70 bytes). */
export const PIXEL_URL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
