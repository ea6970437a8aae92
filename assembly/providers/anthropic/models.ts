import { encodeText } from "../../bytes/buffer";
import { indexOfText } from "./text";

/** Which form of `thinking` a model accepts. */
export const enum ThinkingSupport {
  None = 0,
  /** `enabled` with `budget_tokens`. */
  Budget = 1,
  /** Both `enabled` and `adaptive`; the vendor advises `adaptive`. */
  Either = 2,
  /** `adaptive` with `output_config.effort`; a budget is answered with 400. */
  Adaptive = 3,
}

/** How thinking is turned off. */
export const enum ThinkingOff {
  /** It is off when `thinking` is not sent. */
  Omit = 0,
  /** `{"type":"disabled"}` */
  Disabled = 1,
  /** `{"type":"between_tools"}` */
  BetweenTools = 2,
  /** It cannot be turned off; low effort comes closest. */
  Never = 3,
}

/** Which sampling parameters a model accepts. */
export const enum Sampling {
  All = 0,
  /** `temperature` or `top_p`, not both. */
  One = 1,
  /** None of `temperature`, `top_p` and `top_k`. */
  None = 2,
}

/** Which levels of `output_config.effort` a model accepts. */
export const enum EffortLevels {
  None = 0,
  /** low, medium, high */
  UpToHigh = 1,
  /** low, medium, high, max */
  WithoutXhigh = 2,
  All = 3,
}

/** What is special about the models whose name begins with `prefix`. */
export class ModelQuirks {
  readonly prefix: StaticArray<u8>;

  constructor(
    prefix: string,
    public readonly thinking: ThinkingSupport,
    public readonly thinkingOff: ThinkingOff,
    public readonly sampling: Sampling,
    public readonly effort: EffortLevels,
    /** Whether `tool_choice` may force a tool. */
    public readonly acceptsForcedTools: bool,
    /** Whether `output_config.format` and `strict` tools are known. */
    public readonly hasStructuredOutputs: bool,
  ) {
    this.prefix = encodeText(prefix);
  }
}

/**
 * The quirks as data; the first row whose prefix fits wins, so longer prefixes stand before shorter ones. Sources:
 * thinking https://platform.claude.com/docs/en/build-with-claude/extended-thinking and .../adaptive-thinking,
 * effort https://platform.claude.com/docs/en/build-with-claude/effort,
 * formats https://platform.claude.com/docs/en/build-with-claude/structured-outputs,
 * one sampling parameter https://platform.claude.com/docs/en/about-claude/models/migrating-to-claude-4,
 * no sampling parameters https://platform.claude.com/docs/en/about-claude/models/migration-guide (Claude 4.7 and later),
 * forced tools and between_tools https://platform.claude.com/docs/en/models/sonnet-5-5/whats-new-sonnet-5-5 and
 * https://platform.claude.com/docs/en/models/opus-5-5/whats-new-opus-5-5 (also says it of Fable 5.1).
 */
