import { JsonDocument } from "../json/document";
import { Notices } from "./notices";

/** Who speaks in a part of the conversation. Developer messages are `System`; tool results are `Tool`. */
export const enum Role {
  System = 1,
  User = 2,
  Assistant = 3,
  Tool = 4,
}

/** What a part of the conversation holds; `Part` says which nodes belong to each kind. */
export const enum PartKind {
  /** `value`: the text (a JSON string). */
  Text = 1,
  /** `value`: a URL or data URI (string); `extra`: the detail (string). */
  Image = 2,
  /** `value`: data URI, base64 text or URL (string), or -1; `id`: a file id (string); `name`: the file's name (string). */
  Document = 3,
  /** `value`: base64 data (string); `name`: the format (string). */
  Audio = 4,
  /**
   * `id`: call id (string); `name`: function name (string); `value`: arguments, a JSON string that holds JSON (or -1 for none);
   * `extra`: the signature of the thoughts that led to it (string), as Google gives it to clients of its OpenAI-compatible API, or -1.
   */
  ToolCall = 5,
  /** `id`: the call's id (string). The result's content follows as parts with `nested` set (none for an empty result). */
  ToolResult = 6,
  /** `value`: reasoning text (string); `extra`: its signature (string) or -1. */
  Reasoning = 7,
  /** `value`: opaque encrypted reasoning (string). */
  RedactedReasoning = 8,
  /** Something that no protocol but the client's knows; `value`: the part; `name`: its type (string) or -1. */
  Unknown = 9,
}

/** How the client wants tools to be used. */
export const enum ToolChoice {
  Unset = 0,
  Auto = 1,
  Required = 2,
  None = 3,
  /** `toolChoiceName` says which. */
  Named = 4,
}

/** The form of answer that the client asked for. */
export const enum ResponseFormat {
  Text = 0,
  JsonObject = 1,
  JsonSchema = 2,
}

/** A boolean that may not have been given. */
export const enum Flag {
  Unset = 0,
  False = 1,
  True = 2,
}

/** One part of the conversation. Every field but the first four is a node of the request's document, or -1. */
export class Part {
  kind: PartKind = PartKind.Text;
  role: Role = Role.User;
  /** Index of the client's message, ascending; parts of one message share it. */
  message: i32 = 0;
  /** Whether the part belongs to the content of the last `ToolResult`. */
  nested: bool = false;
  /** Set when `id` names a legacy function: its call id is then made from the name (`call_` + name). */
  idFromName: bool = false;
  /** Number of earlier tool calls with the same id (for legacy functions: name): tells calls and their results apart where a vendor takes every id once. */
  repetition: i32 = 0;
  value: i32 = -1;
  id: i32 = -1;
  name: i32 = -1;
  extra: i32 = -1;
  /** `cache_control` of the part (any JSON value). */
  cacheControl: i32 = -1;
}

/** A tool that the client offers. Every field is a node or -1. */
export class Tool {
  name: i32 = -1;
  description: i32 = -1;
  parameters: i32 = -1;
  strict: i32 = -1;
  cacheControl: i32 = -1;
}

const NO_PARTS: Part[] = [];
/** What a request without tools has; nothing is ever added to it. */
export const NO_TOOLS: Tool[] = [];

/**
 * A request as seen by every provider protocol: nodes into the client's own bytes. Filled by a client protocol's reader,
 * which has checked the types: a node that is here has the type that its comment says. Owned by the plan; it holds no
 * unmanaged memory of its own beside the document's.
 */
export class CanonicalRequest {
  constructor(public document: JsonDocument) {}

  /** What the translation of the current attempt noticed. */
  notices: Notices = new Notices();
  /** String. */
  model: i32 = -1;
  stream: bool = false;
  /** Whether a streaming client asked for the usage chunk. */
  includeUsage: bool = false;
  parts: Part[] = NO_PARTS;
  tools: Tool[] = NO_TOOLS;
  toolChoice: ToolChoice = ToolChoice.Unset;
  /** String; only with `ToolChoice.Named`. */
  toolChoiceName: i32 = -1;
  parallelToolCalls: Flag = Flag.Unset;
  /** Number; the client's limit of output tokens whatever its name was. */
  maxTokens: i32 = -1;
  /** Numbers. */
  temperature: i32 = -1;
  topP: i32 = -1;
  topK: i32 = -1;
  presencePenalty: i32 = -1;
  frequencyPenalty: i32 = -1;
  seed: i32 = -1;
  /** Number of choices wanted (1 when not given). */
  choices: i32 = 1;
  /** String or array of strings. */
  stop: i32 = -1;
  /** String: the end user's id. */
  user: i32 = -1;
  responseFormat: ResponseFormat = ResponseFormat.Text;
  /** Object: the JSON schema; and its name (string), strict flag (bool) and description (string). */
  schema: i32 = -1;
  schemaName: i32 = -1;
  schemaStrict: i32 = -1;
  schemaDescription: i32 = -1;
  /** String: none, minimal, low, medium, high, xhigh, max. */
  reasoningEffort: i32 = -1;
  /** Object: a native `thinking` member that the client sent (Anthropic's form). */
  thinking: i32 = -1;
  /** String. */
  serviceTier: i32 = -1;
  /** Bool or number: log probabilities. */
  logprobs: i32 = -1;
  topLogprobs: i32 = -1;
  /** Object: where members stand that only some providers know (`top_k`, `keep_alive`, `safety_settings`, ...), for protocols to look up. */
  extras: i32 = -1;

  /** Adds a tool. */
  addTool(tool: Tool): void {
    if (this.tools === NO_TOOLS) this.tools = [];
    this.tools.push(tool);
  }
}
