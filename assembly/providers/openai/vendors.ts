import { AuthStyle, ProviderType } from "../provider-type";
import { alsoCalled, Dialect, reasoning, REASONING_CONTENT, speaking, vendor, withReasoningTags } from "./row";

/** Members of OpenAI's own platform: servers that check every member know none of them. */
const PLATFORM = "store safety_identifier prompt_cache_retention web_search_options modalities audio verbosity";
/** Those that some of these servers have taken over. */
const METADATA = " metadata";
const BILLING = " service_tier";
const PERSON = " user prompt_cache_key";
/** What clients say at the top of a request that is meant for Anthropic. */
const ANTHROPICS = "thinking cache_control";

/** OpenAI's own server, and those that run its models under its rules. */
function listOpenAis(): ProviderType[] {
  const own = Dialect.DeveloperRole | Dialect.NewTokenLimit | Dialect.RemoveReasoning | Dialect.ReasoningModels;
  const azure = vendor(
    "azure",
    "AZURE_OPENAI_API_KEY",
    "{azureServiceUrl}/openai",
    "learn.microsoft.com/en-us/azure/ai-foundry/openai/reference",
  );
  azure.auth = AuthStyle.AzureApiKey;
  azure.chatPath = "/deployments/{model}/chat/completions?api-version={apiVersion}";
  const openAi = vendor("openai", "OPENAI_API_KEY", "api.openai.com/v1", "platform.openai.com/docs/api-reference/chat");
  const github = vendor(
    "github",
    "GITHUB_TOKEN",
    "models.github.ai/inference",
    "docs.github.com/en/rest/models/inference",
  );
  return [
    speaking(openAi, own, ANTHROPICS),
    speaking(azure, own),
    // DeepSeek-R1: https://learn.microsoft.com/en-us/azure/ai-foundry/foundry-models/how-to/use-chat-reasoning
    withReasoningTags(
      speaking(github, Dialect.DeveloperRole | Dialect.RemoveReasoning | Dialect.ReasoningModels, ANTHROPICS),
    ),
  ];
}

/**
 * Mistral checks every member. Sources: https://docs.mistral.ai/api/endpoint/chat,
 * https://github.com/mistralai/client-python (`chatcompletionstreamrequest.py` of 3.7.0 has all that it knows)
 */
function mistral(): ProviderType {
  const type = vendor("mistral", "MISTRAL_API_KEY", "api.mistral.ai/v1", "docs.mistral.ai/api/endpoint/chat");
  type.seedMember = "random_seed";
  const rejected = PLATFORM + BILLING + PERSON + " functions function_call logit_bias " + ANTHROPICS;
  const dialect = Dialect.NoStreamOptions | Dialect.RemoveReasoning | Dialect.RejectsNames;
  return speaking(type, dialect, rejected, "content");
}

/**
 * Perplexity's models search and call no tools; every chunk of a stream tells the usage so far. Those that reason do it in the text, and
 * take no reasoning back. Source: https://docs.perplexity.ai/guides/structured-outputs
 */
function perplexity(): ProviderType {
  const source = "docs.perplexity.ai/docs/sonar/openai-compatibility";
  const type = vendor("perplexity", "PERPLEXITY_API_KEY", "api.perplexity.ai", source);
  type.withoutTools = "Perplexity's models call no tools.";
  return withReasoningTags(speaking(type, Dialect.NoStreamOptions | Dialect.RemoveReasoning));
}

/** Its reasoning models refuse penalties and stop sequences, and its newer models reason. */
function grok(): ProviderType {
  const type = vendor("grok", "XAI_API_KEY", "api.x.ai/v1", "docs.x.ai/docs/guides/reasoning");
  const rejected = "presence_penalty frequency_penalty stop";
  return speaking(type, Dialect.NewTokenLimit, rejected, REASONING_CONTENT);
}

/** Vendors of models of their own. */
function listMakers(): ProviderType[] {
  return [
    mistral(),
    grok(),
    alsoCalled("xai", grok()),
    perplexity(),
    vendor(
      "galadriel",
      "GALADRIEL_API_KEY",
      "api.galadriel.com/v1",
      "docs.galadriel.com/api-reference/chat-completions",
    ),
  ];
}

/**
 * Sources: https://console.groq.com/docs/openai (members that give a 400, `name` among them), https://github.com/groq/groq-python
 * (1.7.0: the role `developer`)
 */
function groq(): ProviderType {
  const type = vendor("groq", "GROQ_API_KEY", "api.groq.com/openai/v1", "console.groq.com/docs/openai");
  const dialect = Dialect.DeveloperRole | Dialect.NewTokenLimit | Dialect.RemoveReasoning | Dialect.RejectsNames;
  return speaking(type, dialect, "logprobs top_logprobs logit_bias " + ANTHROPICS, "reasoning");
}

