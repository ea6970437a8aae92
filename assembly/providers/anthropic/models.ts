import { encodeText } from "../../bytes/buffer";
import { findText } from "../../bytes/find";
import { sameBytes } from "../../bytes/memory";

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

/** What is special about a generation of models. */
export class ModelQuirks {
  constructor(
    public readonly thinking: ThinkingSupport,
    public readonly thinkingOff: ThinkingOff,
    public readonly sampling: Sampling,
    public readonly effort: EffortLevels,
    /** Whether `tool_choice` may force a tool. */
    public readonly acceptsForcedTools: bool,
    /** Whether `output_config.format` and `strict` tools are known. */
    public readonly hasStructuredOutputs: bool,
  ) {}
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
 * thinking https://platform.claude.com/docs/en/build-with-claude/extended-thinking and .../adaptive-thinking,
 * effort https://platform.claude.com/docs/en/build-with-claude/effort,
 * formats https://platform.claude.com/docs/en/build-with-claude/structured-outputs,
 * one sampling parameter https://platform.claude.com/docs/en/about-claude/models/migrating-to-claude-4,
 * no sampling parameters https://platform.claude.com/docs/en/about-claude/models/migration-guide (Claude 4.7 and later),
 * forced tools and between_tools https://platform.claude.com/docs/en/models/sonnet-5-5/whats-new-sonnet-5-5 and
 * https://platform.claude.com/docs/en/models/opus-5-5/whats-new-opus-5-5 (which says the same of Fable 5.1).
 */
const CLAUDE_3 = new ModelQuirks(ThinkingSupport.None, ThinkingOff.Omit, Sampling.All, EffortLevels.None, true, false);
/** Also what other vendors know that serve the same protocol: its first form. */
const CLAUDE_4 = new ModelQuirks(
  ThinkingSupport.Budget,
  ThinkingOff.Omit,
  Sampling.All,
  EffortLevels.None,
  true,
  false,
);
const CLAUDE_4_1 = new ModelQuirks(
  ThinkingSupport.Budget,
  ThinkingOff.Omit,
  Sampling.One,
  EffortLevels.None,
  true,
  false,
);
const CLAUDE_4_5 = new ModelQuirks(
  ThinkingSupport.Budget,
  ThinkingOff.Omit,
  Sampling.One,
  EffortLevels.None,
  true,
  true,
);
const OPUS_4_5 = new ModelQuirks(
  ThinkingSupport.Budget,
  ThinkingOff.Omit,
  Sampling.One,
  EffortLevels.UpToHigh,
  true,
  true,
);
const CLAUDE_4_6 = new ModelQuirks(
  ThinkingSupport.Either,
  ThinkingOff.Omit,
  Sampling.One,
  EffortLevels.WithoutXhigh,
  true,
  true,
);
const CLAUDE_4_7 = new ModelQuirks(
  ThinkingSupport.Adaptive,
  ThinkingOff.Omit,
  Sampling.None,
  EffortLevels.All,
  true,
  true,
);
const CLAUDE_5 = new ModelQuirks(
  ThinkingSupport.Adaptive,
  ThinkingOff.Disabled,
  Sampling.None,
  EffortLevels.All,
  true,
  true,
);
const FABLE_5 = new ModelQuirks(
  ThinkingSupport.Adaptive,
  ThinkingOff.Never,
  Sampling.None,
  EffortLevels.All,
  true,
  true,
);
const MYTHOS_PREVIEW = new ModelQuirks(
  ThinkingSupport.Adaptive,
  ThinkingOff.Never,
  Sampling.None,
  EffortLevels.WithoutXhigh,
  true,
  true,
);
const SONNET_5_5 = new ModelQuirks(
  ThinkingSupport.Adaptive,
  ThinkingOff.BetweenTools,
  Sampling.None,
  EffortLevels.All,
  false,
  true,
);
const NEWEST = new ModelQuirks(
  ThinkingSupport.Adaptive,
  ThinkingOff.Never,
  Sampling.None,
  EffortLevels.All,
  false,
  true,
);

/** The first row whose prefix fits wins, so longer prefixes stand before shorter ones. */
const MODELS: ModelRow[] = [
  new ModelRow("claude-opus-4-1", CLAUDE_4_1),
  new ModelRow("claude-opus-4-5", OPUS_4_5),
  new ModelRow("claude-opus-4-6", CLAUDE_4_6),
  new ModelRow("claude-opus-4-7", CLAUDE_4_7),
  new ModelRow("claude-opus-4-8", CLAUDE_4_7),
  new ModelRow("claude-opus-4", CLAUDE_4),
  new ModelRow("claude-opus-5-", NEWEST),
  new ModelRow("claude-opus-5", CLAUDE_5),
  new ModelRow("claude-sonnet-4-5", CLAUDE_4_5),
  new ModelRow("claude-sonnet-4-6", CLAUDE_4_6),
  new ModelRow("claude-sonnet-4", CLAUDE_4),
  new ModelRow("claude-sonnet-5-", SONNET_5_5),
  new ModelRow("claude-sonnet-5", CLAUDE_5),
  new ModelRow("claude-haiku-4-5", CLAUDE_4_5),
  new ModelRow("claude-haiku-5", CLAUDE_5),
  new ModelRow("claude-fable-5-", NEWEST),
  new ModelRow("claude-fable-5", FABLE_5),
  new ModelRow("claude-mythos-preview", MYTHOS_PREVIEW),
  new ModelRow("claude-mythos-5-", NEWEST),
  new ModelRow("claude-mythos-5", FABLE_5),
  new ModelRow("claude-3-7", CLAUDE_4),
  new ModelRow("claude-3", CLAUDE_3),
  new ModelRow("claude-2", CLAUDE_3),
  new ModelRow("claude-instant", CLAUDE_3),
  // A Claude that is newer than this table: what the newest known ones have in common.
  new ModelRow("claude-", NEWEST),
];

const FAMILY = encodeText("claude-");

/** The quirks of an upstream model; the name may stand behind a prefix such as `anthropic/` or `us.anthropic.`. */
export function findQuirks(model: StaticArray<u8>): ModelQuirks {
  const address = changetype<usize>(model);
  const offset = findText(address, model.length, FAMILY);
  if (offset < 0) return CLAUDE_4;
  for (let index = 0; index < MODELS.length; index++) {
    const row = unchecked(MODELS[index]);
    const prefix = row.prefix;
    if (model.length - offset < prefix.length) continue;
    if (sameBytes(address + offset, changetype<usize>(prefix), prefix.length)) return row.quirks;
  }
  return CLAUDE_4;
}
