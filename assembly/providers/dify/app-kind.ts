import { encodeText } from "../../bytes/buffer";
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

function isSame(left: StaticArray<u8>, right: StaticArray<u8>): bool {
  return (
    left.length == right.length && memory.compare(changetype<usize>(left), changetype<usize>(right), left.length) == 0
  );
}

/** The kind of app behind a target: `botType`, chat when it is not given. */
export function appKind(target: AttemptTarget): AppKind {
  const botType = target.provider.setting("botType");
  if (isSame(botType, AGENT)) return AppKind.Agent;
  if (isSame(botType, COMPLETION)) return AppKind.Completion;
  return isSame(botType, WORKFLOW) ? AppKind.Workflow : AppKind.Chat;
}