/** It took no penalties once; its SDK has them by now: https://github.com/Cerebras/cerebras-cloud-sdk-python (1.91.0). */
function cerebras(): ProviderType {
  const source = "inference-docs.cerebras.ai/api-reference/chat-completions";
  const type = vendor("cerebras", "CEREBRAS_API_KEY", "api.cerebras.ai/v1", source);
  const dialect = Dialect.DeveloperRole | Dialect.NewTokenLimit | Dialect.RemoveReasoning;
  return speaking(type, dialect, "", "reasoning");
}

function openRouter(): ProviderType {
  const source = "openrouter.ai/docs/api/reference/parameters";
  const type = vendor("openrouter", "OPENROUTER_API_KEY", "openrouter.ai/api/v1", source);
  return speaking(type, Dialect.DeveloperRole | Dialect.NewTokenLimit, "", "reasoning");
}

/**
 * Fireworks checks every member: https://docs.fireworks.ai/tools-sdks/nim-compatibility. What it knows, `name` of messages not among
 * it: https://github.com/fw-ai-external/python-sdk (1.2.30)
 */
function fireworks(): ProviderType {
  const source = "docs.fireworks.ai/api-reference/post-chatcompletions";
  const type = vendor("fireworks", "FIREWORKS_API_KEY", "api.fireworks.ai/inference/v1", source);
  const dialect = Dialect.NewTokenLimit | Dialect.OnlyReasoningText | Dialect.RejectsNames;
  return speaking(type, dialect, PLATFORM, REASONING_CONTENT);
}

/** It checks every member: https://github.com/sipeed/picoclaw/issues/1019 */
function nvidia(): ProviderType {
  const source = "docs.api.nvidia.com/nim/reference/llm-apis";
  const type = vendor("nvidia", "NVIDIA_API_KEY", "integrate.api.nvidia.com/v1", source);
  return speaking(type, Dialect.OnlyReasoningText, PLATFORM + METADATA + BILLING + PERSON, REASONING_CONTENT);
}

/** It checks every member, and knows no `stream_options`: https://github.com/continuedev/continue/issues/12936 */
function databricks(): ProviderType {
  const source = "docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference";
  const type = vendor("databricks", "DATABRICKS_TOKEN", "/serving-endpoints", source);
  const rejected = PLATFORM + METADATA + PERSON;
  // For the Claude that it serves: https://docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference
  type.takesCacheControl = true;
  return speaking(type, Dialect.NoStreamOptions | Dialect.RemoveReasoning, rejected, "content");
}

function cloudflare(): ProviderType {
  const url = "api.cloudflare.com/client/v4/accounts/{cloudflareAccountId}/ai/v1";
  const source = "developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility";
  return vendor("cloudflare", "CLOUDFLARE_API_TOKEN", url, source);
}

function together(): ProviderType {
  const source = "docs.together.ai/docs/inference/openai-compatibility";
  return reasoning("together-ai", "TOGETHER_API_KEY", "api.together.ai/v1", source, "reasoning");
}

function sambanova(): ProviderType {
  const source = "docs.sambanova.ai/docs/en/features/openai-compatibility";
  const type = vendor("sambanova", "SAMBANOVA_API_KEY", "api.sambanova.ai/v1", source);
  return speaking(type, Dialect.NewTokenLimit, "", "reasoning");
}

/**
 * Vendors that run open models, whose reasoning stands in the text unless the host takes it out: Groq does so when it is asked to
 * (https://console.groq.com/docs/reasoning), others for the models that they have a parser for.
 */
function listHosts(): ProviderType[] {
  return [
    groq(),
    cerebras(),
    together(),
    alsoCalled("together", together()),
    fireworks(),
    nvidia(),
    cloudflare(),
    sambanova(),
    reasoning(
      "nebius",
      "NEBIUS_API_KEY",
      "api.tokenfactory.nebius.com/v1",
      "docs.tokenfactory.nebius.com/api-reference/examples/text-generation",
    ),
    reasoning(
      "novita",
      "NOVITA_API_KEY",
      "api.novita.ai/openai/v1",
      "novita.ai/docs/api-reference/model-apis-llm-create-chat-completion",
    ),
    reasoning("deepinfra", "DEEPINFRA_TOKEN", "api.deepinfra.com/v1/openai", "docs.deepinfra.com/chat/overview"),
    vendor("hyperbolic", "HYPERBOLIC_API_KEY", "api.hyperbolic.xyz/v1", "docs.hyperbolic.xyz/docs/rest-api"),
    vendor(
      "huggingface",
      "HF_TOKEN",
      "router.huggingface.co/v1",
      "huggingface.co/docs/inference-providers/tasks/chat-completion",
    ),
  ];
}

/** Vendors outside China, and OpenAI itself. */
export function listVendors(): ProviderType[] {
  const hosts = listHosts().map<ProviderType>((type) => withReasoningTags(type));
  return listOpenAis().concat(listMakers()).concat([openRouter(), databricks()]).concat(hosts);
}
