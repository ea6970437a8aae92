import { encodeText } from "../../bytes/buffer";
import { findText } from "../../bytes/find";
import { Effort } from "../shared/effort";

/** How a model is told how hard to think. */
export const enum ThinkingControl {
  /** It does not think, or cannot be told. */
  None = 0,
  /** `thinkingBudget`, in tokens */
  Budget = 1,
  /** `thinkingLevel` */
  Level = 2,
}

/** Which `thinkingLevel` values a model accepts. */
const enum Levels {
  LowHigh = 0,
  LowMediumHigh = 1,
  All = 2,
}

/** What is special about a generation of models. */
export class ModelQuirks {
  /** For `ThinkingControl.Level`. */
  levels: Levels = Levels.LowMediumHigh;
  /** For `ThinkingControl.Budget`: the range, and whether 0 (no thinking) is possible. */
  leastBudget: i64 = 0;
  mostBudget: i64 = 0;
  canStopThinking: bool = false;

  constructor(
    public readonly thinking: ThinkingControl,
    /** Whether `responseJsonSchema` and `parametersJsonSchema` are known, which take JSON Schema as it is. */
    public readonly hasJsonSchema: bool,
    /** Whether `presencePenalty` and `frequencyPenalty` are accepted. */
    public readonly acceptsPenalties: bool,
    /** Whether functions and a form of answer may be asked for together, and function calls without a signature are refused. */
    public readonly isThird: bool,
    /** Whether `systemInstruction` is accepted. */
    public readonly takesSystem: bool = true,
  ) {}

  withLevels(levels: Levels): ModelQuirks {
    this.levels = levels;
    return this;
  }

  withBudget(least: i64, most: i64, canStop: bool): ModelQuirks {
    this.leastBudget = least;
    this.mostBudget = most;
    this.canStopThinking = canStop;
    return this;
  }
}

/** The models whose name begins with `prefix`. */
class ModelRow {
  readonly prefix: StaticArray<u8>;

  constructor(
    prefix: string,
    public readonly quirks: ModelQuirks,
  ) {
    this.prefix = encodeText(prefix);
  }
}

/*
 * Sources of the generations below:
 * thinking https://ai.google.dev/gemini-api/docs/thinking and https://docs.cloud.google.com/vertex-ai/generative-ai/docs/thinking,
 * levels of 3.7 and 3.8 https://ai.google.dev/gemini-api/docs/generate-content/whats-new-gemini-3.7,
 * JSON Schema https://ai.google.dev/gemini-api/docs/structured-output,
 * penalties https://github.com/google-gemini/cookbook/issues/1290 ("Penalty is not enabled for this model" since 2.5),
 * functions together with a form, and signatures https://ai.google.dev/gemini-api/docs/gemini-3.
 */
/** Also what Google serves under other names: Gemma, tuned models. */
const SECOND = new ModelQuirks(ThinkingControl.None, false, true, false);
/** "Developer instruction is not enabled for models/gemma-3-27b-it": https://github.com/google/adk-python/issues/3900 */
const GEMMA_3 = new ModelQuirks(ThinkingControl.None, false, true, false, false);
const IMAGE_2_5 = new ModelQuirks(ThinkingControl.None, true, false, false);
const IMAGE_3 = new ModelQuirks(ThinkingControl.None, true, false, true);
const PRO_2_5 = new ModelQuirks(ThinkingControl.Budget, true, false, false).withBudget(128, 32768, false);
const FLASH_2_5 = new ModelQuirks(ThinkingControl.Budget, true, false, false).withBudget(1, 24576, true);
const LITE_2_5 = new ModelQuirks(ThinkingControl.Budget, true, false, false).withBudget(512, 24576, true);
const PRO_3 = new ModelQuirks(ThinkingControl.Level, true, false, true).withLevels(Levels.LowHigh);
const ALL_LEVELS = new ModelQuirks(ThinkingControl.Level, true, false, true).withLevels(Levels.All);
/** The three levels that every model since 3.1 knows. */
const NEWEST = new ModelQuirks(ThinkingControl.Level, true, false, true);

/** The first row whose prefix fits wins, so longer prefixes stand before shorter ones. */
const MODELS: ModelRow[] = [
  new ModelRow("gemma-3", GEMMA_3),
  new ModelRow("gemini-1", SECOND),
  new ModelRow("gemini-2.0", SECOND),
  new ModelRow("gemini-2.5-pro", PRO_2_5),
  new ModelRow("gemini-2.5-flash-lite", LITE_2_5),
  new ModelRow("gemini-2.5-flash", FLASH_2_5),
  new ModelRow("gemini-2", SECOND),
  new ModelRow("gemini-3-pro", PRO_3),
  new ModelRow("gemini-3-flash", ALL_LEVELS),
  new ModelRow("gemini-3.1-flash", ALL_LEVELS),
  new ModelRow("gemini-3.5-flash", ALL_LEVELS),
  // Newer than this table, and names without a number such as gemini-flash-latest.
  new ModelRow("gemini-", NEWEST),
];

const IMAGE = encodeText("-image");
const IMAGE_2_PREFIX = encodeText("gemini-2");

function startsWith(model: StaticArray<u8>, prefix: StaticArray<u8>): bool {
  if (model.length < prefix.length) return false;
  return memory.compare(changetype<usize>(model), changetype<usize>(prefix), prefix.length) == 0;
}

/** The quirks of an upstream model. */
export function findQuirks(model: StaticArray<u8>): ModelQuirks {
  if (findText(changetype<usize>(model), model.length, IMAGE) >= 0) {
    return startsWith(model, IMAGE_2_PREFIX) ? IMAGE_2_5 : IMAGE_3;
  }
  for (let index = 0; index < MODELS.length; index++) {
    const row = unchecked(MODELS[index]);
    if (startsWith(model, row.prefix)) return row.quirks;
  }
  return SECOND;
}

/** Tokens for an effort (not for none), within what the model accepts: LiteLLM's and agentgateway's steps. */
export function budgetFor(effort: Effort, quirks: ModelQuirks): i64 {
  switch (effort) {
    case Effort.Minimal:
      return quirks.leastBudget;
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

/** The `thinkingLevel` that comes nearest to an effort; thinking cannot be turned off, so none is the lowest. */
export function levelFor(effort: Effort, levels: Levels): string {
  if (effort <= Effort.Minimal) return levels == Levels.All ? "MINIMAL" : "LOW";
  if (effort == Effort.Low) return "LOW";
  if (effort == Effort.Medium && levels != Levels.LowHigh) return "MEDIUM";
  return "HIGH";
}
