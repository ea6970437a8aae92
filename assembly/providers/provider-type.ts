/*
 * What a provider type is. Also imported by the Node programs in `scripts/`, as all files that list types are, so it keeps to the part of
 * the language that AssemblyScript and TypeScript share: no pointers, no decorators, no integer overflow.
 */

/** The wire protocol that a provider type speaks. */
export enum Protocol {
  OpenAi = 0,
  Anthropic = 1,
  Gemini = 2,
  Vertex = 3,
  Bedrock = 4,
  Cohere = 5,
  Ollama = 6,
  DashScope = 7,
  Hunyuan = 8,
  MiniMax = 9,
  Dify = 10,
  Triton = 11,
  DeepL = 12,
  Coze = 13,
}

/** How a provider type wants its key. */
export enum AuthStyle {
  /** `authorization: Bearer KEY` */
  Bearer = 0,
  /** `x-api-key: KEY` */
  ApiKeyHeader = 1,
  /** `api-key: KEY`, or `authorization: Bearer KEY` for an access token of Entra ID */
  AzureApiKey = 2,
  /** `x-goog-api-key: KEY` */
  GoogleApiKey = 3,
  /** `authorization: KEY` */
  Plain = 4,
  /** `authorization: DeepL-Auth-Key KEY` */
  DeepL = 5,
  /** No key in a header: the protocol puts it elsewhere, or Envoy signs the request. */
  None = 6,
}

/** What is done with the reasoning in the history (`reasoning_content`, `reasoning`, `thinking_blocks` of assistant messages). */
export enum ReasoningHistory {
  /** It is sent as it is. */
  Keep = 0,
  /** The server rejects members that it does not know: it is removed. */
  Remove = 1,
  /** It belongs to turns that called tools, where the server demands it, and is removed from the others. */
  ToolTurns = 2,
  /** The text is sent; what only its maker can read (`thinking_blocks`, `reasoning_signature`) is removed. */
  TextOnly = 3,
}

/** A kind of provider: everything that differs between vendors of one protocol. */
export class ProviderType {
  /** For a second name of a type: the type's first name, which the configuration's members belong to. */
  secondNameOf: string = "";
  /** The vendor's page that says so. */
  source: string = "";
  /** The vendor's host, TLS on port 443; empty when every user has an own one. */
  host: string = "";
  /** Path before the API's own, without a slash at the end. In `host` and here, `{member}` stands for a member of the provider's configuration. */
  basePath: string = "";
  /**
   * OpenAI's protocol only: the path of the chat completions API behind the base path. `{model}` stands for the upstream model,
   * percent-encoded; other members as in `host`.
   */
  chatPath: string = "/chat/completions";
  /** OpenAI's protocol only: what the server wants before the name of a model that names no publisher. */
  modelPrefix: string = "";
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
  /** Top-level request members that the server rejects, removed before sending; names with a space between them. */
  rejectedMembers: string = "";
  /** Another name for `seed`; empty: that one. */
  seedMember: string = "";
  /** Whether the server rejects members of other vendors' APIs in messages and tools. */
  rejectsForeignMembers: boolean = false;
  /** Whether it takes Anthropic's `cache_control` among them. */
  takesCacheControl: boolean = false;
  /** Whether the server rejects `name` in messages that are no results of tools. */
  rejectsNames: boolean = false;
  /** Why a request with tools cannot be sent; empty: it can. */
  withoutTools: string = "";
  /** Whether OpenAI's reasoning models are served here: they refuse `max_tokens` and the parameters of sampling. */
  hasReasoningModels: boolean = false;
  /** Whether `reasoning_effort` is said as `thinking: {type: "enabled" | "disabled"}`. */
  saysEffortAsThinking: boolean = false;
  /** Whether the server takes temperatures up to 1 only; a higher one is sent as 1. */
  hasTemperatureUpToOne: boolean = false;
  reasoningHistory: ReasoningHistory = ReasoningHistory.Keep;
  /** Which member of answers holds the text of the reasoning; `content`: parts of it; empty: there is none. */
  reasoningMember: string = "";
  /** Whether models may write the reasoning into the text, between `<think>` and `</think>` at its begin. */
  hasReasoningTags: boolean = false;
  /** Whether a stream's usage lies in its last choice instead of the chunk. */
  hasUsageInChoice: boolean = false;
  /** Where a number stands that is not 0 when an answer with a good status is an error: `code`, `base_resp`; empty: nowhere. */
  errorMember: string = "";
  /** What the vendor's numbers for errors mean: statuses, `filter` or `context`, as `1002=429 1026=filter`. */
  errorCodes: string = "";
  /** Why no chat request can be sent to this type; empty: it can. */
  withoutChat: string = "";
  /** Members of the configuration that this type cannot do without. */
  requiredMembers: string[] = [];
  /** For a variant: the configuration member that selects it, and the value that does (`*`: any). */
  selector: string = "";
  selectorValue: string = "";

  constructor(
    public name: string,
    public protocol: Protocol,
  ) {}

  /** Whether the server writes lists of parts into `content`. */
  hasContentParts(): boolean {
    return this.reasoningMember == "content";
  }

  /** A type that stands for "not set". */
  static none(): ProviderType {
    return new ProviderType("", Protocol.OpenAi);
  }
}
