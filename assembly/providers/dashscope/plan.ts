import { startsWithIgnoringCase } from "../../bytes/ascii";
import { encodeText } from "../../bytes/buffer";
import { findText } from "../../bytes/find";
import { CanonicalRequest, PartKind, ResponseFormat, ToolChoice } from "../../canonical/request";
import { JsonDocument, JsonKey } from "../../json/document";
import { AttemptTarget } from "../provider";
import { Effort, readEffort } from "../shared/effort";
import { isTextDocument } from "../shared/flat-content";

const ENABLE_THINKING = new JsonKey("enable_thinking");
const THINKING_BUDGET = new JsonKey("thinking_budget");
const BUDGET_TOKENS = new JsonKey("budget_tokens");
const TYPE = new JsonKey("type");
const DISABLED = new JsonKey("disabled");

/** Models that always think, and answer in streams only. Source: https://www.alibabacloud.com/help/en/model-studio/deep-thinking */
const THINKERS: StaticArray<u8>[] = [encodeText("qwq"), encodeText("qvq")];
const THINKING = encodeText("-thinking");
/** Models that see images, which have another path. Source: https://www.alibabacloud.com/help/en/model-studio/vision */
const SEERS: StaticArray<u8>[] = [encodeText("-vl"), encodeText("qvq"), encodeText("-omni"), encodeText("-asr")];
/**
 * Qwen 3.5 and later (`qwen3.6-plus`) see images, and have that path for texts, too: the other one answers "url error". They think
 * unless they are told not to. Sources: https://www.alibabacloud.com/help/en/model-studio/deep-thinking ("The DashScope API for the
 * Qwen3.5 series uses a multimodal interface") and https://github.com/agentscope-ai/agentscope-java/issues/2981
 */
const NEWER = encodeText("qwen3.");
/** Those of them that read texts only. Source: https://github.com/agentscope-ai/agentscope-java/pull/1460 */
const BLIND: StaticArray<u8>[] = [encodeText("qwen3.6-max"), encodeText("qwen3.7-max")];
/** Open weights (`qwen3-32b`), which think unless they are told not to, but for the variants that never do. */
const OPEN_WEIGHTS = encodeText("qwen3-");
const INSTRUCT = encodeText("-instruct");
const LONG = encodeText("qwen-long");

/** Whether the model is told to think. */
export const enum ThinkWish {
  /** The model's own default. */
  Unset = 0,
  Off = 1,
  On = 2,
}

function contains(text: StaticArray<u8>, wanted: StaticArray<u8>): bool {
  return findText(changetype<usize>(text), text.length, wanted) >= 0;
}

function alwaysThinks(model: StaticArray<u8>): bool {
  for (let index = 0; index < THINKERS.length; index++) {
    if (startsWith(model, unchecked(THINKERS[index]))) return true;
  }
  return contains(model, THINKING);
}

function startsWith(model: StaticArray<u8>, prefix: StaticArray<u8>): bool {
  return startsWithIgnoringCase(changetype<usize>(model), model.length, prefix);
}

/** Source: https://www.alibabacloud.com/help/en/model-studio/deep-thinking (default of enable_thinking) */
function thinksByDefault(model: StaticArray<u8>): bool {
  if (startsWith(model, NEWER)) return true;
  const size = OPEN_WEIGHTS.length;
  if (model.length <= size || !startsWith(model, OPEN_WEIGHTS) || contains(model, INSTRUCT)) return false;
  const digit = unchecked(model[size]);
  return digit >= 0x30 && digit <= 0x39;
}

function seesByName(model: StaticArray<u8>): bool {
  for (let index = 0; index < BLIND.length; index++) {
    if (startsWith(model, unchecked(BLIND[index]))) return false;
  }
  for (let index = 0; index < SEERS.length; index++) {
    if (contains(model, unchecked(SEERS[index]))) return true;
  }
  return startsWith(model, NEWER);
}

