import { findProviderType } from "../providers/catalogue";
import { listNames } from "./errors";

/*
 * The members of a provider that belong to some types only, as Higress's ai-proxy names them
 * (https://github.com/alibaba/higress/tree/main/plugins/wasm-go/extensions/ai-proxy), and what this version does with each.
 */

/** The names that `type` has in Higress's ai-proxy, and our two other names for `claude` and `qwen`. */
const KNOWN_TYPES: string[] =
  "ai360,anthropic,azure,baichuan,baidu,bedrock,claude,cloudflare,cohere,coze,dashscope,deepl,deepseek,dify,doubao,fireworks,galadriel,gemini,generic,github,grok,groq,hunyuan,kling,longcat,minimax,mistral,moonshot,ollama,openai,openrouter,qwen,spark,stepfun,together-ai,triton,vertex,vllm,yi,zhipuai".split(
    ",",
  );

/** Members that every type has. */
const COMMON_FIELDS: string[] = [
  "id",
  "type",
  "cluster",
  "apiTokens",
  "modelMapping",
  "headers",
  "providerDomain",
  "providerBasePath",
  "defaultMaxTokens",
];

/** How a member of some types is dealt with. */
export const enum FieldSupport {
  /** The type has it and this version reads it. */
  Read = 0,
  /** The type has it, and this version does not read it yet. */
  NotYet = 1,
  /** It belongs to other types. */
  OtherType = 2,
  /** Nobody knows it. */
  Unknown = 3,
}

/** What a member's value must be, and how it is kept as a setting. */
export const enum FieldKind {
  /** Read by code of its own. */
  Own = 0,
  /** A string, printable ASCII; kept as it is. */
  Text = 1,
  /** A string of letters, digits, dots, underscores and hyphens, safe in a host or path. */
  Name = 2,
  /** true or false. */
  Flag = 3,
  /** A whole number that is not negative. */
  Number = 4,
  /** An object or a list; kept as raw JSON. */
  Json = 5,
  /** Like `Text`, and never shown: it is taken out of errors and headers as keys are. */
  Secret = 6,
  /** One of a few words, which stand in the place of the advice. */
  Choice = 7,
}

/** A member that some types have. */
class TypedField {
  constructor(
    public name: string,
    /** Types that have it; empty: all. */
    public types: string[],
    public isRead: bool,
    /** What to use instead, for members that are not read; the words of a `FieldKind.Choice`. */
    public advice: string,
    public kind: FieldKind = FieldKind.Own,
  ) {}
}

const fields: TypedField[] = [];

function read(types: string, names: string): void {
  addFields(types, names, true, "");
}

function setting(types: string, kind: FieldKind, names: string): void {
  addFields(types, names, true, "", kind);
}

function choice(type: string, name: string, words: string): void {
  addFields(type, name, true, words, FieldKind.Choice);
}

function later(types: string, names: string, advice: string = ""): void {
  addFields(types, names, false, advice);
}

function addFields(types: string, names: string, isRead: bool, advice: string, kind: FieldKind = FieldKind.Own): void {
  const owners = types.length > 0 ? types.split(",") : [];
  const list = names.split(",");
  for (let index = 0; index < list.length; index++)
    fields.push(new TypedField(list[index], owners, isRead, advice, kind));
}

