import { startsWithIgnoringCase } from "../../bytes/ascii";
import { encodeText } from "../../bytes/buffer";

/** The rules that OpenAI's servers have for a model. */
export const enum ModelRules {
  /** No name of OpenAI's: nothing is known, nothing is changed. */
  Unknown = 0,
  /** Everything is accepted. */
  Plain = 1,
  /** `max_tokens` is refused, and every parameter of sampling. */
  Reasoning = 2,
  /** The same, but sampling is accepted while the effort is `none`, which is these models' default. */
  OptionalReasoning = 3,
}

class NameRule {
  readonly prefix: StaticArray<u8>;

  constructor(
    prefix: string,
    public rules: ModelRules,
  ) {
    this.prefix = encodeText(prefix);
  }
}

/** The first one that fits holds. */
const NAME_RULES: NameRule[] = [
  new NameRule("gpt-5-chat", ModelRules.Plain),
  new NameRule("gpt-5.", ModelRules.OptionalReasoning),
  new NameRule("gpt-5", ModelRules.Reasoning),
  new NameRule("gpt-", ModelRules.Plain),
  new NameRule("chatgpt-", ModelRules.Plain),
  new NameRule("codex-", ModelRules.Reasoning),
  new NameRule("o1", ModelRules.Reasoning),
  new NameRule("o3", ModelRules.Reasoning),
  new NameRule("o4", ModelRules.Reasoning),
];

/** Members of the family `gpt-5.x` that always reason, or take no sampling for another reason. */
const FIXED_KINDS: StaticArray<u8>[] = [encodeText("-chat"), encodeText("-codex"), encodeText("-pro")];

/**
 * The rules for a model by its name, which may have a vendor before a slash. Deployments at Azure have names of their owner's
 * choice, which tell something only when they begin as OpenAI's own do.
 * Sources: https://platform.openai.com/docs/guides/reasoning, https://platform.openai.com/docs/guides/latest-model,
 * https://learn.microsoft.com/en-us/azure/ai-foundry/openai/how-to/reasoning
 */
export function rulesOfModel(pointer: usize, length: i32): ModelRules {
  for (let index = length - 1; index >= 0; index--) {
    if (load<u8>(pointer + index) != 0x2f) continue;
    pointer += index + 1;
    length -= index + 1;
    break;
  }
  for (let index = 0; index < NAME_RULES.length; index++) {
    const rule = unchecked(NAME_RULES[index]);
    const size = rule.prefix.length;
    if (!startsWithIgnoringCase(pointer, length, rule.prefix)) continue;
    // `o3` and `o3-mini`, but no deployment that somebody called `o365`.
    if (size == 2 && length > 2 && load<u8>(pointer, 2) != 0x2d) return ModelRules.Unknown;
    return rule.rules == ModelRules.OptionalReasoning ? rulesOfLater(pointer + size, length - size) : rule.rules;
  }
  return ModelRules.Unknown;
}

/** The rules for what stands behind `gpt-5.`. */
function rulesOfLater(pointer: usize, length: i32): ModelRules {
  while (length > 0 && load<u8>(pointer) >= 0x30 && load<u8>(pointer) <= 0x39) {
    pointer += 1;
    length -= 1;
  }
  for (let index = 0; index < FIXED_KINDS.length; index++) {
    if (startsWithIgnoringCase(pointer, length, unchecked(FIXED_KINDS[index]))) return ModelRules.Reasoning;
  }
  return ModelRules.OptionalReasoning;
}
