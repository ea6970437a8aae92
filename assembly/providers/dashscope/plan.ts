import { startsWithIgnoringCase } from "../../bytes/ascii";
import { encodeText } from "../../bytes/buffer";
import { findText } from "../../bytes/find";
import { CanonicalRequest, PartKind } from "../../canonical/request";
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
const SEERS: StaticArray<u8>[] = [encodeText("-vl"), encodeText("qvq"), encodeText("-omni")];
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
    if (startsWithIgnoringCase(changetype<usize>(model), model.length, unchecked(THINKERS[index]))) return true;
  }
  return contains(model, THINKING);
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
  return startsWithIgnoringCase(changetype<usize>(model), model.length, LONG);
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
    this.isMultimodal = hasImages(request);
    for (let index = 0; index < SEERS.length && !this.isMultimodal; index++) {
      this.isMultimodal = contains(model, unchecked(SEERS[index]));
    }
    this.chooseThinking(request);
    const thinks = this.think == ThinkWish.On || alwaysThinks(model);
    this.streams = request.stream || thinks;
    this.isIncremental = thinks || request.tools.length == 0;
  }

  /** The vendor's own members win over a native `thinking`, and that over an effort. */
  private chooseThinking(request: CanonicalRequest): void {
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