/** Whether the client demands what a model that thinks refuses: a certain form of the answer, or the call of a tool. */
function demandsPlainAnswer(request: CanonicalRequest): bool {
  if (request.responseFormat != ResponseFormat.Text) return true;
  if (request.tools.length == 0) return false;
  return request.toolChoice == ToolChoice.Named || request.toolChoice == ToolChoice.Required;
}

function hasImages(request: CanonicalRequest): bool {
  const parts = request.parts;
  for (let index = 0; index < parts.length; index++) {
    const part = unchecked(parts[index]);
    if (part.kind == PartKind.Image) return true;
    if (part.kind == PartKind.Document && !isTextDocument(request.document, part)) return true;
  }
  return false;
}

/** Whether a model reads the files of the provider's `qwenFileIds`. */
export function readsFiles(model: StaticArray<u8>): bool {
  return startsWith(model, LONG);
}

/** What one request to one model comes down to: the decisions that depend on more than one member. */
export class RequestPlan {
  /** Whether the request goes to the API for models that see, where contents are lists. */
  isMultimodal: bool = false;
  think: ThinkWish = ThinkWish.Unset;
  /** Tokens for thinking; 0: not said. */
  budget: i64 = 0;
  /** Whether the answer comes as events: thinking does, also for clients that do not stream. */
  streams: bool = false;
  /** Whether each event holds what is new, and not all so far: not where the model has tools and does not think. */
  isIncremental: bool = false;

  constructor(request: CanonicalRequest, target: AttemptTarget) {
    const model = target.model;
    this.isMultimodal = seesByName(model) || hasImages(request);
    this.chooseThinking(request, model);
    const isDefault = this.think == ThinkWish.Unset && thinksByDefault(model);
    const thinks = this.think == ThinkWish.On || isDefault || alwaysThinks(model);
    this.streams = request.stream || thinks;
    this.isIncremental = thinks || request.tools.length == 0;
  }

  /**
   * The vendor's own members win over a native `thinking`, and that over an effort. A form of the answer or a tool that must be called
   * wins over all but the vendor's own: the client cannot do without, but without thoughts.
   */
  private chooseThinking(request: CanonicalRequest, model: StaticArray<u8>): void {
    const document = request.document;
    const own = document.find(request.extras, ENABLE_THINKING);
    const effort = readEffort(document, request.reasoningEffort);
    if (isBoolean(document, own)) this.think = document.boolean(own) ? ThinkWish.On : ThinkWish.Off;
    else if (document.isObject(request.thinking)) {
      const isOff = document.equals(document.find(request.thinking, TYPE), DISABLED);
      this.think = isOff ? ThinkWish.Off : ThinkWish.On;
      this.budget = document.integer(document.find(request.thinking, BUDGET_TOKENS));
    } else if (effort != Effort.Unset) {
      this.think = effort == Effort.None ? ThinkWish.Off : ThinkWish.On;
      this.budget = budgetFor(effort);
    }
    const mayThink = this.think == ThinkWish.On || (this.think == ThinkWish.Unset && thinksByDefault(model));
    if (mayThink && !isBoolean(document, own) && !alwaysThinks(model) && demandsPlainAnswer(request)) {
      this.think = ThinkWish.Off;
    }
    const budget = document.integer(document.find(request.extras, THINKING_BUDGET));
    if (budget > 0) this.budget = budget;
    if (this.think != ThinkWish.On || this.budget < 0) this.budget = 0;
  }
}

function isBoolean(document: JsonDocument, node: i32): bool {
  return document.boolean(node) || !document.boolean(node, true);
}

/** Source: https://www.alibabacloud.com/help/en/model-studio/deep-thinking (thinking_budget) */
function budgetFor(effort: Effort): i64 {
  switch (effort) {
    case Effort.Minimal:
      return 512;
    case Effort.Low:
      return 2048;
    case Effort.Medium:
      return 8192;
    default:
      return 0;
  }
}
