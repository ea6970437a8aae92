import { CanonicalRequest, Flag, ResponseFormat, ToolChoice } from "../../canonical/request";
import { JsonKey } from "../../json/document";
import { budgetFor, FormatForm, possibleToolChoice, RequestPlan } from "../anthropic/plan";
import { AttemptTarget } from "../provider";
import { Effort, readEffort } from "../shared/effort";
import { hasTool, JSON_TOOL_NAME } from "../shared/format-tool";
import { NameRule, ToolNames } from "../shared/tool-names";
import { lacksReasoning } from "../shared/turns";
import { Choices, FamilyQuirks, findFamily, Reasoning } from "./models";

const TYPE = new JsonKey("type");
const ENABLED = new JsonKey("enabled");
const ADAPTIVE = new JsonKey("adaptive");

/** What one request to one model comes down to: the decisions that depend on more than one member. */
export class ConversePlan {
  quirks: FamilyQuirks;
  /** Anthropic's own decisions, when the model is one of theirs. */
  claude: RequestPlan | null = null;
  names: ToolNames;
  format: FormatForm = FormatForm.None;
  /** The effort that is asked for; `Unset` when none is, and for Claude. */
  effort: Effort = Effort.Unset;
  /** Tokens for thinking; 0 without a fixed budget. */
  budget: i64 = 0;
  /** Whether the model is told to think. */
  thinks: bool = false;
  /** The tool choice that is said; `choosesFormat`: of the tool that stands for the form of the answer. */
  choice: ToolChoice = ToolChoice.Unset;
  choosesFormat: bool = false;
  /**
   * Whether one call at most is wanted, which only newer models of Anthropic's know. The API has no word for it, so the choice then goes
   * in Anthropic's own form, and in that alone: "The additional field tool_choice/type conflicts with the existing field
   * toolConfig.toolChoice". Sources: https://github.com/BerriAI/litellm/pull/34347 and https://github.com/BerriAI/litellm/issues/36536
   */
  limitsCalls: bool = false;

  constructor(request: CanonicalRequest, target: AttemptTarget) {
    const quirks = findFamily(target.model);
    this.quirks = quirks;
    this.names = new ToolNames(request, NameRule.Plain);
    if (quirks.reasoning == Reasoning.Claude) this.takeClaude(new RequestPlan(request, target));
    else this.decide(request);
    this.choose(request);
  }

  private takeClaude(claude: RequestPlan): void {
    this.claude = claude;
    this.format = claude.format;
    this.budget = claude.budget;
    this.thinks = claude.thinks;
  }

  private decide(request: CanonicalRequest): void {
    this.format = chooseFormat(request, this.quirks);
    this.chooseReasoning(request, readWish(request));
  }

  /** With the format's tool the model must give its JSON, or call one of the client's tools where the client allows that. */
  private choose(request: CanonicalRequest): void {
    const mayCallTools = request.tools.length > 0 && request.toolChoice != ToolChoice.None;
    if (this.format == FormatForm.Tool) {
      const forcesOne = !mayCallTools || request.toolChoice == ToolChoice.Named;
      this.choice = this.possibleChoice(forcesOne ? ToolChoice.Named : ToolChoice.Required);
      this.choosesFormat = !mayCallTools;
    } else if (request.tools.length > 0) this.choice = this.possibleChoice(request.toolChoice);
    const claude = this.claude;
    const isNew = claude !== null && claude.quirks.hasStructuredOutputs;
    this.limitsCalls = isNew && mayCallTools && request.parallelToolCalls == Flag.False;
  }

  /** The tool choice that can be said to this model. */
  private possibleChoice(choice: ToolChoice): ToolChoice {
    const claude = this.claude;
    if (claude !== null) return possibleToolChoice(choice, claude);
    if (choice == ToolChoice.Unset || choice == ToolChoice.None) return choice;
    if (this.quirks.choices == Choices.None) return ToolChoice.Unset;
    if (this.thinks && this.budget > 0) return ToolChoice.Auto;
    // Only the tool that is named is offered then.
    if (choice == ToolChoice.Named && this.quirks.choices == Choices.Any) return ToolChoice.Required;
    return choice;
  }

  /** Whether a choice of one tool is said by offering no other. */
  get offersChosenOnly(): bool {
    return this.quirks.choices != Choices.All;
  }

  private chooseReasoning(request: CanonicalRequest, effort: Effort): void {
    if (effort == Effort.Unset || effort == Effort.None || this.quirks.reasoning == Reasoning.None) return;
    if (this.quirks.reasoning == Reasoning.Budget) {
      if (this.format == FormatForm.Tool || lacksReasoning(request)) return;
      this.budget = budgetFor(effort);
    }
    this.effort = effort;
    this.thinks = true;
  }
}

/** The effort that the client asks for; one that writes Anthropic's `thinking` has no level in mind. */
function readWish(request: CanonicalRequest): Effort {
  const document = request.document;
  if (!document.isObject(request.thinking)) return readEffort(document, request.reasoningEffort);
  const type = document.find(request.thinking, TYPE);
  return document.equals(type, ENABLED) || document.equals(type, ADAPTIVE) ? Effort.High : Effort.None;
}

function chooseFormat(request: CanonicalRequest, quirks: FamilyQuirks): FormatForm {
  if (request.responseFormat == ResponseFormat.Text) return FormatForm.None;
  const wantsSchema = request.responseFormat == ResponseFormat.JsonSchema && request.document.isObject(request.schema);
  if (wantsSchema && quirks.hasFormat) return FormatForm.Native;
  if (hasTool(request, JSON_TOOL_NAME)) return FormatForm.None;
  // A tool that cannot be forced is worth offering only when it carries a schema.
  return wantsSchema || quirks.choices != Choices.None ? FormatForm.Tool : FormatForm.None;
}