read("claude,gemini,vertex,azure", "apiVersion");
read("claude", "claudeVersion");
read("openai", "openaiCustomUrl");
read("vllm", "vllmCustomUrl,vllmServerHost");
read("ollama", "ollamaServerHost,ollamaServerPort");
setting("ollama", FieldKind.Flag, "ollamaEnableCompatible");
read("qwen", "qwenDomain");
setting("qwen", FieldKind.Flag, "qwenEnableCompatible");
read("generic", "genericHost");
read("doubao", "doubaoDomain");
read("zhipuai", "zhipuDomain");
setting("qwen", FieldKind.Flag, "qwenEnableSearch");
setting("qwen", FieldKind.Json, "qwenFileIds");
setting("qwen", FieldKind.Name, "reasoningContentMode");
later("openai,longcat", "responseJsonSchema");
later("claude", "claudeCodeMode");
read("azure", "azureServiceUrl");
later("moonshot", "moonshotFileId");
setting("zhipuai", FieldKind.Flag, "zhipuCodePlanMode");
setting("hunyuan", FieldKind.Secret, "hunyuanAuthId,hunyuanAuthKey");
choice("minimax", "minimaxApiType", "v2,pro");
setting("minimax", FieldKind.Name, "minimaxGroupId");
setting("cloudflare", FieldKind.Name, "cloudflareAccountId");
setting("gemini,vertex", FieldKind.Json, "geminiSafetySetting");
setting("gemini", FieldKind.Number, "geminiThinkingBudget");
setting("deepl", FieldKind.Name, "targetLang");
read("dify", "difyApiUrl");
choice("dify", "botType", "Chat,Agent,Completion,Workflow");
setting("dify", FieldKind.Text, "inputVariable,outputVariable");
setting("bedrock", FieldKind.Secret, "awsAccessKey,awsSecretKey");
setting("bedrock", FieldKind.Name, "awsRegion,bedrockApi,promptCacheRetention");
setting("bedrock", FieldKind.Json, "bedrockAdditionalFields,bedrockPromptCachePointPositions");
setting("vertex", FieldKind.Name, "vertexRegion,vertexProjectId");
setting("vertex", FieldKind.Flag, "vertexOpenAICompatible");
const VERTEX_KEY_ADVICE =
  "give an access token in apiTokens, or let Envoy add one (see docs/decisions/0011), and remove it";
later("vertex", "vertexAuthKey,vertexAuthServiceName,vertexTokenRefreshAhead", VERTEX_KEY_ADVICE);
read("triton", "tritonDomain");
setting("triton", FieldKind.Name, "tritonModelVersion");
setting("coze", FieldKind.Name, "cozeBotId,cozeUserId");
setting("kling", FieldKind.Secret, "klingAccessKey,klingSecretKey");
setting("kling", FieldKind.Number, "klingTokenRefreshAhead");
later("", "failover,retryOnFailure", "list several targets in a route and set its fallback instead");
later("", "firstByteTimeout", "set fallback.firstTokenTimeoutMs instead");
later("", "timeout", "set fallback.attemptTimeoutMs instead");
later("", "protocol,context,customSettings,contextCleanupCommands,mergeConsecutiveMessages,promoteThinkingOnEmpty");
later(
  "",
  "hiclawMode,disableStreamUsageStats,capabilities,basePath,basePathHandling,logUpstreamErrorResponseBody,subPath",
);

/** The name that a type has in the tables here, which know nothing of second names. */
function canonicalType(type: string): string {
  if (type == "anthropic") return "claude";
  const found = findProviderType(type);
  return found === null || found.secondNameOf.length == 0 ? type : found.secondNameOf;
}

function findField(name: string): TypedField | null {
  for (let index = 0; index < fields.length; index++) {
    if (fields[index].name == name) return fields[index];
  }
  return null;
}

/** Whether a type is one that Higress's ai-proxy knows (or one of our two additions). */
export function isKnownType(type: string): bool {
  return KNOWN_TYPES.includes(type);
}

/** How a type stands to a member. */
export function fieldSupport(type: string, name: string): FieldSupport {
  if (COMMON_FIELDS.includes(name)) return FieldSupport.Read;
  const field = findField(name);
  if (field === null) return FieldSupport.Unknown;
  if (field.types.length > 0 && !field.types.includes(canonicalType(type))) return FieldSupport.OtherType;
  return field.isRead ? FieldSupport.Read : FieldSupport.NotYet;
}

/** The types that a member belongs to, for an error. */
export function fieldOwners(name: string): string {
  const field = findField(name);
  return field === null ? "" : listNames(field.types);
}

/** What to use instead of a member that is not read, or the words that a member may have; may be empty. */
export function fieldAdvice(name: string): string {
  const field = findField(name);
  return field === null ? "" : field.advice;
}

/** All members that this version reads for a type. */
export function listFields(type: string): string[] {
  const names = COMMON_FIELDS.slice(0);
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index];
    if (fieldSupport(type, field.name) == FieldSupport.Read) names.push(field.name);
  }
  return names;
}

/** How a member's value is read. */
export function fieldKind(name: string): FieldKind {
  const field = findField(name);
  return field === null ? FieldKind.Own : field.kind;
}
