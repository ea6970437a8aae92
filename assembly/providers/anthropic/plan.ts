import { CanonicalRequest, ResponseFormat, ToolChoice } from "../../canonical/request";
import { JsonKey, JsonKind } from "../../json/document";
import { AttemptTarget } from "../provider";
import { EffortLevels, findQuirks, ModelQuirks, ThinkingOff, ThinkingSupport } from "./models";
import { Effort, readEffort } from "../shared/effort";
import { hasTool, JSON_TOOL_NAME } from "../shared/format-tool";
import { lacksReasoning } from "../shared/turns";

const TYPE = new JsonKey("type");
const ENABLED = new JsonKey("enabled");
const ADAPTIVE = new JsonKey("adaptive");
const DISABLED = new JsonKey("disabled");
const BUDGET_TOKENS = new JsonKey("budget_tokens");
const ADDITIONAL_PROPERTIES = new JsonKey("additionalProperties");
/** More tokens than any budget has; keeps sums far from an overflow. */
const MOST_BUDGET: i64 = 1 << 40;
/** The `thinking` member that goes out. */
export const enum ThinkingForm {
  Absent = 0,
  /** The client's own, unchanged. */
  Native = 1,
  Enabled = 2,
  Adaptive = 3,
  Disabled = 4,
  BetweenTools = 5,
}

/** How `response_format` is asked for. */
export const enum FormatForm {
  None = 0,
  /** `output_config.format` */
  Native = 1,
  /** A tool whose input is the answer. */
  Tool = 2,
}

/** What one request to one model comes down to: the decisions that depend on more than one member. */
export class RequestPlan {
  quirks: ModelQuirks;
  format: FormatForm = FormatForm.None;
  thinking: ThinkingForm = ThinkingForm.Absent;
  /** Whether the model is told to think. */
  thinks: bool = false;
  /** Tokens for thinking; 0 without a fixed budget. */
  budget: i64 = 0;
  /** `output_config.effort`; `Unset` when it is not sent. */
  effort: Effort = Effort.Unset;

  constructor(request: CanonicalRequest, target: AttemptTarget) {
    this.quirks = findQuirks(target.model);
    this.format = chooseFormat(request, this.quirks);
    if (request.document.isObject(request.thinking)) this.takeNativeThinking(request);
    else this.chooseThinking(request, readEffort(request.document, request.reasoningEffort));
  }

  /**
   * The client's own `thinking`, in a form that this model takes: a client that falls back wrote it for another one. Without the
   * reasoning of a tool's turn the vendor refuses to think on with a budget, so that another vendor's turn cannot be continued so.
   */
  private takeNativeThinking(request: CanonicalRequest): void {
    const document = request.document;
    const support = this.quirks.thinking;
    const type = document.find(request.thinking, TYPE);
    const isEnabled = document.equals(type, ENABLED);
    if (!isEnabled && !document.equals(type, ADAPTIVE)) {
      const isOff = document.equals(type, DISABLED);
      const isOmitted = this.quirks.thinkingOff == ThinkingOff.Omit;
      if (isOff && !isOmitted) this.turnThinkingOff();
      else this.thinking = ThinkingForm.Native;
      return;
    }
    if (support == ThinkingSupport.None) return;
    const hasBudget = support == ThinkingSupport.Budget || (isEnabled && support == ThinkingSupport.Either);
    if (hasBudget && lacksReasoning(request)) return;
    this.thinks = true;
    if (isEnabled == hasBudget) this.thinking = ThinkingForm.Native;
    else this.thinking = hasBudget ? ThinkingForm.Enabled : ThinkingForm.Adaptive;
    if (!hasBudget) return;
    const given = document.integer(document.find(request.thinking, BUDGET_TOKENS));
    this.budget = isEnabled ? min(max(given, 0), MOST_BUDGET) : budgetFor(Effort.High);
  }

