import { encodeText, equalsText } from "../../bytes/buffer";
import { AttemptTarget } from "../provider";

/** The kinds of app that Dify has; each has an API of its own. */
export const enum AppKind {
  Chat = 0,
  Agent = 1,
  Completion = 2,
  Workflow = 3,
}

const AGENT = encodeText("Agent");
const COMPLETION = encodeText("Completion");
const WORKFLOW = encodeText("Workflow");

/** The kind of app behind a target: `botType`, chat when it is not given. */
export function appKind(target: AttemptTarget): AppKind {
  const botType = target.provider.setting("botType");
  const pointer = changetype<usize>(botType);
  if (equalsText(pointer, botType.length, AGENT)) return AppKind.Agent;
  if (equalsText(pointer, botType.length, COMPLETION)) return AppKind.Completion;
  return equalsText(pointer, botType.length, WORKFLOW) ? AppKind.Workflow : AppKind.Chat;
}
