import { CanonicalRequest, ResponseFormat, ToolChoice } from "../../canonical/request";
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

  constructor(request: CanonicalRequest, target: AttemptTarget) {
    const quirks = findFamily(target.model);
    this.quirks = quirks;
    this.names = new ToolNames(request, NameRule.Plain);
    if (quirks.reasoning == Reasoning.Claude) this.takeClaude(new RequestPlan(request, target));
    else this.decide(request);
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

  /** The tool choice that can be said to this model. */
  possibleChoice(choice: ToolChoice): ToolChoice {
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