const QUIRKS: ModelQuirks[] = [
  // prettier-ignore
  new ModelQuirks("claude-opus-4-1", ThinkingSupport.Budget, ThinkingOff.Omit, Sampling.One, EffortLevels.None, true, false),
  // prettier-ignore
  new ModelQuirks("claude-opus-4-5", ThinkingSupport.Budget, ThinkingOff.Omit, Sampling.One, EffortLevels.UpToHigh, true, true),
  // prettier-ignore
  new ModelQuirks("claude-opus-4-6", ThinkingSupport.Either, ThinkingOff.Omit, Sampling.One, EffortLevels.WithoutXhigh, true, true),
  new ModelQuirks(
    "claude-opus-4-7",
    ThinkingSupport.Adaptive,
    ThinkingOff.Omit,
    Sampling.None,
    EffortLevels.All,
    true,
    true,
  ),
  new ModelQuirks(
    "claude-opus-4-8",
    ThinkingSupport.Adaptive,
    ThinkingOff.Omit,
    Sampling.None,
    EffortLevels.All,
    true,
    true,
  ),
  new ModelQuirks(
    "claude-opus-4",
    ThinkingSupport.Budget,
    ThinkingOff.Omit,
    Sampling.All,
    EffortLevels.None,
    true,
    false,
  ),
  new ModelQuirks(
    "claude-opus-5-",
    ThinkingSupport.Adaptive,
    ThinkingOff.Never,
    Sampling.None,
    EffortLevels.All,
    false,
    true,
  ),
  new ModelQuirks(
    "claude-opus-5",
    ThinkingSupport.Adaptive,
    ThinkingOff.Disabled,
    Sampling.None,
    EffortLevels.All,
    true,
    true,
  ),
  // prettier-ignore
  new ModelQuirks("claude-sonnet-4-5", ThinkingSupport.Budget, ThinkingOff.Omit, Sampling.One, EffortLevels.None, true, true),
  // prettier-ignore
  new ModelQuirks("claude-sonnet-4-6", ThinkingSupport.Either, ThinkingOff.Omit, Sampling.One, EffortLevels.WithoutXhigh, true, true),
  new ModelQuirks(
    "claude-sonnet-4",
    ThinkingSupport.Budget,
    ThinkingOff.Omit,
    Sampling.All,
    EffortLevels.None,
    true,
    false,
  ),
  // prettier-ignore
  new ModelQuirks("claude-sonnet-5-", ThinkingSupport.Adaptive, ThinkingOff.BetweenTools, Sampling.None, EffortLevels.All, false, true),
  new ModelQuirks(
    "claude-sonnet-5",
    ThinkingSupport.Adaptive,
    ThinkingOff.Disabled,
    Sampling.None,
    EffortLevels.All,
    true,
    true,
  ),
  new ModelQuirks(
    "claude-haiku-4-5",
    ThinkingSupport.Budget,
    ThinkingOff.Omit,
    Sampling.One,
    EffortLevels.None,
    true,
    true,
  ),
  new ModelQuirks(
    "claude-haiku-5",
    ThinkingSupport.Adaptive,
    ThinkingOff.Disabled,
    Sampling.None,
    EffortLevels.All,
    true,
    true,
  ),
  // prettier-ignore
  new ModelQuirks("claude-mythos-preview", ThinkingSupport.Adaptive, ThinkingOff.Never, Sampling.None, EffortLevels.WithoutXhigh, true, true),
  new ModelQuirks(
    "claude-mythos-5-",
    ThinkingSupport.Adaptive,
    ThinkingOff.Never,
    Sampling.None,
    EffortLevels.All,
    false,
    true,
  ),
  new ModelQuirks(
    "claude-mythos-5",
    ThinkingSupport.Adaptive,
    ThinkingOff.Never,
    Sampling.None,
    EffortLevels.All,
    true,
    true,
  ),
  new ModelQuirks(
    "claude-fable-5-",
    ThinkingSupport.Adaptive,
    ThinkingOff.Never,
    Sampling.None,
    EffortLevels.All,
    false,
    true,
  ),
  new ModelQuirks(
    "claude-fable-5",
    ThinkingSupport.Adaptive,
    ThinkingOff.Never,
    Sampling.None,
    EffortLevels.All,
    true,
    true,
  ),
  new ModelQuirks("claude-3-7", ThinkingSupport.Budget, ThinkingOff.Omit, Sampling.All, EffortLevels.None, true, false),
  new ModelQuirks("claude-3", ThinkingSupport.None, ThinkingOff.Omit, Sampling.All, EffortLevels.None, true, false),
  new ModelQuirks("claude-2", ThinkingSupport.None, ThinkingOff.Omit, Sampling.All, EffortLevels.None, true, false),
  new ModelQuirks(
    "claude-instant",
    ThinkingSupport.None,
    ThinkingOff.Omit,
    Sampling.All,
    EffortLevels.None,
    true,
    false,
  ),
  // A Claude that is newer than this table: what the newest known ones have in common.
  new ModelQuirks("claude-", ThinkingSupport.Adaptive, ThinkingOff.Never, Sampling.None, EffortLevels.All, false, true),
];

/** Other vendors that serve the same protocol know its first form. */
const OTHER = new ModelQuirks(
  "",
  ThinkingSupport.Budget,
  ThinkingOff.Omit,
  Sampling.All,
  EffortLevels.None,
  true,
  false,
);

const FAMILY = encodeText("claude-");

/** The quirks of an upstream model; the name may stand behind a prefix such as `anthropic/` or `us.anthropic.`. */
export function findQuirks(model: StaticArray<u8>): ModelQuirks {
  const address = changetype<usize>(model);
  const offset = indexOfText(address, model.length, FAMILY);
  if (offset < 0) return OTHER;
  for (let index = 0; index < QUIRKS.length; index++) {
    const row = unchecked(QUIRKS[index]);
    const prefix = row.prefix;
    if (model.length - offset < prefix.length) continue;
    if (memory.compare(address + offset, changetype<usize>(prefix), prefix.length) == 0) return row;
  }
  return OTHER;
}
