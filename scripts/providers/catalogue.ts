import { listProviderTypes, listVariants } from "../../assembly/providers/catalogue";
import { AuthStyle, Protocol, type ProviderType, ReasoningHistory } from "../../assembly/providers/provider-type";
import { otherApis } from "./apis";
import { renderTable } from "./matrix";

const AUTH: Record<AuthStyle, string> = {
  [AuthStyle.Bearer]: "`authorization: Bearer`",
  [AuthStyle.ApiKeyHeader]: "`x-api-key`",
  [AuthStyle.AzureApiKey]: "`api-key`",
  [AuthStyle.GoogleApiKey]: "`x-goog-api-key`",
  [AuthStyle.Plain]: "`authorization`",
  [AuthStyle.DeepL]: "`authorization: DeepL-Auth-Key`",
  [AuthStyle.None]: "see the protocol",
};

/** A vendor's page without what every address begins with. */
function renderSource(source: string): string {
  if (source === "") return "";
  const shown = source.replace(/^https?:\/\/(www\.)?/, "").replace(/\/.*$/s, "");
  return `[${shown}](${source})`;
}

/** What differs from the plain form of OpenAI's protocol. */
function listOpenAiQuirks(type: ProviderType): string[] {
  const quirks: string[] = [];
  if (!type.acceptsStreamOptions) quirks.push("no `stream_options`");
  if (!type.acceptsMaxTokens) quirks.push("`max_tokens` sent as `max_completion_tokens`");
  if (type.acceptsDeveloperRole) quirks.push("knows `developer`");
  if (type.rejectedMembers !== "") quirks.push(`without ${type.rejectedMembers.split(" ").map(quote).join(", ")}`);
  if (type.seedMember !== "") quirks.push(`\`seed\` is ${quote(type.seedMember)}`);
  if (type.rejectsNames) quirks.push("no `name` in messages");
  if (type.rejectsForeignMembers)
    quirks.push(
      `other vendors' members of messages and tools are left out${type.takesCacheControl ? ", `cache_control` is not" : ""}`,
    );
  if (type.withoutTools !== "") quirks.push(`no tools: ${type.withoutTools}`);
  if (type.saysEffortAsThinking) quirks.push("`reasoning_effort` becomes `thinking`");
  if (type.hasTemperatureUpToOne) quirks.push("`temperature` up to 1");
  if (type.hasReasoningModels) quirks.push("OpenAI's rules for reasoning models: no `max_tokens`, no sampling");
  if (type.reasoningHistory === ReasoningHistory.TextOnly) quirks.push("reasoning in the history is text only");
  if (type.reasoningHistory === ReasoningHistory.Remove) quirks.push("reasoning in the history is left out");
  if (type.reasoningHistory === ReasoningHistory.ToolTurns)
    quirks.push("reasoning goes back with turns that call tools");
  if (type.reasoningMember !== "") quirks.push(`reasoning in ${quote(type.reasoningMember)}`);
  if (type.hasReasoningTags) quirks.push("reasoning in `<think>` at the begin of the text is taken out of it");
  if (type.errorMember !== "") quirks.push(`errors also inside a 200, by a number in ${quote(type.errorMember)}`);
  if (type.hasUsageInChoice) quirks.push("usage in the last choice");
  return quirks;
}

const quote = (text: string): string => `\`${text}\``;

function renderAddress(type: ProviderType): string {
  const path = type.protocol === Protocol.OpenAi ? `${type.basePath}${type.chatPath}` : type.basePath;
  if (type.host === "") return path === "" ? "your own" : `your own, ${quote(path)}`;
  return quote(`${type.host}${path}`);
}

function renderRow(type: ProviderType): string[] {
  const quirks = type.protocol === Protocol.OpenAi ? listOpenAiQuirks(type) : [];
  if (type.selector !== "")
    quirks.unshift(`with ${quote(type.selector)} ${type.selectorValue === "*" ? "set" : quote(type.selectorValue)}`);
  if (type.withoutChat !== "") quirks.unshift(`**no chat**: ${type.withoutChat}`);
  return [
    quote(type.name),
    Protocol[type.protocol] ?? "",
    renderAddress(type),
    AUTH[type.auth],
    type.keyVariable === "" ? "" : quote(type.keyVariable),
    quirks.join("; "),
    otherApis(type.name),
    renderSource(type.source),
  ];
}

/** All provider types in alphabetical order, each with its variants. */
export function renderCatalogue(): string {
  const types = [...listProviderTypes(), ...listVariants()];
  const order = types.map((type, index) => ({ type, index }));
  order.sort((a, b) => a.type.name.localeCompare(b.type.name, "en") || a.index - b.index);
  const head = ["`type`", "Protocol", "Address", "Key", "Variable", "What differs", "Vendor also has", "Source"];
  return renderTable(
    head,
    order.map(({ type }) => renderRow(type)),
  );
}