  private chooseThinking(request: CanonicalRequest, effort: Effort): void {
    if (effort == Effort.Unset) return;
    if (effort == Effort.None) {
      this.turnThinkingOff();
      return;
    }
    // A forced tool excludes thinking, and the client's format is a promise while its effort is only a hint.
    const canThink = this.format != FormatForm.Tool || !this.quirks.acceptsForcedTools;
    if (this.quirks.thinking == ThinkingSupport.Budget) {
      if (!canThink || lacksReasoning(request)) return;
      this.thinking = ThinkingForm.Enabled;
      this.thinks = true;
      this.budget = budgetFor(effort);
    } else if (this.quirks.thinking != ThinkingSupport.None) {
      this.effort = clampEffort(effort, this.quirks.effort);
      if (!canThink) return;
      this.thinking = ThinkingForm.Adaptive;
      this.thinks = true;
    }
  }

  private turnThinkingOff(): void {
    switch (this.quirks.thinkingOff) {
      case ThinkingOff.Disabled:
        this.thinking = ThinkingForm.Disabled;
        return;
      case ThinkingOff.BetweenTools:
        this.thinking = ThinkingForm.BetweenTools;
        return;
      case ThinkingOff.Never:
        this.effort = Effort.Low;
        return;
      default:
        return;
    }
  }
}

/** Tokens for thinking: LiteLLM's and agentgateway's steps, which start at the vendor's minimum of 1024. */
export function budgetFor(effort: Effort): i64 {
  switch (effort) {
    case Effort.Medium:
      return 2048;
    case Effort.High:
      return 4096;
    case Effort.Xhigh:
      return 8192;
    case Effort.Max:
      return 16384;
    default:
      return 1024;
  }
}

function clampEffort(effort: Effort, levels: EffortLevels): Effort {
  if (levels == EffortLevels.None) return Effort.Unset;
  if (effort == Effort.Minimal) return Effort.Low;
  if (effort == Effort.Xhigh && levels != EffortLevels.All) return Effort.High;
  if (effort == Effort.Max && levels == EffortLevels.UpToHigh) return Effort.High;
  return effort;
}

/** The name of an effort in `output_config`. */
export function effortName(effort: Effort): string {
  switch (effort) {
    case Effort.Low:
      return "low";
    case Effort.Medium:
      return "medium";
    case Effort.Xhigh:
      return "xhigh";
    case Effort.Max:
      return "max";
    default:
      return "high";
  }
}

/**
 * The vendor's own format demands closed objects (`additionalProperties: false`), as OpenAI's strict mode does; an open schema is
 * better served by a tool. Source: https://platform.claude.com/docs/en/build-with-claude/structured-outputs (JSON schema limitations)
 */
function isClosedSchema(request: CanonicalRequest): bool {
  const document = request.document;
  if (document.boolean(request.schemaStrict)) return true;
  const additional = document.find(request.schema, ADDITIONAL_PROPERTIES);
  return additional >= 0 && document.kind(additional) == JsonKind.False;
}

function chooseFormat(request: CanonicalRequest, quirks: ModelQuirks): FormatForm {
  if (request.responseFormat == ResponseFormat.Text) return FormatForm.None;
  const wantsSchema = request.responseFormat == ResponseFormat.JsonSchema && request.document.isObject(request.schema);
  if (wantsSchema && quirks.hasStructuredOutputs && isClosedSchema(request)) return FormatForm.Native;
  if (hasTool(request, JSON_TOOL_NAME)) return FormatForm.None;
  // A tool that cannot be forced is worth offering only when it carries a schema.
  return quirks.acceptsForcedTools || wantsSchema ? FormatForm.Tool : FormatForm.None;
}

/** Whether the answer's JSON comes as the input of a tool and has to be unwrapped. */
export function usesFormatTool(request: CanonicalRequest, target: AttemptTarget): bool {
  return chooseFormat(request, findQuirks(target.model)) == FormatForm.Tool;
}

/** The tool choice that can be said to this model: forcing is not possible while it thinks, or at all for some. */
export function possibleToolChoice(choice: ToolChoice, plan: RequestPlan): ToolChoice {
  const forces = choice == ToolChoice.Required || choice == ToolChoice.Named;
  if (forces && (plan.thinks || !plan.quirks.acceptsForcedTools)) return ToolChoice.Auto;
  return choice;
}
