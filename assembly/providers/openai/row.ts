import { Protocol, ProviderType, ReasoningHistory } from "../provider-type";

/*
 * How a row of the catalogue is written. A row without a dialect speaks the oldest one, which every compatible server knows: the
 * role `system`, `max_tokens`, `stream_options`. Shared with the Node programs, as all lists of types are.
 */

/** What a server knows beyond the oldest dialect, or does not know of it. */
export enum Dialect {
  None = 0,
  /** It knows the role `developer`. */
  DeveloperRole = 1,
  /** It knows `max_completion_tokens` beside `max_tokens`. */
  NewTokenLimit = 2,
  /** It knows `max_completion_tokens` only. */
  OnlyNewTokenLimit = 4,
  /** It does not know `stream_options`. */
  NoStreamOptions = 8,
  /** It rejects reasoning in the history. */
  RemoveReasoning = 16,
  /** It wants reasoning in the history of turns that called tools, and nowhere else. */
  ReasoningOfToolTurns = 32,
  /** It serves OpenAI's reasoning models with OpenAI's rules for them. */
  ReasoningModels = 64,
  /** It has `thinking: {type}` for what OpenAI says with `reasoning_effort`. */
  EffortAsThinking = 128,
  /** A stream's usage lies in the last choice. */
  UsageInChoice = 256,
  /** Its temperatures end at 1. */
  TemperatureUpToOne = 512,
  /** It rejects `name` in messages. */
  RejectsNames = 1024,
  /** It takes the text of reasoning in the history, and rejects what goes with it. */
  OnlyReasoningText = 2048,
}

/**
 * One vendor: the name of its type, the variable that usually holds its key, its API's host and path (no host when every user has
 * an own one), and the page that says so; both without `https://`.
 */
export function vendor(name: string, keyVariable: string, url: string, source: string): ProviderType {
  const type = new ProviderType(name, Protocol.OpenAi);
  const slash = url.indexOf("/");
  type.keyVariable = keyVariable;
  type.host = slash < 0 ? url : url.substring(0, slash);
  type.basePath = slash < 0 ? "" : url.substring(slash);
  type.source = "https://" + source;
  return type;
}

/** Says what differs at a row's server, which request members it rejects, and which member of its answers holds the reasoning. */
export function speaking(
  type: ProviderType,
  dialect: Dialect,
  rejectedMembers: string = "",
  reasoningMember: string = "",
): ProviderType {
  const onlyNewLimit = (dialect & Dialect.OnlyNewTokenLimit) != 0;
  type.acceptsDeveloperRole = (dialect & Dialect.DeveloperRole) != 0;
  type.acceptsMaxCompletionTokens = onlyNewLimit || (dialect & Dialect.NewTokenLimit) != 0;
  type.acceptsMaxTokens = !onlyNewLimit;
  type.acceptsStreamOptions = (dialect & Dialect.NoStreamOptions) == 0;
  if ((dialect & Dialect.RemoveReasoning) != 0) type.reasoningHistory = ReasoningHistory.Remove;
  if ((dialect & Dialect.ReasoningOfToolTurns) != 0) type.reasoningHistory = ReasoningHistory.ToolTurns;
  if ((dialect & Dialect.OnlyReasoningText) != 0) type.reasoningHistory = ReasoningHistory.TextOnly;
  // Who rejects reasoning that it does not know rejects all that it does not know.
  type.rejectsForeignMembers = (dialect & (Dialect.RemoveReasoning | Dialect.OnlyReasoningText)) != 0;
  type.rejectsNames = (dialect & Dialect.RejectsNames) != 0;
  type.hasReasoningModels = (dialect & Dialect.ReasoningModels) != 0;
  type.saysEffortAsThinking = (dialect & Dialect.EffortAsThinking) != 0;
  type.hasUsageInChoice = (dialect & Dialect.UsageInChoice) != 0;
  type.hasTemperatureUpToOne = (dialect & Dialect.TemperatureUpToOne) != 0;
  type.rejectedMembers = rejectedMembers;
  type.reasoningMember = reasoningMember;
  return type;
}

/**
 * The same vendor, whose models may write the reasoning into the text: models that reason do so by themselves, and a host takes it out
 * only where it has a parser for the model and the parser is on.
 * Source: https://docs.vllm.ai/en/latest/features/reasoning_outputs.html
 */
export function withReasoningTags(type: ProviderType): ProviderType {
  type.hasReasoningTags = true;
  return type;
}

/**
 * The same vendor, which has numbers for its errors. `member`: where one stands inside a 200 (`code` or `base_resp`), or nothing when they
 * stand in an error object only.
 */
export function withErrorCodes(type: ProviderType, codes: string, member: string = ""): ProviderType {
  type.errorCodes = codes;
  type.errorMember = member;
  return type;
}

/** The same vendor under a second name. */
export function alsoCalled(name: string, type: ProviderType): ProviderType {
  type.secondNameOf = type.name;
  type.name = name;
  return type;
}

/** The member of answers in which most servers put the text of the reasoning. */
export const REASONING_CONTENT = "reasoning_content";

/** A vendor of the oldest dialect whose models reason in a member of their own. */
export function reasoning(
  name: string,
  keyVariable: string,
  url: string,
  source: string,
  member: string = REASONING_CONTENT,
): ProviderType {
  return speaking(vendor(name, keyVariable, url, source), Dialect.None, "", member);
}
