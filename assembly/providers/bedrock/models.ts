import { encodeText } from "../../bytes/buffer";
import { findText } from "../../bytes/find";

/** How a family of models is told to think. */
export const enum Reasoning {
  /** Not at all. */
  None = 0,
  /** As Anthropic wants it: `thinking` with a budget, or an effort. */
  Claude = 1,
  /** `reasoningConfig.maxReasoningEffort` */
  Nova = 2,
  /** `reasoning_effort` */
  Effort = 3,
  /** `reasoning_config` with a budget: what the service's own guide shows for models in general. */
  Budget = 4,
}

/** Where `top_k` goes. */
export const enum TopK {
  None = 0,
  /** `top_k` */
  Plain = 1,
  /** `inferenceConfig.topK` inside the additional fields */
  Nested = 2,
}

/** Which tool choices a family accepts beside its own. */
export const enum Choices {
  None = 0,
  /** `any` */
  Any = 1,
  /** `any` and `tool` */
  All = 2,
}

/** Where cache points may stand. */
export const enum CachePlaces {
  None = 0,
  /** In system texts and messages. */
  Messages = 1,
  /** Behind tools too, and for an hour. */
  All = 2,
}

/** What is special about a family of models. */
export class FamilyQuirks {
  constructor(
    public readonly reasoning: Reasoning,
    public readonly topK: TopK,
    public readonly choices: Choices,
    public readonly cache: CachePlaces,
    /** Whether `outputConfig.textFormat` is known. */
    public readonly hasFormat: bool,
    /** Whether signed reasoning may be sent back. */
    public readonly keepsReasoning: bool,
  ) {}
}

/** The models whose id holds `mark`. */
class FamilyRow {
  readonly mark: StaticArray<u8>;

  constructor(
    mark: string,
    public readonly quirks: FamilyQuirks,
  ) {
    this.mark = encodeText(mark);
  }
}

/*
 * Sources of the families below:
 * reasoning https://docs.aws.amazon.com/bedrock/latest/userguide/inference-reasoning.html,
 * https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html and
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html,
 * top_k https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html and
 * https://docs.aws.amazon.com/nova/latest/userguide/using-converse-api.html,
 * tool choices https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html,
 * cache points https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html,
 * formats https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html.
 */
const CLAUDE = new FamilyQuirks(Reasoning.Claude, TopK.Plain, Choices.All, CachePlaces.All, true, true);
const NOVA_2 = new FamilyQuirks(Reasoning.Nova, TopK.Nested, Choices.All, CachePlaces.Messages, false, false);
const NOVA = new FamilyQuirks(Reasoning.None, TopK.Nested, Choices.All, CachePlaces.Messages, false, false);
const MISTRAL = new FamilyQuirks(Reasoning.None, TopK.Plain, Choices.Any, CachePlaces.None, false, false);
const GPT_OSS = new FamilyQuirks(Reasoning.Effort, TopK.None, Choices.None, CachePlaces.None, true, false);
/** Open weights that know formats. */
const OPEN_WEIGHTS = new FamilyQuirks(Reasoning.None, TopK.None, Choices.None, CachePlaces.None, true, false);
const PLAIN = new FamilyQuirks(Reasoning.None, TopK.None, Choices.None, CachePlaces.None, false, false);
/** What hides behind the id of an inference profile or a model of one's own: everything is passed on. */
const UNKNOWN = new FamilyQuirks(Reasoning.Budget, TopK.Plain, Choices.All, CachePlaces.All, false, true);

/** The first row whose mark the id holds wins. */
const FAMILIES: FamilyRow[] = [
  new FamilyRow("claude-", CLAUDE),
  new FamilyRow("amazon.nova-2", NOVA_2),
  new FamilyRow("amazon.nova", NOVA),
  new FamilyRow("mistral.", MISTRAL),
  new FamilyRow("openai.", GPT_OSS),
  new FamilyRow("deepseek.", OPEN_WEIGHTS),
  new FamilyRow("qwen.", OPEN_WEIGHTS),
  new FamilyRow("google.gemma", OPEN_WEIGHTS),
  new FamilyRow("moonshot", OPEN_WEIGHTS),
  new FamilyRow("minimax.", OPEN_WEIGHTS),
  new FamilyRow("nvidia.", OPEN_WEIGHTS),
  new FamilyRow("zai.", OPEN_WEIGHTS),
  new FamilyRow("meta.", PLAIN),
  new FamilyRow("cohere.", PLAIN),
  new FamilyRow("ai21.", PLAIN),
  new FamilyRow("amazon.titan", PLAIN),
  new FamilyRow("writer.", PLAIN),
];

/** The quirks of a model id: plain, with a region in front of it, or an ARN. */
export function findFamily(model: StaticArray<u8>): FamilyQuirks {
  for (let index = 0; index < FAMILIES.length; index++) {
    const row = unchecked(FAMILIES[index]);
    if (findText(changetype<usize>(model), model.length, row.mark) >= 0) return row.quirks;
  }
  return UNKNOWN;
}
