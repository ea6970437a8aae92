import { modelRules, type ModelRules } from "./anthropic-validate-models";

/** What a model of the service accepts beyond what the API's shapes say. */
export interface BedrockModel {
  /** `toolChoice` members beside `auto`; null: not even that. */
  choices: ("any" | "tool")[] | null;
  /** Whether cache points may stand in system texts and messages, behind tools, and live for an hour. */
  caches: boolean;
  cachesTools: boolean;
  longCache: boolean;
  /** Whether `outputConfig.textFormat` is known. */
  formats: boolean;
  /** Members of `additionalModelRequestFields`; null: any. */
  additional: string[] | null;
  /** Whether reasoning may be sent back. */
  reasoning: boolean;
  /** Anthropic's own rules, for its models. */
  claude: ModelRules | null;
}

const PLAIN: BedrockModel = {
  choices: null,
  caches: false,
  cachesTools: false,
  longCache: false,
  formats: false,
  additional: [],
  reasoning: false,
  claude: null,
};

function claudeModel(id: string): BedrockModel {
  const claude = modelRules(id);
  return {
    choices: claude.forcedTools ? ["any", "tool"] : [],
    caches: true,
    cachesTools: true,
    longCache: true,
    formats: claude.structuredOutputs,
    additional: [
      "thinking",
      "top_k",
      "anthropic_beta",
      "metadata",
      // https://github.com/anthropics/anthropic-sdk-typescript/issues/592: not known to older models
      ...(claude.structuredOutputs ? ["tool_choice"] : []),
    ],
    reasoning: true,
    claude,
  };
}

/**
 * The rules of a model id (or an ARN that holds one); null for a model that the service does not have. Sources:
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html (choices),
 * https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html, .../structured-output.html, .../model-parameters.html
 */
export function findModel(id: string): BedrockModel | null {
  // An id that is encoded twice still holds signs of percent.
  if (!/^[a-zA-Z0-9.:/_-]+$/.test(id)) return null;
  if (/anthropic\.claude-/.test(id)) return claudeModel(id);
  if (/amazon\.nova-2-/.test(id)) {
    return { ...PLAIN, choices: ["any", "tool"], caches: true, additional: ["inferenceConfig", "reasoningConfig"] };
  }
  if (/amazon\.nova-/.test(id)) {
    return { ...PLAIN, choices: ["any", "tool"], caches: true, additional: ["inferenceConfig"] };
  }
  if (/mistral\./.test(id)) return { ...PLAIN, choices: ["any"], additional: ["top_k"] };
  if (/openai\.gpt-oss/.test(id)) return { ...PLAIN, formats: true, additional: ["reasoning_effort"] };
  if (/(deepseek|qwen|moonshotai)\./.test(id)) return { ...PLAIN, formats: true };
  if (/meta\.llama|cohere\.command/.test(id)) return PLAIN;
  if (/application-inference-profile\/[a-z0-9]+$/.test(id))
    return { ...claudeModel("claude-sonnet-4"), additional: null };
  return null;
}
