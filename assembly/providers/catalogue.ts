/*
 * Provider types as data. This file is also imported by the Node programs in `scripts/` (they need the hosts), so it keeps to the
 * part of the language that AssemblyScript and TypeScript share: no pointers, no decorators, no integer overflow.
 */

/** The wire protocol that a provider type speaks. */
export enum Protocol {
  OpenAi = 0,
  Anthropic = 1,
}

/** How a provider type wants its key. */
export enum AuthStyle {
  /** `authorization: Bearer KEY` */
  Bearer = 0,
  /** `x-api-key: KEY` */
  ApiKeyHeader = 1,
}

/** What is done with the reasoning in the history (`reasoning_content`, `reasoning`, `thinking_blocks` of assistant messages). */
export enum ReasoningHistory {
  /** It is sent as it is. */
  Keep = 0,
  /** The server rejects members that it does not know: it is removed. */
  Remove = 1,
  /** It belongs to turns that called tools, where the server demands it, and is removed from the others. */
  ToolTurns = 2,
}

/** A kind of provider: everything that differs between vendors of one protocol. */
export class ProviderType {
  /** The vendor's page that says so. */
  source: string = "";
  /** The vendor's host, TLS on port 443; empty when every user has an own one. */
  host: string = "";
  /** Path before the API's own, without a slash at the end. */
  basePath: string = "";
  auth: AuthStyle = AuthStyle.Bearer;
  /** Environment variable that usually holds the key. */
  keyVariable: string = "";
  /** Whether the server knows the role `developer` (else it is sent as `system`). */
  acceptsDeveloperRole: boolean = false;
  /** Whether the server knows `stream_options.include_usage`. */
  acceptsStreamOptions: boolean = true;
  /** Whether the server knows `max_completion_tokens` (else it is sent as `max_tokens`). */
  acceptsMaxCompletionTokens: boolean = false;
  /** Whether the server knows `max_tokens` (else it is sent as `max_completion_tokens`). */
  acceptsMaxTokens: boolean = true;
  /** Top-level request members that the server rejects, removed before sending. */
  rejectedMembers: string[] = [];
  reasoningHistory: ReasoningHistory = ReasoningHistory.Keep;

  constructor(
    public name: string,
    public protocol: Protocol,
  ) {}

  /** A type that stands for "not set". */
  static none(): ProviderType {
    return new ProviderType("", Protocol.OpenAi);
  }
}

function openAi(name: string, source: string, host: string, basePath: string, keyVariable: string): ProviderType {
  const type = new ProviderType(name, Protocol.OpenAi);
  type.source = source;
  type.host = host;
  type.basePath = basePath;
  type.keyVariable = keyVariable;
  return type;
}

function openAiRow(): ProviderType {
  const type = openAi(
    "openai",
    "https://platform.openai.com/docs/api-reference/chat",
    "api.openai.com",
    "/v1",
    "OPENAI_API_KEY",
  );
  type.acceptsDeveloperRole = true;
  type.acceptsMaxCompletionTokens = true;
  type.reasoningHistory = ReasoningHistory.Remove;
  return type;
}

/** The history rule: https://api-docs.deepseek.com/guides/thinking_mode */
function deepseekRow(): ProviderType {
  const source = "https://api-docs.deepseek.com/api/create-chat-completion";
  const type = openAi("deepseek", source, "api.deepseek.com", "", "DEEPSEEK_API_KEY");
  type.reasoningHistory = ReasoningHistory.ToolTurns;
  return type;
}

function qwenRow(name: string): ProviderType {
  const source = "https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope";
  return openAi(name, source, "dashscope.aliyuncs.com", "/compatible-mode/v1", "DASHSCOPE_API_KEY");
}

function vllmRow(): ProviderType {
  const type = openAi("vllm", "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html", "", "/v1", "");
  type.acceptsMaxCompletionTokens = true;
  return type;
}

function anthropicRow(name: string): ProviderType {
  const type = new ProviderType(name, Protocol.Anthropic);
  type.source = "https://docs.anthropic.com/en/api/messages";
  type.host = "api.anthropic.com";
  type.basePath = "/v1";
  type.auth = AuthStyle.ApiKeyHeader;
  type.keyVariable = "ANTHROPIC_API_KEY";
  return type;
}

/** All provider types. Adding a vendor that speaks a known protocol is one row here. */
export function listProviderTypes(): ProviderType[] {
  return [
    openAiRow(),
    deepseekRow(),
    qwenRow("qwen"),
    qwenRow("dashscope"),
    vllmRow(),
    // Any other server that speaks OpenAI's protocol: the oldest dialect, which all of them know.
    openAi("generic", "https://platform.openai.com/docs/api-reference/chat", "", "/v1", ""),
    openAi("ollama", "https://docs.ollama.com/api/openai-compatibility", "", "/v1", ""),
    anthropicRow("claude"),
    anthropicRow("anthropic"),
  ];
}

/** The provider type of a configuration's `type`, or null when there is none of that name. */
export function findProviderType(name: string): ProviderType | null {
  const types = listProviderTypes();
  for (let index = 0; index < types.length; index++) {
    const type = types[index];
    if (type && type.name == name) return type;
  }
  return null;
}
