/** What a model accepts beyond what all of them do. */
export interface ModelRules {
  /** `thinking.type` values. */
  thinking: string[];
  /** Sampling parameters: both, temperature or top_p but not both, or none at all. */
  sampling: "all" | "one" | "none";
  /** Whether `tool_choice` may be `any` or `tool`. */
  forcedTools: boolean;
  /** Whether `output_config.format` and strict tools are known. */
  structuredOutputs: boolean;
  /** Levels of `output_config.effort`. */
  effort: string[];
  /** Whether a conversation may end with an assistant turn. */
  prefill: boolean;
}

const EVERY_EFFORT = ["low", "medium", "high", "xhigh", "max"];
const OPEN: ModelRules = {
  thinking: ["enabled", "disabled", "adaptive", "between_tools"],
  sampling: "all",
  forcedTools: true,
  structuredOutputs: true,
  effort: EVERY_EFFORT,
  prefill: true,
};

/** `claude-<family>-<major>[-<minor>]`, or the older `claude-<major>[-<minor>]-<family>`; a date is no minor version. */
function parseVersion(model: string): { family: string; version: number } | null {
  const recent = /claude-([a-z]+)-(\d)(?:-(\d)(?!\d))?/.exec(model);
  if (recent) return { family: recent[1] ?? "", version: Number(`${recent[2]}.${recent[3] ?? 0}`) };
  const older = /claude-(\d)(?:-(\d))?-([a-z]+)/.exec(model);
  if (older) return { family: older[3] ?? "", version: Number(`${older[1]}.${older[2] ?? 0}`) };
  return null;
}

function thinkingTypes(family: string, version: number): string[] {
  if (version < 3.7) return ["disabled"];
  if (version < 4.6) return ["enabled", "disabled"];
  if (version < 4.7) return ["enabled", "disabled", "adaptive"];
  if (family === "fable" || family === "mythos") return ["adaptive"];
  if (version >= 5.5 && family === "opus") return ["adaptive"];
  if (version >= 5.5 && family === "sonnet") return ["adaptive", "between_tools"];
  return ["adaptive", "disabled"];
}

function effortLevels(family: string, version: number): string[] {
  if (version >= 4.7) return EVERY_EFFORT;
  if (version >= 4.6) return ["low", "medium", "high", "max"];
  return version >= 4.5 && family === "opus" ? ["low", "medium", "high"] : [];
}

function acceptsForcedTools(family: string, version: number): boolean {
  if (family === "fable" || family === "mythos") return version < 5.1;
  return family === "haiku" || version < 5.5;
}

/**
 * The rules of a model, by the version in its name; a name that is not Claude's is allowed everything. Sources:
 * https://platform.claude.com/docs/en/build-with-claude/extended-thinking ("Claude 4.7 and later ... reject"),
 * https://platform.claude.com/docs/en/build-with-claude/effort, https://platform.claude.com/docs/en/build-with-claude/structured-outputs,
 * https://platform.claude.com/docs/en/models/sonnet-5-5/whats-new-sonnet-5-5 and .../opus-5-5/whats-new-opus-5-5 (forced tools).
 */
export function modelRules(model: string): ModelRules {
  if (model.includes("claude-mythos-preview")) {
    return {
      ...OPEN,
      thinking: ["enabled", "adaptive"],
      sampling: "none",
      effort: ["low", "medium", "high", "max"],
      prefill: false,
    };
  }
  const parsed = parseVersion(model);
  if (parsed === null) return OPEN;
  const { family, version } = parsed;
  return {
    thinking: thinkingTypes(family, version),
    sampling: version >= 4.7 ? "none" : version >= 4.5 || (family === "opus" && version >= 4.1) ? "one" : "all",
    forcedTools: acceptsForcedTools(family, version),
    structuredOutputs: version >= 4.5,
    effort: effortLevels(family, version),
    prefill: version < 4.6,
  };
}
