import { AuthStyle, ProviderType } from "../provider-type";
import { alsoCalled, Dialect, reasoning, REASONING_CONTENT, speaking, vendor } from "./row";

/** Members by which OpenAI's own platform stores, bills and caches; servers that check every member know none of them. */
const PLATFORM =
  "store metadata service_tier user safety_identifier prompt_cache_key prompt_cache_retention web_search_options modalities audio verbosity";
const LOG_PROBABILITIES = "logprobs top_logprobs logit_bias";

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
    speaking(openAi, own),
    speaking(azure, own),
    speaking(github, Dialect.DeveloperRole | Dialect.RemoveReasoning | Dialect.ReasoningModels),
  ];
}

/** Mistral checks every member. Sources: https://docs.mistral.ai/api/endpoint/chat, https://docs.mistral.ai/api (`random_seed`). */
function mistral(): ProviderType {
  const type = vendor("mistral", "MISTRAL_API_KEY", "api.mistral.ai/v1", "docs.mistral.ai/api/endpoint/chat");
  type.seedMember = "random_seed";
  const rejected = PLATFORM + " functions function_call " + LOG_PROBABILITIES;
  const dialect = Dialect.NoStreamOptions | Dialect.RemoveReasoning | Dialect.RejectsNames;
  return speaking(type, dialect, rejected, "content");
}

/** Perplexity's models search and call no tools. Source: https://docs.perplexity.ai/api-reference/chat-completions-post */
function perplexity(): ProviderType {
  const source = "docs.perplexity.ai/api-reference/chat-completions-post";
  const type = vendor("perplexity", "PERPLEXITY_API_KEY", "api.perplexity.ai", source);
  type.withoutTools = "Perplexity's models call no tools.";
  const rejected = "stop seed n parallel_tool_calls tool_choice stream_options service_tier " + LOG_PROBABILITIES;
  return speaking(type, Dialect.NoStreamOptions, rejected);
}

/** Its reasoning models refuse penalties, and all its newer models reason. */
function grok(): ProviderType {
  const type = vendor("grok", "XAI_API_KEY", "api.x.ai/v1", "docs.x.ai/docs/guides/reasoning");
  const rejected = "presence_penalty frequency_penalty logit_bias";
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

/** Source: https://console.groq.com/docs/openai (members that give a 400, `name` among them) */
function groq(): ProviderType {
  const type = vendor("groq", "GROQ_API_KEY", "api.groq.com/openai/v1", "console.groq.com/docs/openai");
  const dialect = Dialect.NewTokenLimit | Dialect.RemoveReasoning | Dialect.RejectsNames;
  return speaking(type, dialect, LOG_PROBABILITIES, "reasoning");
}

function cerebras(): ProviderType {
  const source = "inference-docs.cerebras.ai/resources/openai";
  const type = vendor("cerebras", "CEREBRAS_API_KEY", "api.cerebras.ai/v1", source);
  const rejected = "frequency_penalty presence_penalty logit_bias";
  return speaking(type, Dialect.NewTokenLimit | Dialect.RemoveReasoning, rejected, "reasoning");
}

function openRouter(): ProviderType {
  const source = "openrouter.ai/docs/api/reference/parameters";
  const type = vendor("openrouter", "OPENROUTER_API_KEY", "openrouter.ai/api/v1", source);
  return speaking(type, Dialect.DeveloperRole | Dialect.NewTokenLimit, "", "reasoning");
}

function fireworks(): ProviderType {
  const source = "docs.fireworks.ai/api-reference/post-chatcompletions";
  const type = vendor("fireworks", "FIREWORKS_API_KEY", "api.fireworks.ai/inference/v1", source);
  return speaking(type, Dialect.OnlyReasoningText, PLATFORM, REASONING_CONTENT);
}

function nvidia(): ProviderType {
  const source = "docs.api.nvidia.com/nim/reference/llm-apis";
  const type = vendor("nvidia", "NVIDIA_API_KEY", "integrate.api.nvidia.com/v1", source);
  return speaking(type, Dialect.OnlyReasoningText, PLATFORM, REASONING_CONTENT);
}

function databricks(): ProviderType {
  const source = "docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference";
  const type = vendor("databricks", "DATABRICKS_TOKEN", "/serving-endpoints", source);
  return speaking(type, Dialect.NoStreamOptions | Dialect.RemoveReasoning, PLATFORM, "content");
}

function cloudflare(): ProviderType {
  const url = "api.cloudflare.com/client/v4/accounts/{cloudflareAccountId}/ai/v1";
  const source = "developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility";
  return vendor("cloudflare", "CLOUDFLARE_API_TOKEN", url, source);
}

function together(): ProviderType {
  const source = "docs.together.ai/reference/chat-completions-1";
  return reasoning("together-ai", "TOGETHER_API_KEY", "api.together.xyz/v1", source, "reasoning");
}

/** Vendors that run other people's models. */
function listHosts(): ProviderType[] {
  return [
    groq(),
    cerebras(),
    openRouter(),
    together(),
    alsoCalled("together", together()),
    fireworks(),
    nvidia(),
    databricks(),
    cloudflare(),
    reasoning(
      "sambanova",
      "SAMBANOVA_API_KEY",
      "api.sambanova.ai/v1",
      "docs.sambanova.ai/docs/en/features/openai-compatibility",
      "reasoning",
    ),
    reasoning(
      "nebius",
      "NEBIUS_API_KEY",
      "api.tokenfactory.nebius.com/v1",
      "docs.tokenfactory.nebius.com/api-reference",
    ),
    reasoning(
      "novita",
      "NOVITA_API_KEY",
      "api.novita.ai/openai/v1",
      "novita.ai/docs/api-reference/model-apis-llm-create-chat-completion",
    ),
    reasoning("deepinfra", "DEEPINFRA_API_KEY", "api.deepinfra.com/v1/openai", "deepinfra.com/docs/openai_api"),
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
  return listOpenAis().concat(listMakers()).concat(listHosts());
}
